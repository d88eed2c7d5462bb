"""Drills and proofs of delivery: what was acknowledged is compared with what the province holds, by content."""
