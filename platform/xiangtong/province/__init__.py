"""The provincial network as the default profile speaks it: mapping, canonical form, signature, HTTP, reconciliation."""
