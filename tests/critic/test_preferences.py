"""What a session preferred, as rows that a DPO trainer reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import record
from writersroom.cli import execute
from writersroom.critic.preferences import preferences, to_jsonl
from writersroom.events import Body, Event
from writersroom.events.edited import Edited
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.exits import Exit


def line(take: str, who: str, words: str, action: str = "") -> LineSpoken:
    return LineSpoken(take=take, character=who, line=words, action=action)


def session(locked: str) -> list[Event]:
    """Two takes of a scene, the second of them revised."""
    bodies: list[Body] = [
        SessionStarted(logline="A radio tells tomorrow's news."),
        SceneOpened(scene="s1", heading="INT. TOWER - NIGHT", beats=(), purpose="Mara lies."),
        line("s1.t1", "Mara", "It is late."),
        line("s1.t1", "Tobias", "Is it?"),
        TakeWritten(scene="s1", take="s1.t1", text="first"),
        line("s1.t2", "Mara", "I am sad.", "turns away"),
        line("s1.t2", "Tobias", "I am sad too."),
        TakeWritten(scene="s1", take="s1.t2", text="second"),
        Scored(take="s1.t1", d=0.1, c=0.7, j=0.5),
        Scored(take="s1.t2", d=0.2, c=0.8, j=0.4),
        NoteGiven(take="s1.t2", quote="I am sad too.", problem="They name it.", adopted=True),
        line("s1.r1a", "Mara", "I am sad.", "turns away"),
        line("s1.r1a", "Tobias", "Your shoes are wet."),
        TakeWritten(scene="s1", take="s1.r1a", text="third", round=1, answers=11),
        Scored(take="s1.r1a", d=0.3, c=0.8, j=0.5),
        SceneLocked(scene="s1", take=locked),
        SceneOpened(scene="s2", heading="EXT. SEA", beats=()),
        TakeWritten(scene="s2", take="s2.t1", text="open"),
        Edited(target=14, field="text", text="third, mended"),
    ]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Event(id=at, parent=at - 1 or None, turn=0, created=now, body=body)
        for at, body in enumerate(bodies, start=1)
    ]


def test_the_locked_take_is_preferred_to_each_other_one() -> None:
    takes = [row for row in preferences(session("s1.r1a")) if row.of == "take"]
    assert [(row.chosen, row.rejected) for row in takes] == [
        ("third, mended", "first"),
        ("third, mended", "second"),
    ]
    assert takes[0].prompt == "A radio tells tomorrow's news.\n\nMara lies.\n\n"
    assert (takes[0].score_chosen, takes[0].score_rejected) == (0.3, 0.1)
    assert takes[1].scores["rejected"].j == 0.4


def _rejected(events: list[Event]) -> list[str]:
    return [row.rejected for row in preferences(events) if row.of == "take"]


def _with(events: list[Event], **bodies: Body) -> list[Event]:
    """The session with other bodies at places, by number: `at_9` is the ninth event."""
    return [event.model_copy(update={"body": bodies.get(f"at_{event.id}", event.body)}) for event in events]


def test_what_chance_chose_is_no_preference() -> None:
    """The first take of a room without selection, or one that was drawn though D held more of another."""
    assert _rejected(session("s1.t2")) == ["first"]  # of the third, D held more
    assert _rejected(session("s1.t1")) == []
    even = _with(
        session("s1.t1"),
        at_9=Scored(take="s1.t1", d=0.2, c=0.7, j=0.5),
        at_15=Scored(take="s1.r1a"),
    )
    assert _rejected(even) == ["second"]  # D says the same of both, and J prefers the first


def test_what_a_note_or_a_person_preferred_is_a_preference_whatever_d_says() -> None:
    lower = _with(session("s1.r1a"), at_15=Scored(take="s1.r1a", d=0.05, c=0.8, j=0.5))
    assert _rejected(lower) == ["second"]  # the note was on it, and its revision was kept
    noted = _with(
        session("s1.t1"), at_11=NoteGiven(take="s1.t2", quote="I am sad.", problem="Named.", severity=0.9)
    )
    milder = [
        *noted[:15],
        noted[15].model_copy(
            update={"body": NoteGiven(take="s1.t1", quote="Is it?", problem="Dull.", severity=0.2)}
        ),
        noted[15].model_copy(update={"id": 17, "parent": 16}),
    ]
    assert _rejected(milder) == ["second"]
    seated = session("s1.t1")
    seated[2] = seated[2].model_copy(update={"body": SeatTaken(seat="director", by="person")})
    assert _rejected(seated) == []
    seated[15] = seated[15].model_copy(update={"agent": "director"})
    assert _rejected(seated) == ["second", "third, mended"]


def test_a_line_is_preferred_to_the_one_it_replaced_where_the_revision_was_kept() -> None:
    (kept,) = [row for row in preferences(session("s1.r1a")) if row.of == "line"]
    assert kept.prompt == (
        'INT. TOWER - NIGHT\n\nMara lies.\n\nMara turns away.\nMara: "I am sad."\nTobias: "'
    )
    assert (kept.chosen, kept.rejected) == ('Your shoes are wet."', 'I am sad too."')
    assert kept.score_chosen == 0.3
    (refused,) = [row for row in preferences(session("s1.t2")) if row.of == "line"]
    assert (refused.chosen, refused.rejected) == (kept.rejected, kept.chosen)
    assert refused.score_chosen == 0.2


def test_rows_are_lines_of_json_with_the_fields_of_the_layout() -> None:
    text = to_jsonl(preferences(session("s1.r1a")))
    rows = [json.loads(one) for one in text.splitlines()]
    assert len(rows) == 3
    for row in rows:
        assert all(isinstance(row[name], str) and row[name] for name in ("prompt", "chosen", "rejected"))
        assert set(row["scores"]) == {"chosen", "rejected"}
    assert preferences([]) == ()
    assert preferences(session("s1.t9")) == ()


def test_the_command_writes_the_rows_and_refuses_where_nothing_was_preferred(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = session("s1.r1a")
    path, empty = record(tmp_path / "a.room", events[:-1]), record(tmp_path / "b.room", events[:1])
    assert execute(["export", str(path), "--format", "preferences"]) == Exit.OK
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["of"] for row in rows] == ["take", "take", "line"]
    assert execute(["export", str(empty), "--format", "preferences"]) == Exit.FAILED
    assert "preferred" in capsys.readouterr().err
