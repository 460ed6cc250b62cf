"""The game of one session: what its critic was taught so far, and what the writers may know of it.

The session's events say what D learns (`GameValued.trained`) and when (`SceneLocked`), so a session that is
taken up again teaches a fresh critic the same takes in the same order and goes on with the same D. So does
one that goes on along another branch: what D learned on the line that was left it forgets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, runtime_checkable

from writersroom.critic.steering import tilt, token_biases
from writersroom.critic.verdict import GameValue, Verdict, Weighing
from writersroom.frozen import Frozen

WRITER: Final = "room"
"""Whose takes they are, where the model has no name."""


@runtime_checkable
class Tokenizing(Protocol):
    """An engine that says how its model writes a text."""

    def token_ids(self, text: str) -> list[int]:
        """The tokens of a text, for `Sampling.logit_bias`."""
        ...


class Lesson(Frozen):
    """Takes that D learns at once."""

    scene: str
    round: int
    takes: tuple[str, ...]


class Game:
    """A critic and a writer, through one session.

    Args:
        critic: D, C and J.
        references: passages of a person's own, learned before anything else.
        writer: the model that writes; its takes have a usual range of coherence of their own.
    """

    def __init__(self, critic: Weighing, *, references: Sequence[str] = (), writer: str = "") -> None:
        self._critic = critic
        self._references = tuple(references)
        self._referred = False
        self._writer = writer or WRITER
        self._taught: list[Lesson] = []
        self._learned = 0
        self._biases: dict[int, float] = {}
        self._steered_by: tuple[object, ...] = ()
        self._one_at_a_time = asyncio.Lock()

    @property
    def learned(self) -> int:
        """Takes of this writer that D has learned."""
        return self._learned

    @property
    def floor(self) -> float:
        """The least C that is usual for this writer."""
        return self._critic.usual_coherence(self._writer)

    async def catch_up(self, lessons: Iterable[Lesson]) -> None:
        """Teach D what it has not learned yet, and have it forget what is not among the lessons.

        Args:
            lessons: all of this line of the session, in order.
        """
        async with self._one_at_a_time:
            lessons = list(lessons)
            if self._taught != lessons[: len(self._taught)]:
                self._critic.forget()
                self._taught.clear()
                self._learned, self._referred = 0, False
            if self._references and not self._referred:
                await self._critic.learn(human=self._references)
                self._referred = True
            for lesson in lessons[len(self._taught) :]:
                fit = await self._critic.learn(machine=lesson.takes, writer=self._writer)
                self._taught.append(lesson)
                self._learned += fit.learned

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        """What the critic says of takes, in order."""
        return await self._critic.weigh(takes)

    def value(self, verdicts: Sequence[Verdict]) -> GameValue:
        """The value of the game on takes just weighed."""
        return self._critic.game(verdicts)

    def biases(
        self, since: int, spoken: Callable[[], Sequence[str]], tokens: Callable[[str], Sequence[int]]
    ) -> Mapping[int, float]:
        """What is added to the writer's logits, by token.

        Args:
            since: the last event whose texts count; biases are the same until it is another.
            spoken: gives the lines of this writer up to there, asked only where that or D is new. Where there
                are none, what counts is how often the machines that D learned from use a word.
            tokens: the writer's tokenizer.
        """
        state = (since, *self._taught)
        if not self._biases or self._steered_by != state:
            slopes, usual = self._critic.token_slopes(), self._critic.token_rates()
            self._biases = token_biases(tilt(slopes, spoken(), usual=usual), tokens)
            self._steered_by = state
        return self._biases
