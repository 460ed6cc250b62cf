"""Whether what is planted is harvested.

Source: Anton Chekhov to A. S. Lazarev-Gruzinsky, 1 November 1889: one must not put a loaded rifle on the
stage if no one is thinking of firing it. Robert McKee, Story (1997): setups and payoffs lie far enough apart
that the setup is forgotten, yet comes back when it is paid off.
"""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LinkKind
from writersroom.story.reading import Reading
from writersroom.story.text import short
from writersroom.story.weakness import Weakness, WeaknessKind, found


def unpaid_setup(reading: Reading) -> Iterator[Weakness]:
    """A beat that plants something which never matters. Silent for the last tenth, at least three beats."""
    fresh = len(reading) - max(3, len(reading) // 10)
    for place, beat in enumerate(reading.beats[: max(fresh, 0)]):
        if not beat.plants or any(link.kind is LinkKind.SETS_UP for link in reading.outgoing[place]):
            continue
        planted = "" if beat.plants == beat.summary else f" “{short(beat.plants)}”"
        yield found(
            WeaknessKind.UNPAID_SETUP,
            (beat.id,),
            0.75 - 0.35 * reading.position(place),
            f"{reading.quote(place)} plants{planted or ' something'}, and nothing ever comes of it.",
            ("pay_off", "link", "revise", "cut"),
            beats=(beat.id,),
        )


def paid_too_soon(reading: Reading) -> Iterator[Weakness]:
    """A payoff so close to its only setup that nobody had time to forget it."""
    for place, links in enumerate(reading.incoming):
        setups = [reading.at[link.source] for link in links if link.kind is LinkKind.SETS_UP]
        if not setups or place - min(setups) > reading.forgotten_after:
            continue
        first = min(setups)
        between = place - first - 1
        apart = "right after it" if not between else f"only {between} beat{'s' * (between > 1)} later"
        yield found(
            WeaknessKind.PAID_TOO_SOON,
            (reading.beats[first].id, reading.beats[place].id),
            0.45 - 0.1 * between,
            f"{reading.quote(first)} is paid off by {reading.quote(place)} {apart}; "
            "nobody has had time to forget it.",
            ("reorder", "add"),
            beats=reading.ids((first, place)),
        )
