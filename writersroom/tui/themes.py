"""Ten themes and one of high contrast. What panels draw with is made from them (`panels.ink`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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


def colours_of(theme: Theme) -> dict[str, str]:
    """The variables that this program adds to a theme: `line` for seams, `faint` for what may be missed."""
    background = theme.background or ("#121212" if theme.dark else "#efefef")
    foreground = theme.foreground or ("#e0e0e0" if theme.dark else "#1f1f1f")
    if theme.name == CONTRAST.name:
        return {"line": foreground, "faint": foreground}
    return {"line": _mixed(background, foreground, 0.25), "faint": _mixed(background, foreground, 0.66)}


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
