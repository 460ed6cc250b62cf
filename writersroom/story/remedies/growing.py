"""How a story that is not weak, only short, may go on."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LinkKind
from writersroom.story.remedies.drafting import STIR, Wish, peak_of
from writersroom.story.remedies.options import add, by_turns, called, pay_off, plant
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.shape import next_point, to_next_point
from writersroom.story.remedies.situation import WANTED, Situation


def going_on(situation: Situation) -> Iterator[Option]:
    """Ways on from a plot that has begun: to the next point, in between, back to what is open, in the end."""
    if next_point(situation) is not None:
        yield from to_next_point(situation)
        yield from _paid_off(situation)
        return
    if not situation.structure.checked and len(situation) < WANTED:
        # No point of a structure has led to an ending yet.
        yield from _aftermath(situation)
    yield from by_turns(
        _complications(situation),
        _paid_off(situation),
        _brought_back(situation),
        _prepared(situation),
        _aftermath(situation),
    )


def _complications(situation: Situation) -> Iterator[Option]:
    """Between two beats, before the peak most of all: what makes the second harder to come by.

    "Yes, but" and "no, and": each step costs more than the one before (Swain, Techniques of the Selling
    Writer, 1965).
    """
    n = len(situation)
    peak = peak_of(situation.structure) or 0.6
    joints = sorted(range(1, n), key=lambda at: abs(at / n - 0.7 * peak))
    for at in joints[:4]:
        before, behind = situation.beats[at - 1], situation.beats[at]
        who = situation.people((*before.characters[:1], *behind.characters), at)
        core = f"Because of {situation.quote(before.id)} it gets harder, and so {situation.quote(behind.id)}"
        more = situation.joined_by(who, at)
        for people in dict.fromkeys((who, more)):
            yield add(
                situation,
                at,
                core,
                f"complicate the way from {before.id} to {behind.id}"
                + ("" if people == who else f", with {called(people[-1:])} too"),
                who=people,
                caused_by=(before.id,),
                causes=(behind.id,),
            )


def _paid_off(situation: Situation) -> Iterator[Option]:
    """What was planted and not yet forgotten on purpose comes back."""
    reading, n = situation.reading, len(situation)
    for place, beat in enumerate(situation.beats[:-1]):
        paid = any(link.kind is LinkKind.SETS_UP for link in reading.outgoing[place])
        if beat.plants and not paid:
            yield pay_off(situation, beat.id, n, who=situation.people(beat.characters, n))


def _brought_back(situation: Situation) -> Iterator[Option]:
    """Those longest away return, because of what they last lived through and of what has just happened."""
    n, last = len(situation), situation.beats[-1]
    for name in [name for name in situation.longest_absent(n) if name not in last.characters][:2]:
        seen = situation.reading.appearances.get(name, [])
        since = situation.beats[seen[-1]].id if seen else None
        why = (
            f"{situation.quote(since)} and {situation.quote(last.id)}" if since else situation.quote(last.id)
        )
        yield add(
            situation,
            n,
            f"{name} comes back because of {why}" if seen else f"{name} steps in because of {why}",
            f"bring {called([name])} back after {last.id}"
            if seen
            else f"bring {called([name])} in after {last.id}",
            who=situation.people((name, *last.characters), n),
            caused_by=tuple(dict.fromkeys(filter(None, (since, last.id)))),
        )


def _prepared(situation: Situation) -> Iterator[Option]:
    """What the tensest beat hangs on is planted early."""
    tensest = max(range(len(situation)), key=lambda place: situation.beats[place].tension)
    beat = situation.beats[tensest]
    if tensest >= 2 and not any(
        link.kind is LinkKind.SETS_UP for link in situation.reading.incoming[tensest]
    ):
        for at in dict.fromkeys((1, 0)):
            yield plant(situation, beat.id, at, who=situation.people(beat.characters, at))


def _aftermath(situation: Situation) -> Iterator[Option]:
    """What comes of the last beat; and of it and an earlier one together."""
    n, last = len(situation), situation.beats[-1]
    who = situation.people(last.characters, n)
    more = situation.joined_by(who, n)
    for people in dict.fromkeys((who, more)):
        yield add(
            situation,
            n,
            f"What comes of {situation.quote(last.id)}",
            f"go on from {last.id}" + ("" if people == who else f", with {called(people[-1:])} too"),
            who=people,
            caused_by=(last.id,),
        )
    idle = [beat for at, beat in enumerate(situation.beats[:-1]) if not situation.reading.leads_on[at]]
    for other in [*idle[-2:], *(beat for beat in situation.beats[:-1][:1] if beat not in idle)]:
        yield add(
            situation,
            n,
            f"{situation.quote(other.id)} and {situation.quote(last.id)} together make it worse",
            f"let {other.id} and {last.id} together make it worse",
            who=situation.people((*other.characters[:1], *last.characters), n),
            caused_by=(other.id, last.id),
            wish=Wish(turn=-STIR),
        )
