"""What is old is told in short as an event, so that every prompt fits and nothing is just left out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.room.playing import Player
from tests.room.scripted_rooms import begun, scripted
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.archive import Archive
from writersroom.engine.interface import Engine, Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.condensed import Condensed
from writersroom.events.move_committed import MoveCommitted
from writersroom.room.condensing import ENOUGH, ContextTooSmall, due
from writersroom.room.moment import HEARD
from writersroom.room.order import Turn
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.why import whys
from writersroom.story.beats import BeatId, Status

LONG = Plan(rounds=28, scenes=2, takes=1, pitches=1, stances=1, lines=2, notes=1)
TIGHT = 540
"""Words and marks of a context that the beginning of such a session fits, and its end does not."""
WIDER = 570
"""The same, but what no prompt shows any more has become too long to be condensed in one go by then."""


async def to_the_end(path: Path, engine: Engine) -> list[Event]:
    with begun(path, engine, plan=LONG) as archive:
        session = Session(archive, engine)
        await Stepper(session).play()
        assert session.standing.wrapped is not None
        return list(archive.events())


def nothing_is_lost(events: list[Event]) -> None:
    """Every beat and everything said is in what prompts show, or in the range of a condensed text."""
    standing = Standing(events)
    texts = [event.body for event in events if isinstance(event.body, Condensed)]
    assert texts
    assert all(text.text and text.first <= text.last for text in texts)
    for beat in standing.graph.beats():
        if beat.status is not Status.PITCHED and beat.id in standing.in_short:
            assert any(beat.id in text.beats for text in texts)
    shown = {id for id, _, _ in standing.said}
    for event in events:
        if event.body.kind in ("pitched", "stance_taken", "ruled", "note_given", "agenda_set"):
            in_short = any(text.first <= event.id <= text.last for text in texts)
            assert event.id in shown or in_short


@pytest.fixture(scope="module", params=[TIGHT, WIDER])
def tight(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> list[Event]:
    """A session that fits its context only condensed."""

    async def play(path: Path) -> list[Event]:
        async with scripted(context=request.param) as engine:
            return await to_the_end(path, engine)

    return asyncio.run(play(tmp_path_factory.mktemp("tight") / "a.room"))


def test_a_context_that_becomes_too_small_is_answered_by_condensing(tight: list[Event]) -> None:
    events = tight
    nothing_is_lost(events)
    condensed = [event for event in events if isinstance(event.body, Condensed)]
    by_fit = [event for event in condensed if isinstance(event.body, Condensed) and event.body.beats]
    assert by_fit
    assert all(event.agent == "Director" for event in condensed)
    # A turn of its own: the numbers go on by one.
    assert [event.turn for event in events] == sorted(event.turn for event in events)
    for event in condensed:
        before = events[events.index(event) - 1]
        assert event.turn == before.turn + 1
    # The words are the model's own, and can be traced like any others.
    assert any(event.trace is not None for event in condensed)
    for event in condensed:
        assert all(one.matches for one in whys(events, event.turn) if one.event == event.id)


async def test_where_all_fits_a_scene_is_told_in_short_before_the_next(tmp_path: Path) -> None:
    async with scripted() as engine:
        events = await to_the_end(tmp_path / "a.room", engine)
    nothing_is_lost(events)
    texts = [event.body for event in events if isinstance(event.body, Condensed)]
    scenes = [text for text in texts if text.scene]
    assert [text.scene for text in scenes] == ["s1"]
    opened = [event.id for event in events if event.body.kind == "scene_opened"]
    locked = [event.id for event in events if event.body.kind == "scene_locked"]
    assert (scenes[0].first, scenes[0].last) == (opened[0], locked[0])
    # Beats are still listed one by one, for there is room for them.
    assert not any(text.beats for text in texts)


async def test_a_session_stopped_at_any_turn_condenses_too(tmp_path: Path) -> None:
    async with scripted(context=TIGHT) as engine:
        path = tmp_path / "stopped.room"
        begun(path, engine, plan=LONG).close()
        while True:
            with Archive.open(path, write=True) as archive:
                session = Session(archive, engine)
                if session.coming() is None:
                    stopped = list(archive.events())
                    break
                await Stepper(session).play(turns=25)
    nothing_is_lost(stopped)


async def test_a_model_that_cannot_condense_is_quoted_instead(tmp_path: Path) -> None:
    def looping(request: Request, take: int) -> str:
        bad = "In one sentence:" in str(request.prompt)
        return " no no no no no no no no no." if bad else answering(request, take)

    async with ScriptedEngine(looping, context=WIDER + 80) as engine:
        with begun(tmp_path / "a.room", engine, plan=LONG) as archive:
            await Stepper(Session(archive, engine)).play(turns=150)
            events = list(archive.events())
    nothing_is_lost(events)
    condensed = [event for event in events if isinstance(event.body, Condensed)]
    assert all(event.trace is None for event in condensed)
    assert not any("no no" in event.body.text for event in condensed if isinstance(event.body, Condensed))


async def test_a_context_too_small_for_the_bible_says_how_large_it_must_be(tmp_path: Path) -> None:
    async with scripted(context=150) as engine:
        with begun(tmp_path / "a.room", engine, plan=LONG) as archive:
            session = Session(archive, engine)
            with pytest.raises(ContextTooSmall, match=r"--n-ctx \d+"):
                await Stepper(session).play()
            failed = archive.last("failed")
            assert failed is not None
            assert "--n-ctx" in failed.body.model_dump_json()


def test_nothing_is_due_while_a_round_goes_on() -> None:
    player = Player(Plan(rounds=40, pitches=2, stances=2))
    seen = 0
    for turn in player.play():
        unseen = len(player.standing.said) - HEARD
        wanted = due(player.standing, player.coming())
        if player.coming() and player.coming()[0].kind == "agenda":
            assert wanted == (unseen >= ENOUGH)
            seen += wanted
        else:
            assert not wanted
        if seen > 3:
            break
        assert isinstance(turn, Turn)
    assert seen


def test_a_beat_that_changes_is_listed_again(tight: list[Event]) -> None:
    events = tight
    standing = Standing()
    short: set[BeatId] = set()
    for event in events:
        standing.apply(event)
        if isinstance(event.body, Condensed):
            short |= set(event.body.beats)
        if isinstance(event.body, MoveCommitted):
            short -= {placed.beat.id for placed in event.body.diff.after}
        assert standing.in_short == short


async def test_the_real_model_goes_on_in_a_small_context(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.room"
    async with scripted() as engine:
        with begun(path, engine, plan=LONG) as archive:
            await Stepper(Session(archive, engine)).play(turns=60)
    settings = EngineSettings(n_ctx=360, n_batch=256, sequences=8)
    async with await LlamaEngine.open(model_path, settings) as engine:
        with Archive.open(path, write=True) as archive:
            session = Session(archive, engine)
            turn = session.standing.turn
            await Stepper(session).play(turns=1)
            events = list(archive.events())
    condensed = [event for event in events if isinstance(event.body, Condensed)]
    assert condensed
    assert {event.turn for event in events if event.turn > turn} == {turn + 1}
    for event in events:
        if event.turn > turn and event.trace is not None:
            told = [one for one in whys(events, event.turn) if one.event == event.id]
            assert [one.matches for one in told] == [True]
            if not event.trace.resampled:  # The tokens of all replies of an attempt are counted.
                assert event.trace.tokens_in + event.trace.tokens_out <= settings.n_ctx
