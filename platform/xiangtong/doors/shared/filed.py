"""The item of a filing as it stands on the day, for every door where one may file."""

from __future__ import annotations

from sqlalchemy.orm import Session

from xiangtong.cases.facts import FiledItem
from xiangtong.items.offer import columns_of_form
from xiangtong.kernel.errors import Conflict


class NotRegistered(Conflict):
    """The item has no implementing code yet: the province would park whatever is filed for it."""

    code = "NOT_REGISTERED"

    def __init__(self) -> None:
        super().__init__(
            "这件事还没有登记好编码，暂时不能网上申请。可以打电话问代办员，或到大厅办",
            "This service has no code yet and cannot be applied for online. Please call the village agent or go to the hall",
        )


def filed(session: Session, *, tenant_id: int, form_code: str) -> FiledItem:
    """What is kept of the open item that is declared with this form; raises NotFound, NotRegistered."""
    item = columns_of_form(session, tenant_id=tenant_id, form_code=form_code)
    if not item.item_code:
        raise NotRegistered
    return FiledItem(
        item_code=item.item_code, name=item.name, version=item.version, item_type=item.item_type,
        case_type=item.case_type, unit_name=item.unit_name, unit_code=item.unit_code or "",
        promised_days=item.promised_days, statutory_days=item.statutory_days,
    )  # fmt: skip
