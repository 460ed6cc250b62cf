"""The screenplay of a session as it stands: each scene once, in telling order."""

from __future__ import annotations

from collections.abc import Iterable

from writersroom.cli.title_pages import title_page_of
from writersroom.events import Event
from writersroom.events.edits import with_edits
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.script.build import bound, scene_elements
from writersroom.script.errors import ScriptError, UnreadableScript
from writersroom.script.model import Screenplay
from writersroom.script.reading import piece_from_fountain
from writersroom.view.pages import Page, in_telling_order, played
from writersroom.view.screen import Screen, Window, folded


def screenplay_of(events: Iterable[Event]) -> Screenplay:
    """The screenplay that the events of one branch have come to.

    A scene is its chosen take, or else its last; one without a finished take is what was spoken of the one
    that is furthest.

    Raises:
        ScriptError: a take is no Fountain; the message names it.
    """
    events = list(events)
    screen = folded(events, Screen(window=Window(debate=1, takes=len(events) + 2, texts=len(events) + 1)))
    spoken = _spoken(events)
    pages = in_telling_order(screen.script, screen.plot.order)
    parts = (_scene(page, screen, spoken.get(page.scene, [])) for page in pages)
    page = screen.masthead
    return bound(parts, title_page=title_page_of(page.settings, title=page.title, logline=page.logline))


def _scene(page: Page, screen: Screen, lines: list[LineSpoken]) -> Screenplay:
    if page.best is not None and page.best.text is not None:
        try:
            return piece_from_fountain(page.best.text)
        except ScriptError as error:
            raise UnreadableScript(f"Take {page.best.take} cannot be read as Fountain: {error}") from error
    opened = SceneOpened(
        scene=page.scene, heading=page.heading, beats=page.beats, purpose=page.purpose, synopsis=page.synopsis
    )
    return Screenplay(elements=scene_elements(opened, played(lines), beats=screen.plot.beats))


def _spoken(events: Iterable[Event]) -> dict[str, list[LineSpoken]]:
    """The lines of every scene, as edits left them."""
    scenes: dict[str, list[LineSpoken]] = {}
    for event in with_edits(events):
        if isinstance(event.body, LineSpoken):
            scenes.setdefault(event.body.take.rpartition(".")[0], []).append(event.body)
    return scenes
