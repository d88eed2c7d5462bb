"""Service items and their guides (事项库, 办事指南)."""
