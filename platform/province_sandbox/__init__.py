"""An independent little province: it keeps the access contract, and keeps others to it.

It imports nothing of the runtime that is tested against it; what both sides need (canonical form,
digests, signatures) is written twice on purpose, so that one mistake cannot hide on both sides.
`contract/` carries the law: README.md, openapi.yaml and the worked examples of vectors.json.

Reading order: `digests`, `signatures` (the arithmetic) → `gate` (who may speak) → `schemas`
(what may be said) → `streams`, `materials`, `services` (what is kept, in `store`) → `callbacks`
(what the province says unasked) → `identity` (its OpenID provider) → `faults` (how it misbehaves
on request) → `web` (addresses and pages). `memory` is a second, unchecked receiver for measuring.
"""
