"""Ten themes and one of high contrast, and the colours that agents, links and scores have in each.

The colours of a theme's own kind are made from its background, so that they are legible on any: equally
light and equally vivid, apart in hue alone (OKLCH; Ottosson 2020, "A perceptual color space for image
processing"). `tests/tui/test_themes.py` holds each to the 4.5:1 of WCAG 2 on the theme's backgrounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

from textual.theme import BUILTIN_THEMES, Theme

LAMPLIGHT: Final = Theme(
    name="lamplight",
    primary="#7aa2c9",
    secondary="#5b7a99",
    accent="#e0b06c",
    warning="#e0b06c",
    error="#dc7f78",
    success="#8fb98b",
    foreground="#d8d4cb",
    background="#16181b",
    surface="#1b1e22",
    panel="#23272c",
    dark=True,
    variables={"block-cursor-background": "#31506b", "block-cursor-foreground": "#f2efe8"},
)
PAPER: Final = Theme(
    name="paper",
    primary="#2f5f8a",
    secondary="#5c7a96",
    accent="#97591a",
    warning="#97591a",
    error="#a8342c",
    success="#3c7038",
    foreground="#2c2a26",
    background="#f7f3ea",
    surface="#f1ecdf",
    panel="#e6dfce",
    dark=False,
    variables={"block-cursor-background": "#2f5f8a", "block-cursor-foreground": "#ffffff"},
)
CONTRAST: Final = Theme(
    name="high-contrast",
    primary="#00d7ff",
    secondary="#ffffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff8080",
    success="#80ff80",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    text_alpha=1.0,
    variables={
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "text-muted": "#ffffff",
        "text-disabled": "#d0d0d0",
        "border": "#ffffff",
        "border-blurred": "#ffffff",
    },
)

THEMES: Final[Mapping[str, Theme]] = {
    theme.name: theme
    for theme in (
        LAMPLIGHT,
        PAPER,
        *(
            BUILTIN_THEMES[name]
            for name in (
                "nord",
                "gruvbox",
                "tokyo-night",
                "catppuccin-mocha",
                "rose-pine",
                "dracula",
                "catppuccin-latte",
                "flexoki",
            )
        ),
        CONTRAST,
    )
}
"""By name; the first is the default."""

_AGENTS: Final = (250, 60, 150, 335, 200, 100, 295, 20)
"""Hues, in degrees, of the agents in the order of the session's cards; neighbours lie far apart."""
_MEANINGS: Final[Mapping[str, float]] = {
    "link-causes": 30,
    "link-enables": 150,
    "link-motivates": 300,
    "link-precedes": 250,
    "link-sets_up": 85,
    "stance-support": 150,
    "stance-object": 25,
    "stance-amend": 85,
    "score-good": 150,
    "score-fair": 85,
    "score-bad": 25,
}
"""Hues of what else has a colour of its own."""


def colours_of(theme: Theme) -> dict[str, str]:
    """The variables that this program adds to a theme: `agent-1` to `agent-8`, `link-…`, `stance-…`,
    `score-…`, `line` (seams and rules) and `faint` (what may be overlooked)."""
    contrast = theme.name == CONTRAST.name
    lightness, chroma = (0.88, 0.13) if contrast else (0.8, 0.105) if theme.dark else (0.46, 0.12)
    background = theme.background or ("#121212" if theme.dark else "#efefef")
    foreground = theme.foreground or ("#e0e0e0" if theme.dark else "#1f1f1f")
    own = {f"agent-{number}": _oklch(lightness, chroma, hue) for number, hue in enumerate(_AGENTS, 1)}
    own |= {name: _oklch(lightness, chroma, hue) for name, hue in _MEANINGS.items()}
    own["line"] = foreground if contrast else _mixed(background, foreground, 0.22)
    own["faint"] = foreground if contrast else _mixed(background, foreground, 0.62)
    return own


def agent_colour(variables: Mapping[str, str], name: str, agents: Sequence[str] = ()) -> str:
    """The colour of an agent, the same wherever it is named.

    Args:
        variables: `App.theme_variables`.
        name: the agent's.
        agents: all agents in the order of the session's cards (`App.agents`); another gets a colour by its
            name.
    """
    number = agents.index(name) if name in agents else crc32(name.encode("utf-8", "replace"))
    return variables.get(f"agent-{number % len(_AGENTS) + 1}", "")


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    """An sRGB colour of the OKLCH coordinates, less vivid where the screen has none so vivid."""
    while True:
        red, green, blue = _linear(lightness, chroma, hue)
        if chroma <= 0.01 or all(-1e-4 <= channel <= 1.0001 for channel in (red, green, blue)):
            return "#" + "".join(f"{round(255 * _gamma(c)):02x}" for c in (red, green, blue))
        chroma -= 0.005


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
