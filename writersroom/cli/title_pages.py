"""A title page, as a session keeps it among its settings: needs neither a plot nor a model."""

from __future__ import annotations

from collections.abc import Mapping

from writersroom.script.model import TitlePage
from writersroom.story.text import short

TITLE_PAGE = "title_page."
"""Before the name of a field of the title page, among a session's settings."""

LOGLINE = "Logline"
"""The field of a title page, of no standard, in which a logline is kept."""

_FIELDS = TitlePage.model_fields.keys() - {"title", "more"}


def title_page_settings(page: TitlePage) -> dict[str, str]:
    """All that a title page says besides title and logline, so that an export says it again."""
    fields = {name: getattr(page, name) for name in _FIELDS} | page.more
    return {f"{TITLE_PAGE}{name}": text for name, text in fields.items() if text and name != LOGLINE}


def title_page_of(settings: Mapping[str, object], *, title: str, logline: str) -> TitlePage:
    """The title page of a session, with what the one of the script said from which it was made."""
    said = {
        name.removeprefix(TITLE_PAGE): _fitting(str(text))
        for name, text in settings.items()
        if name.startswith(TITLE_PAGE)
    }
    known = {name: text for name, text in said.items() if name in _FIELDS}
    more = {name: text for name, text in said.items() if name not in known}
    if logline:
        more[LOGLINE] = _fitting(logline)
    return TitlePage.model_validate({**known, "title": _fitting(title), "more": more})


def _fitting(text: str) -> str:
    """A text whose lines fit a title page."""
    return "\n".join(short(line, 1000) for line in text.splitlines())
