"""What stands around the map of the plot: the curve of tension above, below what a box has no room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.style import Style

from writersroom.story.beats import LINK_WORDS, Beat, BeatId, LinkKind
from writersroom.tui.panels.boxes import height
from writersroom.tui.panels.cells import fit, line, wrap
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part
from writersroom.view.plot import Plot

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness

SAMPLES: Final = {
    LinkKind.CAUSES: "━",
    LinkKind.ENABLES: "─",
    LinkKind.MOTIVATES: "╌",
    LinkKind.PRECEDES: "┈",
    LinkKind.SETS_UP: "═",
}
LEGEND: Final = (
    "━ causes  ─ enables  ╌ motivates  ┈ precedes  ═ sets up.  ◆ is talked about, ! is weak, ▁▄█ tension."
)


def tension_curve(told: Sequence[Beat], cursor: BeatId, weak: int, width: int, ink: Ink) -> list[Part]:
    """The tension of every beat in the order of telling; several in one column where they are many."""
    count = f" {len(told)} beat{'s' if len(told) != 1 else ''}"
    label = f"{count}, !{weak} weak" if weak else count
    room = max(1, width - len(label) - 11)
    step = max(1, -(-len(told) // room))
    parts: list[Part] = [(" tension ", ink.dim)]
    for at in range(0, len(told), step):
        run = told[at : at + step]
        here = any(beat.id == cursor for beat in run)
        tallest = max(run, key=lambda beat: beat.tension)
        style = ink.accent + Style(underline=True) if here else ink.shade((tallest.tension + 1) / 2)
        parts.append((height(tallest.tension), style))
    return [*parts, (label, ink.dim)]


def weakness_rows(
    weakness: Weakness, where: tuple[int, int], *, meant: bool, width: int, ink: Ink
) -> list[list[Part]]:
    """What is weak, how severely, and the evidence.

    Args:
        weakness: the one to tell of.
        where: which it is, of how many.
        meant: whether a person wants it so.
        width: columns.
        ink: colours.
    """
    name = weakness.kind.value.replace("_", " ")
    head: list[Part] = [
        ("! ", ink.warn + Style(bold=True)),
        (name, ink.bold),
        (f"  {weakness.severity:.0%} severe · weakness {where[0]} of {where[1]}", ink.dim),
    ]
    if meant:
        head.append(("  · meant so", ink.good + Style(bold=True)))
    return [head, *([(text, ink.plain)] for text in wrap(weakness.evidence, width))]


def beat_rows(plot: Plot, beat: Beat, weak: Iterable[Weakness], width: int, ink: Ink) -> list[list[Part]]:
    """A beat in full: where it stands, what happens, what it hangs on, what is weak about it."""
    turns = f" · {beat.value_before:+.1f} → {beat.value_after:+.1f}" if beat.turn else ""
    made = plot.made.get(beat.id, 0)
    facts = [f"act {beat.act}", beat.status.value, line(beat.place), f"turn {made}" if made else ""]
    head: list[Part] = [
        (line(beat.id), ink.accent),
        (f" {' · '.join(filter(None, facts))}{turns} · tension ", ink.dim),
        (height(beat.tension), ink.shade((beat.tension + 1) / 2)),
    ]
    rows: list[list[Part]] = [head]
    rows += [[(words, ink.bold)] for words in wrap(beat.summary, width)[:2]]
    links = link_words(plot, beat.id)
    rows += [[(fit(links, width), ink.plain)]] if links else []
    rows += [[("! ", ink.warn), (fit(line(found.evidence), width - 2), ink.plain)] for found in weak]
    for verb, said in (("plants", beat.plants), ("at stake:", beat.stakes)):
        rows += [[(fit(f"{verb} {line(said)}", width), ink.dim)]] if said else []
    return rows


def link_words(plot: Plot, beat: BeatId) -> str:
    """What leads to a beat and what it leads to; empty where nothing does."""
    ways = [f"{line(link.source)} {SAMPLES[link.kind]}▶" for link in plot.incoming.get(beat, ())]
    ways.append(line(beat))
    ways += [
        f"{SAMPLES[link.kind]}▶ {line(link.target)} ({LINK_WORDS[link.kind]})"
        for link in plot.outgoing.get(beat, ())
    ]
    return "  ".join(ways) if len(ways) > 1 else ""
