"""The colours of the panels, made from the theme: calm, told apart, and always readable.

A theme says its foreground, background and one colour of its own; the rest is mixed here, all of one
lightness and strength in OKLCH (Ottosson 2020, "A perceptual color space for image processing"), so that no
agent shouts. Lightness goes as far as the contrast asked for (WCAG 2.2, 1.4.3 and 1.4.6). Nothing in the
panels is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians, sin
from typing import Final

from rich.color import Color as RichColor
from rich.color import blend_rgb
from rich.style import Style
from textual.color import Color

from writersroom.view.screen import Screen

HUES: Final = (250, 55, 150, 330, 195, 95, 290, 25, 125, 220)
"""Of agents, in degrees of OKLCH, neighbours far apart."""

READABLE, STRONG = 4.5, 7.0
"""Contrast with the background: of all themes, and of one for high contrast."""

_ANSI = ("cyan", "yellow", "green", "magenta", "blue", "bright_red", "bright_cyan", "bright_yellow")


class Ink:
    """The styles of a panel under one theme. None has a background but `wash`.

    Args:
        variables: the theme's, as `App.theme_variables` has them.
        high_contrast: whether to go for `STRONG`.
    """

    def __init__(self, variables: Mapping[str, str], *, high_contrast: bool = False) -> None:
        self._agents: dict[str, int] = {}
        self._hues: dict[tuple[float, float], Style] = {}
        self.contrast = STRONG if high_contrast else READABLE
        paper, text = variables.get("background", "#121212"), variables.get("foreground", "#e0e0e0")
        self.ansi = "ansi" in paper or "ansi" in text
        self.paper = Color(18, 18, 18) if self.ansi else Color.parse(paper).with_alpha(1)
        self.text = Color(224, 224, 224) if self.ansi else Color.parse(text).with_alpha(1)
        self.plain = Style() if self.ansi else Style(color=self.text.rich_color)
        self.bold = self.plain + Style(bold=True)
        self.dim = Style(dim=True) if self.ansi else self._grey(self.contrast)
        self.faint = Style(dim=True) if self.ansi else self._grey(self.contrast - 1.6)
        self.accent = self._own(variables.get("primary", "#88c0d0"), "blue") + Style(bold=True)
        self.good = self.hue(150, "green")
        self.warn = self.hue(80, "yellow")
        self.bad = self.hue(25, "red")
        wash = self.paper.blend(self.text, 0.09)
        self.wash = Style() if self.ansi else Style(bgcolor=wash.rich_color)

    def hue(self, degrees: float, ansi: str, chroma: float = 0.11) -> Style:
        """A colour of this hue that can be read; the other where the terminal has its own sixteen."""
        if self.ansi:
            return Style(color=ansi)
        key = (degrees, chroma)
        if key not in self._hues:
            colour = readable(degrees, chroma, self.paper, self.contrast)
            self._hues[key] = Style(color=colour.rich_color)
        return self._hues[key]

    def shade(self, share: float) -> Style:
        """From the colour of rest (0) to that of heat (1): tension."""
        share = min(1.0, max(0.0, share))
        if self.ansi:
            return Style(color=("blue", "cyan", "yellow", "red")[min(3, int(share * 4))])
        step = round(share * 16) / 16
        return self.hue(240 - step * 215, "", 0.06 + 0.09 * step)

    def between(self, one: Style, other: Style, share: float) -> Style:
        """A colour between two: 0 is the one, 1 the other."""
        if (
            one.color is None
            or other.color is None
            or one.color.triplet is None
            or other.color.triplet is None
        ):
            return other if share > 0.5 else one
        mixed = blend_rgb(one.color.triplet, other.color.triplet, share)
        return Style(color=RichColor.from_triplet(mixed))

    def know(self, other: Ink) -> None:
        """Give every agent the place in the row of colours that another ink gave them."""
        self._agents = dict(other._agents)

    def meet(self, screen: Screen) -> None:
        """Give colours to the agents of a session, in the order of its cards, then as they are heard."""
        if len(self._agents) > 500:
            self._agents.clear()  # A file that names ever new agents shall not fill the memory.
        for name in (*screen.masthead.agents, *screen.cast):
            self._agents.setdefault(name, len(self._agents))

    def agent(self, name: str) -> Style:
        """The colour of who speaks."""
        index = self._agents.setdefault(name, len(self._agents))
        return self.hue(HUES[index % len(HUES)], _ANSI[index % len(_ANSI)])

    def _grey(self, contrast: float) -> Style:
        """The foreground, gone as far towards the background as this contrast allows."""
        return Style(color=_mixed(self.text, self.paper, contrast).rich_color)

    def _own(self, colour: str, ansi: str) -> Style:
        if self.ansi or "ansi" in colour:
            return Style(color=ansi)
        return Style(
            color=_lifted(Color.parse(colour).with_alpha(1), self.text, self.paper, self.contrast).rich_color
        )


def contrast(one: Color, other: Color) -> float:
    """WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(degrees: float, chroma: float, paper: Color, goal: float) -> Color:
    """The colour of a hue nearest to middle lightness that has this contrast with the paper."""
    dark = _luminance(paper) < 0.18
    steps: Sequence[int] = range(72, 101, 2) if dark else range(56, -1, -2)
    for lightness in steps:
        colour = _oklch(lightness / 100, chroma, degrees)
        if contrast(colour, paper) >= goal:
            return colour
    return Color(255, 255, 255) if dark else Color(0, 0, 0)


def _mixed(text: Color, paper: Color, goal: float) -> Color:
    for share in range(70, -1, -5):
        colour = text.blend(paper, share / 100)
        if contrast(colour, paper) >= goal:
            return colour
    return text


def _lifted(colour: Color, text: Color, paper: Color, goal: float) -> Color:
    """The colour, mixed with the foreground until it can be read."""
    for share in range(0, 101, 10):
        mixed = colour.blend(text, share / 100)
        if contrast(mixed, paper) >= goal:
            return mixed
    return text


def _luminance(colour: Color) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(lightness: float, chroma: float, degrees: float) -> Color:
    """The sRGB colour, with less chroma where the gamut ends."""
    while True:
        a, b = chroma * cos(radians(degrees)), chroma * sin(radians(degrees))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )
        if chroma < 0.005 or all(-0.001 <= value <= 1.001 for value in linear):
            break
        chroma -= 0.01
    red, green, blue = (round(255 * _encoded(min(1.0, max(0.0, value)))) for value in linear)
    return Color(red, green, blue)


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
