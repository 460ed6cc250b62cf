"""Whether one thing leads to another."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import CAUSAL, LINK_WORDS, ORDERING, LinkKind
from writersroom.story.reading import RUN, TURNS, Reading, earlier
from writersroom.story.weakness import Weakness, WeaknessKind, found


def nothing_happens(reading: Reading) -> Iterator[Weakness]:
    """There is no beat at all. Aristotle, Poetics 6: without action there is no drama."""
    if not reading.beats:
        yield found(
            WeaknessKind.NOTHING_HAPPENS,
            (),
            1.0,
            "Nothing happens yet: the story has no beat. Say what upsets the life of the main character.",
            ("add",),
        )


def and_then(reading: Reading) -> Iterator[Weakness]:
    """Beats told one after another that nothing leads to.

    Trey Parker and Matt Stone (New York University, 2011): if the words between the beats are "and then", you
    have no story; they should be "therefore" or "but". Before them E. M. Forster, Aspects of the Novel
    (1927): "the king died and then the queen died" is no plot. Beats of the opening that lead to something
    are given circumstances and do not count. Three make a chain, or two of which a link says no more than
    that one precedes the other.
    """
    for run in reading.and_thens:
        idle = sum(not reading.leads_on[place] for place in run)
        yield found(
            WeaknessKind.AND_THEN,
            (reading.beats[run[0]].id,),
            0.45 + 0.2 * idle / len(run) + min(0.15, 0.03 * (len(run) - RUN)),
            f"{reading.quotes(run)} follow one another as “and then”: none of these {len(run)} beats comes "
            "about because of anything before it.",
            ("link", "revise", "cut"),
            beats=reading.ids(run),
        )


def uncaused(reading: Reading) -> Iterator[Weakness]:
    """A beat that leads to something but comes from nowhere.

    Aristotle, Poetics 9-10: what follows must follow by probability or necessity. Coincidence may get
    characters into trouble, not out of it (Emma Coats's nineteenth rule, from Pixar), so the later the worse.
    Silent for the opening, for what happened before it, for setups, for entrances that were announced, and
    where the structure wants the unprepared.
    """
    in_runs = {place for run in reading.and_thens for place in run}
    for place, beat in enumerate(reading.beats):
        if reading.leads_on[place] and reading.from_nowhere[place] and place not in in_runs:
            yield found(
                WeaknessKind.UNCAUSED,
                (beat.id,),
                0.2 + 0.5 * reading.position(place),
                f"Nothing leads to {reading.quote(place)}, {_far(reading, place)} into the story, and yet "
                f"{_effects(reading, place)} {'depend' if _several(reading, place) else 'depends'} on it.",
                ("link", "plant", "add"),
                beats=(beat.id,),
            )


def loose(reading: Reading) -> Iterator[Weakness]:
    """A beat that nothing leads to and that leads to nothing.

    Aristotle, Poetics 8: what makes no difference by its presence or absence is no part of the whole.
    Trabasso & van den Broek (1985), Causal thinking and the representation of narrative events: such events
    are judged unimportant and forgotten. What is part of an "and then" chain is reported there; an only beat,
    not at all; the first may be just an opening image and weighs less.
    """
    in_runs = {place for run in reading.and_thens for place in run}
    for place, beat in enumerate(reading.beats):
        if place in in_runs or reading.leads_on[place] or reading.grounded[place] or len(reading) < 2:
            continue
        yield found(
            WeaknessKind.LOOSE,
            (beat.id,),
            0.5 if place else 0.3,
            f"{reading.quote(place)} hangs loose: nothing leads to it and it leads to nothing.",
            ("link", "merge", "cut"),
            beats=(beat.id,),
        )


def dead_end(reading: Reading) -> Iterator[Weakness]:
    """A beat that was brought about and leads nowhere.

    Trabasso & van den Broek (1985): what lies off the causal chain between opening and outcome is a dead end.
    Silent for payoffs, which may close a line, and for the ending, a sixth and at least two beats.
    """
    ending = len(reading) - max(2, len(reading) // 6)
    for place, beat in enumerate(reading.beats[:ending]):
        if reading.leads_on[place] or not reading.grounded[place]:
            continue
        if any(link.kind is LinkKind.SETS_UP for link in reading.incoming[place]):
            continue
        weighs = abs(beat.turn) >= TURNS or bool(beat.stakes)
        yield found(
            WeaknessKind.DEAD_END,
            (beat.id,),
            (0.5 if weighs else 0.35) - 0.1 * reading.position(place),
            f"{reading.quote(place)} was led up to, but leads nowhere: nothing that comes later comes of it.",
            ("link", "add", "cut"),
            beats=(beat.id,),
        )


def effect_before_cause(reading: Reading) -> Iterator[Weakness]:
    """An effect that happens before its cause; or is told before it, and no time says it is a flashback.

    Telling may turn time round (Genette, Discours du récit, 1972: anachrony), the story's world may not.
    """
    seen: set[tuple[int, int]] = set()
    for link in reading.links:
        source, target = reading.at[link.source], reading.at[link.target]
        if (source, target) in seen or (link.kind not in CAUSAL and link.kind not in ORDERING):
            continue
        cause, effect = reading.beats[source], reading.beats[target]
        places = sorted((source, target))
        about = (cause.id, effect.id)
        if earlier(effect, cause):
            seen.add((source, target))
            said = f"{reading.quote(source)} {LINK_WORDS[link.kind]} {reading.quote(target)}"
            yield found(
                WeaknessKind.EFFECT_BEFORE_CAUSE,
                about,
                0.8,
                f"{said}, but happens after it (time {cause.time:g} after {effect.time:g}).",
                ("revise", "unlink"),
                beats=reading.ids(places),
            )
        elif cause.time == effect.time and target < source and link.kind is not LinkKind.MOTIVATES:
            seen.add((source, target))
            said = f"{reading.quote(source)} {LINK_WORDS[link.kind]} {reading.quote(target)}"
            yield found(
                WeaknessKind.EFFECT_BEFORE_CAUSE,
                about,
                0.4,
                f"{said}, but is told after it; if that is a flashback, let the times say so.",
                ("reorder", "revise", "unlink"),
                beats=reading.ids(places),
            )


def _several(reading: Reading, place: int) -> bool:
    return len({link.target for link in reading.outgoing[place] if link.kind is not LinkKind.PRECEDES}) > 1


def _effects(reading: Reading, place: int) -> str:
    targets = dict.fromkeys(
        reading.at[link.target] for link in reading.outgoing[place] if link.kind is not LinkKind.PRECEDES
    )
    return reading.quotes(sorted(targets))


def _far(reading: Reading, place: int) -> str:
    return f"{100 * reading.position(place):.0f} %"
