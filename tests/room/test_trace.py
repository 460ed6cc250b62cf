"""Every text that a model writes leaves a trace, kept or not."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from tests.room.scripted_rooms import SHORT, begun, scripted
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.archive import Archive
from writersroom.engine.interface import Engine, Request
from writersroom.events import Event
from writersroom.events.convened import Convened
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.stance_taken import StanceTaken
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper
from writersroom.story.moves import NewBeat, summary_in


async def played(path: Path, engine: Engine) -> list[Event]:
    """A short session, as its file holds it."""
    with begun(path, engine, plan=SHORT) as archive:
        await Stepper(Session(archive, engine)).play()
    with Archive.open(path) as archive:
        return list(archive.events())


def texts_of(event: Event) -> dict[str, str]:
    """What is traced of an event, by template; of a template that was used more than once, one."""
    return {one.template: one.text for one in (event.trace.texts if event.trace else ())}


async def test_every_text_of_a_turn_is_traced(tmp_path: Path) -> None:
    async with scripted() as engine:
        events = await played(tmp_path / "a.room", engine)
    seen: Counter[str] = Counter()
    for event in events:
        body, texts = event.body, texts_of(event)
        if event.agent:
            seen[body.kind] += 1
        match body:
            case Convened():
                for name in ("title", "premise", "theme"):
                    assert getattr(body, name) in {texts[f"convene_{name}"], ""}
                assert body.premise
                assert body.theme
                assert event.trace is not None
                wants = [one.text for one in event.trace.texts if one.template == "character_want"]
                assert len(wants) == len(body.characters)
            case Pitched() if isinstance(body.move, NewBeat):
                assert texts["pitch_sentence"] == summary_in(body.move)
                assert texts["reason"] == body.reason
            case StanceTaken():
                assert texts["reason"] == body.reason
            case LineSpoken():
                assert (texts["line"], texts["thought"]) == (body.line, body.thought)
            case NoteGiven():
                assert texts["advice"] == body.advice
            case _:
                pass
    assert {"convened", "pitched", "stance_taken", "line_spoken", "note_given"} <= set(seen)


async def test_tokens_and_prompts_of_all_texts_are_counted(tmp_path: Path) -> None:
    async with scripted() as engine:
        events = await played(tmp_path / "a.room", engine)
    traces = [one for event in events if event.trace for one in event.trace.texts]
    asked = {hashlib.sha256(str(request.prompt).encode()).hexdigest() for request in engine.requests}
    kept = {one.prompt_sha256 for one in traces}
    thrown = sum(one.resampled for one in traces)
    assert kept <= asked
    assert len(engine.requests) - thrown <= len(traces) <= len(engine.requests)
    assert all(
        not one.besides and not one.choices for event in events if event.trace for one in event.trace.besides
    )


async def test_a_text_that_is_kept_for_want_of_a_better_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    def only_beginnings(request: Request, take: int) -> str:
        """Goes on from no beginning of a reason."""
        prompt = str(request.prompt)
        return (
            ".\n"
            if prompt.rstrip().endswith(("because", ":")) or "pitches it" in prompt[-400:]
            else answering(request, take)
        )

    async with ScriptedEngine(only_beginnings) as engine:
        events = await played(tmp_path / "a.room", engine)
    reasons = [
        one for event in events if event.trace for one in event.trace.texts if one.template == "reason"
    ]
    poor = [one for one in reasons if one.faults]
    assert poor
    assert all(one.resampled == 6 for one in poor)
