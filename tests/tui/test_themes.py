"""The themes can be read."""

from __future__ import annotations

import pytest
from textual.color import Color

from writersroom.tui.themes import THEMES, colours_of


def luminance(colour: Color) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_are_ten_and_one_of_high_contrast() -> None:
    assert len(THEMES) == 11
    assert "high-contrast" in THEMES


@pytest.mark.parametrize("name", THEMES)
def test_words_can_be_read_on_every_background(name: str) -> None:
    theme = THEMES[name]
    assert theme.background
    assert theme.foreground
    colours = colours_of(theme)
    assert contrast(theme.foreground, theme.background) >= 4.5
    assert contrast(colours["faint"], theme.background) >= (7.0 if name == "high-contrast" else 3.0)
    assert contrast(colours["line"], theme.background) >= 1.2
