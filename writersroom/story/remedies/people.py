"""Options for characters who do not change, take part, or know: see `detectors.people`."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LinkKind
from writersroom.story.emotions import Emotion
from writersroom.story.moves import BeatChange
from writersroom.story.remedies.drafting import TURN, Wish
from writersroom.story.remedies.options import add, called, joined, revise, seen, turned, unlink
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.weakness import Weakness

_BRIGHT = (Emotion.HOPE, Emotion.RELIEF, Emotion.GRATITUDE)
_DARK = (Emotion.FEAR, Emotion.REMORSE, Emotion.ANGER)
"""What to let someone feel who never feels anything else; of both valences (Ortony, Clore & Collins 1988)."""


def unchanged(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let them feel something else, or let one of their beats turn things for them."""
    name = weakness.characters[0]
    places = situation.open(situation.reading.appearances.get(name, ()))
    # Whoever changes, changes late: from the last beat back to the middle.
    for place in dict.fromkeys((*places[-1:], *places[len(places) // 2 :][:1], *places[-2:-1])):
        beat = situation.beats[place]
        feelings = (*_DARK[:2], _BRIGHT[0]) if beat.turn < 0 else (*_BRIGHT[:2], _DARK[0])
        for emotion in feelings:
            if beat.emotions.get(name) is emotion:
                continue
            said = emotion.value.replace("_", " ")
            yield revise(
                beat.id,
                BeatChange(emotions={**beat.emotions, name: emotion}),
                f"let {called([name])} feel {said} in {beat.id}",
                f"In {situation.quote(beat.id)} {name} feels {said}.",
            )
    for place in places[-2:]:
        for turn in (-TURN, TURN):
            option = turned(situation, place, turn)
            if option is not None:
                yield option
    if places:
        last = places[-1]
        for turn, way in ((-TURN, "worse"), (TURN, "better")):
            yield add(
                situation,
                last + 1,
                f"{name} comes out of {situation.quote(situation.beats[last].id)} changed",
                f"add a beat that changes {called([name])} for the {way}",
                who=situation.people((name,), last + 1),
                caused_by=(situation.beats[last].id,),
                wish=Wish(turn=turn),
            )


def absent(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Bring them in: with a beat of their own, or into one there is."""
    name, n = weakness.characters[0], len(situation)
    for at in dict.fromkeys((n, n // 2, 1)):
        before, behind = situation.neighbours(at)
        if before is None:
            continue
        who = situation.people((name, *before.characters), at)
        leads = f", which leads to {situation.quote(behind.id)}" if behind is not None else ""
        yield add(
            situation,
            at,
            f"{name} steps in because of {situation.quote(before.id)}{leads}",
            f"bring {called([name])} in with a new beat after {before.id}",
            who=who,
            caused_by=(before.id,),
            causes=(behind.id,) if behind is not None else (),
        )
    for place in sorted(situation.open(range(n)), key=lambda at: (len(situation.beats[at].characters), -at))[
        :4
    ]:
        yield joined(situation, place, name)


def unwitnessed(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let someone who acts have seen it, or someone who saw it act; else it is no motive."""
    source, target = weakness.key.split(":")[1:]
    cause, effect = situation.place(source), situation.place(target)
    known = situation.beats[cause].seen_by
    for name in situation.beats[effect].characters[:3]:
        yield seen(situation, cause, name)
        yield joined(situation, cause, name)
    for name in known[:2]:
        yield joined(situation, effect, name)
    for one in known[:1]:
        for other in situation.beats[effect].characters[:1]:
            yield add(
                situation,
                effect,
                f"{other} hears from {one} of {situation.quote(source)}, and so {situation.quote(target)}",
                f"add a beat in which {called([other])} hears of {source}",
                who=situation.people((one, other), effect),
                caused_by=(source,),
                causes=(target,),
            )
    yield unlink(situation, source, target, LinkKind.MOTIVATES)
