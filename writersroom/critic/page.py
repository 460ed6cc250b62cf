"""A scene as it is given to the critic: read out as prose, without headings, cues and brackets.

Human fiction, plays and a person's own scripts are brought into the same form, so that no head learns what a
screenplay looks like.
"""

from __future__ import annotations

from collections.abc import Iterable

from writersroom.events.line_spoken import LineSpoken
from writersroom.script.model import Action, Dialogue, DualSpeech, Lyric, Screenplay, Speech


def of_lines(lines: Iterable[LineSpoken]) -> str:
    """The lines of a take: who does something before speaking is named, what is said stands in quotes."""
    return " ".join(_of_line(line) for line in lines)


def of_screenplay(screenplay: Screenplay) -> str:
    """What is done and said in a script, in order."""
    parts: list[str] = []
    for element in screenplay.elements:
        match element:
            case Action():
                parts.append(_one_line(element.text))
            case Speech():
                parts.append(_of_speech(element))
            case DualSpeech():
                parts += [_of_speech(element.left), _of_speech(element.right)]
            case _:
                pass
    return " ".join(part for part in parts if part)


def quoted_line(sentence: str, lines: Iterable[LineSpoken]) -> int | None:
    """The place of the line that a sentence of the page stands in; None where it is in none."""
    wanted = set(_letters(sentence).split())
    best, place = 0.0, None
    for at, line in enumerate(lines):
        there = set(_letters(f"{line.character} {line.action} {line.line}").split())
        share = len(wanted & there) / len(wanted) if wanted else 0.0
        if share > max(best, 0.6):
            best, place = share, at
    return place


def _of_line(line: LineSpoken) -> str:
    done = _one_line(line.action).rstrip(".")
    said = _one_line(line.line)
    if done and not done.startswith(line.character):
        done = f"{line.character} {done}"
    return " ".join(filter(None, (f"{done}." if done else "", f'"{said}"' if said else "")))


def _of_speech(speech: Speech) -> str:
    said = " ".join(_one_line(part.text) for part in speech.lines if isinstance(part, Dialogue | Lyric))
    return f'"{said}"' if said else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return "".join(char.lower() if char.isalnum() else " " for char in text)
