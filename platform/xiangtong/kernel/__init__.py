"""The floor everything stands on: database, locks, errors, clock, ids, crypto, log, sheets. Knows nothing of the product."""
