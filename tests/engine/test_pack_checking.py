"""A pack with a mistake is refused: file, place and reason, in one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import PackError, UsageError
from certhook.pack.loading import load_pack, protocols
from certhook.pack.model import Pack
from certhook.places import schemas_dir
from tests.certifying import klas

SUCCESS = "authenticate.success.schema.json"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder of packs that holds a copy of klas."""
    shutil.copytree(schemas_dir() / "klas", tmp_path / "klas")
    return tmp_path


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A mistake: other words in a file, once."""

    def spoil(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def added(name: str, text: str) -> Callable[[Path], None]:
    """A mistake: more at the end of a file."""

    def spoil(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return spoil


def bytes_in(name: str, content: bytes) -> Callable[[Path], None]:
    """A mistake: a file that holds something else."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return spoil


def schema(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """A mistake in the schema of a success."""

    def spoil(folder: Path) -> None:
        path = folder / SUCCESS
        whole = json.loads(path.read_text(encoding="utf-8"))
        change(whole)
        path.write_text(json.dumps(whole), encoding="utf-8")

    return spoil


def requirement(**changed: str) -> Callable[[Path], None]:
    """A mistake: one more requirement, sound but for what is changed."""
    values = {
        "id": '"klas.status.more"',
        "level": '"MUST"',
        "basis": '"policy"',
        "title": '"More"',
        "citation": '"certhook § more"',
        "invariant": '"answers"',
    } | changed
    lines = [f"{name} = {value}" for name, value in values.items() if value]
    return added("requirements.toml", "\n[[requirement]]\n" + "\n".join(lines) + "\n")


MISTAKES: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "not toml": (added("protocol.toml", "\n= 1\n"), ("protocol.toml", "not TOML", "line")),
    "not utf-8": (
        bytes_in("errata.toml", b"\xff"),
        ("errata.toml", "cannot be read"),
    ),
    "no such file": (lambda folder: (folder / "errata.toml").unlink(), ("errata.toml", "there is no such file")),
    "not json": (added(SUCCESS, "}"), (SUCCESS, "line", "not JSON")),
    "schema is a list": (bytes_in(SUCCESS, b"[]"), (SUCCESS, "not an object")),
    "no schema": (lambda folder: (folder / SUCCESS).unlink(), (SUCCESS, "there is no such file")),
    "unknown key": (replaced("protocol.toml", "[clock]", "[clocks]"), ("protocol.toml", "clocks")),
    "missing table": (replaced("protocol.toml", "[reading]", "[readings]"), ("protocol.toml", "reading")),
    "wrong type": (replaced("protocol.toml", "window_s = 300", 'window_s = "300"'), ("clock.window_s", "integer")),
    "unknown unit": (replaced("protocol.toml", 'unit = "s"', 'unit = "h"'), ("clock.unit", "'h'")),
    "bad status": (replaced("protocol.toml", 'OK = ["200"]', 'OK = ["2oo"]'), ("codes.OK[0]", "2oo")),
    "other protocol": (
        replaced("protocol.toml", 'protocol = "klas"', 'protocol = "klaas"'),
        ("protocol.toml", "'klaas'", "the folder's name"),
    ),
    "unknown level": (requirement(level='"MAY"'), ("requirements.toml", "(klas.status.more).level", "MAY")),
    "unknown group": (requirement(id='"klas.stauts.more"'), ("requirements.toml", "klas.stauts.more")),
    "no citation": (requirement(citation='"page"'), ("requirements.toml", "(klas.status.more).citation")),
    "empty place": (requirement(citation='"page §  "'), ("requirements.toml", "klas.status.more", "citation")),
    "missing title": (requirement(title=""), ("requirements.toml", "(klas.status.more)", "title")),
    "id twice": (requirement(id='"klas.status.media-type"'), ("klas.status.media-type", "stands there twice")),
    "another's id": (requirement(id='"evi.status.more"'), ("evi.status.more", "an id begins with klas.")),
    "tested by nothing": (requirement(invariant=""), ("klas.status.more", "is tested by nothing")),
    "tested twice": (requirement(flow="true"), ("klas.status.more", "invariant and flow", "it takes one of")),
    "unknown invariant": (requirement(invariant='"answer"'), ("klas.status.more", "did you mean answers?")),
    "unknown change": (
        requirement(invariant="", changes='["signature.randon"]', answer='"refused"'),
        ("klas.status.more", "unknown change 'signature.randon'; did you mean signature.random?"),
    ),
    "unknown body": (
        requirement(invariant="", bodies='["gramar"]', answer='"refused"'),
        ("klas.status.more", "unknown body category 'gramar'; did you mean grammar?"),
    ),
    "unknown answer": (
        requirement(invariant="", bodies='["grammar"]', answer='"refuse"'),
        ("klas.status.more", "unknown answer 'refuse'; did you mean refused?"),
    ),
    "no answer": (requirement(invariant="", changes='["control"]'), ("klas.status.more", "unknown answer ''")),
    "unknown operation": (
        requirement(operations='["authentikate"]'),
        ("klas.status.more", "did you mean authenticate?"),
    ),
    "no schema refers": (requirement(invariant="", schema="true"), ("klas.status.more", "no schema refers to it")),
    "unknown key of a requirement": (requirement(leval='"MUST"'), ("(klas.status.more)", "leval")),
    "need elsewhere": (requirement(needs='["limits.timeout_s"]'), ("(klas.status.more).needs[0]",)),
    "unsound schema": (schema(lambda whole: whole.update(type="objekt")), (SUCCESS, "type", "objekt")),
    "schema without citation": (
        schema(lambda whole: whole["properties"]["balance"].pop("x-citation")),
        (SUCCESS, "/balance", "x-citation"),
    ),
    "unknown requirement in a schema": (
        schema(lambda whole: whole["properties"]["balance"].update({"x-requirement": "klas.fields.balanse"})),
        ("klas.fields.balanse", "is not in the catalogue", "did you mean klas.fields.balance"),
    ),
    "unknown annotation": (
        schema(lambda whole: whole["properties"]["balance"].update({"x-secert": True})),
        (SUCCESS, "unknown annotation 'x-secert'; did you mean x-secret?"),
    ),
    "unknown place in a schema": (
        replaced("authenticate.request.schema.json", '"subject.player_id"', '"subject.playr_id"'),
        ("authenticate request schema", "'subject.playr_id'; did you mean subject.player_id?"),
    ),
    "unknown need": (
        requirement(needs='["subject.other_playr_id"]'),
        ("klas.status.more", "'subject.other_playr_id'; did you mean subject.other_player_id?"),
    ),
    "erratum without ruling": (added("errata.toml", '\n[[erratum]]\ntitle = "x"\n'), ("errata.toml", "erratum[")),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(packs: Path, mistake: str) -> None:
    """The message says in one line in which file, at which place, and what is wrong there."""
    spoil, words = MISTAKES[mistake]
    spoil(packs / "klas")
    with pytest.raises(PackError) as raised:
        load_pack("klas", packs)
    message = str(raised.value)
    assert "\n" not in message
    assert str(packs / "klas") in message
    for word in words:
        assert word in message


def test_a_sound_copy_is_the_pack_itself(packs: Path) -> None:
    """A copy of klas loads, with the same digest; another byte makes another digest."""
    assert load_pack("klas", packs).digest == klas().digest
    assert protocols(packs) == ("klas",)
    other = packs / "other"
    shutil.copytree(packs / "klas", other / "klas")
    with (other / "klas" / "errata.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a remark\n")
    assert load_pack("klas", other).digest != klas().digest


@pytest.mark.parametrize("protocol", protocols())
def test_every_pack_is_sound(protocol: str) -> None:
    """The packs of the project load, and every group and citation in them is there."""
    pack = load_pack(protocol)
    assert pack.requirements
    assert pack.errata is not None
    assert all(" § " in citation for citation in _citations(pack))


def _citations(pack: Pack) -> list[str]:
    return [one.citation for one in pack.requirements] + [one.citation for one in pack.errata]


def test_an_unknown_protocol_is_wrong_usage(packs: Path) -> None:
    """A name without a folder is refused with the nearest one that has a folder."""
    with pytest.raises(UsageError, match=r"unknown protocol 'klass'; did you mean klas\?"):
        load_pack("klass", packs)


def test_what_is_not_there_is_a_key_error() -> None:
    """A pack knows its operations and requirements by name."""
    assert klas().operation("authenticate").mandatory
    with pytest.raises(KeyError):
        klas().operation("authorise")
    with pytest.raises(KeyError):
        klas().requirement("klas.status.none")
