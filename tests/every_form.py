"""Filing any form in a browser and asking the province what it holds: what the long proof and the journeys share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import ConsoleMessage, Page

import main_journey
from accessibility import violations
from demo_stack import Stack
from filing_robot import Robot
from sample_answers import Sample, nameless, sample
from xiangtong import wiring
from xiangtong.doors.shared.person import CITIZEN_COOKIE
from xiangtong.identity import citizens, sessions
from xiangtong.identity.ports import Claims
from xiangtong.kernel import clock
from xiangtong.tenancy.scope import NOBODY

#: What a page must not have: a question without words, words twice, or anything beyond the edge of a phone.
_FAULTS = """() => {
    const seen = (one) => !one.closest('[hidden]') && one.getClientRects().length > 0;
    const words = (one) => one.innerText.trim();
    const labels = Array.from(document.querySelectorAll('form[data-draft] :is(label, legend)')).filter(seen);
    const beyond = Array.from(document.querySelectorAll('main *')).filter((one) => seen(one)
        && !one.closest('.unseen') && one.getBoundingClientRect().right > window.innerWidth + 1);
    return [
        ...(document.documentElement.scrollWidth > window.innerWidth ? ['wider than the phone'] : []),
        ...beyond.map((one) => 'beyond the edge: ' + one.outerHTML.slice(0, 120)),
        ...labels.filter((one) => !words(one)).map((one) => 'no words: ' + one.outerHTML.slice(0, 120)),
    ];
}"""


def file_in_browser(stack: Stack, page: Page, code: str, *, script: bool) -> str:
    """File the form's sample as its applicant, looking at every page; the number of the case, which the province holds."""
    filed = sample(code, today=clock.today())
    sign_in(stack, page, filed.claims)
    with _everything_said(page, script=script) as look:
        number = Robot(page, filed, script=script, look=look).file(stack.url)
    main_journey.assert_province_holds(stack, number, ["apply"])
    assert_held(stack, number, filed)
    return number


def sign_in(stack: Stack, page: Page, claims: Claims) -> None:
    """Put the session of a citizen into a browser; the way through the province's sign-in is walked elsewhere."""
    services = wiring.build(stack.demo.settings)
    try:
        with services.db.scope(NOBODY) as session:
            citizen_id = citizens.upsert(session, keys=services.keys, claims=claims)
            token = sessions.open_session(session, kind="citizen", subject_id=citizen_id, assurance=claims.assurance)
    finally:
        services.db.dispose()
    page.context.add_cookies([{"name": CITIZEN_COOKIE, "value": token, "url": stack.url}])


def assert_held(stack: Stack, number: str, filed: Sample) -> None:
    """The province has the answers that were given, every one and no other, and was told of every file among them."""
    body = httpx.get(f"{stack.province}/_state/cases/{number}", trust_env=False).json()[0]["body"]
    told = body["payload"]
    assert nameless(told["data"]) == filed.kept(clock.today())
    assert set(_digests(told["data"])) <= {one["digest"] for one in told["materials"]}
    assert len(told["materials"]) == sum(len(files) for files in filed.files().values())
    assert told["form_code"] == filed.code
    assert told["applicant"]["name"] == filed.data["applicant"]["name"]
    assert body["division_code"] == filed.data["applicant"]["village"]


def _digests(answers: Any) -> Iterator[str]:
    """The digest of every file among answers."""
    if isinstance(answers, list):
        for one in answers:
            yield from _digests(one)
    elif isinstance(answers, dict) and "digest" in answers:
        yield answers["digest"]
    elif isinstance(answers, dict):
        yield from _digests(list(answers.values()))


@contextmanager
def _everything_said(page: Page, *, script: bool) -> Iterator[Callable[[Page, str], None]]:
    """Look at every page as somebody does who cannot see, or holds a narrow phone; tell all of it at the end."""
    said: list[str] = []

    def look(at: Page, place: str) -> None:
        found = at.evaluate(_FAULTS) + (violations(at) if script else [])
        said.extend(f"{place}: {one}" for one in found)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(f"{page.url} console: {message.text}")

    page.on("console", note)
    yield look
    page.remove_listener("console", note)
    assert said == [], "\n".join(said)
