"""The addresses of the little province: the contract's own, the OpenID provider, knobs and pages."""
