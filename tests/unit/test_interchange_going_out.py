"""Forms go out plain, or in packages that are signed; and the commands that do all this."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import gmalg
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import Library, form_of
from xiangtong.forms.publishing import SAMPLE_DAY
from xiangtong.interchange import cli
from xiangtong.interchange.exporting import plain_schema
from xiangtong.interchange.importing import import_form
from xiangtong.interchange.keys import packed, unpacked
from xiangtong.interchange.package import PackageRefused, Signer, open_package, seal_package
from xiangtong.settings import Settings, SettingsError
from xiangtong.validation.validate import decide

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ROOT / "tests" / "schemas" / "interchange"
LIBRARY = Library.from_folder(ROOT / "form_schemas")


def test_a_form_goes_out_as_plain_json_schema_and_comes_back() -> None:
    form, sample = LIBRARY.form("old-age-allowance"), LIBRARY.samples["old-age-allowance"]["sample"]
    plain = plain_schema(form)
    assert '"x-' not in json.dumps(plain)
    assert "$ref" not in json.dumps(plain)
    Draft202012Validator.check_schema(plain)
    stored = decide(form.plan, sample, Facts(SAMPLE_DAY)).stored
    assert list(Draft202012Validator(plain).iter_errors(stored)) == []
    assert list(Draft202012Validator(plain).iter_errors(stored | {"bank": 1})) != []
    assert import_form(plain, None, code="given", vocabulary=LIBRARY.vocabulary).form is not None


def _signer(name: str, master: str, others: str = "", algorithm: str = "ed25519") -> Signer:
    return Signer.from_settings(
        Settings(package_signer=name, master_key=master, package_signers=others, package_algorithm=algorithm)
    )


def _other_header(text: bytes, **members: str) -> bytes:
    head, _, rest = text.partition(b".")
    header = json.loads(unpacked(head.decode())) | members
    return packed(json.dumps(header).encode()).encode() + b"." + rest


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_a_signed_form_is_taken_from_those_one_trusts_and_nobody_else(algorithm: str) -> None:
    form = LIBRARY.form("homestead")
    home = _signer("3210", "one", algorithm=algorithm)
    text = seal_package(form, sample={"a": 1}, signer=home).encode()
    there = _signer("3201", "two", f"3210:{home.public}")
    opened = open_package(text, signer=there, vocabulary=LIBRARY.vocabulary)
    assert (opened.form.hash, opened.sample, opened.signer) == (form.hash, {"a": 1}, "3210")
    with pytest.raises(PackageRefused, match="3210"):
        open_package(text, signer=_signer("3201", "two"), vocabulary=LIBRARY.vocabulary)
    impostor = seal_package(form, sample={}, signer=_signer("3210", "three", algorithm=algorithm)).encode()
    head, body, signature = text.split(b".")
    other = "SM2" if algorithm == "ed25519" else "Ed25519"
    forgeries = (
        impostor,
        b".".join((head, body[:-8] + b"AAAAAAAA", signature)),
        text[:-9],
        _other_header(text, alg=other),
        _other_header(text, alg="none"),
        _other_header(text, crit="b64"),
    )
    for forged in forgeries:
        with pytest.raises(PackageRefused, match="签名对不上，可能被改过"):
            open_package(forged, signer=there, vocabulary=LIBRARY.vocabulary)
    for rubbish in (b"", b"a.b.c", b"eyJhbGciOiJub25lIn0.e30.", b"\xff"):
        with pytest.raises(PackageRefused):
            open_package(rubbish, signer=there, vocabulary=LIBRARY.vocabulary)


def test_another_implementation_accepts_our_sm2_and_we_accept_its() -> None:
    """The signature runs over the first two parts of the package, with the fixed user id."""
    home = _signer("3210", "one", algorithm="sm2")
    signed, _, signature = seal_package(LIBRARY.form("homestead"), sample={}, signer=home).rpartition(".")
    public, raw = bytes.fromhex(home.public.removeprefix("sm2:")), unpacked(signature)
    assert gmalg.SM2(uid=b"1234567812345678", pk=public).verify(signed.encode(), raw[:32], raw[32:])
    private, theirs = gmalg.SM2().generate_keypair()
    r, s = gmalg.SM2(private, b"1234567812345678", theirs).sign(signed.encode())
    text = f"{signed}.{packed(r.rjust(32, bytes(1)) + s.rjust(32, bytes(1)))}".encode()
    there = _signer("3201", "two", f"3210:sm2:{theirs.hex()}")
    assert open_package(text, signer=there, vocabulary=LIBRARY.vocabulary).signer == "3210"


def test_a_city_may_change_its_algorithm_and_be_trusted_with_both() -> None:
    form, before, after = LIBRARY.form("homestead"), _signer("3210", "one"), _signer("3210", "one", algorithm="sm2")
    there = _signer("3201", "two", f"3210:{before.public}, 3210:{after.public}")
    for home in (before, after):
        text = seal_package(form, sample={}, signer=home).encode()
        for reader in (there, before, after):
            assert open_package(text, signer=reader, vocabulary=LIBRARY.vocabulary).signer == "3210"


@pytest.mark.parametrize("public", ["x", "sm2:", "sm2:04" + "11" * 64, "sm2:zz", "A" * 42, "A" * 44])
def test_a_trusted_key_that_is_none_is_named(public: str) -> None:
    with pytest.raises(PackageRefused, match="设置里 3201 的公钥不对"):
        _signer("3210", "one", f"3201:{public}")
    with pytest.raises(SettingsError, match="ed25519 或 sm2"):
        Settings.from_environment({"XIANGTONG_PACKAGE_ALGORITHM": "rsa"})


def test_the_shared_parts_of_another_city_come_with_its_form() -> None:
    form = LIBRARY.form("old-age-allowance")
    theirs = json.loads(json.dumps(dict(LIBRARY.vocabulary.documents)))
    theirs["urn:xiangtong:common:consent"]["x-label"] = "别处的同意书"
    other = form_of(form.schema, replace(LIBRARY.vocabulary, documents=theirs))
    home = _signer("3210", "one")
    opened = open_package(
        seal_package(other, sample={}, signer=home).encode(), signer=home, vocabulary=LIBRARY.vocabulary
    )
    assert opened.form.schema["properties"]["consent"]["x-label"] == "别处的同意书"
    assert opened.form.plan.question_at("/consent") is not None


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.forms, arguments)


def test_the_commands_import_check_render_and_export(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    out = tmp_path / "out"
    files = [
        str(GIVEN / "simple.json"),
        str(GIVEN / "plain.json"),
        str(tmp_path / "bad.json"),
        str(tmp_path / "none.json"),
    ]
    result = _run("import", *files, "--out", str(out))
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)["files"]
    assert [one["outcome"] for one in told] == ["read", "read", "refused", "refused"]
    assert all(one["zh"] for one in told[2:])
    assert _run("check", str(out)).exit_code == 0
    form = out / "simple" / "form.json"
    shown = json.loads(_run("render", str(form), str(out / "simple" / "sample.json")).output)
    assert shown["problems"] == []
    assert 'name="/last_name"' in shown["html"]
    (tmp_path / "data.json").write_text("{}")
    assert json.loads(_run("render", str(form), str(tmp_path / "data.json")).output)["problems"]
    page = json.loads(_run("render", "old-age-allowance", "--sample", "sample").output)
    assert "张三" in page["html"]
    assert json.loads(_run("export", str(form)).output)["type"] == "object"
    package = tmp_path / "a.xtform"
    assert _run("export", "old-age-allowance", "--package", "--out", str(package)).exit_code == 0
    again = json.loads(_run("import", str(package), "--out", str(out)).output)["files"][0]
    assert (again["outcome"], again["findings"]) == ("read", [])


@pytest.mark.parametrize(
    ("algorithm", "shape"), [("ed25519", r"3210:[A-Za-z0-9_-]{43}"), ("sm2", r"3210:sm2:04[0-9a-f]{128}")]
)
def test_what_the_signer_command_prints_is_what_another_city_trusts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, algorithm: str, shape: str
) -> None:
    """Exported here, imported there; a stranger's package is refused in the report, and nothing is written of it."""
    package, out = tmp_path / "a.xtform", tmp_path / "out"
    monkeypatch.setenv("XIANGTONG_PACKAGE_ALGORITHM", algorithm)
    monkeypatch.setenv("XIANGTONG_MASTER_KEY", "home")
    printed = _run("signer").output.strip()
    assert re.fullmatch(shape, printed)
    assert _run("export", "old-age-allowance", "--package", "--out", str(package)).exit_code == 0
    monkeypatch.setenv("XIANGTONG_MASTER_KEY", "there")
    monkeypatch.setenv("XIANGTONG_PACKAGE_SIGNER", "3201")
    for trusted, outcome in (("", False), (printed, True)):
        monkeypatch.setenv("XIANGTONG_PACKAGE_SIGNERS", trusted)
        report = json.loads(_run("import", str(package), "--out", str(out)).output)["files"][0]
        assert (report["outcome"] == "read", any(out.glob("**/*.json"))) == (outcome, outcome), report
