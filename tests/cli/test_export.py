"""`export` writes the screenplay as it stands, or the record, in every format."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.cli.test_import import SCRIPT
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.cli.export import WRITERS
from writersroom.events import event_from_json
from writersroom.events.edited import Edited
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.exits import Exit
from writersroom.script import from_fountain

BEGINS = {"fountain": "Title:", "markdown": "# ", "fdx": "<?xml", "html": "<!", "pdf": "%PDF-"}


@pytest.fixture
def imported(writersroom: Writersroom, tmp_path: Path) -> Path:
    script = tmp_path / "light.fountain"
    script.write_text(SCRIPT, encoding="utf-8")
    writersroom("import", script, "--session", tmp_path / "light.room")
    return tmp_path / "light.room"


def test_an_imported_script_comes_out_as_it_went_in(writersroom: Writersroom, imported: Path) -> None:
    ran = writersroom("export", imported)
    assert ran.code == Exit.OK
    assert from_fountain(ran.out) == from_fountain(SCRIPT)


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_goes_to_a_file(
    writersroom: Writersroom, imported: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    ran = writersroom("export", imported, "--format", form, "-o", out)
    assert ran.code == Exit.OK, ran.err
    assert ran.out == ""
    assert str(out) in ran.err
    data = out.read_bytes()
    assert data.startswith(BEGINS[form].encode())
    if form != "pdf":
        assert "Gale force nine" in data.decode()


def test_a_dash_is_the_output_itself(
    writersroom: Writersroom, imported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(imported.parent)
    assert writersroom("export", imported, "-o", "-").out == writersroom("export", imported).out
    assert not (imported.parent / "-").exists()


def test_the_record_is_one_event_a_line(writersroom: Writersroom, played: Path) -> None:
    ran = writersroom("export", played, "--format", "jsonl")
    with Archive.open(played) as archive:
        assert [event_from_json(line) for line in ran.out.splitlines()] == list(archive.events())
        cut = writersroom("export", played, "--format", "jsonl", "--at", "7")
        assert [event_from_json(line) for line in cut.out.splitlines()] == list(archive.events(upto_turn=7))
    assert writersroom("export", played, "--at", "700").code == Exit.USAGE


def test_json_holds_the_text_or_says_where_it_went(
    writersroom: Writersroom, imported: Path, tmp_path: Path
) -> None:
    told = writersroom("export", imported, "--json").json
    assert told["format"] == "fountain"
    assert told["text"] == writersroom("export", imported).out
    out = tmp_path / "x.md"
    told = writersroom("export", imported, "--format", "markdown", "-o", out, "--json").json
    assert told == {"format": "markdown", "file": str(out), "text": None}


def test_a_pdf_is_not_poured_into_a_terminal(
    writersroom: Writersroom, imported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert writersroom("export", imported, "--format", "pdf", "--json").code == Exit.USAGE
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    ran = writersroom("export", imported, "--format", "pdf")
    assert ran.code == Exit.USAGE
    assert "-o" in ran.err


def test_a_terminal_gets_the_text_neutralised(
    writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(tmp_path / "nasty.room", session(2, 120, awkward=True))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for form in ("fountain", "markdown", "jsonl"):
        ran = writersroom("export", path, "--format", form)
        assert ran.code == Exit.OK
        assert not set(ran.out) & set("\x1b\x9b\u202e")


def test_what_is_missing_for_a_pdf_is_said(
    writersroom: Writersroom, imported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "writersroom.script.pdf", raising=False)
    monkeypatch.setitem(sys.modules, "screenplain", None)
    monkeypatch.setitem(sys.modules, "screenplain.export.pdf", None)
    ran = writersroom("export", imported, "--format", "pdf", "-o", imported.parent / "x.pdf")
    assert ran.code == Exit.FAILED
    assert "pip install" in ran.err
    monkeypatch.delitem(sys.modules, "writersroom.script.pdf", raising=False)


def test_the_chosen_take_is_printed_with_its_edits_and_else_the_last(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    path = tmp_path / "takes.room"
    with Archive.create(path, SessionStarted(logline="It rains.", title="Rain")) as archive:
        archive.append(SceneOpened(scene="s1", heading="INT. A - DAY", beats=()))
        first = archive.append(TakeWritten(scene="s1", take="s1.t1", text="INT. A - DAY\n\nFirst."))
        archive.append(TakeWritten(scene="s1", take="s1.t2", text="INT. A - DAY\n\nSecond."))
        assert "Second." in writersroom("export", path).out
        archive.append(SceneLocked(scene="s1", take="s1.t1"))
        assert "First." in writersroom("export", path).out
        archive.append(Edited(target=first.id, field="text", text="INT. A - DAY\n\nMended."))
    out = writersroom("export", path).out
    assert "Mended." in out
    assert "Second." not in out
    assert out.startswith("Title: Rain\n")
    assert "Logline: It rains." in out


def test_a_scene_without_a_finished_take_is_what_was_spoken_so_far(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    path = tmp_path / "unfinished.room"
    with Archive.create(path, SessionStarted(logline="x")) as archive:
        archive.append(SceneOpened(scene="s1", heading="INT. A - DAY", beats=(), synopsis="They wait."))
        archive.append(LineSpoken(take="s1.t1", character="Mara", line="Behind."), agent="Mara")
        line = archive.append(LineSpoken(take="s1.t2", character="Mara", line="Here."), agent="Mara")
        archive.append(Edited(target=line.id, field="line", text="Right here."))
        archive.append(LineSpoken(take="s1.t2", character="Mara", line="And now."), agent="Mara")
        archive.append(SceneOpened(scene="s2", heading="EXT. B - DAY", beats=()))
    out = writersroom("export", path).out
    assert "= They wait." in out
    assert "MARA\nRight here.\nAnd now." in out
    assert "Behind." not in out
    assert "EXT. B - DAY" in out


def test_a_session_without_a_scene_has_no_screenplay_but_a_record(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "bare.room", SessionStarted(logline="x")):
        pass
    ran = writersroom("export", tmp_path / "bare.room")
    assert ran.code == Exit.FAILED
    assert "no scene yet" in ran.err
    assert writersroom("export", tmp_path / "bare.room", "--format", "jsonl").out.count("\n") == 1


def test_a_take_that_is_no_fountain_is_named(writersroom: Writersroom, tmp_path: Path) -> None:
    path = tmp_path / "bad.room"
    with Archive.create(path, SessionStarted(logline="x")) as archive:
        archive.append(SceneOpened(scene="s1", heading="INT. A - DAY", beats=()))
        archive.append(TakeWritten(scene="s1", take="s1.t1", text="INT. A\n\n" + "word " * 100_000))
    ran = writersroom("export", path)
    assert ran.code == Exit.INPUT
    assert "s1.t1" in ran.err
