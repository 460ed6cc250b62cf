"""The words of turns are heard as they are written, may be broken off, and change nothing by being heard."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.room.scripted_rooms import SHORT, begun, scripted, told
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.engine.errors import EngineFailed
from writersroom.engine.interface import Choice, Completion, OnToken, Prompt, Request, Stop
from writersroom.events import Event
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.room.session import Session
from writersroom.room.spoken import Piece
from writersroom.room.stepper import Stepper


async def test_pieces_grow_to_the_text_that_is_kept(tmp_path: Path) -> None:
    pieces: list[Piece | Event] = []
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine, heard=pieces.append, streaming=pieces.append)
            await Stepper(session).play()
    last: dict[tuple[str, str, str], str] = {}
    heard: defaultdict[str, int] = defaultdict(int)
    for one in pieces:
        if isinstance(one, Piece):
            assert not set(one.text) & set('{}"')
            last[one.agent, one.kind, one.take] = one.text
            heard[one.kind] += 1
        elif one.trace is None:
            continue
        elif isinstance(one.body, LineSpoken) and one.body.line != "…":
            # Tidying makes the first letter a capital.
            streamed = last[one.agent, "line", one.body.take]
            assert streamed[0].upper() + streamed[1:] == one.body.line
            # A thought that the filters refused is left out.
            assert not one.body.thought or one.body.thought not in streamed
        elif isinstance(one.body, Pitched):
            sentence, _, reason = last[one.agent, "pitch", ""].partition("\n")
            assert sentence in one.body.model_dump_json()
            assert reason == one.body.reason
    assert set(heard) == {"convene", "pitch", "stance", "rule", "line", "note"}


async def test_a_reply_that_is_thrown_away_begins_again_at_nothing(tmp_path: Path) -> None:
    def looping(request: Request, take: int) -> str:
        bad = request.n == 1 and "In one sentence" not in str(request.prompt)
        return " no no no no no no no no no no.\n" if bad else answering(request, take)

    texts: list[str] = []
    async with ScriptedEngine(looping) as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(
                archive,
                engine,
                streaming=lambda piece: texts.append(piece.text) if piece.kind == "pitch" else None,
            )
            await Stepper(session).play(turns=3)
            pitch = archive.last("pitched")
    assert pitch is not None
    assert pitch.trace is not None
    assert pitch.trace.resampled > 0
    # Somewhere the text became shorter, for it was begun again.
    assert any(len(after) < len(before) for before, after in pairwise(texts))
    assert "" in texts or any("no no" not in text for text in texts[1:])


async def test_to_listen_changes_nothing(tmp_path: Path) -> None:
    stories: list[list[str]] = []
    pieces: list[Piece] = []
    for name, ear in (("deaf", None), ("heard", pieces.append)):
        async with scripted() as engine:
            with begun(tmp_path / f"{name}.room", engine) as archive:
                await Stepper(Session(archive, engine, streaming=ear)).play()
                stories.append(told(list(archive.events())))
    assert stories[0] == stories[1]
    assert pieces


class Uneven(ScriptedEngine):
    """Answers after a moment that is drawn anew each time."""

    def __init__(self, seed: int) -> None:
        super().__init__(answering)
        self._moments = Random(seed)

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        await asyncio.sleep(self._moments.random() / 200)
        return await super().generate(request, on_token=on_token, stop=stop)

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        await asyncio.sleep(self._moments.random() / 200)
        return await super().choose(prompt, options, content_free=content_free)


async def test_what_is_said_does_not_depend_on_who_is_answered_first(tmp_path: Path) -> None:
    stories: list[list[str]] = []
    for seed in range(3):
        async with Uneven(seed) as engine:
            with begun(tmp_path / f"{seed}.room", engine) as archive:
                await Stepper(Session(archive, engine)).play()
                stories.append(told(archive.events()))
    assert stories[0] == stories[1] == stories[2]


async def stopped(
    tmp_path: Path, *, kind: str, words: int, keep: bool
) -> tuple[list[Event], str, Stepper, Session]:
    """Play to a turn of some kind, let it write so many words, stop it."""
    engine = scripted(tokens_per_second=400)
    with begun(tmp_path / "a.room", engine) as archive:
        enough = asyncio.Event()
        text = ""

        def hear(piece: Piece) -> None:
            nonlocal text
            coming = session.coming()
            own = coming is not None and (piece.agent, piece.take) == (coming.agent, coming.take)
            if piece.kind == kind and own and len(piece.text.split()) >= words and not enough.is_set():
                text = piece.text
                enough.set()

        session = Session(archive, engine, streaming=hear)
        stepper = Stepper(session)
        while (turn := session.coming()) is not None and turn.kind != kind:
            await stepper.step()
        before = archive.head
        playing = asyncio.create_task(stepper.play())
        await asyncio.wait_for(enough.wait(), timeout=60)
        stepper.stop(keep=keep)
        assert await playing is None
        assert not stepper.playing
        kept = list(archive.events(after=before))
        # Nothing else is being written, and the session goes on from there.
        asked = len(engine.requests)
        await asyncio.sleep(0.05)
        assert len(engine.requests) == asked
        await stepper.step()
        assert archive.head > before
        return kept, text, stepper, session


@pytest.mark.parametrize("kind", ["line", "stance", "note"])
async def test_stop_keeps_the_words_that_have_come(tmp_path: Path, kind: str) -> None:
    kept, text, _, _ = await stopped(tmp_path, kind=kind, words=5, keep=True)
    body = kept[0].body
    # What is wrong with a line a critic's card says; what to do about it is written.
    said = getattr(body, "line", None) or getattr(body, "reason", None) or getattr(body, "advice", "")
    begun = text.splitlines()[-1].removesuffix("—")
    assert said.lower().startswith(begun.lower()[:20])
    assert said.endswith("—")
    assert len(said.split()) < 14
    assert kept[0].trace is not None


async def test_stop_without_keeping_leaves_nothing_of_the_turn(tmp_path: Path) -> None:
    kept, text, _, _ = await stopped(tmp_path, kind="line", words=4, keep=False)
    assert kept == []
    assert text


async def test_what_has_no_words_yet_is_not_kept(tmp_path: Path) -> None:
    async with scripted(tokens_per_second=400) as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine, streaming=lambda piece: None)
            stepper = Stepper(session)
            await stepper.play(turns=2)
            playing = asyncio.create_task(stepper.play())
            await asyncio.sleep(0)
            stepper.stop(keep=True)
            assert await playing is None
            assert archive.turn == 2


async def test_a_branch_while_a_turn_is_written_throws_the_turn_away_and_playing_goes_on(
    tmp_path: Path,
) -> None:
    async with scripted(tokens_per_second=400) as engine:
        with begun(tmp_path / "a.room", engine, plan=SHORT.model_copy(update={"rounds": 1})) as archive:
            speaking = asyncio.Event()
            session = Session(archive, engine, streaming=lambda piece: speaking.set())
            stepper = Stepper(session)
            await stepper.play(turns=6)
            speaking.clear()
            playing = asyncio.create_task(stepper.play())
            await asyncio.wait_for(speaking.wait(), timeout=60)
            await session.go_back(3)
            assert await playing is None
            assert session.standing.wrapped is not None
            kinds = [event.body.kind for event in archive.events()]
            assert kinds.count("branched") == 1
            assert kinds.count("pitched") == SHORT.pitches


class Failing(ScriptedEngine):
    """Works for a while, then the model is gone."""

    left = 30

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        self.left -= 1
        if self.left < 0:
            raise EngineFailed("llama.cpp refused a batch; the engine has stopped.")
        return await super().generate(request, on_token=on_token, stop=stop)


async def test_a_model_that_fails_is_on_record_and_the_session_goes_on_with_another(tmp_path: Path) -> None:
    async with Failing(answering) as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            stepper = Stepper(Session(archive, engine))
            with pytest.raises(EngineFailed):
                await stepper.play()
            failed = archive.last("failed")
            assert failed is not None
            assert isinstance(failed.body, Failed)
            assert "refused a batch" in failed.body.message
            turns = archive.turn
            async with scripted() as another:
                session = Session(archive, another)
                await Stepper(session).play()
                assert session.standing.wrapped is not None
                assert archive.turn > turns


async def test_another_take_while_playing_is_one_turn_and_playing_goes_on(tmp_path: Path) -> None:
    async with scripted(tokens_per_second=400) as engine:
        with begun(tmp_path / "a.room", engine, plan=SHORT.model_copy(update={"rounds": 1})) as archive:
            speaking = asyncio.Event()
            session = Session(archive, engine, streaming=lambda piece: speaking.set())
            stepper = Stepper(session)
            await stepper.play(turns=4)
            pitch = archive.last("pitched")
            assert pitch is not None
            speaking.clear()
            playing = asyncio.create_task(stepper.play())
            await asyncio.wait_for(speaking.wait(), timeout=60)
            await session.another_take(pitch.id)
            assert await playing is None
            assert session.standing.wrapped is not None
            events = list(archive.events())
            assert [event.parent for event in events[1:]] == [event.id for event in events[:-1]]
            pitches = [event for event in events if isinstance(event.body, Pitched)]
            assert len(pitches) == SHORT.pitches
            assert pitches[-1].id > pitch.id
            ruled = [event.body.pitch for event in events if isinstance(event.body, Ruled)]
            assert ruled
            assert len(ruled) == len(set(ruled))
