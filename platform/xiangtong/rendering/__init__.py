"""A plan, its answers and their problems become HTML: the same for the citizen's form, the preview and the clerk.

``render`` makes the fields of a step; ``answers`` the read-only view; ``pieces`` is why it is fast.
"""
