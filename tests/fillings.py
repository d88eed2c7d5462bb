"""What many tests want to stand in their database before they begin.

Each is written once in a run, into a template, and copied with it: that takes less than to write it again.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from townships import found_townships
from xiangtong.channels import demo as channels_demo
from xiangtong.channels import founding
from xiangtong.identity import demo as identity_demo
from xiangtong.tenancy.folder import MemoryFolder
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database
from xiangtong.wiring import ROOT

SMALL_CITY = MemoryFolder(
    {
        "city.toml": 'name = "扬州市"\nprefix = "3210"\n[demo]\ncredit_codes = true\n'.encode(),
        "divisions.csv": (
            "code,name,level,parent_code\n"
            "320000000000,江苏省,province,\n"
            "321000000000,扬州市,city,320000000000\n"
            "321003000000,邗江区,county,321000000000\n"
            "321003100000,公道镇,township,321003000000\n"
            "321003108000,杨寿镇,township,321003000000\n"
            "321003100200,太平村委会,village,321003100000\n"
            "321003108209,东兴村委会,village,321003108000\n"
        ).encode(),
        "units.csv": (
            "area_code,area_name,full_name,short_name,credit_code\n"
            "321003100000,公道镇,邗江区公道镇人民政府,公道镇政府,\n"
        ).encode(),
    }
)


def _staff_townships(db: Database, keys: KeyRing) -> None:
    found_townships(db, keys)
    identity_demo.seed(SimpleNamespace(db=db, keys=keys))


def _found_small_city(db: Database, keys: KeyRing) -> None:
    founding.provision_city(db, keys, SMALL_CITY)


def _open_channels(db: Database, keys: KeyRing) -> None:
    founding.provision_city(db, keys, _three_townships())
    channels_demo.seed(SimpleNamespace(db=db))


def _three_townships() -> MemoryFolder:
    """Yangzhou's own files, cut to 公道镇, 方巷镇 and 杨寿镇."""
    tenants = ROOT / "tenants"
    lines = (tenants / "jiangsu" / "divisions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    wanted = ("code", "320000000000", "321000000000", "321003000000", "321003100", "321003101", "321003108")
    units = (tenants / "yangzhou" / "units.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    city = (tenants / "yangzhou" / "city.toml").read_text(encoding="utf-8")
    return MemoryFolder(
        {
            "city.toml": city.replace('["321002401", "321002402"]', "[]").encode(),
            "divisions.csv": "".join(line for line in lines if line.startswith(wanted)).encode(),
            "units.csv": "".join(line for line in units if line.startswith(("area_code", *wanted))).encode(),
        }
    )


#: By the fixture that a test asks for; the first that is asked for is what the database is copied from.
FILLINGS: dict[str, Callable[[Database, KeyRing], None]] = {
    "small_city": _found_small_city,
    "open_channels": _open_channels,
    "staffed_township": _staff_townships,
    "township": found_townships,
}
