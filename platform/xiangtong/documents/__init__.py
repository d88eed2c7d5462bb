"""Documents: what a township assembles. Drafts, immutable numbered versions, one live; library pins and overlays."""
