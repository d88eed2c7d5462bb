"""The floor everything stands on: database, errors, clock, ids, crypto, log, sheets. Knows nothing of the product."""
