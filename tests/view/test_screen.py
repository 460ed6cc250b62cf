"""The screen is a pure fold: the same from anywhere, true to the plot graph, and bounded in memory."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.playing import Room, session
from writersroom.events import Body, Event, EventId
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.convened import Convened
from writersroom.events.edited import Edited
from writersroom.events.edits import with_edits
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.story.beats import Beat, Status
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import BeatPlaced, GraphDiff
from writersroom.view.cast import MOODS
from writersroom.view.debate import debate_of
from writersroom.view.plot import Plot, replotted
from writersroom.view.resuming import POINTS, TAIL, kept_json, screen_at
from writersroom.view.screen import Screen, Window, fold, folded

SEEDS = st.integers(0, 2**32)
SMALL = Window(debate=7, series=5, details=2, takes=3, texts=2)


class Recorded:
    """A session whose events lie in memory, with one screen kept."""

    def __init__(self, events: list[Event], screen: Screen) -> None:
        self._events = events
        self.state = kept_json(screen)

    def events(
        self, *, head: EventId | None = None, after: EventId | None = None, upto_turn: int | None = None
    ) -> Iterator[Event]:
        return (event for event in self._events if event.id > (after or 0))

    def latest_snapshot(self, name: str, *, upto_turn: int | None = None) -> Recorded:
        return self


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 200), st.data())
def test_folding_one_by_one_is_folding_on_from_any_screen_written_as_json(
    seed: int, length: int, data: st.DataObject
) -> None:
    events = session(seed, length, awkward=True)
    window = data.draw(st.sampled_from([SMALL, Window()]))
    stop = data.draw(st.integers(0, length))
    whole = folded(events, Screen(window=window))
    half = folded(events[:stop], Screen(window=window))
    again = Screen.model_validate_json(half.model_dump_json())
    assert again == half
    assert folded(events[stop:], again) == whole


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 300), st.data())
def test_a_kept_screen_forgets_only_what_lies_far_back(seed: int, length: int, data: st.DataObject) -> None:
    events = session(seed, length, most_scenes=3)
    stop = data.draw(st.integers(0, length))
    whole = folded(events)
    resumed = screen_at(Recorded(events, folded(events[:stop])))
    assert resumed.unseen + len(resumed.debate) == whole.unseen + len(whole.debate)
    assert len(resumed.debate) >= min(TAIL, len(whole.debate))
    # An edit may reach back past what was kept; it is read again with the items that are scrolled to.
    edited = any(isinstance(event.body, Edited) for event in events[stop:])
    if not edited:
        assert whole.debate[len(whole.debate) - len(resumed.debate) :] == resumed.debate
    for name in ("rounds", "scores", "notes"):
        mine, full = getattr(resumed.criticism, name), getattr(whole.criticism, name)
        assert mine == full[len(full) - len(mine) :]
        assert len(mine) >= min(POINTS if name != "notes" else whole.window.details, len(full))
    forgotten = {"debate", "unseen", "script", "criticism"}
    assert resumed.model_copy(update={name: getattr(whole, name) for name in forgotten}) == whole
    for page, full_page in zip(resumed.script.pages.values(), whole.script.pages.values(), strict=True):
        assert page.dropped + len(page.drafts) == full_page.dropped + len(full_page.drafts)
        assert page.best is None or edited or page.best.take == (full_page.best and full_page.best.take)
        drafts = {draft.take: draft for draft in full_page.drafts}
        for draft in page.drafts:
            other = drafts[draft.take]
            assert draft.model_copy(update={"text": None}) == other.model_copy(update={"text": None})
            assert draft.text in (None, other.text)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 300))
def test_the_plot_on_screen_is_the_plot_graph(seed: int, length: int) -> None:
    events = session(seed, length)
    graph = PlotGraph()
    for event in events:
        if isinstance(event.body, MoveCommitted | StatusSet):
            graph.redo(event.body.diff)
    plot = folded(events).plot
    assert plot.told == graph.beats()
    assert set(plot.links) == set(graph.links())
    assert [(plot.beats | plot.cut)[beat] for beat in plot.order] == list(graph.beats(include_cut=True))
    assert plot.places.keys() == set(graph.ids())


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 200), st.integers(1, 40))
def test_the_window_shows_the_end_of_the_whole_debate(seed: int, length: int, size: int) -> None:
    events = [e for e in session(seed, length) if not isinstance(e.body, Edited)]
    screen = folded(events, Screen(window=Window(debate=size)))
    assert len(screen.debate) <= size
    whole = debate_of(events)
    wide = folded(events, Screen(window=Window(debate=10_000)))
    assert wide.debate == whole
    # Answers whose pitch has left the window stand for themselves, so compare by what is in sight.
    shown = {answer.id for item in screen.debate for answer in (item.event, *item.answers)}
    newest = [e.id for e in events if not isinstance(e.body, AffectChanged)][-size:]
    assert shown.issuperset(newest)


def size_in_json(screen: Screen) -> int:
    return len(screen.model_dump_json())


def test_memory_does_not_grow_over_ten_thousand_turns() -> None:
    room = Room(Random(3), most_beats=40, most_scenes=10)
    screen, sizes = Screen(window=Window(debate=60, series=60, takes=6, texts=8)), {}
    for event in room:
        before, screen = screen.turn, fold(screen, event)
        if screen.turn != before and screen.turn % 1000 == 0:
            # Cut beats are part of the story, and it has more and more of them: counted apart.
            plot = screen.plot.model_copy(update={"cut": {}, "order": ()})
            sizes[screen.turn] = size_in_json(screen.model_copy(update={"plot": plot}))
        if screen.turn >= 10_000:
            break
    assert sizes[10_000] < 1.25 * sizes[2_000], sizes
    assert len(screen.debate) == 60
    assert len(screen.criticism.rounds) == 60
    assert len(screen.criticism.notes) == screen.window.details
    assert all(len(page.drafts) <= 6 for page in screen.script.pages.values())
    held = [d for page in screen.script.pages.values() for d in page.drafts if d.text is not None]
    assert len(held) == len(screen.script.texts) == 8
    assert max(len(member.moods) for member in screen.cast.values()) == MOODS


def first_with(events: list[Event], kind: type) -> Event:
    return next(event for event in events if isinstance(event.body, kind))


def test_what_answers_a_pitch_stands_under_it() -> None:
    events = session(11, 200)
    committed = first_with(events, MoveCommitted).body
    assert isinstance(committed, MoveCommitted)
    ruling = next(event.body for event in events if event.id == committed.ruling)
    assert isinstance(ruling, Ruled)
    pitch = next(event for event in events if event.id == ruling.pitch)
    item = next(item for item in debate_of(events) if item.event.id == pitch.id)
    answers = [e for e in events if isinstance(e.body, StanceTaken | Ruled) and e.body.pitch == pitch.id]
    assert [a.id for a in item.answers if isinstance(a.body, StanceTaken | Ruled)] == [a.id for a in answers]
    assert item.stances == tuple(a.body for a in answers if isinstance(a.body, StanceTaken))
    ruled = [a for a in answers if isinstance(a.body, Ruled)]
    assert item.ruling == ruled[-1].body
    done = [e.id for e in events if isinstance(e.body, MoveCommitted) and e.body.ruling == ruled[-1].id]
    assert [a.id for a in item.answers if isinstance(a.body, MoveCommitted)] == done
    assert done


@pytest.fixture
def recorded() -> list[Event]:
    return session(5, 400)


def test_an_edit_changes_the_words_where_they_stand_and_is_seen_itself(recorded: list[Event]) -> None:
    pitch = first_with(recorded, Pitched)
    edit = recorded[-1].model_copy(
        update={"id": 9999, "body": Edited(target=pitch.id, field="reason", text="Because I say so.")}
    )
    wide = folded([*recorded, edit], Screen(window=Window(debate=5000)))
    item = next(item for item in wide.debate if item.event.id == pitch.id)
    assert isinstance(item.event.body, Pitched)
    assert item.event.body.reason == "Because I say so."
    assert wide.debate[-1].event == edit


@pytest.mark.parametrize(
    ("field", "text"),
    [("kind", "ruled"), ("move", "x"), ("nothing", "x"), ("weakness_", "x"), ("__class__", "x")],
)
def test_an_edit_of_what_is_no_text_changes_nothing(recorded: list[Event], field: str, text: str) -> None:
    pitch = first_with(recorded, Pitched)
    edit = recorded[-1].model_copy(
        update={"id": 9999, "body": Edited(target=pitch.id, field=field, text=text)}
    )
    items = {item.event.id: item for item in debate_of([*recorded, edit])}
    assert items[pitch.id].event == pitch


def test_an_edit_of_a_take_is_its_text_from_then_on(recorded: list[Event]) -> None:
    take = first_with(recorded, TakeWritten)
    assert isinstance(take.body, TakeWritten)
    edit = recorded[-1].model_copy(
        update={"id": 9999, "body": Edited(target=take.id, field="text", text="INT. X\n\nOh.")}
    )
    screen = folded([*recorded, edit], Screen(window=Window(takes=999, texts=999)))
    drafts = {draft.take: draft for draft in screen.script.pages[take.body.scene].drafts}
    assert drafts[take.body.take].text == "INT. X\n\nOh."
    assert drafts[take.body.take].text_from == 9999


@pytest.mark.parametrize(
    ("kind", "field"),
    [(Convened, "premise"), (AgendaSet, "question"), (SceneOpened, "heading"), (NoteGiven, "problem")],
)
def test_what_is_edited_reads_so_everywhere(recorded: list[Event], kind: type, field: str) -> None:
    target = [event for event in recorded if isinstance(event.body, kind)][-1]
    edit = recorded[-1].model_copy(
        update={"id": 9999, "body": Edited(target=target.id, field=field, text="EXT. CLIFF - DAWN")}
    )
    events = [*recorded[: recorded.index(target) + 1], edit]

    def words(screen: Screen) -> tuple[object, ...]:
        headings = {page.scene: page.heading for page in screen.script.pages.values()}
        return screen.masthead, screen.agenda, headings, screen.criticism.notes

    as_said = words(folded(with_edits(events)))
    before = folded(events[:-1])
    assert words(before) != as_said
    assert words(fold(before, edit)) == as_said
    assert words(screen_at(Recorded(events, before))) == as_said


def test_the_chosen_take_is_never_dropped_from_its_scene(recorded: list[Event]) -> None:
    last = recorded[-1]
    bodies: list[Body] = [SceneOpened(scene="s99", heading="INT. A", beats=())]
    bodies += [TakeWritten(scene="s99", take=f"s99.t{n}", text=f"INT. A\n\n{n}.") for n in range(1, 4)]
    bodies.append(SceneLocked(scene="s99", take="s99.t2"))
    bodies += [TakeWritten(scene="s99", take=f"s99.t{n}", text=f"INT. A\n\n{n}.") for n in range(4, 9)]
    events = [last.model_copy(update={"id": last.id + n, "body": body}) for n, body in enumerate(bodies, 1)]
    page = folded(events, Screen(window=Window(takes=3, texts=1))).script.pages["s99"]
    assert [draft.take for draft in page.drafts] == ["s99.t2", "s99.t7", "s99.t8"]
    assert page.dropped == 5
    assert page.best is not None
    assert page.best.take == "s99.t2"
    assert [draft.text is not None for draft in page.drafts] == [False, False, True]


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)))
def test_beats_that_move_together_come_to_stand_where_the_diff_says(order: list[int], cut: set[int]) -> None:
    beats = [Beat(id=f"b{n + 1}", summary="x") for n in range(8)]
    plot = replotted(Plot(), GraphDiff(after=tuple(BeatPlaced(beat=b, index=n) for n, b in enumerate(beats))))
    after = tuple(
        BeatPlaced(
            beat=beats[n].model_copy(update={"status": Status.CUT if n in cut else Status.LOCKED}),
            index=index,
        )
        for index, n in enumerate(order)
        if n in cut or order[n] != n
    )
    before = tuple(BeatPlaced(beat=p.beat, index=int(p.beat.id[1:]) - 1) for p in after)
    moved = replotted(plot, GraphDiff(before=before, after=after[::-1]))
    assert all(moved.order[placed.index] == placed.beat.id for placed in after)
    assert set(moved.cut) == {f"b{n + 1}" for n in cut}
    assert sorted(moved.order) == sorted(plot.order)


def test_the_head_of_the_screen_says_what_the_session_is(recorded: list[Event]) -> None:
    screen = folded(recorded)
    assert screen.masthead.logline == "A lighthouse keeper's radio receives tomorrow's news."
    assert screen.masthead.title == "The Light"
    assert screen.masthead.seed == 7
    assert screen.masthead.agents == ()
    assert list(screen.cast)[:3] == ["Mara", "Ioan", "Lise"]
    traces = [event.trace for event in recorded if event.trace]
    assert screen.spent.tokens_in == sum(trace.tokens_in for trace in traces)
    assert screen.turn == recorded[-1].turn


def test_older_points_of_the_critic_are_bare_numbers() -> None:
    screen = folded(session(9, 2000), Screen(window=Window(series=50, details=3)))
    rounds, scores = screen.criticism.rounds, screen.criticism.scores
    assert len(rounds) == len(scores) == 50
    assert [bool(point.game.verdict) for point in rounds] == [False] * 47 + [True] * 3
    assert [bool(point.scored.reasons) for point in scores] == [False] * 47 + [True] * 3
    assert all(point.scored.d is not None for point in scores)


def test_a_plot_knows_the_turn_that_made_each_beat(recorded: list[Event]) -> None:
    made: dict[str, int] = {}
    for event in recorded:
        if isinstance(event.body, MoveCommitted):
            for placed in event.body.diff.after:
                made.setdefault(placed.beat.id, event.turn)
    screen = folded(recorded)
    assert screen.plot.made == made
    assert screen.plot.beats.keys() <= made.keys()
    assert Screen.model_validate_json(screen.model_dump_json()).plot.made == made


def test_the_agents_of_a_session_are_those_of_its_cards(recorded: list[Event]) -> None:
    begun = recorded[0].body
    assert isinstance(begun, SessionStarted)
    cards = {"Ada": "", "Mara": ""}
    first = recorded[0].model_copy(update={"body": begun.model_copy(update={"cards": cards})})
    assert folded([first, *recorded[1:]]).masthead.agents == ("Ada", "Mara")
