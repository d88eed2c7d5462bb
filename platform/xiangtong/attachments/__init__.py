"""Files people hand in: quarantined → verified and scanned → sealed → claimed by a case → purged.

ports     what a store of bytes and a virus scanner promise
local, s3 the two stores; scan the scanner over clamd's socket
kinds     which files we take, told by their first bytes; photos strips the place where a photo was taken (jpegs knows
          the segments of one)
uploads   begin, receive, settle: from the first byte to a clean file
files     claim, read, list, discard
purge     what nobody claimed, and the comparison of rows with stored objects
"""

from xiangtong.attachments.files import (
    CLAIMED,
    READY,
    Claimed,
    NotReady,
    Stored,
    Verified,
    check_claimed,
    chosen,
    claim,
    discard,
    discard_case,
    discard_owner,
    find,
    of_case,
    of_owner,
    read,
    reopen,
)
from xiangtong.attachments.kinds import Rules, Unfit, examine
from xiangtong.attachments.local import UPLOAD_PATH, LocalStorage
from xiangtong.attachments.opening import open_scanner, open_storage
from xiangtong.attachments.ports import Missing, Offer, OfferRefused, Scan, Scanner, Stat, Storage, StorageUnavailable
from xiangtong.attachments.uploads import (
    QUARANTINE,
    Pending,
    Verdict,
    begin,
    finish,
    pending,
    receive,
    settle,
    settle_here,
    tidy,
)

__all__ = [
    "CLAIMED",
    "QUARANTINE",
    "READY",
    "UPLOAD_PATH",
    "Claimed",
    "LocalStorage",
    "Missing",
    "NotReady",
    "Offer",
    "OfferRefused",
    "Pending",
    "Rules",
    "Scan",
    "Scanner",
    "Stat",
    "Storage",
    "StorageUnavailable",
    "Stored",
    "Unfit",
    "Verdict",
    "Verified",
    "begin",
    "check_claimed",
    "chosen",
    "claim",
    "discard",
    "discard_case",
    "discard_owner",
    "examine",
    "find",
    "finish",
    "of_case",
    "of_owner",
    "open_scanner",
    "open_storage",
    "pending",
    "read",
    "receive",
    "reopen",
    "settle",
    "settle_here",
    "tidy",
]
