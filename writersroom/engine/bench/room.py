"""The standard room: five agents speak in parallel within a round, three rounds, sixty-four tokens a turn.

Each turn is asked for in one of three ways, with the same model file, threads, sampler and number of tokens:

- *stock*, as programs that join LangGraph and llama-cpp-python do it: one `Llama`, the agent's persona first
  in the system prompt, one call at a time. Its own prefix cache is on, and finds little.
- *careful*: the same, with the shared text first, so that its prefix cache finds nearly all of it.
- *ours*: `LlamaEngine`, the five agents of a round at once.

The sides take turns, a round each, so that a machine that drifts drifts for all of them. This module is what
they share; it knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, Protocol, TypeAlias

from pydantic import BaseModel, Field

from writersroom.engine.interface import Part, Sampling
from writersroom.frozen import Frozen

AGENTS: Final = ("Director", "Mara", "Tobias", "Continuity", "The Cynic")
SAMPLING: Final = Sampling(temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, seed=1)

_PERSONA: Final = (
    "You are {name}, one of five in a writers' room. You want the story to cost its people something, you "
    "distrust coincidence, and you say what you think of the last pitch in a sentence or two."
)
_BIBLE: Final = (
    "Beat {n}: the keeper of the lighthouse hears tomorrow's news on the radio and must choose whom to warn; "
    "Tobias, who owes her money, believes she makes it up, and the storm cuts the causeway in the night. "
)

Shape: TypeAlias = Literal["free", "schema"]
Serial: TypeAlias = Literal["stock", "careful"]
Side: TypeAlias = Literal["stock", "careful", "ours"]
SERIAL: Final[tuple[Serial, Serial]] = ("stock", "careful")


class Answer(BaseModel):
    """A turn of the argument. Its reason is longer than the turn, so that no side ends early."""

    stance: Literal["support", "object", "amend"]
    cites: Literal["b1", "b2", "b3", "b4", "b5", "b6"]
    feeling: Literal["calm", "hope", "fear", "anger", "pity", "shame"]
    severity: Literal["low", "middling", "high"]
    reason: str = Field(min_length=200)


class StandardRoom(Frozen):
    """How much is said; tests say less."""

    rounds: int = 3
    tokens: int = 64
    """Written in a turn."""
    bible_tokens: int = 1100

    def bible(self, count: Callable[[str], int]) -> str:
        """A bible of at least `bible_tokens` tokens, by the model's own count."""
        text, beat = "", 1
        while count(text) < self.bible_tokens:
            text += _BIBLE.format(n=beat)
            beat += 1
        return text


class SideResult(Frozen):
    """One side of the comparison."""

    side: Side
    shape: Shape
    seconds: float = 0.0
    """From each round asked for to its last turn written; loading is left out."""
    tokens_out: int = 0
    prefilled: int = 0
    reused: int = 0

    def plus(self, *, seconds: float, tokens_out: int, prefilled: int, reused: int) -> SideResult:
        """With another round."""
        more = {"seconds": seconds, "tokens_out": tokens_out, "prefilled": prefilled, "reused": reused}
        return self.model_copy(update={name: getattr(self, name) + value for name, value in more.items()})

    @property
    def reuse(self) -> float:
        """Share of prompt tokens that were not computed again."""
        return self.reused / max(1, self.reused + self.prefilled)


class Playing(Protocol):
    """A side while it is measured."""

    async def play_round(self) -> None:
        """All agents speak once."""
        ...

    @property
    def result(self) -> SideResult:
        """What has been measured so far."""
        ...


def careful_prompt(agent: str, bible: str, transcript: Sequence[str]) -> tuple[Part, ...]:
    """What agents share first, what differs last."""
    persona = _PERSONA.format(name=agent)
    return (
        Part(role="system", text=f"The story so far. {bible}"),
        Part(role="user", text="\n".join(["The room said:", *transcript, "", persona, f"{agent}:"])),
    )


def stock_prompt(agent: str, bible: str, transcript: Sequence[str]) -> tuple[Part, ...]:
    """The persona first, as most programs lay it out."""
    persona = _PERSONA.format(name=agent)
    return (
        Part(role="system", text=f"{persona} The story so far. {bible}"),
        Part(role="user", text="\n".join(["The room said:", *transcript, "", f"{agent}:"])),
    )
