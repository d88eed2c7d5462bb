"""A sample of a form, filed page by page without a browser: taken whole, shown whole, and kept as it was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from citizen_desk import Desk, item_of, make_desk, sit_down
from door_services import make_services
from filing_by_post import Poster
from sample_answers import FORMS, TOWN, VILLAGE, nameless, sample
from townships import found_townships
from world import a_database
from xiangtong.cases.citizen import own_case
from xiangtong.forms.publishing import SAMPLE_DAY
from xiangtong.items.models import Item
from xiangtong.kernel import clock
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Division
from xiangtong.tenancy.scope import CITY, Scope

_NOON = datetime(SAMPLE_DAY.year, SAMPLE_DAY.month, SAMPLE_DAY.day, 4, tzinfo=UTC)
_TENANT = 2  # 杨寿镇, where the samples live.


@contextmanager
def every_form_offered(cluster: Cluster, keys: KeyRing, files: Path) -> Iterator[Desk]:
    """A township that offers every form."""
    with a_database(cluster) as (_, db), clock.frozen(_NOON):
        found_townships(db, keys)
        with db.scope(CITY) as session:
            place = Division(
                code=VILLAGE, name="永和村委会", short_name="永和村", level="village", parent_code=f"{TOWN}000"
            )
            session.add(place)
        with db.scope(Scope(tenant_id=_TENANT)) as session:
            session.add_all([Item(**_item(number, code)) for number, code in enumerate(FORMS)])
        yield make_desk(make_services(db, keys, files))


def _item(number: int, code: str) -> dict[str, object]:
    made = item_of(_TENANT)
    return made | {"key": code, "form_code": code, "item_code": f"{made['item_code'][:29]}{number:02}"}


def file_a_sample(code: str, name: str, desk: Desk) -> None:
    """File it as a browser without script does; fails on anything that is lost, told wrong or shown twice."""
    filed = sample(code, name)
    with clock.frozen(_NOON):
        own = sit_down(desk.services, desk.app, filed.claims)
        poster = Poster(own.client, filed)
        draft = poster.file()
        with desk.services.db.scope(Scope(tenant_id=_TENANT, citizen_id=own.citizen_id)) as session:
            case = own_case(
                session, keys=desk.services.keys, tenant_id=_TENANT, case_id=UUID(draft.rpartition("/")[2]),
                citizen_id=own.citizen_id,
            )  # fmt: skip
            assert nameless(case.body["answers"]) == filed.kept(SAMPLE_DAY)
            number = case.row.case_no
    assert number in poster.pages[f"{draft}/receipt"]
    assert {step.id for step in filed.plan.steps} >= {page.rpartition("/")[2] for page in poster.pages} - _AFTER
    for place, page in poster.pages.items():
        _assert_nothing_repeats(place, page)


_AFTER = {"review", "receipt"}


def _assert_nothing_repeats(place: str, page: str) -> None:
    """An id stands for one thing on a page, and every label for an input that is there."""
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), (place, sorted(one for one in set(ids) if ids.count(one) > 1))
    named = set(re.findall(r'\sfor="([^"]+)"', page))
    assert named <= set(ids), (place, named - set(ids))
