"""A face that shows an emotion, drawn in dots: made for cells of a terminal, with or without colour.

What moves in a face when something is felt follows the action units of Ekman & Friesen (Facial Action Coding
System, 1978) as far as brows, lids and a mouth of a few dots can show them; a mood without an emotion moves
the same features a little, by pleasure, arousal and dominance.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi, sin
from typing import Final, NamedTuple

from rich.style import Style

from writersroom.story.characters import Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.tui.panels.canvas import Canvas
from writersroom.tui.panels.panel import Part

WIDTH, HEIGHT = 12, 6
"""Cells of a face."""


class Features(NamedTuple):
    """What moves. All but the marks are -1..1, 0 in a face at rest, unless said otherwise."""

    inner: float = 0.0
    """Inner ends of the brows: 1 raised (grief), -1 drawn down (anger)."""
    outer: float = 0.0
    """Outer ends of the brows."""
    lids: float = 0.6
    """0 shut, 0.6 at rest, 1 wide."""
    mouth: float = 0.0
    """Corners: 1 up, -1 down."""
    open: float = 0.0
    """0 shut, 1 as far as it goes."""
    wide: float = 0.7
    """0.3 pursed .. 1 stretched."""
    skew: float = 0.0
    """One corner higher than the other: a smirk or a sneer."""
    look: float = 0.0
    """Where the eyes go: 1 right, -1 left."""
    down: float = 0.0
    """1 down, -1 up."""
    marks: str = ""
    """`t` a tear, `b` blushing cheeks, `s` sweat, `g` clenched teeth, `h` hearts for eyes."""


FACES: Final[Mapping[Emotion, Features]] = {
    Emotion.CALM: Features(mouth=0.1),
    Emotion.JOY: Features(inner=0.3, outer=0.3, lids=0.0, mouth=1.0, open=0.7, wide=1.0),
    Emotion.DISTRESS: Features(inner=1.0, outer=-0.7, lids=0.4, mouth=-0.9, open=0.0, wide=0.7, marks="t"),
    Emotion.HOPE: Features(inner=0.6, outer=0.4, lids=0.9, mouth=0.5, wide=0.6, down=-1.0),
    Emotion.FEAR: Features(inner=1.0, outer=0.3, lids=1.0, mouth=-0.4, open=0.7, wide=0.9, marks="s"),
    Emotion.SATISFACTION: Features(lids=0.0, mouth=0.6, wide=0.7),
    Emotion.FEARS_CONFIRMED: Features(
        inner=0.9, outer=-0.6, lids=0.5, mouth=-0.6, wide=0.5, down=1.0, marks="s"
    ),
    Emotion.RELIEF: Features(inner=0.5, outer=-0.2, lids=0.0, mouth=0.3, open=0.5, wide=0.4, marks="s"),
    Emotion.DISAPPOINTMENT: Features(
        inner=0.5, outer=-0.3, lids=0.4, mouth=-0.7, wide=0.7, look=-0.8, down=0.6
    ),
    Emotion.HAPPY_FOR: Features(inner=0.4, outer=0.4, lids=0.6, mouth=0.9, open=0.5, wide=0.9),
    Emotion.RESENTMENT: Features(inner=-0.5, outer=0.2, lids=0.3, mouth=-0.5, wide=0.6, look=0.9),
    Emotion.GLOATING: Features(inner=-0.6, outer=0.7, lids=0.4, mouth=0.8, wide=0.9, skew=0.8, look=0.5),
    Emotion.PITY: Features(inner=1.0, outer=-0.5, lids=0.5, mouth=-0.2, wide=0.5, look=0.6, down=0.4),
    Emotion.PRIDE: Features(inner=0.2, outer=0.6, lids=0.3, mouth=0.6, wide=0.8, down=-1.0),
    Emotion.SHAME: Features(
        inner=0.7, outer=-0.4, lids=0.3, mouth=-0.4, wide=0.4, look=-0.4, down=1.0, marks="b"
    ),
    Emotion.ADMIRATION: Features(inner=0.8, outer=0.9, lids=1.0, mouth=0.4, open=0.5, wide=0.4),
    Emotion.REPROACH: Features(inner=-0.7, outer=0.4, lids=0.5, mouth=-0.6, wide=0.8, skew=-0.5),
    Emotion.GRATIFICATION: Features(inner=0.3, outer=0.5, lids=0.0, mouth=1.0, wide=1.0, marks="b"),
    Emotion.REMORSE: Features(inner=1.0, outer=-0.6, lids=0.0, mouth=-0.7, wide=0.5, marks="t"),
    Emotion.GRATITUDE: Features(inner=0.7, outer=0.1, lids=0.0, mouth=0.7, wide=0.6, marks="bt"),
    Emotion.ANGER: Features(inner=-1.0, outer=0.5, lids=0.8, mouth=-0.7, open=0.6, wide=0.9, marks="g"),
    Emotion.LOVE: Features(inner=0.4, outer=0.3, lids=0.7, mouth=0.8, wide=0.7, marks="hb"),
    Emotion.HATE: Features(inner=-1.0, outer=0.8, lids=0.3, mouth=-0.9, wide=1.0, skew=0.7, marks="g"),
}
"""A face of full strength for every emotion there is."""

_SHOWN_FROM: Final = 0.35
"""Strength from which an emotion shows its marks."""


def features(feeling: Feeling, mood: Mood) -> Features:
    """What a face does: mostly what is felt, by how strongly; underneath, the mood."""
    rest = Features(
        inner=-0.5 * mood.dominance - 0.3 * min(0.0, mood.pleasure),
        outer=0.3 * mood.arousal,
        lids=min(1.0, max(0.1, 0.6 + 0.35 * mood.arousal)),
        mouth=0.7 * mood.pleasure,
        open=0.2 * max(0.0, mood.arousal),
        wide=0.7,
        down=-0.8 * mood.dominance if abs(mood.dominance) > 0.4 else 0.0,
    )
    if feeling.emotion is Emotion.CALM:
        return rest
    goal = FACES[feeling.emotion]
    share = 0.4 + 0.6 * min(1.0, max(0.0, feeling.intensity))
    mixed = [a + (b - a) * share for a, b in zip(rest[:-1], goal[:-1], strict=True)]
    if goal.lids == 0.0:
        mixed[2] = 0.0 if share > 0.55 else mixed[2]
    return Features(*mixed, marks=goal.marks if feeling.intensity >= _SHOWN_FROM else "")


def face(moves: Features, skin: Style, mark: Style) -> list[list[Part]]:
    """The face in `HEIGHT` rows of `WIDTH` cells.

    Args:
        moves: what it does.
        skin: its colour.
        mark: that of tears, blushes and the like.
    """
    canvas = Canvas(WIDTH, HEIGHT)
    middle = WIDTH - 0.5
    for step in range(160):
        angle = 2 * pi * step / 160
        canvas.dot(round(middle + 11.4 * cos(angle)), round(11.5 + 11.4 * sin(angle)), skin)
    for side in (-1, 1):
        x = middle + side * 4.5
        _brow(canvas, moves, x, side, skin)
        _eye(canvas, moves, x, skin)
    _mouth(canvas, moves, middle, skin)
    _marks(canvas, moves.marks, middle, mark)
    return [canvas.row(row) for row in range(HEIGHT)]


def _brow(canvas: Canvas, moves: Features, x: float, side: int, style: Style) -> None:
    top = 4.6 - (1.0 if moves.lids > 0.85 else 0.0)
    inner = round(top - 1.6 * moves.inner), round(x - side * 2.4)
    outer = round(top - 1.6 * moves.outer), round(x + side * 2.4)
    canvas.line(inner[1], inner[0], outer[1], outer[0], style)


def _eye(canvas: Canvas, moves: Features, x: float, style: Style) -> None:
    y = 9
    left = round(x - 1.5)
    if "h" in moves.marks:
        for dx, dy in (
            (0, 0),
            (2, 0),
            (3, 0),
            (-1, 0),
            (-1, 1),
            (0, 1),
            (1, 1),
            (2, 1),
            (3, 1),
            (0, 2),
            (1, 2),
            (2, 2),
            (1, 3),
        ):
            canvas.dot(left + dx, y - 1 + dy, style)
        return
    if moves.lids < 0.15:
        bend = 1 if moves.mouth > 0 else -1
        for dx, dy in ((-1, bend), (0, 0), (1, -0), (2, 0), (3, bend)):
            canvas.dot(left + dx, y + dy, style)
        return
    high = 1 if moves.lids < 0.45 else 2 if moves.lids < 0.85 else 4
    if high == 4:  # Wide: the white is seen around the pupil.
        for dx, dy in (
            (0, -2),
            (1, -2),
            (2, -2),
            (3, -2),
            (-1, -1),
            (-1, 0),
            (-1, 1),
            (4, -1),
            (4, 0),
            (4, 1),
        ):
            canvas.dot(left + dx, y + dy, style)
        for dx in range(4):
            canvas.dot(left + dx, y + 2, style)
        shift_x, shift_y = round(moves.look), round(moves.down)
        for dx in (1, 2):
            canvas.dot(left + dx + shift_x, y + shift_y, style)
        return
    if high == 1:
        canvas.line(left - 1, y, left + 4, y, style)  # The upper lid, low over the eye.
    shift = round(1.4 * moves.look)
    fall = round(1.2 * moves.down)
    for dx in (1, 2):
        for dy in range(max(2, high)):
            canvas.dot(left + dx + shift, y + dy + fall, style)


def _mouth(canvas: Canvas, moves: Features, middle: float, style: Style) -> None:
    half = 2.0 + 4.2 * max(0.2, moves.wide)
    y = 17.2 + 0.8 * moves.mouth * -1
    gap = 4.0 * moves.open

    def lip(x: float, drop: float) -> int:
        u = x / half
        curve = moves.mouth * 2.6 * (1 - u * u) - moves.skew * 1.6 * u
        return round(y + curve + drop * (1 - u * u))

    previous: tuple[int, int, int] | None = None
    for step in range(-round(half), round(half) + 1):
        x = round(middle + step)
        upper, lower = lip(step, -gap * 0.3), lip(step, gap * 0.8)
        if previous is not None:
            canvas.line(previous[0], previous[1], x, upper, style)
            if gap > 0.8:
                canvas.line(previous[0], previous[2], x, lower, style)
        previous = (x, upper, lower)
    if "g" in moves.marks:
        for step in range(-round(half) + 1, round(half), 2):
            x = round(middle + step)
            canvas.line(x, lip(step, -gap * 0.3), x, lip(step, max(gap * 0.8, 2.0)), style)
        canvas.line(
            round(middle - half) + 1,
            lip(0, max(gap * 0.8, 2.0)),
            round(middle + half) - 1,
            lip(0, max(gap * 0.8, 2.0)),
            style,
        )


def _marks(canvas: Canvas, marks: str, middle: float, style: Style) -> None:
    if "t" in marks:
        for dy in (12, 13, 15):
            canvas.dot(round(middle - 6.5), dy, style)
        canvas.dot(round(middle - 5.5), 14, style)
        canvas.dot(round(middle - 7.5), 14, style)
    if "b" in marks:
        for side in (-1, 1):
            for step in range(0, 3):
                canvas.dot(round(middle + side * (5.5 + step)), 13 + step % 2, style)
    if "s" in marks:
        for dx, dy in ((8, 3), (8, 4), (7, 5), (9, 5), (8, 6)):
            canvas.dot(round(middle + dx), dy, style)


def small(moves: Features) -> str:
    """The face in five plain characters, where there is no room for dots."""
    eye = "-" if moves.lids < 0.15 else "." if moves.lids < 0.45 else "o" if moves.lids < 0.85 else "O"
    left = right = eye
    if moves.inner < -0.4:
        left, right = ">", "<"
    mouth = "O" if moves.open > 0.45 else "u" if moves.mouth > 0.3 else "n" if moves.mouth < -0.3 else "_"
    return f"({left}{mouth}{right})"
