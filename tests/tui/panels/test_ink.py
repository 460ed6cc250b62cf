"""Colours of every theme can be read, and agents are told apart the same way everywhere."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App
from textual.color import Color

from writersroom.story.characters import Character, CharacterState
from writersroom.tui.panels.ink import READABLE, STRONG, Ink, contrast
from writersroom.tui.themes import CONTRAST, THEMES
from writersroom.view.cast import Member
from writersroom.view.screen import Masthead, Screen


def ink_of(theme: str) -> Ink:
    variables = THEMES[theme].to_color_system().generate()
    return Ink(variables, high_contrast=theme == CONTRAST.name)


def colour(style: Style) -> Color:
    assert style.color is not None
    assert style.color.triplet is not None
    return Color(*style.color.triplet)


@pytest.mark.parametrize("theme", list(THEMES))
def test_every_colour_of_every_theme_can_be_read(theme: str) -> None:
    ink = ink_of(theme)
    goal = STRONG if theme == CONTRAST.name else READABLE
    styles = [ink.dim, ink.accent, ink.good, ink.warn, ink.bad, *(ink.agent(f"a{n}") for n in range(10))]
    styles += [ink.shade(share / 4) for share in range(5)]
    for style in styles:
        assert contrast(colour(style), ink.paper) >= goal - 0.05
    assert contrast(colour(ink.faint), ink.paper) >= 2.5


def test_ten_agents_have_ten_colours() -> None:
    ink = ink_of("lamplight")
    assert len({ink.agent(f"agent {n}") for n in range(10)}) == 10


def test_an_agents_colour_does_not_depend_on_when_it_is_first_heard() -> None:
    cast = {"Mara": Member(character=Character(name="Mara"), state=CharacterState())}
    screen = Screen(masthead=Masthead(agents=("Ada", "Vera")), cast=cast)
    early, late = ink_of("nord"), ink_of("nord")
    early.meet(screen)
    late.meet(screen)
    late.agent("Stranger")
    for name in ("Vera", "Ada", "Mara"):
        assert early.agent(name) == late.agent(name)


def test_many_names_do_not_fill_the_memory_and_known_ones_keep_their_place() -> None:
    ink = ink_of("nord")
    for n in range(600):
        ink.agent(f"name {n}")
    screen = Screen(masthead=Masthead(agents=("Ada",)))
    ink.meet(screen)
    other = ink_of("paper")
    other.know(ink)
    assert other.agent("Ada") == ink_of("paper").agent("first")


def test_a_terminal_with_sixteen_colours_gets_those() -> None:
    variables = App[None]().available_themes["ansi-dark"].to_color_system().generate()
    ink = Ink(variables)
    assert ink.ansi
    names = {style.color.name for style in (ink.good, ink.bad, ink.agent("A"), ink.shade(1)) if style.color}
    assert names == {"green", "red", "cyan"}
    assert ink.between(ink.good, ink.bad, 0.9) == ink.bad
