"""Dramatic structures as data: which points a story is expected to have, where, and what happens there.

Positions are shares of the telling, 0 the start and 1 the end. They are ranges, because the sources give
either single marks or none: a mark is widened by about a tenth to each side, and where a source only counts
parts, the parts are taken as equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from writersroom.frozen import Frozen


class Expectation(StrEnum):
    """What can be read off a plot graph at a point. See `detectors.shape`."""

    STIR = "stir"
    """The value at stake moves a little: something has begun."""
    TURN = "turn"
    """The value at stake turns."""
    LOW = "low"
    """The value at stake is at its lowest, and below zero."""
    OUTCOME = "outcome"
    """The value at stake turns, or stands at its highest or lowest: it is decided."""
    PEAK = "peak"
    """The tension is at its highest."""
    TWIST = "twist"
    """Something comes in that nothing led to: a beat without cause, a new place, a new face."""


class Point(Frozen):
    """One point of a structure."""

    key: str
    name: str
    start: float = Field(ge=0, le=1)
    end: float = Field(ge=0, le=1)
    what: str
    """What is expected there, for a writer and for a prompt."""
    expects: Expectation | None = None
    """What the graph must show within the range; None where no figure could tell."""
    weight: float = Field(default=0.5, ge=0, le=1)
    """Severity of its absence."""


class Structure(Frozen):
    """A way to build a story."""

    key: str
    name: str
    source: str
    points: tuple[Point, ...] = ()
    rises_to: tuple[float, float] | None = None
    """Where the tension should stand higher than at the start; None: it need not rise."""
    welcomes_twist: tuple[float, float] | None = None
    """Where a beat without cause is wanted."""
    act_ends: tuple[float, ...] = (0.25, 0.75)
    """Where all acts but the last end; unless said otherwise as in Syd Field, Screenplay (1979): a quarter, a
    half, a quarter."""

    @property
    def checked(self) -> tuple[Point, ...]:
        """The points that a graph can be checked for."""
        return tuple(point for point in self.points if point.expects is not None)


THREE_ACT = Structure(
    key="three_act",
    name="Three acts with five turning points",
    source=(
        "Michael Hauge, Writing Screenplays That Sell (1988): five turning points at 10, 25, 50, 75 and 90 "
        "to 99 %; as defined in Papalampidi, Keller & Lapata (2019), Movie Plot Analysis via Turning Point "
        "Identification (EMNLP). The acts are Syd Field's, Screenplay (1979)."
    ),
    points=(
        Point(
            key="opportunity",
            name="Opportunity",
            start=0.0,
            end=0.2,
            what="After the setting and the main characters are shown, an event opens a possibility.",
            expects=Expectation.STIR,
            weight=0.55,
        ),
        Point(
            key="change_of_plans",
            name="Change of plans",
            start=0.15,
            end=0.35,
            what="The goal of the story is set; from here the action rises.",
            expects=Expectation.TURN,
            weight=0.5,
        ),
        Point(
            key="midpoint",
            name="Point of no return (midpoint)",
            start=0.4,
            end=0.6,
            what="The main character commits fully; there is no way back.",
            expects=Expectation.TURN,
            weight=0.6,
        ),
        Point(
            key="major_setback",
            name="Major setback",
            start=0.65,
            end=0.85,
            what="Everything falls apart, for a while or for good.",
            expects=Expectation.LOW,
            weight=0.55,
        ),
        Point(
            key="climax",
            name="Climax",
            start=0.8,
            end=1.0,
            what="The final event of the main story, which decides it.",
            expects=Expectation.PEAK,
            weight=0.7,
        ),
    ),
    rises_to=(0.6, 0.95),
)


def _page(first: float, last: float) -> tuple[float, float]:
    """Snyder counts pages of a screenplay of 110."""
    return max(0.0, first / 110), min(1.0, last / 110)


def _cat(
    key: str,
    name: str,
    pages: tuple[float, float],
    what: str,
    expects: Expectation | None = None,
    weight: float = 0.5,
) -> Point:
    start, end = _page(*pages)
    return Point(key=key, name=name, start=start, end=end, what=what, expects=expects, weight=weight)


SAVE_THE_CAT = Structure(
    key="save_the_cat",
    name="Save the Cat",
    source=(
        "Blake Snyder, Save the Cat! (2005), beat sheet for 110 pages; single pages are widened by about a "
        "tenth where something is checked there."
    ),
    points=(
        _cat("opening_image", "Opening image", (0, 1), "A picture of the hero's world before it changes."),
        _cat("theme_stated", "Theme stated", (3, 7), "Someone says, in passing, what the story is about."),
        _cat("set_up", "Set-up", (1, 10), "The hero, the flaw, and all that will matter later are shown."),
        _cat(
            "catalyst", "Catalyst", (4, 22), "Something happens to the hero.", Expectation.STIR, weight=0.55
        ),
        _cat("debate", "Debate", (12, 25), "The hero doubts: dare I?"),
        _cat(
            "break_into_two",
            "Break into two",
            (17, 36),
            "The hero chooses to leave the old world.",
            Expectation.TURN,
        ),
        _cat("b_story", "B story", (28, 36), "A second line, often of love, that carries the theme."),
        _cat("fun_and_games", "Fun and games", (30, 55), "The promise of the premise is kept."),
        _cat(
            "midpoint",
            "Midpoint",
            (44, 66),
            "A false victory or a false defeat; the stakes rise.",
            Expectation.TURN,
            weight=0.6,
        ),
        _cat("bad_guys_close_in", "Bad guys close in", (55, 75), "Forces outside and within tighten."),
        _cat(
            "all_is_lost",
            "All is lost",
            (66, 88),
            "The opposite of the midpoint, with a whiff of death.",
            Expectation.LOW,
            weight=0.55,
        ),
        _cat("dark_night", "Dark night of the soul", (75, 85), "The hero has no answer."),
        _cat(
            "break_into_three",
            "Break into three",
            (75, 96),
            "What was learnt in the B story opens the way.",
            Expectation.TURN,
        ),
        _cat(
            "finale",
            "Finale",
            (85, 110),
            "The old order is beaten with what was learnt.",
            Expectation.PEAK,
            weight=0.7,
        ),
        _cat("final_image", "Final image", (109, 110), "The opposite of the opening image."),
    ),
    rises_to=(0.55, 0.98),
)

KISHOTENKETSU = Structure(
    key="kishotenketsu",
    name="Kishōtenketsu",
    source=(
        "The four parts of the Chinese regulated quatrain (qǐ chéng zhuǎn hé, Yang Zai, 14th century) as "
        "used for East Asian prose and comics; equal parts, the third widened. It asks for no conflict, so "
        "nothing here looks at tension."
    ),
    points=(
        Point(
            key="ki", name="Ki (introduction)", start=0.0, end=0.25, what="Characters and place are shown."
        ),
        Point(
            key="sho", name="Shō (development)", start=0.25, end=0.5, what="What was shown goes on, deeper."
        ),
        Point(
            key="ten",
            name="Ten (twist)",
            start=0.45,
            end=0.8,
            what="Something from elsewhere comes in, unprepared, and lights up the rest.",
            expects=Expectation.TWIST,
            weight=0.7,
        ),
        Point(
            key="ketsu",
            name="Ketsu (conclusion)",
            start=0.75,
            end=1.0,
            what="The two are brought together.",
        ),
    ),
    act_ends=(0.25, 0.5, 0.75),
    welcomes_twist=(0.45, 0.8),
)

FREYTAG = Structure(
    key="freytag",
    name="Freytag's pyramid",
    source=(
        "Gustav Freytag, Die Technik des Dramas (1863): five parts and three crises (exciting force, tragic "
        "force, force of final suspense). He gives no shares; the parts are fifths, after the five acts."
    ),
    points=(
        Point(
            key="exposition",
            name="Introduction",
            start=0.0,
            end=0.2,
            what="Time, place, people and mood are given.",
        ),
        Point(
            key="exciting_force",
            name="Exciting force",
            start=0.05,
            end=0.35,
            what="A feeling or will arises, or an opposing power acts, and the movement begins.",
            expects=Expectation.STIR,
            weight=0.55,
        ),
        Point(
            key="climax",
            name="Climax",
            start=0.4,
            end=0.65,
            what="The rising movement comes to its decisive result and fortune turns.",
            expects=Expectation.TURN,
            weight=0.7,
        ),
        Point(
            key="falling",
            name="Falling action",
            start=0.6,
            end=0.8,
            what="The counter-play gains power over the hero.",
        ),
        Point(
            key="catastrophe",
            name="Catastrophe",
            start=0.8,
            end=1.0,
            what="The action closes with what it has been leading to.",
            expects=Expectation.OUTCOME,
            weight=0.6,
        ),
    ),
    act_ends=(0.2, 0.4, 0.6, 0.8),
    rises_to=(0.4, 0.65),
)

NONE = Structure(
    key="none",
    name="No structure",
    source="The story follows no model; only what holds for any causal plot is looked at.",
    rises_to=(0.6, 0.95),
)

STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {structure.key: structure for structure in (THREE_ACT, SAVE_THE_CAT, KISHOTENKETSU, FREYTAG, NONE)}
)
"""By key."""


def structure_named(key: str) -> Structure:
    """The structure with this key.

    Raises:
        ValueError: there is none; the message names those there are.
    """
    try:
        return STRUCTURES[key]
    except KeyError:
        raise ValueError(f"There is no structure {key!r}; choose one of {', '.join(STRUCTURES)}.") from None
