"""Delivery: from the ledger to the province through the Transport port (design §7).

claim (one short transaction) → send (no transaction open) → settle (one short transaction). The sweeper finds what
nobody is at; the breaker keeps a province that is down from being hammered; what is refused parks for a person.
"""

from xiangtong.push.deliver import deliver, deliver_together
from xiangtong.push.ports import Answer, CaseState, DayPage, Enclosure, Line, Transport, Unmappable, Wire

__all__ = [
    "Answer",
    "CaseState",
    "DayPage",
    "Enclosure",
    "Line",
    "Transport",
    "Unmappable",
    "Wire",
    "deliver",
    "deliver_together",
]
