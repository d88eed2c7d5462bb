"""Which JSON Schema a form may be (docs/dialect.md), compiled once into a plan, and what counts of an answer.

`check` says what cannot be honoured and where; `compile` makes the plan; `effective` is the one pass that decides.
"""
