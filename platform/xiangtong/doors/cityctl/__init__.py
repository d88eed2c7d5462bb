"""City operations without a shell: provision, suspend, rename, merge, hand over, see who has not signed in.

A door of its own that lives in the console's application under `/console/city/`.
"""

from xiangtong.doors.cityctl import importing, provisioning
from xiangtong.doors.cityctl.routes import blueprint

__all__ = ["blueprint", "importing", "provisioning"]
