"""The public API: what machines may ask without signing in."""
