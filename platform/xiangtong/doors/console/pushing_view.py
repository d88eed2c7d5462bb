"""What the push screen reads: by the oversight role within reach; one message also in its township's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from xiangtong.doors.shared.services import services
from xiangtong.identity.sessions import SignedIn
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.ledger.models import Difference, LedgerFact, PushAttempt, Receipt, WireMessage
from xiangtong.push import differences, replay
from xiangtong.push import status as reading
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope

STATES = {
    "due": (_("排队等发送"), ""),
    "behind": (_("等前一步先到"), ""),
    "sending": (_("正在发送"), ""),
    "parked": (_("停下了，要人看"), "late"),
    "delivered": (_("省网已收"), "done"),
}
#: What the codes of the contract (§4) and our own mean to an operator, and what to do about each.
CAUSES = {
    "": _("还没有发过"),
    "INVALID": _("省网说内容不合规定：看下面是哪一项，改好映射后“重新生成”"),
    "UNMAPPED": _("有省网必填的内容这里没有：补齐后“重新生成”"),
    "TOO_LARGE": _("内容超过省网能收的大小：减小后“重新生成”"),
    "CONFLICT": _("省网已经存了这一步，内容却不同：请对账，由人决定"),
    "CHAIN": _("省网的链和我们的对不上：请对账，由人决定"),
    "NO_ANSWER": _("省网没有回答：会自动再试"),
    "NO_RECEIPT": _("省网没有给回执：会先问清楚再试"),
    "OTHER_RECEIPT": _("省网给的回执不是这一条的：会先问清楚再试"),
    "BUSY": _("省网忙，让我们晚一点：会自动再试"),
    "GAP": _("省网缺前面的步骤：正在补发"),
    "MATERIAL": _("省网缺材料：正在补传"),
    "SKEW": _("时间和省网差得太多：请校准服务器的时间"),
    "NONCE": _("签名用过了：会自动换新的再发"),
    "GIVEN_UP": _("试了很多天都没送到：查清原因后“原样重发”"),
    "MATERIAL_LOST": _("有一份材料的文件找不到了：请看存储"),
    "POISON": _("每次处理都中断：请技术人员看日志"),
    "ERASED": _("办件已按规定销毁"),
    "BY_HAND": _("人工停下的"),
    "HTTP_401": _("省网不认这里的签名：已停发，请核对密钥"),
    "HTTP_403": _("省网不许这里发送：已停发，请和省网联系"),
    "HTTP_413": _("内容超过省网能收的大小：减小后“重新生成”"),
    "HTTP_429": _("省网忙，让我们晚一点：会自动再试"),
}
#: How one sending ended, where the province named no code.
OUTCOMES = {
    "delivered": _("省网已收"),
    "ask": _("回执不能作数，先问清楚"),
    "chain": _("两边的链不同"),
    "park": _("停下了，要人看"),
    "sign_anew": _("换新的签名再发"),
    "shut": _("停发"),
    "upload": _("先补传材料"),
    "missing": _("先补发前面的"),
    "conflict": _("省网已存，内容不同"),
    "wait": _("晚一点再发"),
    "again": _("会自动再试"),
    "unsent": _("这一次没有轮到"),
}
#: The steps of a case (contract §1) as an operator reads them.
STEPS = {
    "apply": _("申请人提交"),
    "pre_review": _("网上预审"),
    "accept": _("受理"),
    "reject": _("不予受理"),
    "supplement_notice": _("补正告知"),
    "supplement": _("申请人补正"),
    "step": _("环节办结"),
    "special_start": _("特别程序开始"),
    "special_end": _("特别程序结束"),
    "extend": _("延长审批"),
    "decide": _("办结"),
    "deliver": _("送达"),
    "withdraw": _("申请人撤回"),
    "void": _("作废"),
    "rate": _("好差评"),
    "transfer": _("转办"),
    "correct": _("更正"),
}
#: Where the two sides do not agree.
KINDS = {
    "chain": _("两边的链不同"),
    "conflict": _("省网已存，内容不同"),
    "unknown_here": _("省网有，这里没有回执"),
    "invalid": _("省网收下后又说不合规定"),
}
_LIST = 200


@dataclass(frozen=True)
class Screen:
    """Everything the first page shows."""

    status: reading.Status
    parked: Sequence[reading.Parked]
    differences: Sequence[Any]
    closed: Sequence[Any]
    towns: dict[int, str]


@dataclass(frozen=True)
class Message:
    """One fact of the ledger: how its delivery stands. No body."""

    fact: Any
    township: str
    receipt: Any | None
    wires: Sequence[Any]
    attempts: Sequence[Any]
    words: str

    @property
    def tenant_id(self) -> int:
        """Whose it is."""
        return int(self.fact.tenant_id)


def screen(who: SignedIn, *, code: str = "") -> Screen:
    """What waits within reach; `code` narrows the parked ones to one reason."""
    with services().db.oversight(*who.reach) as session:
        parked = reading.parked(session, code=code, limit=_LIST)
        waiting = differences.still_open(session, limit=_LIST)
        closed = differences.lately_closed(session)
        ids = {one.tenant_id for one in (*waiting, *closed)}
        named = select(Tenant.id, Tenant.short_name).where(Tenant.id.in_(ids))
        towns = {row[0]: row[1] for row in session.execute(named)}
        return Screen(reading.status(session), parked, waiting, closed, towns)


def township_of_difference(who: SignedIn, difference_id: UUID) -> int:
    """Whose difference it is, within reach; raises NotFound."""
    with services().db.oversight(*who.reach) as session:
        tenant_id = session.scalar(select(Difference.tenant_id).where(Difference.id == difference_id))
    if tenant_id is None:
        raise NotFound("没有这一条", "There is no such difference")
    return tenant_id


def parked_of(who: SignedIn, *, code: str) -> Sequence[reading.Parked]:
    """The parked messages of one reason, as many as one press of a button sends again."""
    with services().db.oversight(*who.reach) as session:
        return reading.parked(session, code=code, limit=_LIST)


def message(who: SignedIn, fact_id: UUID) -> Message:
    """One message within reach; raises NotFound. The province's own words are for its township only."""
    with services().db.oversight(*who.reach) as session:
        seen = select(*_SEEN, Tenant.short_name).join(Tenant, Tenant.id == LedgerFact.tenant_id)
        fact = session.execute(seen.where(LedgerFact.id == fact_id)).first()
        if fact is None:
            raise NotFound("没有这条消息", "There is no such message")
        got = select(Receipt.receipt_no, Receipt.received_at).where(
            Receipt.tenant_id == fact.tenant_id, Receipt.fact_id == fact_id
        )
        receipt = session.execute(got).first()
    return _inside(who, fact, receipt)


def _inside(who: SignedIn, fact: Any, receipt: Any) -> Message:
    scope, words = Scope(tenant_id=fact.tenant_id), ""
    with services().db.scope(scope) as session:
        wires = session.execute(
            select(WireMessage.message_id, WireMessage.digest, WireMessage.mapping_version, WireMessage.state,
                   WireMessage.created_at)
            .where(WireMessage.tenant_id == fact.tenant_id, WireMessage.fact_id == fact.id)
            .order_by(WireMessage.created_at.desc())
        ).all()  # fmt: skip
        attempts = session.execute(
            select(PushAttempt.at, PushAttempt.took_ms, PushAttempt.status, PushAttempt.outcome, PushAttempt.code)
            .where(PushAttempt.tenant_id == fact.tenant_id, PushAttempt.fact_id == fact.id)
            .order_by(PushAttempt.id.desc())
            .limit(20)
        ).all()
        if who.tenant_id == fact.tenant_id:
            key_id = session.scalar(select(LedgerFact.key_id).where(LedgerFact.tenant_id == fact.tenant_id,
                                                                    LedgerFact.id == fact.id))  # fmt: skip
            assert key_id is not None
            key = services().keys.open(session, tenant_id=fact.tenant_id, key_id=key_id)
            words = replay.last_words(session, key=key, tenant_id=fact.tenant_id, fact_id=fact.id)
    return Message(fact, fact.short_name, receipt, wires, attempts, words)


def cause_words(code: str) -> str:
    """What a code means, and what becomes of it; the code itself where nobody wrote that down."""
    known = CAUSES.get(code)
    if known is None and code.startswith("HTTP_5"):
        return str(gettext("省网出错了（%(code)s）：会自动再试", code=code.removeprefix("HTTP_")))
    return str(known) if known is not None else str(gettext("省网的回答：%(code)s", code=code))


def ending_words(code: str, outcome: str) -> str:
    """How one sending ended: what the code means, else what was done about it."""
    return cause_words(code) if code else str(OUTCOMES.get(outcome, outcome))


def age_words(since: datetime | None) -> str:
    """How long ago, roughly; empty for nothing."""
    if since is None:
        return ""
    minutes = max(0, int((clock.now() - since).total_seconds() // 60))
    if minutes < 1:
        return str(gettext("不到 1 分钟"))
    if minutes < 60:
        return str(gettext("%(count)s 分钟", count=minutes))
    if minutes < 48 * 60:
        return str(gettext("%(count)s 小时", count=minutes // 60))
    return str(gettext("%(count)s 天", count=minutes // 1440))


_SEEN = (
    LedgerFact.tenant_id, LedgerFact.id, LedgerFact.case_no, LedgerFact.seq, LedgerFact.type, LedgerFact.recorded_at,
    LedgerFact.state, LedgerFact.due_at, LedgerFact.attempts, LedgerFact.last_code, LedgerFact.last_reason,
)  # fmt: skip
