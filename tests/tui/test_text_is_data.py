"""What models and files say is shown harmlessly, and columns stay straight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.cells import cell_len
from textual.widgets import Input, TextArea

from tests.cli.conftest import record
from tests.tui.screens import cells, driven, home_app, replay_app
from writersroom.events import Body, Event
from writersroom.events.convened import Convened
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.room.forms import Field, Form
from writersroom.room.order import Turn
from writersroom.story.characters import Character
from writersroom.story.moves import AddBeat, BeatDraft
from writersroom.tui.app import WritersRoom
from writersroom.tui.dialogs.asking import AskLine, AskText
from writersroom.tui.home.listing import TYPING
from writersroom.tui.room.seat import SeatPanel

NASTY = {
    "terminal escape": "a\x1b[2J\x1b]0;gone\x07b",
    "C1": "a\x9b31mb\x85c",
    "Rich markup": "[bold red]a[/] [link=file:///etc/passwd]b[/link] [@click=app.quit]c[/]",
    "an unclosed tag": "[/] [[ \\[x] :smile:",
    "right to left": "a\u202egnidaer\u202c b\u2066c\u2069",
    "zero width": "a\u200bb\u200cc\u200d\ufeff",
    "control": "a\x00\x01\x08\x0b\x7f\tb",
    "wide": "日本語の灯台",
    "combining": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ealgo",
    "emoji": "👩\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 👍🏽 🇩🇪 e\u0301",
}


def nasty_session(path: Path, texts: Sequence[str]) -> Path:
    """A session in which everything that can be called or say something is one of these texts."""
    bodies: list[tuple[Body, str]] = [(SessionStarted(logline=" ".join(texts), title=texts[0]), "")]
    names = [text[:40].strip() or "x" for text in texts]
    people = tuple(
        Character.model_construct(name=name, want=text, need=text)
        for name, text in zip(names, texts, strict=True)
    )
    bodies.append((Convened(title=texts[0], premise=texts[0], theme=texts[0], characters=people), names[0]))
    for number, (name, text) in enumerate(zip(names, texts, strict=True), 1):
        scene, take = f"s{number}", f"s{number}.t1"
        beat = BeatDraft(summary=text, characters=(name,))
        bodies += [
            (Pitched(move=AddBeat(beat=beat), reason=text), name),
            (SceneOpened(scene=scene, heading=text, beats=(), characters=(name,)), ""),
            (LineSpoken(take=take, character=name, line=text, action=text, thought=text), name),
            (TakeWritten(scene=scene, take=take, text=f"INT. {text} - DAY\n\n{name}\n{text}\n"), name),
            (NoteGiven(take=take, quote=text, problem=text, advice=text), name),
        ]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    events: list[Event] = []
    turn = 0
    for number, (body, agent) in enumerate(bodies, 1):
        turn += bool(agent)
        events.append(
            Event.model_construct(
                id=number, parent=number - 1 or None, turn=turn, agent=agent, created=moment, body=body
            )
        )
    return record(path, events)


def assert_harmless(app: WritersRoom, width: int) -> None:
    """Nothing that a terminal obeys, and every row exactly as wide as the terminal."""
    for row in cells(app):
        assert not any(
            ord(character) < 32
            or 0x7F <= ord(character) <= 0x9F
            or character in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
            or "\ud800" <= character <= "\udfff"
            for character in row
        ), repr(row)
        assert cell_len(row) == width, repr(row)


async def test_the_room_shows_it_harmlessly(tmp_path: Path) -> None:
    path = nasty_session(tmp_path / "a.room", list(NASTY.values()))
    async with driven(replay_app(path, at=1), size=(200, 60)) as on:
        for turn in range(2, on.recorded.turns + 1, 4):
            on.recorded.seek(turn)
            await on.settle()
            assert_harmless(on.app, 200)
        for key in ("z", "z", "i", "escape", "B", "escape", "f1", "escape", "f5", "f4", "y"):
            await on.press(key)
            assert_harmless(on.app, 200)
        await on.pilot.resize_terminal(80, 24)
        await on.settle()
        assert_harmless(on.app, 80)
        assert on.app.return_code is None


async def test_home_finds_it_and_shows_it_harmlessly(tmp_path: Path) -> None:
    for number, text in enumerate(NASTY.values()):
        nasty_session(tmp_path / f"{number}.room", [text])
    async with driven(home_app(tmp_path), size=(100, 60)) as on:
        assert_harmless(on.app, 100)
        await on.press("slash")
        await on.write("reading")
        await on.pilot.pause(TYPING * 1.5)
        await on.settle()
        assert_harmless(on.app, 100)


async def test_fields_show_it_harmlessly_and_leave_it_as_it_is(tmp_path: Path) -> None:
    text = "\n".join(
        NASTY[kind] for kind in ("terminal escape", "C1", "right to left", "zero width", "control")
    )
    line = text.replace("\n", " ")
    kept = text.replace("\x85", "\n").replace("\x0b", "\n")  # Textual takes these for ends of lines.
    async with driven(home_app(tmp_path), size=(100, 40)) as on:
        on.app.push_screen(AskText("Edit", text))
        await on.settle()
        assert_harmless(on.app, 100)
        area = on.app.screen.query_one(TextArea)
        area.focus()
        for key in ("ctrl+end", "left", "left", "shift+home"):
            await on.press(key)
            assert_harmless(on.app, 100)
        assert [part for part in area.text.splitlines() if part] == [
            part for part in kept.splitlines() if part
        ]
        await on.press("escape")
        on.app.push_screen(AskLine("Rename", value=line))
        await on.settle()
        assert_harmless(on.app, 100)
        assert on.app.screen.query_one(Input).value == line
        await on.press("end", "x")
        assert_harmless(on.app, 100)
        await on.press("escape")
        form = Form(
            turn=Turn(kind="line", agent="Mara", take="s1.t1"),
            agent="Mara",
            title=line,
            fields=(
                Field(name="line", label="Her line", value=text, multiline=True),
                Field(name="to", label="To", value=line),
            ),
        )
        seat = SeatPanel()
        await on.app.screen.mount(seat)
        await seat.ask(form)
        await on.settle()
        assert seat.answers["to"] == line
        assert_harmless(on.app, 100)
