"""Asking the model: texts until one is fit to keep, and choices drawn by probability."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from writersroom.cast import replies, requests
from writersroom.cast.cards import Card
from writersroom.cast.choices import Choosing, balanced, draw
from writersroom.cast.filters import FaultKind
from writersroom.cast.replies import Reply
from writersroom.cast.requests import Asked
from writersroom.cast.said import Said
from writersroom.cast.sheets import Shared
from writersroom.engine.interface import Completion, Engine, Sampling
from writersroom.events import Trace, Weighed
from writersroom.frozen import Frozen
from writersroom.room.listening import Listener, broken_off
from writersroom.story.text import telling

STEERED: Final = "line"
"""The template whose texts are steered: what people in the story say."""
LEANING: Final = 24
"""Earlier answers that tell what a question leans to."""
ATTEMPTS = 3
"""Times a text is asked for; in the second at least two takes are drawn, in the third four."""


Leaning: TypeAlias = Sequence[Sequence[float]]
"""Probabilities of the options of a question, for each time it was asked before."""


class Written(Frozen):
    """A text, and where it came from."""

    text: str
    trace: Trace
    fit: bool
    """Whether the filters found nothing against it."""


def seed_of(*what: object) -> int:
    """A seed for one thing that is drawn, by all that tells it from others: 31 bits."""
    digest = hashlib.sha256("\0".join(map(str, what)).encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1


class Asker:
    """One agent's way to the model within one turn."""

    def __init__(
        self,
        engine: Engine,
        turn: requests.Turn,
        *,
        said: Said,
        others: Collection[str],
        listener: Listener | None = None,
        biases: Mapping[int, float] | None = None,
    ) -> None:
        self._engine = engine
        self._biases = biases or {}
        self._turn = turn
        self._said = said
        self._others = tuple(others)
        self._listener = listener or Listener()

    def about(self, *what: object) -> Asker:
        """The same agent, drawing from a stream of its own: where it asks the same twice in one turn."""
        turn = self._turn.model_copy(update={"seed": seed_of(self._turn.seed, *what)})
        return self._with(turn, self._listener)

    def knowing(self, shared: Shared) -> Asker:
        """The same agent, with another beginning of its prompts: what it knows of the story."""
        return self._with(self._turn.model_copy(update={"shared": shared}), self._listener)

    def heard_by(self, listener: Listener, *, card: Card, shared: Shared) -> Asker:
        """The same agent, followed while it writes, with another card or another beginning of its prompts."""
        return self._with(self._turn.model_copy(update={"card": card, "shared": shared}), listener)

    def steered(self, biases: Mapping[int, float]) -> Asker:
        """The same agent, whose spoken lines lean towards some tokens (`Sampling.logit_bias`)."""
        return Asker(
            self._engine,
            self._turn,
            said=self._said,
            others=self._others,
            listener=self._listener,
            biases=biases,
        )

    async def write(
        self, asked: Callable[[requests.Turn], Asked], *, forgiven: Collection[FaultKind] = ()
    ) -> Written:
        """A text that the filters let through, or the best there was; some faults may be forgiven."""
        written = await self._written(asked, forgiven)
        self._listener.wrote(written.trace)
        return written

    async def _written(
        self, asked: Callable[[requests.Turn], Asked], forgiven: Collection[FaultKind]
    ) -> Written:
        kept: list[tuple[Reply, Trace]] = []
        compared = "score" in self._engine.info.supports
        for attempt in range(ATTEMPTS):
            request = self._leaning(
                asked(
                    self._turn.model_copy(update={"attempt": attempt, "n": 2**attempt, "compared": compared})
                )
            )
            completion = await self._engine.generate(
                request.request,
                on_token=self._listener.begins(request, self._turn.seed),
                stop=self._listener.stop,
            )
            if self._listener.stop.is_set():
                return self._broken_off(request, completion, thrown=len(kept))
            read = [
                replies.read(
                    request, take, said=self._said, speaker=self._turn.card.name, others=self._others
                )
                for take in completion.takes
            ]
            fit = [
                place
                for place, reply in enumerate(read)
                if all(fault.kind in forgiven for fault in reply.faults)
            ]
            if fit:
                texts: dict[str, int] = {}
                for place in fit:
                    texts.setdefault(read[place].text, place)
                compared = _kept_to_the_story(request, texts)
                chosen = texts[await self._most_telling(request, compared)]
                if chosen:
                    self._listener.keeps(request, self._turn.seed, completion.takes[chosen].text)
                text, thrown = read[chosen].text, len(kept) + len(read) - len(fit)
                trace = self._trace(request, completion, chosen, text, thrown=thrown)
                if request.drawn > 1:
                    trace = trace.model_copy(update={"among": len(compared)})
                return Written(text=text, trace=trace, fit=True)
            kept += [
                (reply, self._trace(request, completion, place, reply.text, thrown=0))
                for place, reply in enumerate(read)
            ]
        best = replies.best(reply for reply, _ in kept)
        trace = next(trace for reply, trace in kept if reply is best)
        against = tuple(dict.fromkeys(fault.kind.value for fault in best.faults))
        told = trace.model_copy(update={"resampled": len(kept) - 1, "faults": against})
        return Written(text=best.text, trace=told, fit=False)

    async def _most_telling(self, asked: Asked, texts: Sequence[str]) -> str:
        """Which of several texts, as they would be kept, says most of this story.

        That is the one which its prompt makes likelier than the same form about nothing does, by the token
        (maximum mutual information: Li, Galley, Brockett, Gao & Dolan 2016, A Diversity-Promoting Objective
        Function for Neural Conversation Models). What would fit any story, a small model's first thought, is
        passed over. Where replies to this are not compared, it is the first.
        """
        if asked.drawn < 2 or len(texts) < 2:
            return texts[0]
        options = {_written_of(asked, text): text for text in texts}
        choice = await self._engine.choose(
            asked.request.prompt, tuple(options), content_free=asked.content_free
        )
        return options[choice.options[choice.best]]

    async def weigh(self, choosing: Callable[[requests.Turn], Choosing]) -> tuple[float, ...]:
        """The calibrated probability of each option."""
        return (await self.weighed(choosing)).probabilities

    async def weighed(
        self, choosing: Callable[[requests.Turn], Choosing], *, earlier: Leaning = ()
    ) -> Weighed:
        """The calibrated probability of each option, and what it was before it was balanced.

        Args:
            choosing: what is asked.
            earlier: the probabilities that the same question had before, unbalanced; what they lean to is
                taken off (`choices.balanced`).
        """
        return await self._weighed(choosing(self._turn), earlier)

    async def pick(
        self,
        choosing: Callable[[requests.Turn], Choosing],
        *,
        temperature: float = 0.7,
        earlier: Leaning = (),
        favour: Sequence[float] = (),
    ) -> int:
        """The place of an option, drawn by its probability with the session's seed.

        Args:
            choosing: what is asked.
            temperature: below 1 the likelier options win more often.
            earlier: as for `weighed`.
            favour: a weight for each option, in the order asked for, by what the room itself knows.
        """
        weighed = await self._weighed(choosing(self._turn), earlier, temperature, favour)
        assert weighed.drawn is not None  # a temperature was given
        return weighed.drawn

    async def _weighed(
        self,
        asked: Choosing,
        earlier: Leaning,
        temperature: float | None = None,
        favour: Sequence[float] = (),
    ) -> Weighed:
        place = self._listener.chooses()
        choice = await self._engine.choose(asked.prompt, asked.options, content_free=asked.content_free)
        raw = asked.probabilities(choice)
        probabilities = balanced(raw, earlier)
        drawn = None
        if temperature is not None:
            weights = [
                probability * weight
                for probability, weight in zip(probabilities, favour or (1.0,) * len(raw), strict=True)
            ]
            drawn = draw(weights, seed=self._turn.stream("draw"), temperature=temperature)
        weighed = Weighed(
            template=asked.template,
            probabilities=probabilities,
            unbalanced=raw if earlier else (),
            drawn=drawn,
            seed=self._turn.seed,
        )
        self._listener.chose(place, weighed)
        return weighed

    def _broken_off(self, asked: Asked, completion: Completion, *, thrown: int) -> Written:
        """What there is when somebody stops the writing: kept as it is, for it was wanted so."""
        text = broken_off(asked, completion.takes[0])
        trace = self._trace(asked, completion, 0, text, thrown=thrown)
        return Written(text=text, trace=trace, fit=bool(text))

    def _with(self, turn: requests.Turn, listener: Listener) -> Asker:
        return Asker(
            self._engine,
            turn,
            said=self._said,
            others=self._others,
            listener=listener,
            biases=self._biases,
        )

    def _leaning(self, asked: Asked) -> Asked:
        if not self._biases or asked.template != STEERED:
            return asked
        sampling = asked.request.sampling.model_copy(update={"logit_bias": self._biases})
        return asked.model_copy(update={"request": asked.request.model_copy(update={"sampling": sampling})})

    def _trace(self, asked: Asked, completion: Completion, take: int, text: str, *, thrown: int) -> Trace:
        usage, sampling = completion.usage, asked.request.sampling
        plain = Sampling()
        return Trace(
            model_sha256=self._engine.info.sha256,
            prompt_sha256=completion.prompt_sha256,
            template=asked.template,
            sampling={
                name: value
                for name, value in sampling.model_dump(exclude={"seed", "logit_bias"}).items()
                if value != getattr(plain, name)
            },
            seed=sampling.seed,
            tokens_in=usage.prefilled + usage.reused,
            tokens_reused=usage.reused,
            tokens_out=usage.decoded + usage.forced,
            milliseconds=usage.queued_ms + usage.prefill_ms + usage.decode_ms,
            take=take,
            resampled=thrown,
            choices=self._listener.choices,
            text=text,
        )


def _kept_to_the_story(asked: Asked, texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts that are about what the story is about, if any are, and harp least on a word of it.

    What is the most telling would else be what echoes it.
    """
    told = {text: telling(text) for text in texts}
    about = {text: words for text, words in told.items() if words & asked.about} or told
    worn = {text: len(words & asked.worn) for text, words in about.items()}
    return tuple(text for text, times in worn.items() if times == min(worn.values()))


def _written_of(asked: Asked, text: str) -> str:
    """The part of a text that goes on from the prompt, as the model would write it there."""
    begun = asked.begun.strip('"\u201c ')
    if not begun:
        return text
    rest = text[len(begun) :] if text.lower().startswith(begun.lower()) else text
    return rest if rest[:1] in " ,.!?'\u2019" else f" {rest}"
