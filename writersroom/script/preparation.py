"""Fountain text made ready for `fountain-py`, so that it finds what the Fountain 1.1 specification asks.

It is read as it stands except where version 0.3 would go wrong:

- a cue it would take for action (names with letters beyond A-Z, `&`, `/` or a curly apostrophe; a cue whose
  first line is in capitals or looks like a heading) is forced with `@`;
- notes inside a line, which it throws away, are moved behind their paragraph;
- comments `/* */` are taken out; one that never ends is text, where it would swallow the rest of the script;
- a heading forced before a letter beyond A-Z, a transition in such letters, and `<` in a centred line are
  made known to it;
- the carets of dual dialogue are taken off, and their lines remembered: it loses notes and lyrics in a pair;
- the title page is read here: it ends one at a key without a value and at one it does not take for a key, and
  keeps the last of two fields of one name. A first line with a colon in it opens a title page only where its
  words can name a field.
"""

from __future__ import annotations

import re

from fountain.parser import FountainParser

from writersroom.frozen import Frozen
from writersroom.script.emphasis import unmarked
from writersroom.script.errors import UnreadableScript
from writersroom.script.fountain import HEADING, LIKE_A_HEADING, TITLE_KEYS
from writersroom.script.model import MAX_HEADING, MAX_NAME, NUMBER, names_a_field, title_key
from writersroom.script.text import GUARD, MAX_LINE, clean, without_note_marks

MAX_TEXT = 2_000_000
"""Characters in a script; a feature film has 200,000."""
MAX_PARAGRAPH = 2_000
"""Lines without an empty one between them."""

# Letters for private use, which `clean` takes out of every text, stand for what fountain-py must not see.
LETTER = "A\ue0f0"
"""Put before a heading that begins with a letter beyond A-Z."""
CENTRED = "\ue0f1"
"""Begins a lyric that is a centred line."""
_NO_TITLE = "[[\ue0f3]]"
"""An empty note, which keeps the first line of the body from being taken for a title page."""
_GAP = "\ue0f2"
"""Where a comment or a note was."""

TITLE_FIELDS = {key.lower(): name for name, key in TITLE_KEYS.items()} | {"authors": "author"}
"""What the model calls the fields of a title page, by their names in lower case."""
_NOTES = "notes"
"""The field that keeps what stands under a key that can name none."""
_FORCED_HEADING = re.compile(r"\.(?=[^\W_])")
_CARETS = re.compile(r"[\s^]*\^\s*$")


class Prepared(Frozen):
    """Text for `fountain-py`, and what it is not shown."""

    text: str
    duals: frozenset[int]
    """Lines of `text`, counted from 1, with a cue that had a caret."""
    title_page: dict[str, str]
    """Fields of the title page by their keys in lower case, with the marks they were written with."""


def prepared(text: str) -> Prepared:
    """Text from anywhere, ready to be read.

    Raises:
        UnreadableScript: It is too large, or a line, a name or a heading is.
    """
    text = clean(text, keep_guard=True)
    _check(text)
    lines = _without_comments(text).split("\n")
    title_end, title_page = _title_page(lines)
    body, duals = _forced(_notes_apart(lines[title_end:]))
    head = [_NO_TITLE, ""]
    return Prepared(
        text="\n".join([*head, *body]),
        duals=frozenset(line + len(head) + 1 for line in duals),
        title_page=title_page,
    )


def _check(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise UnreadableScript(
            f"This text has {len(text):,} characters; a script may have {MAX_TEXT:,}. Cut it into parts."
        )
    run = 0
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        bare = line.strip()
        name = bare.lstrip("@").split("(")[0].rstrip(" ^")
        if bare.startswith("@") and len(name) > MAX_NAME:
            raise UnreadableScript(
                f"a character's name of {len(name):,} characters; at most {MAX_NAME} fit. Shorten it.",
                line=number,
            )
        # Marks and escapes don't count, so a line that could be written can be read; but they count for time.
        if len(line) > MAX_LINE and (len(line) > 3 * MAX_LINE or len(unmarked(line)[0]) > MAX_LINE + 5):
            raise UnreadableScript(
                f"{len(line):,} characters in one line; at most {MAX_LINE:,} fit. Break it up.", line=number
            )
        if len(bare) > MAX_HEADING and not "".join(lines[number : number + 1]).strip():
            length = _heading_length(bare)
            if length > MAX_HEADING:
                raise UnreadableScript(
                    f"a scene heading of {length:,} characters; at most {MAX_HEADING} fit. "
                    "Put what happens on a line of its own.",
                    line=number,
                )
        run = run + 1 if line else 0
        if run > MAX_PARAGRAPH:
            raise UnreadableScript(
                f"more than {MAX_PARAGRAPH:,} lines without an empty one; is this a screenplay?", line=number
            )


def _heading_length(line: str) -> int:
    """Characters of a heading without its dot, number and escapes; 0 where the line is none."""
    forced = _FORCED_HEADING.match(line)
    if not (forced or HEADING.match(line)):
        return 0
    text = unmarked(line[bool(forced) :].rstrip(GUARD))[0]
    return len(NUMBER.sub("", text))


def _without_comments(text: str) -> str:
    """Take out every `/* */`, and the lines that held nothing else."""
    out: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        out += (text[at:start], _GAP)
        at = end + 2
    out.append(text[at:])
    lines = (_closed_up(line) for line in "".join(out).replace("/*", "/\\*").split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _closed_up(line: str) -> str | None:
    """A line without its gaps; None where there was nothing else in it."""
    if _GAP not in line:
        return "" if line == " " else line
    indent = "" if line.startswith(_GAP) else line[: len(line) - len(line.lstrip())]
    bare = line.replace(f" {_GAP} ", " ").replace(_GAP, "").strip()
    return indent + bare if bare else None


def _title_page(lines: list[str]) -> tuple[int, dict[str, str]]:
    """How many lines the title page takes, from the top, and its fields; those without a value are left out.

    What stands under a key that can name no field (`WGA #: 12`, `based on: a story`) is kept as notes, key
    and all.
    """
    start = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    fields: dict[str, list[str]] = {}
    key = ""
    end = start
    while end < len(lines) and lines[end].strip():
        bare = lines[end].strip()
        follows = end + 1 < len(lines) and lines[end + 1].startswith("   ") and bool(lines[end + 1].strip())
        if key and lines[end].startswith("   "):
            fields.setdefault(key, []).append(bare)
        elif not _is_field(bare, first=not key, follows=follows):
            break
        else:
            name, _, value = bare.partition(":")
            key = " ".join(name.lower().split())
            if not _names_a_field(name):
                key, value = _NOTES, bare
            if value.strip():
                fields.setdefault(key, []).append(value.strip())
        end += 1
    return (end if key else 0), {key: "\n".join(values) for key, values in fields.items()}


def _is_field(bare: str, *, first: bool, follows: bool) -> bool:
    """Whether a line is a field of a title page.

    Args:
        bare: the line, stripped.
        first: whether no other was before it; it must then name a field, a known one or one with a value.
        follows: whether its value goes on in the next line.
    """
    name, colon, value = bare.partition(":")
    if not colon or LIKE_A_HEADING.match(bare):
        return False
    said = bool(value.strip()) or follows
    known = name.strip().lower() in FountainParser.TITLE_PAGE_KEYS
    if first:
        return _names_a_field(name) and (said or known)
    return said or known or not (bare.isupper() and bare.endswith((" TO:", " IN:", " OUT:")))


def _names_a_field(name: str) -> bool:
    """Whether words before a colon can name a field: known ones, or words that each begin with a capital."""
    words = name.split()
    capital = all(word[0].isupper() or word[0].isdigit() for word in words)
    known = " ".join(words).lower() in FountainParser.TITLE_PAGE_KEYS
    return (capital or known) and names_a_field(title_key(name))


def _notes_apart(lines: list[str]) -> list[str]:
    """Move each note that shares a line with something else behind its paragraph."""
    out: list[str] = []
    start = 0
    for index in range(len(lines) + 1):
        # A line of spaces does not end a paragraph: it may be a pause in a speech.
        if index == len(lines) or not lines[index]:
            paragraph = lines[start:index]
            if any("[[" in line for line in paragraph):
                paragraph = _paragraph_with_notes_apart("\n".join(paragraph))
            out += paragraph
            if index < len(lines):
                out.append("")
            start = index + 1
    return out


def _paragraph_with_notes_apart(text: str) -> list[str]:
    notes: list[str] = []
    out: list[str] = []
    at = 0
    while (start := text.find("[[", at)) >= 0 and (end := text.find("]]", start + 2)) >= 0:
        while text.startswith("]", end + 2):
            end += 1
        inside = text[start + 2 : end]
        notes.append(f"[[{inside} ]]" if inside.endswith("]") else f"[[{inside}]]")
        out += (text[at:start], _GAP)
        at = end + 2
    out.append(text[at:])
    lines: list[str] = []
    moved: list[str] = []
    for line in without_note_marks("".join(out)).split("\n"):
        here = [notes.pop(0) for _ in range(line.count(_GAP))]
        rest = _closed_up(line)
        if rest is None:
            lines += here
        else:
            lines.append(rest)
            moved += here
    return "\n".join(lines + moved).split("\n")


def _forced(lines: list[str]) -> tuple[list[str], set[int]]:
    """Lines forced into what the specification says they are, and the indices of cues that had a caret."""
    out: list[str] = []
    duals: set[int] = set()
    in_note = in_speech = False
    before = above = ""
    for index, line in enumerate(lines):
        bare = line.strip()
        before, above = above, line
        after = lines[index + 1] if index + 1 < len(lines) else ""
        in_speech = in_speech and bool(line)
        if in_note or bare.startswith("[["):
            in_note = "]]" not in bare
            above = before  # As if the note weren't there: what is under it may be a cue, or no cue.
        elif bare.startswith("@") or (not in_speech and _is_cue(line, before, after)):
            if not bare.startswith("@") and len(bare.split("(")[0].rstrip(" ^")) > MAX_NAME:
                out.append(f"!{bare}")
                continue
            in_speech = True
            name = _CARETS.sub("", bare)
            if name != bare:
                duals.add(index)
            line = name if name.startswith("@") else f"@{name}"
        elif not (in_speech or before.strip()) and line.endswith("  ") and bare.isupper() and bare[0] != ".":
            # Two spaces behind a line in capitals say that it is no cue.
            line = f"!{bare}"
        elif _FORCED_HEADING.match(bare) and not (bare[1].isascii()):
            line = f".{LETTER}{bare[1:]}"
        elif bare.startswith(">") and bare.endswith("<") and len(bare) > 2:
            line = f"~{CENTRED} {bare[1:-1].strip()}"
        elif _is_foreign_transition(bare) and not (before or after):
            line = f"> {bare}"
        elif bare.endswith("^"):
            # No cue; fountain-py might make a pair of it and lose what is between.
            line = f"{line.rstrip()}{GUARD}"
        out.append(line)
    return out, duals


def _is_foreign_transition(bare: str) -> bool:
    return bare.endswith(" TO:") and bare.isupper() and not bare.isascii() and bare[0].isalpha()


def _is_cue(line: str, before: str, after: str) -> bool:
    """Whether a line is a cue that nothing forces: in capitals, an empty line before it, none after."""
    bare = line.strip()
    name = bare.split("(")[0].rstrip(" ^")
    return (
        not before.strip()
        and bool(after.strip())
        and name.isupper()
        and bare[0] not in ".!>~=#"
        and not line.endswith("  ")
        and not name.endswith(":")
        and not HEADING.match(bare)
        and not (HEADING.match(after.strip()) and after.isupper())
    )
