"""A township's channel: its page from a kit of blocks, its villages as columns, its guides and notices."""
