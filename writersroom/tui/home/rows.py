"""A session in the list: its title, what it is about, what was said last."""

from __future__ import annotations

from datetime import datetime

from rich.style import Style
from rich.text import Text

from writersroom.archive import SUFFIX, SessionHits, SessionSummary
from writersroom.tui.panels.cells import fit, line
from writersroom.tui.panels.ink import Ink


def summary_row(session: SessionSummary, width: int, ink: Ink, now: datetime) -> Text:
    """Three lines for a session.

    Args:
        session: what is known of it.
        width: cells of a line.
        ink: the theme's.
        now: for how long ago it was.
    """
    stem = line(session.path.name.removesuffix(SUFFIX))
    when = ago(session.modified, now)
    if session.problem:
        head = _ends(stem, when, width, ink.bad, ink)
        return Text("\n").join((head, Text(fit(line(session.problem), width), ink.dim), Text("")))
    turns = f"{session.turns} turn{'' if session.turns == 1 else 's'}"
    parts = [turns]
    if session.branches > 1:
        parts.append(f"{session.branches} branches")
    if session.last_score is not None:
        parts.append(f"D {session.last_score:.2f}")
    head = _ends(line(session.title) or stem, "  ".join((*parts, when)), width, ink.bold, ink, stem)
    about = Text(fit(line(session.logline), width), ink.dim)
    last = Text()
    if session.last_line:
        speaker = f"{fit(line(session.last_speaker), 20)}: " if session.last_speaker else ""
        last.append(speaker, ink.agent(session.last_speaker))
        last.append(fit(line(session.last_line), max(0, width - last.cell_len)), ink.plain)
    return Text("\n").join((head, about, last))


def hits_row(session: SessionHits, width: int, ink: Ink, words: str) -> Text:
    """A session in which words were found, with the places."""
    stem = line(session.path.name.removesuffix(SUFFIX))
    if session.problem:
        head = _ends(stem, "not searched", width, ink.bad, ink)
        return Text("\n").join((head, Text(fit(line(session.problem), width), ink.dim)))
    count = f"{len(session.hits)} place{'' if len(session.hits) == 1 else 's'}"
    title = line(session.title) or line(session.logline) or stem
    rows = [_ends(title, count, width, ink.bold, ink, stem)]
    for hit in session.hits[:3]:
        row = Text(f"turn {hit.turn:<5}", ink.faint)
        row.append(fit(line(hit.excerpt), max(0, width - row.cell_len)), ink.plain)
        for word in words.replace('"', " ").split():
            row.highlight_words([word], ink.accent, case_sensitive=False)
        rows.append(row)
    return Text("\n").join(rows)


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, in two words at most."""
    seconds = max(0.0, (now - then).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago" if seconds < 30 * 86400 else then.strftime("%Y-%m-%d")
    return "just now"


def _ends(left: str, right: str, width: int, style: Style, ink: Ink, stem: str = "") -> Text:
    """A text at the left, another at the right; the file's name between them where that is not the first."""
    right = fit(right, width)
    room = max(0, width - len(right) - 2)
    row = Text(no_wrap=True).append(fit(left, room), style)
    beside = room - row.cell_len - 2
    if stem not in ("", left) and beside > 0:
        row.append("  ").append(fit(stem, beside), ink.faint)
    row.append(" " * (room - row.cell_len + 2)).append(right, ink.dim)
    return row
