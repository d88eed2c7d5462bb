"""The ledger: what happened to each case, complete and immutable, waiting to be told to the province.

A fact is written in the transaction that makes the event. Truth is this row; the job that goes with it is only a
wake-up (design §7).
"""

from xiangtong.ledger.reading import chain_of, is_reconciled, read_facts
from xiangtong.ledger.record import delivery_of, fact_row, record

__all__ = ["chain_of", "delivery_of", "fact_row", "is_reconciled", "read_facts", "record"]
