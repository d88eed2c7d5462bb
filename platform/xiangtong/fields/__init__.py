"""Kinds of fields: one kind, one file here, one partial in ``templates/fields/``, one row in ``docs/dialect.md`` §5.

``kinds.KINDS`` is the dictionary of them; ``formats`` the named formats; ``normal`` how raw text becomes a value.
"""
