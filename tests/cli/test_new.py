"""`writersroom new`: a room of one's own, with characters brought along."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast.tavern_cards import FIELDS, V2, as_json, png, text
from tests.cli.conftest import Writersroom
from writersroom.cast.cards import load_cards
from writersroom.cast.repertoire import load_repertoire
from writersroom.cast.templates import Templates
from writersroom.exits import Exit
from writersroom.resources import find_room

ROOM = find_room(Path(__file__).parents[2])


def test_a_room_is_made(writersroom: Writersroom, tmp_path: Path) -> None:
    """With all that the other has, so that a session can be run in it at once."""
    mine = tmp_path / "deep" / "mine"
    ran = writersroom("new", mine)
    assert (ran.code, ran.out) == (Exit.OK, f"{mine}\n")
    assert f'writersroom run "LOGLINE" --room {mine}' in ran.err
    made = find_room(mine)
    assert load_cards(made.agents) == load_cards(ROOM.agents)
    assert Templates.load(made.prompts).texts == Templates.load(ROOM.prompts).texts
    assert load_repertoire(made.prompts) == load_repertoire(ROOM.prompts)
    assert made.sessions.is_dir()
    assert sorted(path.name for path in mine.parent.iterdir()) == ["mine"]


def test_an_empty_folder_becomes_a_room(writersroom: Writersroom, tmp_path: Path) -> None:
    """The current one, say, with a dot."""
    same = tmp_path.stat().st_ino
    ran = writersroom("new", tmp_path, "--json")
    assert ran.code == Exit.OK
    assert tmp_path.stat().st_ino == same
    assert ran.json["folder"] == str(tmp_path.resolve())
    assert {"name": "Director", "role": "director"} in ran.json["agents"]


def test_characters_join_the_room(writersroom: Writersroom, tmp_path: Path) -> None:
    """From a picture and from JSON; their cards can be edited like any other."""
    (tmp_path / "a.png").write_bytes(png(text(b"chara", V2)))
    (tmp_path / "b.json").write_bytes(as_json({**FIELDS, "name": "C\u00e9line Con/../x"}))
    (tmp_path / "c.json").write_bytes(as_json({"name": "CON"}))
    mine = tmp_path / "mine"
    files = (
        "--character",
        tmp_path / "a.png",
        "--character",
        tmp_path / "b.json",
        "--character",
        tmp_path / "c.json",
    )
    assert writersroom("new", mine, *files).code == Exit.OK
    names = {card.name for card in load_cards(mine / "agents")}
    assert names >= {"Seraphina", "C\u00e9line Con/../x", "CON", "Mara", "Director"}
    made = {path.name for path in (mine / "agents").iterdir()} - {path.name for path in ROOM.agents.iterdir()}
    assert made == {"seraphina.toml", "c\u00e9line-con-x.toml", "con-card.toml"}
    assert (mine / "agents" / "seraphina.toml").read_text(encoding="utf-8").startswith("# From a.png.\n")


def test_a_room_is_copied_from_the_one_that_is_named(writersroom: Writersroom, tmp_path: Path) -> None:
    """What a person changed there goes along, and nothing else that lies about."""
    writersroom("new", tmp_path / "one")
    card = tmp_path / "one" / "agents" / "cynic.toml"
    card.write_text(card.read_text(encoding="utf-8").replace("The Cynic", "The Wit"), encoding="utf-8")
    (tmp_path / "one" / "agents" / "notes.txt").write_text("mine", encoding="utf-8")
    assert writersroom("new", tmp_path / "two", "--room", tmp_path / "one").code == Exit.OK
    assert "The Wit" in {card.name for card in load_cards(tmp_path / "two" / "agents")}
    assert not (tmp_path / "two" / "agents" / "notes.txt").exists()


def test_nothing_is_overwritten(writersroom: Writersroom, tmp_path: Path) -> None:
    """A folder with something in it, or a file in its place, is left alone."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "novel.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for taken in ("full", "file"):
        ran = writersroom("new", tmp_path / taken)
        assert ran.code == Exit.OUTPUT
        assert (
            ran.err == f"Error: {tmp_path / taken} is there already and is not empty; choose another name.\n"
        )
    assert (tmp_path / "full" / "novel.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x", "this is no JSON"),
        (as_json({"name": "mara"}), "two agents are called"),
    ],
)
def test_what_goes_wrong_leaves_nothing_behind(
    writersroom: Writersroom, tmp_path: Path, content: bytes, reason: str
) -> None:
    """Half a room would be worse than none."""
    (tmp_path / "a.json").write_bytes(content)
    ran = writersroom("new", tmp_path / "mine", "--character", tmp_path / "a.json")
    assert ran.code == Exit.INPUT
    assert reason in ran.err
    assert ".writersroom-" not in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_mistake_in_the_room_copied_is_told(writersroom: Writersroom, tmp_path: Path) -> None:
    """With the line, of the file in the new place."""
    writersroom("new", tmp_path / "one")
    prompt = tmp_path / "one" / "prompts" / "line.md.j2"
    prompt.write_text("{{ weather }}", encoding="utf-8")
    ran = writersroom("new", tmp_path / "two", "--room", tmp_path / "one")
    assert ran.code == Exit.INPUT
    assert f"{tmp_path / 'two' / 'prompts' / 'line.md.j2'}, line 1: 'weather' is undefined." in ran.err
    assert not (tmp_path / "two").exists()
