"""Forms on paper: the official A4 sheet of a filed case, and the blank form (docs/dialect.md §9).

sheet      what stands on the paper: rows of boxes, no markup
layout     plan + answers → sheet; columns how wide things want to be, words a value as papers write it, papers the list
cases      a case on paper: office its opinions, codes its verification code, verifying what anybody may learn by it
glyphs     which characters can be drawn here
paper      sheet → PDF, or a page for a browser where the system lacks the parts
"""

from xiangtong.printing.cases import CaseSheet, case_sheet
from xiangtong.printing.layout import blank, filled, named_on_blank
from xiangtong.printing.paper import Printed, can_make_pdf, print_sheet
from xiangtong.printing.verifying import Verified, verified

__all__ = [
    "CaseSheet",
    "Printed",
    "Verified",
    "blank",
    "can_make_pdf",
    "case_sheet",
    "filled",
    "named_on_blank",
    "print_sheet",
    "verified",
]
