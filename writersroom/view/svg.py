"""The plot graph as a picture: SVG, one band for each act, links led through the gaps between beats.

All bands share one grid of columns, so a link that runs in gaps alone crosses no beat. A layer is a column;
an act of more layers than fit goes on in a new row, as text does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from writersroom.story.beats import LINK_WORDS, Beat, BeatId, Link, LinkKind, Status
from writersroom.view.graph_formats import COLOURS, DASHES
from writersroom.view.plot import Plot, tidied
from writersroom.view.printable import one_line, wrapped

COLUMNS = 6
BOX_WIDTH, BOX_HEIGHT = 196, 92
GAP_ACROSS, GAP_DOWN = 84, 34
MARGIN = 28
BAND_TITLE = 56
BAND_GAP = 20
LINES, LINE_WIDTH = 4, 28
"""Lines of a summary that a box shows, and their width in characters of mean width."""


class _Box(NamedTuple):
    """Where a beat is drawn: its cell in the grid and its upper left corner."""

    column: int
    x: float
    y: float


class _Band(NamedTuple):
    """Where an act is drawn."""

    act: int
    top: float
    height: float


def svg(plot: Plot, title: str = "") -> str:
    """An SVG 1.1 document of the plot graph, laid out anew.

    Args:
        plot: beats and links.
        title: printed above it, the logline as a rule.
    """
    plot = tidied(plot)
    heading = _wrapped(title, 110, 3)
    top = MARGIN + 22 * len(heading)
    boxes, bands, bottom = _grid(plot, top)
    columns = max((box.column for box in boxes.values()), default=2) + 1
    width = 2 * MARGIN + GAP_ACROSS + max(3, columns) * (BOX_WIDTH + GAP_ACROSS)
    legend = bottom + 10
    height = legend + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" '
        f'viewBox="0 0 {width} {height:.0f}" font-family="Helvetica, Arial, sans-serif">',
        f"<title>{escape(one_line(title, 200)) or 'Plot graph'}</title>",
        f'<rect width="{width}" height="{height:.0f}" fill="#ffffff"/>',
        "<defs>",
        *(_arrowhead(kind) for kind in LinkKind),
        f'<clipPath id="box"><rect width="{BOX_WIDTH - 6}" height="{BOX_HEIGHT}"/></clipPath>',
        "</defs>",
    ]
    for index, line in enumerate(heading):
        parts.append(_text(MARGIN, MARGIN + 8 + 22 * index, line, size=17, weight="bold"))
    for band in bands:
        parts.append(
            f'<rect x="{MARGIN / 2}" y="{band.top:.0f}" width="{width - MARGIN}" height="{band.height:.0f}" '
            'rx="8" fill="#f4f2ee"/>'
        )
        parts.append(_text(MARGIN, band.top + 20, f"Act {band.act}", size=13, weight="bold", fill="#6b6459"))
    parts += [_link(link, index, boxes) for index, link in enumerate(plot.links)]
    parts += [_beat(plot.beats[beat], box) for beat, box in boxes.items()]
    parts.append(_legend(legend))
    parts.append("</svg>\n")
    return "\n".join(parts)


def _grid(plot: Plot, top: float) -> tuple[dict[BeatId, _Box], list[_Band], float]:
    """Where every beat and act is drawn, and where the last act ends."""
    boxes: dict[BeatId, _Box] = {}
    bands: list[_Band] = []
    rows: dict[tuple[int, int], list[tuple[BeatId, int, int]]] = {}
    """Beats with column and slot, by act and row."""
    for beat in plot.told:
        act, layer, slot = plot.places[beat.id]
        rows.setdefault((act, layer // COLUMNS), []).append((beat.id, layer % COLUMNS, slot))
    y = top
    for act in sorted({act for act, _ in rows}):
        start = y
        y += BAND_TITLE
        for row in sorted(key for key in rows if key[0] == act):
            slots = max(slot for _, _, slot in rows[row]) + 1
            for beat, column, slot in rows[row]:
                x = MARGIN + GAP_ACROSS + column * (BOX_WIDTH + GAP_ACROSS)
                boxes[beat] = _Box(column, x, y + slot * (BOX_HEIGHT + GAP_DOWN))
            y += slots * (BOX_HEIGHT + GAP_DOWN)
        bands.append(_Band(act, start, y - start))
        y += BAND_GAP
    return boxes, bands, y


def _beat(beat: Beat, box: _Box) -> str:
    """One box: a strip that shows tension, the id and status, the summary, who is in it."""
    border = {Status.LOCKED: "2.4", Status.DRAFTED: "1.6"}.get(beat.status, "1")
    dashed = ' stroke-dasharray="4 3"' if beat.status is Status.PITCHED else ""
    who = one_line(", ".join(beat.characters), 31)
    parts = [
        f'<g id="{escape(one_line(beat.id, 80), _IN_ATTRIBUTE)}" transform="translate({box.x:g} {box.y:g})">',
        f"<title>{escape(one_line(beat.summary, 2000))}</title>",
        f'<rect width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" fill="#ffffff" stroke="#4a453d" '
        f'stroke-width="{border}"{dashed}/>',
        f'<rect x="1.5" y="6" width="5" height="{BOX_HEIGHT - 12}" rx="2" '
        f'fill="{tension_colour(beat.tension)}"/>',
        '<g clip-path="url(#box)">',
        _text(13, 16, f"{one_line(beat.id, 12)} · {beat.status.value}", size=10, fill="#6b6459"),
        _text(BOX_WIDTH - 8, 16, _value(beat), size=10, fill="#6b6459", anchor="end"),
    ]
    for index, line in enumerate(_wrapped(beat.summary, LINE_WIDTH, LINES)):
        parts.append(_text(13, 32 + 13.5 * index, line, size=11.5))
    if who:
        parts.append(_text(13, BOX_HEIGHT - 7, who, size=10, fill="#6b6459", style="italic"))
    return "\n".join([*parts, "</g>", "</g>"])


def _value(beat: Beat) -> str:
    """The turn of the value at stake, if it turns."""
    if beat.value_before == beat.value_after:
        return ""
    return f"{beat.value_before:+.1f} → {beat.value_after:+.1f}"


def tension_colour(tension: float) -> str:
    """From blue at rest (-1) over grey to red (1), as `#rrggbb`."""
    rest, middle, peak = (70, 120, 190), (205, 200, 190), (190, 40, 30)
    low, high, share = (rest, middle, tension + 1) if tension < 0 else (middle, peak, tension)
    mixed = (round(a + (b - a) * min(1.0, max(0.0, share))) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _link(link: Link, index: int, boxes: Mapping[BeatId, _Box]) -> str:
    """One link: a curve to a near box of the next column, or else a way through the gaps between boxes."""
    if link.source not in boxes or link.target not in boxes:
        return ""
    source, target = boxes[link.source], boxes[link.target]
    # Links that share a gap run beside each other: neighbours in the list far apart, one in thirteen alike.
    lane = (index * 5 % 13 - 6) * 4
    x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT / 2 + lane
    x2, y2 = target.x - 7, target.y + BOX_HEIGHT / 2 + lane
    out, into = x1 + GAP_ACROSS / 2 + lane, target.x - GAP_ACROSS / 2 + lane
    if target.column == source.column + 1 and abs(y2 - y1) <= BOX_HEIGHT + GAP_DOWN:
        middle = (x1 + x2) / 2
        path = f"M{x1:g},{y1:g} C{middle:g},{y1:g} {middle:g},{y2:g} {x2:g},{y2:g}"
    elif target.column == source.column + 1:
        path = _rounded([(x1, y1), (out, y1), (out, y2), (x2, y2)])
    else:
        # The gap next to the target, on the side the link comes from; from a beat in the same row, below it.
        edge = target.y if target.y > source.y else target.y + BOX_HEIGHT + GAP_DOWN
        across = edge - GAP_DOWN / 2 + lane / 2
        path = _rounded([(x1, y1), (out, y1), (out, across), (into, across), (into, y2), (x2, y2)])
    dash = f' stroke-dasharray="{DASHES[link.kind]}"' if link.kind in DASHES else ""
    return (
        f'<path d="{path}" fill="none" stroke="{COLOURS[link.kind]}" stroke-width="1.5"{dash} '
        f'marker-end="url(#{link.kind.value})"/>'
    )


def _rounded(points: Sequence[tuple[float, float]], radius: float = 9) -> str:
    """A path along the points with its corners rounded."""
    path = [f"M{points[0][0]:g},{points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        path.append(f"L{into[0]:g},{into[1]:g} Q{corner[0]:g},{corner[1]:g} {out[0]:g},{out[1]:g}")
    path.append(f"L{points[-1][0]:g},{points[-1][1]:g}")
    return " ".join(path)


def _toward(start: tuple[float, float], end: tuple[float, float], radius: float) -> tuple[float, float]:
    """The point at `radius` from the start on the way to the end, at most half way."""
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    share = min(radius, length / 2) / length if length else 0.0
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _arrowhead(kind: LinkKind) -> str:
    return (
        f'<marker id="{kind.value}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto" markerUnits="userSpaceOnUse">'
        f'<path d="M0,0 L8,4 L0,8 z" fill="{COLOURS[kind]}"/></marker>'
    )


def _legend(y: float) -> str:
    """What the lines and the strips mean."""
    parts: list[str] = []
    x = float(MARGIN)
    for kind in LinkKind:
        dash = f' stroke-dasharray="{DASHES[kind]}"' if kind in DASHES else ""
        parts.append(
            f'<path d="M{x:g},{y + 8:g} h34" stroke="{COLOURS[kind]}" stroke-width="1.5" fill="none"{dash} '
            f'marker-end="url(#{kind.value})"/>'
        )
        parts.append(_text(x + 48, y + 12, LINK_WORDS[kind], size=11, fill="#4a453d"))
        x += 62 + 7 * len(LINK_WORDS[kind])
    for step in range(5):
        colour = tension_colour(step / 2 - 1)
        parts.append(f'<rect x="{x + 12 * step:g}" y="{y + 2:g}" width="12" height="12" fill="{colour}"/>')
    parts.append(_text(x + 68, y + 12, "tension, at rest to unbearable", size=11, fill="#4a453d"))
    return "\n".join(parts)


_IN_ATTRIBUTE = {'"': "&quot;"}


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    fill: str = "#1f1b16",
    weight: str = "",
    style: str = "",
    anchor: str = "",
) -> str:
    extra = f' font-weight="{weight}"' if weight else ""
    extra += f' font-style="{style}"' if style else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{extra}>{escape(text)}</text>'


def _wrapped(text: str, width: int, lines: int) -> list[str]:
    """The text in at most `lines` lines of `width` columns."""
    fitted = wrapped(one_line(text, width * lines * 2), width)
    if len(fitted) > lines:
        fitted = [*fitted[: lines - 1], one_line(f"{fitted[lines - 1]}…", width)]
    return fitted
