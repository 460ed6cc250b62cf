"""From a turn, an agent about to speak, to requests that the engine understands.

All prompts go on from a text rather than answer an instruction: a small model that is given a page and its
next words writes what belongs there, where one that is told what to write talks about it. So the prompt's
last part is the page as far as it goes, the first words of the reply included.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from pydantic import Field

from writersroom.cast.cards import Card, same_name
from writersroom.cast.choices import STANCES, VERDICTS, YES_NO, Choosing, choosing
from writersroom.cast.kinds import EXPECTED, Kind
from writersroom.cast.sheets import DeviceSheet, PitchSheet, SceneSheet, Shared, Speech, StageSheet
from writersroom.cast.templates import Templates, laid_out
from writersroom.engine.interface import Prompt, Request
from writersroom.frozen import Frozen
from writersroom.story.beats import Beat
from writersroom.story.characters import Character
from writersroom.story.text import telling

TELLING: Final[Mapping[str, Literal["beat", "line", "bible"]]] = MappingProxyType(
    {
        "convene_premise": "bible",
        "character_role": "bible",
        "character_want": "bible",
        "pitch_sentence": "beat",
        "amend_sentence": "beat",
        "line": "line",
    }
)
"""Templates whose texts make the story, and which field of `Card.drawn` says how many are drawn."""

Trait: TypeAlias = Literal["role", "want"]
"""What is written of a character in words of its own; the rest is chosen, or the card's."""


class Asked(Frozen):
    """A request, and what its reply has to be joined to."""

    template: str
    request: Request
    kind: Kind
    content_free: Prompt = ""
    """The same form without what it is about, where replies are compared: those that it makes as likely say
    nothing of this story."""
    drawn: int = 1
    """Replies to draw at once; see `Card.drawn`."""
    begun: str = ""
    """The reply's first words, which the prompt gives. See `replies.whole`."""
    about: frozenset[str] = frozenset()
    """Words (`story.text.telling`) of which a reply had better have one, where several are drawn."""
    worn: frozenset[str] = frozenset()
    """Words that the story harps on, of which a reply had better have few."""
    sentences: int = 1
    """How many sentences the reply may have."""
    inventive: bool = False
    """Whether it may name what nobody has mentioned (`Card.inventive`)."""

    @property
    def prompt(self) -> str:
        """All that the model is shown, for the filters."""
        prompt = self.request.prompt
        return prompt if isinstance(prompt, str) else "\n\n".join(part.text for part in prompt)


class Turn(Frozen):
    """An agent about to speak: what it has before it, and what chance it draws from.

    Each method fills in the template of its name. They raise BadTemplate where that does not render.
    """

    templates: Templates
    shared: Shared
    card: Card
    seed: int = Field(ge=0)
    """Of the session, the turn and the agent; every template draws its own stream from it."""
    number: int = 0
    """Of the turn. What a template has several of (examples, first words) takes turns by it."""
    whispers: tuple[str, ...] = ()
    """What a person told this agent in private since it last spoke."""
    attempt: int = 0
    """How many replies were thrown away before; another attempt draws from another stream."""
    n: int = Field(default=1, ge=1)
    """Takes of each text, at least."""
    compared: bool = True
    """Whether the engine can tell which of several replies is the most telling."""

    def title(self) -> Asked:
        """What the film is called."""
        return self._write("convene_title", "title", 12)

    def premise(self, *, lead: str) -> Asked:
        """What the main character must do, and against what."""
        # Of the kind of a beat, which tells of people and speaks to nobody.
        tokens = self.card.tokens.summary
        return self._write(
            "convene_premise", "beat", tokens, about=self._astray(), worn=self._worn(), lead=lead
        )

    def theme(self) -> Asked:
        """What the story argues."""
        return self._write("convene_theme", "sentence", self.card.tokens.reason)

    def trait(self, of: Trait, person: Character) -> Asked:
        """Who a character, known as far as `person` says, is in this story. See `replies.with_trait`."""
        return self._write(f"character_{of}", "phrase", self.card.tokens.phrase, person=person)

    def pitch_sentence(
        self,
        *,
        device: DeviceSheet,
        subject: str,
        others: Sequence[str] = (),
        beats: Sequence[Beat] = (),
        weakness: str = "",
    ) -> Asked:
        """One sentence of a beat.

        Args:
            device: what it uses.
            subject: the character it begins with.
            others: who else is in it.
            beats: those it has to do with.
            weakness: what it is to mend, in words.
        """
        return self._write(
            "pitch_sentence",
            "beat",
            self.card.tokens.beat,
            about=self._astray(),
            worn=self._worn(),
            device=device,
            subject=subject,
            others=tuple(others),
            beats=tuple(beats),
            weakness=weakness,
        )

    def amend_sentence(self, *, pitch: PitchSheet) -> Asked:
        """A pitch as this agent would have it: the pitch's own words, gone on with."""
        tokens = self.card.tokens.beat
        return self._write(
            "amend_sentence", "beat", tokens, about=self._astray(), worn=self._worn(), pitch=pitch
        )

    def reason(self, *, pitch: PitchSheet, verb: str, opener: str) -> Asked:
        """Why the agent pitches, supports, objects, amends or rules.

        Args:
            pitch: what it is about.
            verb: what the agent does: `objects`.
            opener: the first words, which name a beat, a person or a want; see `Card.openers`.
        """
        tokens = self.card.tokens.reason
        kind: Kind = "reason" if self.card.character is not None else "verdict"
        return self._write("reason", kind, tokens, pitch=pitch, verb=verb, opener=opener)

    def line(
        self,
        stage: StageSheet,
        *,
        emotion: str,
        action: str = "",
        tactic: str = "",
        opening: str = "",
        to: str = "",
        note: str = "",
    ) -> Asked:
        """What a character says.

        Args:
            stage: what it has before it.
            emotion: what it feels, in a word.
            action: what it does first, as the others see it.
            tactic: what it does by saying it: "accuses".
            opening: its first words, which the tactic gives.
            to: to whom it speaks.
            note: what the last version lacked, where this one answers criticism.
        """
        last = stage.lines[-1].words if stage.lines else ""
        return self._write(
            "line",
            "line",
            self.card.tokens.line,
            about=telling(f"{stage.now} {last}") - self._names(),
            worn=_again(speech.words for speech in stage.lines) - self._names(),
            **_fields_of(stage),
            emotion=emotion,
            action=action,
            tactic=tactic,
            opening=opening,
            to=to,
            note=note,
        )

    def thought(self, stage: StageSheet, *, emotion: str) -> Asked:
        """What a character thinks and does not say."""
        return self._write("thought", "thought", self.card.tokens.line, **_fields_of(stage), emotion=emotion)

    def note(self, *, scene: SceneSheet, lines: Sequence[Speech], quote: str, fault: str = "") -> Asked:
        """What is wrong with a line; `fault` is what the critic found by a question (`Question.fault`)."""
        tokens = self.card.tokens.note
        return self._write("note", "note", tokens, scene=scene, lines=tuple(lines), quote=quote, fault=fault)

    def advice(self, *, quote: str, problem: str, who: str) -> Asked:
        """What to do about a line that `who` says."""
        tokens = self.card.tokens.note
        return self._write("advice", "note", tokens, quote=quote, problem=problem, who=who)

    def condensed(self, *, lines: Sequence[Speech], lead: str) -> Asked:
        """What was said, in a sentence that begins with `lead`."""
        tokens = self.card.tokens.summary
        return self._write("condense", "sentence", tokens, lines=tuple(lines), lead=lead)

    def choose(self, *, question: str, lead_in: str, options: Sequence[str]) -> Choosing:
        """Any choice; the option completes `lead_in`: "It is"."""
        return self._weigh("choose", options, question=question, lead_in=lead_in)

    def choose_role(self, person: Character, *, options: Sequence[str]) -> Choosing:
        """Who a character is in this story; `options` follow "is"."""
        return self._weigh("choose_role", options, person=person)

    def choose_secret(self, person: Character, *, options: Sequence[str]) -> Choosing:
        """What nobody knows of a character; `options` follow its name."""
        return self._weigh("choose_secret", options, person=person)

    def choose_place(self, *, beats: Sequence[Beat], options: Sequence[str]) -> Choosing:
        """Where something happens; `options` are nouns."""
        return self._weigh("choose_place", options, beats=tuple(beats))

    def choose_device(self, *, options: Sequence[str]) -> Choosing:
        """Which dramatic device the agent asks for; `options` are their names."""
        return self._weigh("choose_device", options)

    def choose_stance(self, *, pitch: PitchSheet) -> Choosing:
        """What the agent says to a pitch: one of `STANCES`, in their order."""
        return self._weigh("choose_stance", tuple(STANCES.values()), pitch=pitch)

    def choose_ruling(self, *, pitch: PitchSheet, amended: bool) -> Choosing:
        """What the director does with a pitch: one of `VERDICTS`, in their order.

        Args:
            pitch: what is decided.
            amended: whether there is an amendment to take; else `amended` is left out of the options.
        """
        options = tuple(words for verdict, words in VERDICTS.items() if amended or verdict != "amended")
        return self._weigh("choose_ruling", options, pitch=pitch)

    def yes_no(self, *, subject: str, question: str) -> Choosing:
        """A question of a pitch or a take, in words; the options are `YES_NO`."""
        return self._weigh("yes_no", YES_NO, subject=subject, question=question)

    def choose_emotion(self, stage: StageSheet, *, options: Sequence[str]) -> Choosing:
        """What the character feels now; `options` are words for emotions."""
        return self._weigh("choose_emotion", options, **_fields_of(stage))

    def choose_tactic(self, stage: StageSheet, *, options: Sequence[str]) -> Choosing:
        """What the character does to another by what it says; `options` are verbs."""
        return self._weigh("choose_tactic", options, **_fields_of(stage))

    def choose_action(self, stage: StageSheet, *, emotion: str, options: Sequence[str]) -> Choosing:
        """What the others see the character do; `options` are verbs with what belongs to them."""
        return self._weigh("choose_action", options, **_fields_of(stage), emotion=emotion)

    def _values(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "shared": self.shared,
            "card": self._card(),
            "turn": self.number + self.attempt,
            "whispers": self.whispers,
            **values,
        }

    def _card(self) -> Card:
        """The card, with its character as the bible has it: written anew for the logline."""
        if self.card.character is None:
            return self.card
        own = (
            person for person in self.shared.characters if same_name(person.name) == same_name(self.card.name)
        )
        return self.card.model_copy(update={"character": next(own, self.card.character)})

    def _write(
        self,
        template: str,
        kind: Kind,
        tokens: int,
        about: frozenset[str] = frozenset(),
        worn: frozenset[str] = frozenset(),
        **values: Any,
    ) -> Asked:
        rendered = self.templates.prompt(template, self._values(values))
        drawn, content_free = 1, ""
        if self.compared and template in TELLING:
            drawn = getattr(self.card.drawn, TELLING[template])
        if drawn > 1:
            blank = self.templates.prompt(template, self._values(values), blank=True)
            content_free = laid_out(blank.parts, chat=self.card.chat)
        request = Request(
            prompt=laid_out(rendered.parts, chat=self.card.chat),
            sampling=self.card.sampled(self.stream(template)),
            max_tokens=tokens,
            stop=EXPECTED[kind].ends_at,
            n=max(self.n, drawn),
        )
        return Asked(
            template=template,
            request=request,
            kind=kind,
            content_free=content_free,
            drawn=drawn,
            about=about if drawn > 1 else frozenset(),
            worn=worn if drawn > 1 else frozenset(),
            begun=rendered.begun,
            sentences=self.card.sentences,
            inventive=self.card.inventive,
        )

    def _astray(self) -> frozenset[str]:
        """What the story is about, unless more than half of the beats so far name something of it."""
        ours = telling(f"{self.shared.logline} {self.shared.premise}") - self._names()
        kept = sum(not ours.isdisjoint(telling(beat.summary)) for beat in self.shared.beats)
        return ours if kept <= len(self.shared.beats) / 2 else frozenset()

    def _worn(self) -> frozenset[str]:
        """What stands in two beats or more, the logline's words and names apart."""
        again = _again(beat.summary for beat in self.shared.beats)
        return again - telling(self.shared.logline) - self._names()

    def _names(self) -> frozenset[str]:
        return telling(" ".join(person.name for person in self.shared.characters))

    def _weigh(self, template: str, options: Sequence[str], **values: object) -> Choosing:
        return choosing(
            self.templates,
            template,
            options,
            self._values(values),
            seed=self.stream(template),
            chat=self.card.chat,
        )

    def stream(self, purpose: str) -> int:
        """A seed for one purpose within the turn, below 2**32."""
        said = f"{self.seed}\0{self.attempt}\0{purpose}".encode()
        return int.from_bytes(hashlib.blake2b(said, digest_size=4).digest())


def _again(texts: Iterable[str]) -> frozenset[str]:
    """The telling words that stand in two of the texts or more."""
    told = Counter(word for text in texts for word in telling(text))
    return frozenset(word for word, times in told.items() if times > 1)


def _fields_of(stage: StageSheet) -> dict[str, Any]:
    """The fields of a stage, each a value of its own for templates."""
    return {name: getattr(stage, name) for name in StageSheet.model_fields}
