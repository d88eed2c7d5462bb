"""Filing, from the first page of a form to the receipt. Each page is a module; this one joins them.

start    begin a draft, or go on with one
steps    one page of the form: fill, save, upload, add a row; works without script
review   look it all over, submit, the receipt
update   the form has a newer version: move to it, or go on
elsewhere  go on with it on another phone
saving   what the script of the page sends by itself
"""

from __future__ import annotations

from flask import Blueprint

from xiangtong.doors.citizen import (
    apply_elsewhere,
    apply_review,
    apply_saving,
    apply_start,
    apply_steps,
    apply_update,
    help_hand,
)

blueprint = Blueprint("apply", __name__)
for page in (apply_start, apply_saving, apply_review, apply_update, apply_elsewhere, help_hand, apply_steps):
    page.register(blueprint)
