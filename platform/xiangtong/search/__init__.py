"""Search over published text. Knows no domain: domains put entries in and take them out."""
