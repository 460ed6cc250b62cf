"""A beat as a box of cells, at each zoom."""

from __future__ import annotations

from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style

from writersroom.story.beats import Beat, Status
from writersroom.tui.panels.cells import filled, fit, line, wrap
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part
from writersroom.tui.panels.routes import Zoom

HEIGHTS: Final = "▁▂▃▄▅▆▇█"
"""Tension, from rest to unbearable."""

_FRAMES: Final = {
    Status.PITCHED: "╭╌╮╎╰╯",
    Status.ADOPTED: "╭─╮│╰╯",
    Status.DRAFTED: "┌─┐│└┘",
    Status.LOCKED: "┏━┓┃┗┛",
    Status.CUT: "╭╌╮╎╰╯",
}
_CHOSEN: Final = "╔═╗║╚╝"
"""Left above, across, right above, down, left below, right below."""


class State(NamedTuple):
    """What is the matter with a beat besides what it says."""

    chosen: bool = False
    """The cursor is on it."""
    pulse: float | None = None
    """How bright it is while it is talked about, 0..1; None while it is not."""
    weak: int = 0
    """How many weaknesses it has part in."""


def height(tension: float) -> str:
    """Tension, -1..1, as the height of a block."""
    return HEIGHTS[min(7, max(0, round((tension + 1) / 2 * 7)))]


def box(beat: Beat, zoom: Zoom, state: State, ink: Ink) -> list[list[Part]]:
    """The lines of a box, each as wide as the zoom says."""
    edge = _edge(state, ink)
    heat = ink.shade((beat.tension + 1) / 2)
    id = fit(line(beat.id), 8)
    signs = f"!{state.weak}" if state.weak else ""
    if state.pulse is not None:
        id = "◆" + id
    match zoom.name:
        case "cards":
            return _card(beat, zoom, state, ink, edge, (id, signs))
        case "titles":
            room = zoom.width - 3 - cell_len(signs)
            face = edge + Style(bold=True, reverse=state.chosen)
            return [
                [
                    (filled(id, room), face),
                    (f" {signs}" if signs else " ", ink.warn),
                    (f" {height(beat.tension)}", heat),
                ],
                [(filled(fit(line(beat.summary), zoom.width), zoom.width), ink.plain + tint(beat, ink))],
            ]
        case _:
            face = (ink.warn if state.weak else edge) + Style(bold=True, reverse=state.chosen)
            return [[(filled(id, zoom.width - 1), face), (height(beat.tension), heat)]]


def tint(beat: Beat, ink: Ink) -> Style:
    """The ground of a box: warmer with tension."""
    if ink.ansi:
        return Style()
    share = (beat.tension + 1) / 2
    heat = ink.shade(share).color
    if heat is None or heat.triplet is None:
        return Style()
    paper = ink.paper
    mixed = (round(p + (h - p) * (0.05 + 0.13 * share)) for p, h in zip(paper.rgb, heat.triplet, strict=True))
    red, green, blue = mixed
    return Style(bgcolor=f"rgb({red},{green},{blue})")


def _edge(state: State, ink: Ink) -> Style:
    if state.chosen:
        return ink.accent
    if state.pulse is None:
        return ink.dim
    if ink.ansi:
        return ink.warn + Style(bold=state.pulse > 0.5)
    return ink.between(ink.dim, ink.warn, state.pulse) + Style(bold=True)


def _card(
    beat: Beat, zoom: Zoom, state: State, ink: Ink, edge: Style, labels: tuple[str, str]
) -> list[list[Part]]:
    id, signs = labels
    left, across, right, down, low_left, low_right = _CHOSEN if state.chosen else _FRAMES[beat.status]
    ground = tint(beat, ink)
    inner = zoom.width - 4
    signs = f" {signs}" if signs else ""
    rule = zoom.width - 7 - cell_len(id) - cell_len(signs)
    heat = ink.shade((beat.tension + 1) / 2)
    top: list[Part] = [
        (f"{left}{across} ", edge),
        (id, edge + Style(bold=True)),
        (f" {across * rule}", edge),
        (signs, ink.warn + Style(bold=True)),
        (f" {height(beat.tension)}", heat),
        (right, edge),
    ]
    room = zoom.height - 2
    said = [*wrap(beat.summary, inner)]
    if len(said) > room:
        said = [*said[: room - 1], fit(f"{said[room - 1]} {said[room]}", inner)]
    middle: list[list[Part]] = [
        [(f"{down}", edge), (f" {filled(text, inner)} ", ink.plain + ground), (f"{down}", edge)]
        for text in (*said, *[""] * room)[:room]
    ]
    who = fit(", ".join(map(line, beat.characters)), inner - 1)
    rest = zoom.width - 5 - cell_len(who) if who else zoom.width - 2
    bottom: list[Part] = (
        [(f"{low_left}{across} ", edge), (who, ink.dim), (f" {across * rest}{low_right}", edge)]
        if who
        else [(f"{low_left}{across * rest}{low_right}", edge)]
    )
    return [top, *middle, bottom]
