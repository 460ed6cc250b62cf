"""From what happens to what a character feels about it: the rules of Ortony, Clore & Collins.

Source: A. Ortony, G. L. Clore, A. Collins, The Cognitive Structure of Emotions, Cambridge University Press
1988 ("OCC"). Each emotion type there is a reaction to a consequence of an event (is it desirable, for whom,
is it certain), to the deed of an agent (is it praiseworthy, whose is it), or to someone as such (are they
liked). Each rule below is one of these, with its chapter; together they give every type of `emotions`, and
nothing else does. What OCC leave open, the formulas of intensity, is stated in each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.affect import FAINT, Pace, rested, stirred
from writersroom.story.beats import BeatId
from writersroom.story.characters import Character, CharacterState, Feeling
from writersroom.story.emotions import Emotion
from writersroom.story.text import telling

MAX_PROSPECTS = 8
"""Hopes and fears a character carries; the oldest are forgotten."""


class Occurrence(Frozen):
    """Something that happens or may happen, as a fact that anyone may judge for themselves."""

    cause: str
    """What feelings will name: a beat id, or words."""
    text: str = ""
    """What happens, in words; compared with what a character is after."""
    actor: str = ""
    """Whose deed it is; empty where it is nobody's."""
    merit: float = Field(default=0.0, ge=-1, le=1)
    """How the deed stands by common standards: -1 vile, 1 noble. OCC's praiseworthiness."""
    gains: dict[str, float] = Field(default_factory=dict[str, float])
    """Whom it touches, and how good that is for them: -1 a disaster, 1 all they wish. OCC's desirability."""
    likelihood: float = Field(default=1.0, gt=0, le=1)
    """1 it has happened; below, it is a prospect."""
    answers: str = ""
    """Cause of the prospect that is settled by this."""
    fulfilled: bool = True
    """With `answers`: whether the prospect came about."""
    witnesses: tuple[str, ...] = ()
    """Who sees it; only they feel anything."""
    written: dict[str, Emotion] = Field(default_factory=dict[str, Emotion])
    """What the room has decided that someone feels."""
    beat: BeatId = ""
    """The beat its witnesses will know of."""


@dataclass(frozen=True)
class Eyes:
    """An occurrence seen by one character."""

    character: Character
    state: CharacterState
    what: Occurrence

    @property
    def name(self) -> str:
        """Who looks."""
        return self.character.name

    @cached_property
    def relevance(self) -> float:
        """How much it bears on what they are after: 0.6, and 0.2 more for each word it shares, up to 1."""
        aim = telling(self.state.goal or self.character.want)
        return min(1.0, 0.6 + 0.2 * len(aim & telling(self.what.text)))

    @property
    def gain(self) -> float:
        """How good it is for themselves."""
        return self.what.gains.get(self.name, 0.0) * self.relevance

    @cached_property
    def likings(self) -> Mapping[str, float]:
        """Whom they like and how much, -1..1."""
        return {relationship.to: relationship.liking for relationship in self.character.relationships}

    @property
    def others(self) -> Iterator[tuple[float, float]]:
        """Gain and liking of everyone else it touches."""
        for name, gain in self.what.gains.items():
            if name != self.name:
                yield gain, self.likings.get(name, 0.0)

    @property
    def happened(self) -> bool:
        """Whether it is a fact rather than a prospect."""
        return self.what.likelihood >= 1


Felt: TypeAlias = tuple[Emotion, float]
"""An emotion and its intensity, 0..1."""


def well_being(eyes: Eyes) -> Iterator[Felt]:
    """Joy: pleased about a desirable event. Distress: displeased about an undesirable one.

    OCC chapter 5, "the well-being emotions". Intensity: the desirability for oneself, as it bears on the aim.
    """
    if eyes.happened:
        yield (Emotion.JOY if eyes.gain > 0 else Emotion.DISTRESS), abs(eyes.gain)


def fortunes_of_others(eyes: Eyes) -> Iterator[Felt]:
    """Happy-for, pity: an event good or bad for someone liked. Resentment, gloating: for someone disliked.

    OCC chapter 5, "the fortunes-of-others emotions" (pity is their sorry-for). Intensity: desirability for
    the other times the strength of liking or dislike; nothing is felt for those one is indifferent to.
    """
    if eyes.happened:
        for gain, liking in eyes.others:
            if gain > 0:
                yield (Emotion.HAPPY_FOR if liking > 0 else Emotion.RESENTMENT), gain * abs(liking)
            else:
                yield (Emotion.PITY if liking > 0 else Emotion.GLOATING), abs(gain * liking)


def prospects(eyes: Eyes) -> Iterator[Felt]:
    """Hope: pleased about the prospect of a desirable event. Fear: displeased about an undesirable one.

    OCC chapter 6, "the prospect-based emotions". Intensity: desirability for oneself times likelihood.
    """
    if not eyes.happened:
        yield (Emotion.HOPE if eyes.gain > 0 else Emotion.FEAR), abs(eyes.gain) * eyes.what.likelihood


def confirmations(eyes: Eyes) -> Iterator[Felt]:
    """Satisfaction, disappointment: a hope comes true, or not. Fears-confirmed, relief: a fear does, or not.

    OCC chapter 6. Intensity: that of the hope or fear, on which OCC make it depend, times the likelihood.
    """
    for prospect in eyes.state.prospects:
        if eyes.what.answers and prospect.cause == eyes.what.answers:
            if prospect.emotion == Emotion.HOPE:
                emotion = Emotion.SATISFACTION if eyes.what.fulfilled else Emotion.DISAPPOINTMENT
            else:
                emotion = Emotion.FEARS_CONFIRMED if eyes.what.fulfilled else Emotion.RELIEF
            yield emotion, prospect.intensity * eyes.what.likelihood


def attribution(eyes: Eyes) -> Iterator[Felt]:
    """Pride and shame: one's own deed, praiseworthy or blameworthy. Admiration and reproach: another's.

    OCC chapter 7, "the attribution emotions". Intensity: how praiseworthy or blameworthy the deed is.
    """
    if eyes.happened and eyes.what.actor:
        own = eyes.what.actor == eyes.name
        if eyes.what.merit > 0:
            yield (Emotion.PRIDE if own else Emotion.ADMIRATION), eyes.what.merit
        else:
            yield (Emotion.SHAME if own else Emotion.REPROACH), -eyes.what.merit


def attraction(eyes: Eyes) -> Iterator[Felt]:
    """Love: liking someone appealing. Hate: disliking someone unappealing.

    OCC chapter 8, "the attraction emotions". They are dispositions; what makes them felt here is that the
    other acts in one's presence. Intensity: half the strength of a liking or dislike that is itself above
    half.
    """
    liking = eyes.likings.get(eyes.what.actor, 0.0)
    if eyes.what.actor != eyes.name and abs(liking) > 0.5:
        yield (Emotion.LOVE if liking > 0 else Emotion.HATE), abs(liking) / 2


class Compound(Frozen):
    """Two emotions about one occurrence that are felt as one."""

    whole: Emotion
    consequence: Emotion
    deed: Emotion


COMPOUNDS: tuple[Compound, ...] = (
    Compound(whole=Emotion.GRATIFICATION, consequence=Emotion.JOY, deed=Emotion.PRIDE),
    Compound(whole=Emotion.REMORSE, consequence=Emotion.DISTRESS, deed=Emotion.SHAME),
    Compound(whole=Emotion.GRATITUDE, consequence=Emotion.JOY, deed=Emotion.ADMIRATION),
    Compound(whole=Emotion.ANGER, consequence=Emotion.DISTRESS, deed=Emotion.REPROACH),
)
"""OCC chapter 7, "the well-being/attribution compounds": an event and the deed that brought it about.

Intensity: as of independent chances, a + b - ab; the parts are then no longer felt apart.
"""

RULES: tuple[Callable[[Eyes], Iterator[Felt]], ...] = (
    well_being,
    fortunes_of_others,
    prospects,
    confirmations,
    attribution,
    attraction,
)
"""All rules, in the order that breaks ties."""


def appraise(character: Character, state: CharacterState, what: Occurrence) -> tuple[Feeling, ...]:
    """What a character feels about an occurrence, strongest first; nothing where they don't see it.

    Of several reasons for one emotion the strongest counts. What the room has written comes first.
    """
    if character.name not in what.witnesses:
        return ()
    eyes = Eyes(character=character, state=state, what=what)
    felt: dict[Emotion, float] = {}
    for rule in RULES:
        for emotion, intensity in rule(eyes):
            felt[emotion] = max(felt.get(emotion, 0.0), intensity)
    felt = {emotion: intensity for emotion, intensity in felt.items() if intensity >= FAINT}
    for compound in COMPOUNDS:
        if compound.consequence in felt and compound.deed in felt:
            one, other = felt.pop(compound.consequence), felt.pop(compound.deed)
            felt[compound.whole] = one + other - one * other
    feelings = [
        Feeling(emotion=emotion, intensity=min(intensity, 1.0), cause=what.cause)
        for emotion, intensity in sorted(felt.items(), key=lambda item: -item[1])
    ]
    return _as_written(what.written.get(character.name), feelings, what.cause)


def _as_written(emotion: Emotion | None, feelings: list[Feeling], cause: str) -> tuple[Feeling, ...]:
    if emotion is None:
        return tuple(feelings)
    if emotion == Emotion.CALM:
        return ()
    strongest = max((feeling.intensity for feeling in feelings), default=0.0)
    written = Feeling(emotion=emotion, intensity=max(strongest, 0.5), cause=cause)
    return (written, *(feeling for feeling in feelings if feeling.emotion != emotion))


def update(
    state: CharacterState,
    character: Character,
    what: Occurrence,
    *,
    turns: float = 1.0,
    pace: Pace | None = None,
) -> CharacterState:
    """The state of a character after an occurrence.

    Args:
        state: Before it.
        character: Whose state it is; their temperament, want and relationships count.
        what: The occurrence.
        turns: Turns since `state` was true, in which nothing happened to them.
        pace: How fast feelings come and go.

    Returns:
        A state in which mood and emotion have decayed, what they feel about the occurrence has moved the
        mood, the stronger of the old emotion and the new is felt, hopes and fears are added or settled, and
        the beat is known. Who does not witness the occurrence only rests.
    """
    pace = pace or Pace()
    before = rested(state, character, turns=turns, pace=pace)
    if character.name not in what.witnesses:
        return before
    feelings = appraise(character, before, what)
    strongest = max((*feelings[:1], before.feeling), key=lambda feeling: feeling.intensity)
    if what.written.get(character.name) == Emotion.CALM:
        strongest = Feeling()
    open_prospects = [prospect for prospect in before.prospects if prospect.cause != what.answers]
    for feeling in feelings:
        if feeling.emotion in (Emotion.HOPE, Emotion.FEAR) and what.likelihood < 1:
            open_prospects = [prospect for prospect in open_prospects if prospect.cause != feeling.cause]
            open_prospects.append(feeling)
    return before.model_copy(
        update={
            "mood": stirred(before.mood, feelings, pull=pace.pull),
            "feeling": strongest,
            "beliefs": before.beliefs | {what.beat} if what.beat else before.beliefs,
            "prospects": tuple(open_prospects[-MAX_PROSPECTS:]),
        }
    )
