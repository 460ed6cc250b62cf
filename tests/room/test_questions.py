"""A critic's question of a take is asked of the take, not of each of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.room.scripted_rooms import SHORT, begun
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.cast.choices import YES_NO
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper

_CHANGES = "Does something change between the first line and the last?"
"""The Architect's question of a take; no is bad."""


class _Reader(ScriptedEngine):
    """An engine that finds that nothing changes in a take as long as one word is in it."""

    asked: list[str]

    def __init__(self, bad: str) -> None:
        super().__init__(answering)
        self.asked = []
        self._bad = bad

    def _weigh(self, prompt: str, options: Sequence[str]) -> tuple[float, ...]:
        if {option.strip() for option in options} != set(YES_NO) or _CHANGES not in prompt:
            return super()._weigh(prompt, options)
        subject = prompt[: prompt.rindex(_CHANGES)].rpartition("\n\n")[0].rpartition("\n\n")[2]
        if subject == "N/A":
            return super()._weigh(prompt, options)
        self.asked.append(subject)
        bad = "no" if self._bad in subject else "yes"
        return tuple(-0.1 if option.strip() == bad else -3.0 for option in options)


async def test_the_line_is_quoted_without_which_the_take_fares_best(tmp_path: Path) -> None:
    plan = SHORT.model_copy(update={"takes": 1, "lines": 4, "rounds": 1, "notes": 3})
    async with _Reader("\0") as engine:
        with begun(tmp_path / "first.room", engine, plan=plan) as archive:
            await Stepper(Session(archive, engine)).play()
            lines = [event.body for event in archive.events() if isinstance(event.body, LineSpoken)]
    said = [f'{line.character}: "{line.line}"' for line in lines]
    left_out = [" ".join([*said[:at], *said[at + 1 :]]) for at in range(4)]
    assert engine.asked == [*left_out, " ".join(said)]

    async with _Reader(lines[2].line) as engine:
        with begun(tmp_path / "second.room", engine, plan=plan) as archive:
            await Stepper(Session(archive, engine)).play()
            notes = [event.body for event in archive.events() if isinstance(event.body, NoteGiven)]
    architect = next(note for note in notes if note.quote == lines[2].line)
    assert architect.severity > 0.5
