"""Who did what: one row an action, never changed, sealed in batches by a chain of digests (design §6)."""

from xiangtong.audit.book import SYSTEM, Actor, Outcome, record, scrub
from xiangtong.audit.sealing import Break, seal, verify

__all__ = ["SYSTEM", "Actor", "Break", "Outcome", "record", "scrub", "seal", "verify"]
