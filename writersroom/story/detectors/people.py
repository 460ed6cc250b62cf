"""Whether the characters change, take part, and know what they act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from writersroom.story.beats import CAUSAL, LinkKind
from writersroom.story.emotions import PLEASANT, Emotion
from writersroom.story.reading import TURNS, Reading, earlier
from writersroom.story.weakness import Weakness, WeaknessKind, found


def unchanged(reading: Reading) -> Iterator[Weakness]:
    """A character who is there throughout and feels the same from first to last.

    Lajos Egri, The Art of Dramatic Writing (1946): a character who stands where they stood at the beginning
    is badly drawn; even those who hold out are moved. Looked at for the principals, those in three beats of
    ten and at least four: a servant may stay a servant. With no feelings noted, the turns of their beats are
    taken instead.
    """
    enough = max(4, (3 * len(reading) + 9) // 10)
    for name, places in reading.appearances.items():
        if len(places) < enough:
            continue
        feelings = [beat.emotions[name] for beat in reading.beats if name in beat.emotions]
        kinds = set(feelings)
        if len(feelings) < 3:
            if any(abs(reading.beats[place].turn) >= TURNS for place in places) or kinds:
                continue
            severity = 0.4
            why = "no feeling is noted and nothing they take part in turns the value at stake"
        elif len(kinds) == 1:
            severity = 0.5
            why = f"feels {_read(feelings[0])} and nothing else"
        elif len(feelings) >= 6 and len(kinds) == 2 and len({_valence(kind) for kind in kinds}) == 1:
            severity = 0.35
            one, other = sorted(_read(kind) for kind in kinds)
            why = f"feels only {one} and {other}, which are much alike"
        else:
            continue
        yield found(
            WeaknessKind.UNCHANGED,
            (name,),
            severity,
            f"{name} does not change in {len(places)} beats from {reading.quote(places[0])} to "
            f"{reading.quote(places[-1])}: {why}.",
            ("revise", "add"),
            beats=reading.ids((places[0], places[-1])),
            characters=(name,),
        )


def absent(reading: Reading) -> Iterator[Weakness]:
    """Someone in the cast who is in no beat, once there are as many beats as people.

    Aristotle, Poetics 8, again: what makes no difference is no part of the whole.
    """
    if len(reading) < max(3, len(reading.cast)):
        return
    for name in reading.cast:
        if name not in reading.appearances:
            yield found(
                WeaknessKind.ABSENT,
                (name,),
                0.3,
                f"{name} is in the cast but in none of the {len(reading)} beats.",
                ("add", "revise"),
                characters=(name,),
            )


def unwitnessed(reading: Reading) -> Iterator[Weakness]:
    """Someone acts for a motive that nobody in the beat has witnessed, nor anything that came of it.

    An action has to follow from what its character knows and intends: Riedl & Young (2010), Narrative
    planning: balancing plot and character (JAIR 39); with beliefs, Shirvani, Ware & Farrell (2017), A
    possible worlds model of belief for state-space narrative planning (AIIDE). It weighs less where they may
    have heard of it, having met someone who knew. Only `motivates` needs knowledge: a storm sinks ships that
    never saw it come.
    """
    links = [
        (reading.at[link.source], reading.at[link.target])
        for link in reading.links
        if link.kind is LinkKind.MOTIVATES
    ]
    suspect = [
        (source, target)
        for source, target in links
        if not earlier(reading.beats[target], reading.beats[source])
        and reading.beats[target].characters
        and not _knows(reading, source, target)
    ]
    if not suspect:
        return
    heard = _hearsay(reading, suspect)
    for source, target in suspect:
        names = reading.beats[target].characters
        who = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        may_know = (source, target) in heard
        hint = (
            "; they may have heard of it from someone they met since, but no link says so" if may_know else ""
        )
        yield found(
            WeaknessKind.UNWITNESSED,
            (reading.beats[source].id, reading.beats[target].id),
            0.3 if may_know else 0.75,
            f"{reading.quote(source)} motivates {reading.quote(target)}, but {who} did not witness it{hint}.",
            ("add", "revise", "unlink"),
            beats=reading.ids(sorted((source, target))),
            characters=names,
        )


def _knows(reading: Reading, source: int, target: int) -> bool:
    """Whether someone in a beat has witnessed another, or before acting something that came of it."""
    signs = [source] + [
        effect
        for link in reading.outgoing[source]
        if link.kind in CAUSAL
        and (effect := reading.at[link.target]) != target
        and (reading.beats[effect].time, effect) < (reading.beats[target].time, target)
    ]
    return any(
        name in reading.beats[sign].seen_by for sign in signs for name in reading.beats[target].characters
    )


def _hearsay(reading: Reading, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of some pairs of beats of which word of the first may have reached those who act in the second.

    Whoever is in a beat may tell all they know to everyone who is there, so this is the most they can know.
    """
    asked: dict[int, list[int]] = {}
    for source, target in pairs:
        asked.setdefault(target, []).append(source)
    # What someone knows is a set of beats, as the bits of a whole number: pooling is one operation.
    bit = {
        place: 1 << i for i, place in enumerate(sorted({place for asks in asked.values() for place in asks}))
    }
    knows: dict[str, int] = {}
    found: set[tuple[int, int]] = set()
    for place in reading.by_time():
        beat = reading.beats[place]
        told = 0
        for name in beat.characters:
            told |= knows.get(name, 0)
        found.update((source, place) for source in asked.get(place, ()) if told & bit[source])
        for name in {*beat.characters, *beat.seen_by}:
            knows[name] = knows.get(name, 0) | told
        for name in beat.seen_by:
            knows[name] |= bit.get(place, 0)
    return found


def _valence(emotion: Emotion) -> int:
    if emotion is Emotion.CALM:
        return 0
    return 1 if emotion in PLEASANT else -1


def _read(emotion: Emotion) -> str:
    return emotion.value.replace("_", " ")
