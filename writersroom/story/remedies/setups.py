"""Options for what is planted and what is harvested: see `detectors.setups`."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import BeatId, LinkKind
from writersroom.story.moves import BeatChange
from writersroom.story.remedies.options import add, called, cut, link, pay_off, plant, reorder, revise, unlink
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.weakness import Weakness


def unpaid_setup(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let it matter later, in a new beat or one there is; or plant nothing."""
    place = situation.place(weakness.beats[0])
    id, n = situation.beats[place].id, len(situation)
    who = situation.people(situation.beats[place].characters, n)
    for at in dict.fromkeys((n, n - n // 4, (place + 1 + n + 1) // 2)):
        if at > place:
            yield pay_off(situation, id, at, who=who)
    more = situation.joined_by(who, n)
    if more != who:
        yield pay_off(situation, id, n, who=(*who[:1], more[-1]) if who else more)
    for effect in _forgotten_by(situation, place):
        yield link(situation, id, effect, LinkKind.SETS_UP)
    yield revise(
        id,
        BeatChange(plants=""),
        f"let {id} plant nothing",
        f"Nothing in {situation.quote(id)} asks to matter later.",
    )
    yield cut(situation, id)


def paid_too_soon(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Tell one of the two further off, put something in between, or plant it earlier as well."""
    setup, payoff = weakness.key.split(":")[1:]
    first, last, n = situation.place(setup), situation.place(payoff), len(situation)
    for at in dict.fromkeys((min(n, last + 2), (last + 1 + n + 1) // 2, n)):
        if at > last + 1:
            yield reorder(situation, payoff, at)
    for at in dict.fromkeys((0, first // 2)):
        if at < first:
            yield reorder(situation, setup, at)
    concerned = (*situation.beats[last].characters, *situation.beats[first].characters)
    who = situation.people(concerned, last)
    core = f"Something else claims attention between {situation.quote(setup)} and {situation.quote(payoff)}"
    for people in dict.fromkeys((who, situation.joined_by(who, last))):
        yield add(
            situation,
            last,
            f"{core}, and leads to the second",
            f"add a beat between {setup} and {payoff} with {called(people[-1:])}"
            if people
            else f"add a beat between {setup} and {payoff}",
            who=people,
            caused_by=(setup,),
            causes=(payoff,),
        )
    for at in dict.fromkeys((0, first // 2)):
        yield plant(situation, payoff, at, who=who)
    yield unlink(situation, setup, payoff, LinkKind.SETS_UP)


def _forgotten_by(situation: Situation, place: int, most: int = 3) -> list[BeatId]:
    """Beats told when a setup is forgotten: first those with the same people, then the last."""
    gap = situation.reading.forgotten_after
    there = set(situation.beats[place].characters)
    later = list(enumerate(situation.beats[place + gap + 1 :]))
    later.sort(key=lambda each: (not there & {*each[1].characters}, -each[0]))
    return [beat.id for _, beat in later[:most]]
