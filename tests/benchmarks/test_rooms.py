"""What the sixty sessions are counted by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rooms import Played, count, figures, kept, said_in
from writersroom.events import Body, Event, Trace
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.event import opens_turn
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, BeatDraft, Move

PLAIN = Trace(
    model_sha256=None,
    prompt_sha256="",
    template="pitch_sentence",
    sampling={},
    seed=1,
    tokens_in=1,
    tokens_reused=0,
    tokens_out=1,
    milliseconds=1.0,
    resampled=1,
)
TRACE = PLAIN.model_copy(
    update={"template": "reason", "resampled": 2, "faults": ("is too short",), "besides": (PLAIN,)}
)
Said = tuple[str, Body] | tuple[str, Body, Trace]


def numbered(said: Sequence[Said]) -> list[Event]:
    """Events of a session, in order."""
    events: list[Event] = []
    turn = 0
    for number, (agent, body, *trace) in enumerate(said, start=1):
        turn += opens_turn(body, agent)
        events.append(
            Event(
                id=number,
                parent=number - 1 or None,
                turn=turn,
                agent=agent,
                created=datetime(2026, 1, 1, tzinfo=UTC),
                body=body,
                trace=trace[0] if trace else None,
            )
        )
    return events


def committed(graph: PlotGraph, move: Move) -> MoveCommitted:
    return MoveCommitted(move=move, diff=graph.apply(move))


def adding(summary: str, after: str | None = None) -> AddBeat:
    return AddBeat(beat=BeatDraft(summary=summary, characters=("Mara",)), after=after)


def session(*, line: str, locked: bool) -> list[Event]:
    """A round in which nothing is adopted, one in which a beat is, and a scene of one line."""
    graph = PlotGraph()
    first, second = adding("Mara lies."), adding("Mara tells the truth.")
    asks = AgendaSet(weakness="", question="How does it begin?", agents=("Mara",))
    scene: list[Said] = [
        ("Ada", SceneOpened(scene="s1", heading="INT. TOWER - NIGHT", beats=("b1",), characters=("Mara",))),
        ("Mara", LineSpoken(take="s1.t1", character="Mara", line=line)),
        ("Ada", TakeWritten(scene="s1", take="s1.t1", text="INT. TOWER - NIGHT\n\nMARA\n…\n")),
    ]
    if locked:
        scene.append(("Ada", SceneLocked(scene="s1", take="s1.t1")))
    return numbered(
        [
            ("", SessionStarted(logline="A radio tells tomorrow's news.")),
            ("Ada", asks),
            ("Mara", Pitched(move=first, reason="I would."), TRACE),
            ("Iris", StanceTaken(pitch=3, stance="object", reason="Mara would not.", cites=("Mara",))),
            ("", Assessed(pitch=3, problems=("It cannot be.",))),
            ("Ada", Ruled(pitch=3, verdict="rejected", reason="No.")),
            ("Ada", asks),
            ("Mara", Pitched(move=second, reason="I have to.")),
            ("Iris", StanceTaken(pitch=8, stance="support", reason="Yes.")),
            ("", Assessed(pitch=8)),
            ("Ada", Ruled(pitch=8, verdict="adopted", reason="Yes.")),
            ("", committed(graph, second)),
            ("", Failed(where="Ada (rule)", message="It failed.")),
            *scene,
        ]
    )


def test_every_kind_of_thing_is_counted() -> None:
    counts = count(session(line="No.", locked=True))
    assert (counts["pitches"], counts["objected"], counts["invalid"]) == (2, 1, 1)
    assert (counts["adopted"], counts["rejected"], counts["amended"]) == (1, 1, 0)
    assert (counts["stances"], counts["support"], counts["object"], counts["cites"]) == (2, 1, 1, 1)
    assert (counts["texts"], counts["resampled"], counts["faulty"]) == (2, 3, 1)
    assert counts["failed"] == 1
    assert (counts["takes"], counts["silent"], counts["scenes"], counts["without_scene"]) == (1, 0, 1, 0)


def test_silence_is_no_scene() -> None:
    counts = count(session(line="…", locked=False))
    assert (counts["takes"], counts["silent"], counts["scenes"], counts["without_scene"]) == (1, 1, 0, 1)
    assert count(session(line="No.", locked=True)[:13])["without_scene"] == 1


def test_what_stands_in_every_session_is_counted_by_agent() -> None:
    one = Played(name="01-1", counts={"pitches": 2}, said=said_in(session(line="No.", locked=True)))
    other = Played(name="02-1", counts={"pitches": 1}, said=said_in(session(line="Yes.", locked=True)[:6]))
    assert figures([one])["said_in_every_session"] == 3
    found = figures([one, other])
    assert found["said_in_every_session"] == 3
    assert (found["sessions"], found["pitches"]) == (2, 3)
    assert figures([one, other.model_copy(update={"said": frozenset()})])["said_in_every_session"] == 0


def test_counts_are_kept(tmp_path: Path) -> None:
    assert kept(tmp_path / "counts.jsonl") == {}
    row = Played(name="01-1", counts={"pitches": 2}, said=said_in(session(line="No.", locked=True)))
    (tmp_path / "counts.jsonl").write_text(row.model_dump_json() + "\n", encoding="utf-8")
    assert kept(tmp_path / "counts.jsonl") == {"01-1": row}
