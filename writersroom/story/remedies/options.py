"""How each kind of move is put as an option: the move, a label to choose it by, a brief to write it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from writersroom.story.beats import BeatId, LinkKind
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.reading import TURNS
from writersroom.story.remedies.drafting import ANY, Wish, drafted
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.structures import Point
from writersroom.story.text import as_phrase, short

LET = {
    LinkKind.CAUSES: "cause",
    LinkKind.ENABLES: "enable",
    LinkKind.MOTIVATES: "motivate",
    LinkKind.PRECEDES: "precede",
    LinkKind.SETS_UP: "set up",
}
"""How a link is asked for: `let b1 cause b2`."""

_READ = {
    LinkKind.CAUSES: "happens because of",
    LinkKind.ENABLES: "is possible only because of",
    LinkKind.MOTIVATES: "is done because of",
    LinkKind.PRECEDES: "follows",
    LinkKind.SETS_UP: "pays off",
}


def by_turns(*ideas: Iterable[Option]) -> Iterator[Option]:
    """The first of each sort of idea, then the second of each, and so on."""
    for turn in zip_longest(*ideas):
        yield from (option for option in turn if option is not None)


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: `b1, b2 and b3`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def called(names: Sequence[str]) -> str:
    """People as a label names them."""
    return listed([short(name, 24) for name in names])


def titled(point: Point) -> str:
    """A point of a structure as a label names it, without what stands in brackets."""
    return point.name.split(" (")[0]


def brief_of(core: str, draft: BeatDraft) -> str:
    """What a beat must bring about, with whom, where, and whether fortune turns in it."""
    where = f" Place: {draft.place}." if draft.place else ""
    who = f" With {listed(draft.characters)}." if draft.characters else ""
    turn = draft.value_after - draft.value_before
    turns = ""
    if abs(turn) >= TURNS:
        turns = " Things turn for the better." if turn > 0 else " Things turn for the worse."
    return f"{core.rstrip('.')}.{who}{where}{turns}"


def _beat(
    situation: Situation,
    place: int,
    core: str,
    *,
    who: Sequence[str],
    wish: Wish,
    caused_by: Sequence[BeatId] = (),
    causes: Sequence[BeatId] = (),
) -> BeatDraft:
    draft = drafted(situation, place, core, who=who, caused_by=caused_by, causes=causes, wish=wish)
    brief = short(brief_of(core, draft), 2000)
    plants = as_phrase(brief) if wish.plants else ""
    return draft.model_copy(update={"summary": brief, "plants": plants})


def add(
    situation: Situation,
    place: int,
    core: str,
    label: str,
    *,
    who: Sequence[str],
    caused_by: Sequence[BeatId] = (),
    causes: Sequence[BeatId] = (),
    wish: Wish = ANY,
) -> Option:
    """Add a beat at a place; `core` says what happens in it, as far as that is known."""
    draft = _beat(situation, place, core, who=who, caused_by=caused_by, causes=causes, wish=wish)
    move = AddBeat(beat=draft, after=situation.after(place), caused_by=tuple(caused_by), causes=tuple(causes))
    return Option(move=move, label=label, brief=draft.summary, needs_sentence=True)


def plant(
    situation: Situation, payoff: BeatId, place: int, *, who: Sequence[str], wish: Wish = ANY
) -> Option:
    """Show something at a place that makes a later beat possible."""
    core = f"Something is shown in passing, and only later, in {situation.quote(payoff)}, does it matter"
    draft = _beat(situation, place, core, who=who, causes=(payoff,), wish=wish)
    after = situation.after(place)
    where = f"after {after}" if after else "first"
    return Option(
        move=PlantSetup(beat=draft, payoff=payoff, after=after),
        label=f"plant {where} what {payoff} pays off",
        brief=draft.summary,
        needs_sentence=True,
    )


def pay_off(
    situation: Situation, setup: BeatId, place: int, *, who: Sequence[str], wish: Wish = ANY
) -> Option:
    """Let what a beat planted matter in a new one at a place, which is not the first."""
    beat = situation.graph.beat(setup)
    planted = (
        f"“{short(beat.plants, 90).rstrip('.')}”"
        if beat.plants
        else f"what happened in {situation.quote(setup)}"
    )
    draft = _beat(
        situation, place, f"It turns out why {planted} mattered", who=who, caused_by=(setup,), wish=wish
    )
    after = situation.beats[place - 1].id
    told = "in the end" if place == len(situation) else f"after {after}"
    return Option(
        move=PayOffSetup(beat=draft, setup=setup, after=after),
        label=f"pay off {setup} {told} with {called(who)}" if who else f"pay off {setup} {told}",
        brief=draft.summary,
        needs_sentence=True,
    )


def link(situation: Situation, source: BeatId, target: BeatId, kind: LinkKind) -> Option:
    """Join two beats there are."""
    return Option(
        move=AddLink(source=source, target=target, link=kind),
        label=f"let {source} {LET[kind]} {target}",
        brief=f"{situation.quote(target)} {_READ[kind]} {situation.quote(source)}.",
    )


def unlink(situation: Situation, source: BeatId, target: BeatId, kind: LinkKind) -> Option:
    """Part two beats."""
    return Option(
        move=RemoveLink(source=source, target=target, link=kind),
        label=f"let {source} no longer {LET[kind]} {target}",
        brief=f"{situation.quote(target)} no longer {_READ[kind]} {situation.quote(source)}.",
    )


def revise(beat: BeatId, change: BeatChange, label: str, brief: str) -> Option:
    """Change what a beat says. Its sentence stays, unless a writer puts another in `with_summary`."""
    return Option(move=ReviseBeat(beat=beat, change=change), label=label, brief=brief)


def reorder(situation: Situation, beat: BeatId, place: int) -> Option:
    """Tell a beat at a place, counted with the beat still where it is."""
    after = situation.after(place)
    where = f"after {after}" if after else "first"
    told = f"after {situation.quote(after)}" if after else "first of all"
    return Option(
        move=ReorderBeat(beat=beat, after=after),
        label=f"tell {beat} {where}",
        brief=f"{situation.quote(beat)} is told {told}.",
    )


def merge(situation: Situation, beat: BeatId, absorbed: BeatId) -> Option:
    """Make two beats one."""
    one, other = situation.graph.beat(beat), situation.graph.beat(absorbed)
    both = sorted((one, other), key=lambda each: situation.place(each.id))
    sentence = "; ".join(short(each.summary, 900).rstrip(".") for each in both)
    brief = f"One event in which both {situation.quote(both[0].id)} and {situation.quote(both[1].id)} happen."
    return Option(
        move=MergeBeats(beat=beat, absorbed=absorbed, summary=sentence),
        label=f"make {absorbed} part of {beat}",
        brief=brief,
        needs_sentence=True,
    )


def cut(situation: Situation, beat: BeatId) -> Option:
    """Take a beat out."""
    return Option(
        move=CutBeat(beat=beat), label=f"cut {beat}", brief=f"{situation.quote(beat)} never happens."
    )


def turned(situation: Situation, place: int, turn: float) -> Option | None:
    """Let a beat turn the value at stake; None where there is no room for that."""
    beat = situation.beats[place]
    after = min(1.0, max(-1.0, round(beat.value_before + turn, 2)))
    if abs(after - beat.value_before) < min(abs(turn), TURNS) + 0.01:
        return None
    way = "better" if turn > 0 else "worse"
    return revise(
        beat.id,
        BeatChange(value_after=after),
        f"let {beat.id} turn things for the {way}",
        f"In {situation.quote(beat.id)} things turn for the {way}.",
    )


def tightened(situation: Situation, place: int, tension: float) -> Option:
    """Give a beat another tension."""
    beat = situation.beats[place]
    tension = round(min(1.0, max(-1.0, tension)), 2)
    way = "raise" if tension > beat.tension else "ease"
    more = "more" if tension > beat.tension else "less"
    return revise(
        beat.id,
        BeatChange(tension=tension),
        f"{way} the tension of {beat.id} to {tension:g}",
        f"There is {more} to fear in {situation.quote(beat.id)}.",
    )


def moved(situation: Situation, place: int, where: str) -> Option:
    """Let a beat happen somewhere else."""
    beat = situation.beats[place]
    return revise(
        beat.id,
        BeatChange(place=where),
        f"set {beat.id} elsewhere: {short(where, 40)}",
        f"{situation.quote(beat.id)} happens elsewhere: {where}.",
    )


def joined(situation: Situation, place: int, name: str) -> Option:
    """Let someone take part in a beat."""
    beat = situation.beats[place]
    witnesses = None if beat.witnesses is None else tuple(dict.fromkeys((*beat.witnesses, name)))
    return revise(
        beat.id,
        BeatChange(characters=(*beat.characters, name), witnesses=witnesses),
        f"let {called([name])} take part in {beat.id}",
        f"{name} takes part in {situation.quote(beat.id)}.",
    )


def seen(situation: Situation, place: int, name: str) -> Option:
    """Let someone see a beat happen without taking part."""
    beat = situation.beats[place]
    return revise(
        beat.id,
        BeatChange(witnesses=(*beat.seen_by, name)),
        f"let {called([name])} see {beat.id}",
        f"{name} sees how {situation.quote(beat.id)} happens.",
    )
