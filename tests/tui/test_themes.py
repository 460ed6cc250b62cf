"""The colours that each theme is given can be read on its backgrounds."""

from __future__ import annotations

import pytest
from textual.color import Color

from writersroom.tui.themes import THEMES, agent_colour, colours_of


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
def test_every_colour_of_ours_can_be_read(name: str) -> None:
    theme = THEMES[name]
    colours = colours_of(theme)
    least = 7.0 if name == "high-contrast" else 4.5
    assert theme.background
    for colour, value in colours.items():
        if colour in ("line", "faint"):
            continue
        assert contrast(value, theme.background) >= least, (colour, value)
        assert theme.surface
        assert contrast(value, theme.surface) >= min(least, 4.5), (colour, value)


@pytest.mark.parametrize("name", THEMES)
def test_the_agents_of_a_theme_are_told_apart(name: str) -> None:
    colours = colours_of(THEMES[name])
    agents = [Color.parse(colours[f"agent-{number}"]) for number in range(1, 9)]
    for at, one in enumerate(agents):
        for other in agents[:at]:
            assert max(abs(one.r - other.r), abs(one.g - other.g), abs(one.b - other.b)) >= 24


def test_an_agent_has_one_colour() -> None:
    colours = colours_of(THEMES["lamplight"])
    order = ("Ada", "Mara")
    assert agent_colour(colours, "Ada", order) == colours["agent-1"]
    assert agent_colour(colours, "Mara", order) == colours["agent-2"]
    stranger = agent_colour(colours, "\ud800 nobody", order)
    assert stranger in colours.values()
    assert stranger == agent_colour(colours, "\ud800 nobody")
