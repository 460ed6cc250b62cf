"""`show` tells what a session holds, under the keys that others read."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import STARTED, session
from writersroom.archive import Archive
from writersroom.events import Event, Trace
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.exits import Exit
from writersroom.story.beats import Beat, Link, LinkKind
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, BeatDraft, BeatPlaced, GraphDiff
from writersroom.view.summary import busy_seconds, repeated_share, spoken

KEYS = {
    "logline": str,
    "seed": int,
    "model": dict,
    "turns": int,
    "beats": list,
    "links": list,
    "pitches": list,
    "weaknesses": list,
    "scenes": list,
    "stats": dict,
}
STATS = {
    "objections",
    "amended",
    "repeated_4gram_share",
    "tokens_in",
    "tokens_reused",
    "tokens_out",
    "seconds",
}


def events_of(path: Path) -> list[Event]:
    with Archive.open(path) as archive:
        return list(archive.events())


def test_json_has_the_keys_that_are_documented(writersroom: Writersroom, played: Path) -> None:
    told = writersroom("show", played, "--json").json
    for key, kind in KEYS.items():
        assert isinstance(told[key], kind), key
    assert set(told["model"]) == {"name", "sha256"}
    assert set(told["stats"]) == STATS
    assert {"id", "summary", "characters", "status"} <= set(told["beats"][0])
    assert all(set(link) == {"from", "to", "kind"} for link in told["links"])
    for pitch in told["pitches"]:
        assert {"turn", "agent", "move", "stances", "ruling"} <= set(pitch)
        assert all({"agent", "stance", "reason"} <= set(stance) for stance in pitch["stances"])
    for scene in told["scenes"]:
        assert {"id", "beats", "takes"} <= set(scene)
        assert all({"id", "text", "d", "j", "chosen"} <= set(take) for take in scene["takes"])


def test_json_says_what_the_events_say(writersroom: Writersroom, tmp_path: Path) -> None:
    path = record(tmp_path / "long.room", session(21, 900))
    told = writersroom("show", path, "--json").json
    events = events_of(path)
    graph = PlotGraph()
    for event in events:
        if isinstance(event.body, MoveCommitted | StatusSet):
            graph.redo(event.body.diff)
    beats = graph.beats(include_cut=True)
    assert [(b["id"], b["summary"], b["status"]) for b in told["beats"]] == [
        (beat.id, beat.summary, beat.status.value) for beat in beats
    ]
    assert {(link["from"], link["to"], link["kind"]) for link in told["links"]} == {
        (link.source, link.target, link.kind.value) for link in graph.links()
    }
    pitches = [event for event in events if isinstance(event.body, Pitched)]
    assert [pitch["id"] for pitch in told["pitches"]] == [event.id for event in pitches]
    stances = Counter(e.body.stance for e in events if isinstance(e.body, StanceTaken))
    assert told["stats"]["objections"] == stances["object"] > 0
    verdicts = Counter(e.body.verdict for e in events if isinstance(e.body, Ruled))
    assert told["stats"]["amended"] == verdicts["amended"] > 0
    assert Counter(pitch["ruling"] for pitch in told["pitches"] if pitch["ruling"]) == verdicts
    takes = {e.body.take for e in events if isinstance(e.body, TakeWritten)}
    assert {take["id"] for scene in told["scenes"] for take in scene["takes"]} == takes
    assert all(sum(take["chosen"] for take in scene["takes"]) <= 1 for scene in told["scenes"])
    assert all(take["text"] for scene in told["scenes"] for take in scene["takes"])
    assert told["stats"]["tokens_out"] == sum(e.trace.tokens_out for e in events if e.trace)
    assert told["turns"] == events[-1].turn
    assert told["weaknesses"]


def test_text_is_for_a_person(writersroom: Writersroom, played: Path) -> None:
    out = writersroom("show", played).out
    assert out.startswith("The Light\n")
    for title in ("Cast", "Beats (", "Weaknesses (", "Scenes", "pitches:"):
        assert title in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_one_turn_says_who_spoke_how_and_from_what_they_knew(writersroom: Writersroom, played: Path) -> None:
    event = next(e for e in events_of(played) if isinstance(e.body, LineSpoken))
    assert event.trace is not None
    shown = writersroom("show", played, "--turn", str(event.turn))
    assert f"{event.agent} plays" in shown.out
    assert f"seed {event.trace.seed}" in shown.out
    assert f"{event.agent} knew of" in shown.out
    told = writersroom("show", played, "--turn", str(event.turn), "--json").json
    assert told["agent"] == event.agent
    assert {e["turn"] for e in told["events"]} == {event.turn}
    assert event.id in [e["id"] for e in told["events"]]
    assert isinstance(told["knew"], list)
    assert writersroom("show", played, "--turn", "0").code == Exit.OK
    assert writersroom("show", played, "--turn", "999").code == Exit.USAGE


def test_what_is_intended_is_silent(writersroom: Writersroom, played: Path) -> None:
    key = writersroom("show", played, "--json").json["weaknesses"][0]["key"]
    with Archive.open(played, write=True) as archive:
        archive.append(WeaknessIntended(weakness=key), agent="person")
    keys = [weakness["key"] for weakness in writersroom("show", played, "--json").json["weaknesses"]]
    assert key not in keys


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "bare.room", SessionStarted(logline="Nothing yet.")):
        return tmp_path / "bare.room"


def test_a_session_with_nothing_in_it_is_shown_too(writersroom: Writersroom, bare: Path) -> None:
    told = writersroom("show", bare, "--json").json
    assert told["beats"] == told["links"] == told["pitches"] == told["scenes"] == told["weaknesses"] == []
    assert told["stats"]["seconds"] == 0
    assert "Nothing yet." in writersroom("show", bare).out


def test_a_structure_it_does_not_know_is_not_held_against_the_plot(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    graph = PlotGraph()
    move = AddBeat(beat=BeatDraft(summary="It begins."))
    path = tmp_path / "odd.room"
    with Archive.create(path, SessionStarted(logline="x", structure="of_tomorrow")) as archive:
        archive.append(MoveCommitted(move=move, diff=graph.apply(move)))
    ran = writersroom("show", path, "--json")
    assert "of_tomorrow" in ran.err
    assert ran.json["weaknesses"]


def test_a_plot_that_cannot_be_is_shown_without_its_weaknesses(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    path = tmp_path / "circle.room"
    beats = tuple(BeatPlaced(beat=Beat(id=f"b{n}", summary="x"), index=n - 1) for n in (1, 2))
    links = tuple(Link(source=a, target=b, kind=LinkKind.CAUSES) for a, b in (("b1", "b2"), ("b2", "b1")))
    with Archive.create(path, SessionStarted(logline="x")) as archive:
        archive.append(
            MoveCommitted(
                move=AddBeat(beat=BeatDraft(summary="x")), diff=GraphDiff(after=beats, links_added=links)
            )
        )
        archive.append(SceneOpened(scene="s1", heading="INT. A", beats=("b1",)))
    ran = writersroom("show", path, "--json")
    assert ran.code == Exit.OK
    assert "circle" in ran.err
    assert len(ran.json["beats"]) == 2


def test_repetition_is_counted_within_texts_and_without_punctuation() -> None:
    assert repeated_share([]) == 0
    assert repeated_share(["too short now"]) == 0
    assert repeated_share(["one two three four", "One, two; THREE four!"]) == 0.5
    assert repeated_share(["one two three", "four one two three"]) == 0
    assert repeated_share(["a b c d a b c d"]) == pytest.approx(1 / 5)


def test_a_take_voiced_line_by_line_is_not_counted_twice() -> None:
    line = LineSpoken(take="s1.t1", character="Mara", line="I never slept on those rocks.")
    voiced = TakeWritten(scene="s1", take="s1.t1", text="MARA\nI never slept on those rocks.")
    whole = voiced.model_copy(update={"take": "s1.t2"})
    events = [
        Event(id=n, parent=n - 1 or None, turn=n, created=STARTED, agent=agent, body=body)
        for n, (agent, body) in enumerate((("mara", line), ("", line), ("", voiced), ("", whole)), start=1)
    ]
    assert [text for text in spoken(events) if text] == [line.line, whole.text]


def test_texts_generated_at_once_are_not_timed_twice() -> None:
    trace = Trace(
        model_sha256=None, prompt_sha256="", template="", sampling={}, seed=0, tokens_in=0, tokens_reused=0,
        tokens_out=0, milliseconds=2000,
    )  # fmt: skip
    line = LineSpoken(take="s1.t1", character="Mara")
    ends = [10, 11, 11, 300]
    events = [
        Event(id=n, parent=None, turn=n, created=STARTED + timedelta(seconds=end), body=line, trace=trace)
        for n, end in enumerate(ends, start=1)
    ]
    assert busy_seconds(events) == pytest.approx(3 + 2)
