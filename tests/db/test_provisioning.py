"""Provisioning: real cities come up whole, a second run changes nothing, bad files change nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import func, select, text

from fillings import SMALL_CITY
from xiangtong.channels.cli import tenants
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy import bulk
from xiangtong.tenancy.demo import is_credit_code
from xiangtong.tenancy.folder import MemoryFolder, PathFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import City, Division, Place, Tenant, TenantKey, Unit, WorkDay
from xiangtong.tenancy.provision import Township, provision
from xiangtong.tenancy.scope import NOBODY, Database, Scope
from xiangtong.tenancy.sheet import BadFiles

TENANTS = Path(__file__).parents[2] / "tenants"


def _tenant(db: Database, code: str) -> Tenant:
    with db.scope(NOBODY) as session:
        return session.scalars(select(Tenant).where(Tenant.code == code)).one()


def _small(**extra: str) -> MemoryFolder:
    city = 'name = "扬州市"\nprefix = "3210"\n'.encode()
    files = {"city.toml": city, "divisions.csv": SMALL_CITY.files["divisions.csv"]}
    return MemoryFolder(files | {name: value.encode() for name, value in extra.items()})


_CHANGES = "date,kind,code,new_code,name\n"


@pytest.mark.parametrize(
    ("city", "counties", "townships", "villages"),
    [
        ("yangzhou", 7, 98, 1437),
        ("suizhou", 3, 51, 1009),
        ("duyun", 1, 10, 156),
        ("yingjiang", 1, 10, 50),
        ("zhuhai", 3, 31, 345),
    ],
)
def test_a_city_comes_up_whole(  # noqa: PLR0917 - the columns of the table above.
    db: Database, keys: KeyRing, city: str, counties: int, townships: int, villages: int
) -> None:
    report = provision(db, keys, PathFolder(TENANTS / city))
    assert [report.counts[level] for level in ("county", "township", "village")] == [counties, townships, villages]
    with db.oversight("32", "34", "42", "44", "52") as eyes:
        stations = eyes.scalar(select(func.count()).select_from(Place).where(Place.kind == "station"))
        assert stations == villages
        count = select(func.count()).select_from(Tenant).where(Tenant.kind == "township")
        assert eyes.scalar(count) == townships
    again = provision(db, keys, PathFolder(TENANTS / city))
    assert again.changes_nothing


def test_yangzhou_in_detail(db: Database, keys: KeyRing) -> None:
    report = provision(db, keys, PathFolder(TENANTS / "yangzhou"))
    assert report.unknown["统一社会信用代码"] == 98
    gongdao = _tenant(db, "321003100")
    assert gongdao.hall_name == "公道镇为民服务中心"
    with db.scope(NOBODY) as session:
        names = {row.id: row.name for row in session.scalars(select(Tenant))}
        hangji = session.scalars(select(Tenant).where(Tenant.code == "321002401")).one()
        zhuxi = session.scalars(select(Tenant).where(Tenant.code == "321071050")).one()
        assert session.scalar(select(func.count()).select_from(WorkDay)) > 1000
        october = session.execute(text("select working from work_calendar where day = '2026-10-10'"))
        assert october.scalar_one() is True
    assert hangji.short_name == "杭集镇"
    assert names[hangji.administered_by or 0] == "扬州市生态科技新城管理委员会"
    assert names[zhuxi.administered_by or 0] == "扬州经济技术开发区"
    with db.scope(Scope(tenant_id=gongdao.id)) as session:
        station = session.scalars(select(Place).where(Place.division_code == "321003100200")).one()
        assert station.name == "太平村便民服务中心"
        assert station.demo
        assert station.agent_phone is not None
        assert station.agent_phone.startswith("0514-0000")
        unit = session.scalars(select(Unit)).one()
        assert unit.full_name == "邗江区公道镇人民政府"
        assert unit.demo
        assert is_credit_code(unit.credit_code or "")
        assert session.scalar(select(func.count()).select_from(TenantKey)) == 2
        assert session.scalar(select(func.count()).select_from(Place)) == 15
    with db.scope(NOBODY) as session:
        assert session.scalar(select(func.count()).select_from(Place)) == 0


def test_a_dry_run_changes_nothing(db: Database, keys: KeyRing) -> None:
    report = provision(db, keys, _small(), dry_run=True)
    assert {line.kind for line in report.lines} == {"added"}
    assert len(report.lines) == 7
    with db.scope(NOBODY) as session:
        assert session.scalar(select(func.count()).select_from(Division)) == 0
        assert session.scalar(select(func.count()).select_from(City)) == 0


def test_renamed_merged_added_and_closed(db: Database, keys: KeyRing) -> None:
    provision(db, keys, _small())
    changes = _CHANGES + (
        "2026-01-01,rename,321003100200,,太平新村委会\n"
        "2026-02-01,merge,321003108000,321003100000,\n"
        "2026-03-01,add,321003100215,,新河村委会\n"
        "2026-03-02,close,321003108209,,\n"
        "2199-01-01,rename,321003100000,,未来镇\n"
    )
    folder = _small(**{"changes.csv": changes})
    dry = provision(db, keys, folder, dry_run=True)
    assert {(line.kind, line.code) for line in dry.lines} == {
        ("renamed", "321003100200"),
        ("merged", "321003108000"),
        ("added", "321003100215"),
        ("closed", "321003108209"),
    }
    provision(db, keys, folder)
    yangshou, gongdao = _tenant(db, "321003108"), _tenant(db, "321003100")
    assert (yangshou.state, yangshou.successor_id) == ("closed", gongdao.id)
    assert gongdao.name == "公道镇"
    with db.scope(Scope(tenant_id=gongdao.id)) as session:
        names = set(session.scalars(select(Place.name).where(Place.kind == "station")))
        assert names == {"太平新村便民服务中心", "新河村便民服务中心"}
    assert provision(db, keys, folder).changes_nothing


def test_all_bad_rows_are_told_at_once_and_nothing_is_done(db: Database, keys: KeyRing) -> None:
    divisions = _small().files["divisions.csv"].decode() + (
        "32100310020,少一位村委会,village,321003100000\n"
        "321003100200,重复村委会,village,321003100000\n"
        "321003100201,,village,321003100000\n"
        "321003100202,没有上级村委会,village,321003999000\n"
        "321003100203,级别错村委会,town,321003100000\n"
        "321003100204,格子多,village,321003100000,x\n"
    )
    units = (
        "area_code,area_name,full_name,short_name,credit_code\n"
        "321003100000,杨寿镇,公道镇人民政府,公道镇政府,911101087000421011\n"
        "321003109000,无名镇,无名镇人民政府,无名镇政府,\n"
    )
    with pytest.raises(BadFiles) as caught:
        provision(db, keys, _small(**{"divisions.csv": divisions, "units.csv": units, "999.toml": ""}))
    told = {(row.file, row.line, row.column) for row in caught.value.rows}
    assert told >= {
        ("divisions.csv", 9, "code"),
        ("divisions.csv", 10, "code"),
        ("divisions.csv", 11, "name"),
        ("divisions.csv", 12, "parent_code"),
        ("divisions.csv", 13, "level"),
        ("divisions.csv", 14, ""),
        ("units.csv", 2, "area_name"),
        ("units.csv", 2, "credit_code"),
        ("units.csv", 3, "area_code"),
        ("999.toml", 0, ""),
    }
    with db.scope(NOBODY) as session:
        assert session.scalar(select(func.count()).select_from(Division)) == 0


def test_broken_files_are_refused_with_sentences(db: Database, keys: KeyRing) -> None:
    broken: list[dict[str, str]] = [
        {"city.toml": "name ="},
        {"city.toml": 'name = "扬州市"\nprefix = "321"\n'},
        {"city.toml": 'name = "扬州市"\nprefix = "3210"\n[names]\ntownship = "{0.__class__}"\n'},
        {"city.toml": 'name = "扬州市"\nprefix = "4404"\n'},
        {"city.toml": 'name = "扬州市"\nprefix = "3210"\nzones = 3\n'},
        {"city.toml": 'name = "扬州市"\nprefix = "3210"\ndemo = 3\n'},
        {"city.toml": 'name = "扬州市"\nprefix = "3210"\nstrip = 7\nkit = 9\n'},
        {"divisions.csv": "\x00\x01"},
        {"divisions.csv": 'code,name,level,parent_code\n"'},
        {"divisions.csv": ""},
        {"changes.csv": _CHANGES + "昨天,rename,321003100200,,\n"},
        {"changes.csv": _CHANGES + "2026-01-01,merge,321003100000,321003100200,\n"},
        {"321003100.toml": "[hall]\ncolour = 'red'\n"},
        {"321003100.toml": "[stations.321003108209]\nphone = '1'\n"},
    ]
    for files in broken:
        with pytest.raises(BadFiles) as caught:
            provision(db, keys, _small(**files))
        assert all(row.reason for row in caught.value.rows), files


def test_a_division_that_vanished_from_the_file_is_asked_about(db: Database, keys: KeyRing) -> None:
    provision(db, keys, _small())
    fewer = "\n".join(_small().files["divisions.csv"].decode().splitlines()[:-1])
    with pytest.raises(BadFiles, match="文件里有 1 处"):
        provision(db, keys, _small(**{"divisions.csv": fewer}))


def test_what_a_township_typed_stays(db: Database, keys: KeyRing) -> None:
    provision(db, keys, _small())
    tenant = _tenant(db, "321003100")
    with db.scope(Scope(tenant_id=tenant.id)) as session:
        session.scalars(select(Place).where(Place.kind == "hall")).one().phone = "0514-87000000"
    own = '[hall]\nphone = "0514-00000001"\naddress = "公道镇某路 1 号"\n'
    provision(db, keys, _small(**{"321003100.toml": own}))
    with db.scope(Scope(tenant_id=tenant.id)) as session:
        hall = session.scalars(select(Place).where(Place.kind == "hall")).one()
        assert (hall.phone, hall.address) == ("0514-87000000", "公道镇某路 1 号")


def test_founders_are_told_every_open_township_and_their_rows_are_written(db: Database, keys: KeyRing) -> None:
    told: list[tuple[str, list[str]]] = []

    def found(prefix: str, townships: Sequence[Township]) -> Mapping[int, bulk.Batch]:
        told.append((prefix, [village.short_name for each in townships for village in each.villages]))
        window = {"kind": "window", "division_code": "", "name": "窗口 1"}
        adding = bulk.inserting(Place, ("tenant_id", "id", "kind", "division_code", "name"))
        return {each.id: {adding: [{"tenant_id": each.id, "id": new_id(), **window}]} for each in townships}

    provision(db, keys, _small(), founders=[found])
    assert told == [("3210", ["太平村", "东兴村"])]
    with db.oversight("321003") as eyes:
        assert eyes.scalar(select(func.count()).select_from(Place).where(Place.kind == "window")) == 2


def test_a_founder_writes_no_row_of_another_township(db: Database, keys: KeyRing) -> None:
    def found(prefix: str, townships: Sequence[Township]) -> Mapping[int, bulk.Batch]:
        one, other = townships
        row = {"tenant_id": other.id, "id": new_id(), "kind": "window", "division_code": "", "name": "窗口"}
        return {one.id: {bulk.inserting(Place, tuple(row)): [row]}}

    with pytest.raises(InsufficientPrivilege):
        provision(db, keys, _small(), founders=[found])
    with db.scope(NOBODY) as session:
        assert session.scalar(select(func.count()).select_from(Division)) == 0


def test_the_command_uses_the_services_that_every_command_is_given(db: Database, keys: KeyRing, tmp_path: Path) -> None:
    """Beside a running demo nobody has to name its database; a folder that is none is a sentence."""
    services = SimpleNamespace(db=db, keys=keys)
    for words, said in ((["--dry-run"], "只是预演，什么都没有改"), ([], "完成，用了"), ([], "没有要改的")):
        ran = CliRunner().invoke(tenants, ["provision", str(TENANTS / "duyun"), *words], obj=lambda: services)
        assert (ran.exit_code, said in ran.output) == (0, True), ran.output
    assert isinstance(
        CliRunner().invoke(tenants, ["provision", str(tmp_path)], obj=lambda: services).exception, BadFiles
    )
