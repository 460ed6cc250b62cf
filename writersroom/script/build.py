"""A screenplay from what the room said: scenes opened, lines spoken, beats behind them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.frozen import Frozen
from writersroom.script.model import (
    MAX_HEADING,
    MAX_NAME,
    Action,
    Dialogue,
    DualSpeech,
    Element,
    Heading,
    Parenthetical,
    Screenplay,
    Speech,
    Spoken,
    TitlePage,
)
from writersroom.script.parentheticals import AT_ONCE, parenthetical
from writersroom.script.text import MAX_LINE, clean, without_note_marks
from writersroom.story.beats import Beat, BeatId
from writersroom.story.emotions import Emotion

CONTINUED = "CONT'D"
_DIRECTION = re.compile(r"\(([^()\n]{1,120})\)\s*")
_QUOTES = (('"', '"'), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"))
_STARS = (("*", "*"), ("_", "_"), ("(", ")"), ("[", "]"))


class SceneLines(Frozen):
    """A scene and what is said in it, in order."""

    scene: SceneOpened
    lines: tuple[LineSpoken, ...] = ()
    number: str = ""
    """As it prints beside the heading; empty for none."""


def build_screenplay(
    scenes: Iterable[SceneLines],
    *,
    title_page: TitlePage | None = None,
    beats: Mapping[BeatId, Beat] | None = None,
) -> Screenplay:
    """The screenplay of scenes.

    Args:
        scenes: In the order they are told.
        title_page: The page before them.
        beats: What happens in the scenes; the first line of each is led in by it.
    """
    elements = [
        element
        for scene in scenes
        for element in scene_elements(scene.scene, scene.lines, beats=beats or {}, number=scene.number)
    ]
    return Screenplay(title_page=title_page or TitlePage(), elements=tuple(elements))


def bound(parts: Iterable[Screenplay], *, title_page: TitlePage | None = None) -> Screenplay:
    """One screenplay of many, such as the chosen takes of all scenes; their own title pages are left out."""
    elements = tuple(element for part in parts for element in part.elements)
    return Screenplay(title_page=title_page or TitlePage(), elements=elements)


def scene_elements(
    scene: SceneOpened,
    lines: Sequence[LineSpoken],
    *,
    beats: Mapping[BeatId, Beat] | None = None,
    number: str = "",
) -> tuple[Element, ...]:
    """The heading of a scene and what plays under it.

    What happens is told as an action before the first line of its beat, with what happens before that. Where
    a scene has no synopsis and its lines know no beats, what happens is its synopsis.

    Consecutive lines of one speaker become one speech; a speaker who goes on after an action gets `(CONT'D)`.
    A direction that opens a line, `(softly) Yes.`, becomes a parenthetical; where there is none, a change of
    emotion does that the line doesn't show. A line directed to be spoken at once with the one before it is
    set beside it.
    """
    floor, beats = _Floor(), beats or {}
    untold = [id for id in scene.beats if id in beats]
    for line in lines:
        while line.beat in untold:
            floor.tell(beats[untold.pop(0)].summary)
        floor.give(line)
    if any(line.beat for line in lines):
        beats = {}
    return (_heading(scene, beats, number), *floor.elements)


def _heading(scene: SceneOpened, beats: Mapping[BeatId, Beat], number: str) -> Heading:
    told = [scene.synopsis] if scene.synopsis else [beats[id].summary for id in scene.beats if id in beats]
    synopses = tuple(_fitting(text) for text in told if clean(text).strip())
    text = without_note_marks(" ".join(clean(scene.heading).split()))[:MAX_HEADING]
    if not re.search(r"[^\W_]", text):
        text = f"SCENE {scene.scene}"
    return Heading(text=text, number=number, synopses=synopses)


class _Floor:
    """Who has the floor in a scene, and what has been said so far."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._speaker = ""
        self._emotions: dict[str, Emotion] = {}

    def tell(self, happens: str) -> None:
        """What everybody sees."""
        if text := clean(happens).strip():
            self.elements.append(Action(text=_folded(text)))

    def give(self, line: LineSpoken) -> None:
        """Let a character act and speak."""
        name = cue_name(line.character)
        action = clean(line.action)
        self._act(line.character, action)
        said, at_once = self._said(line, name, action)
        if not said:
            return
        last = self.elements[-1] if self.elements else None
        if isinstance(last, Speech) and last.character == name:
            self.elements[-1] = Speech(character=name, extensions=last.extensions, lines=(*last.lines, *said))
        elif isinstance(last, Speech) and at_once:
            self.elements[-1] = DualSpeech(left=last, right=Speech(character=name, lines=tuple(said)))
        else:
            extensions = (CONTINUED,) if name == self._speaker else ()
            self.elements.append(Speech(character=name, extensions=extensions, lines=tuple(said)))
        self._speaker = name

    def _act(self, character: str, action: str) -> None:
        for paragraph in re.split(r"\n\s*\n", action):
            done = _unwrapped(paragraph.strip(), _STARS)
            if done:
                self.elements.append(Action(text=_folded(_sentence(character, done))))

    def _said(self, line: LineSpoken, name: str, action: str) -> tuple[list[Spoken], bool]:
        """What a line is made of, and whether it is spoken at once with the one before it."""
        text = _unwrapped(clean(line.line).strip(), _QUOTES)
        directions = [_unwrapped(clean(line.parenthetical).strip(), _STARS)]
        while found := _DIRECTION.match(text):
            directions.append(found.group(1))
            text = text[found.end() :]
        directions = [direction.strip() for direction in directions if direction.strip()]
        at_once = any(direction.lower() in AT_ONCE for direction in directions)
        directions = [direction for direction in directions if direction.lower() not in AT_ONCE]
        if not (text or directions):
            return [], False
        before = self._emotions.get(name, Emotion.CALM)
        self._emotions[name] = line.emotion
        if text and not directions:
            felt = parenthetical(before, line.emotion, text, action)
            directions = [felt] if felt else []
        said: list[Spoken] = [Parenthetical(text=_fitting(direction)) for direction in directions]
        if text:
            said.append(Dialogue(text=_folded(text)))
        return said, at_once


def cue_name(name: str) -> str:
    """A character's name as a cue: in capitals, with at least one letter."""
    name = " ".join(re.sub(r"[*\\^()]", " ", clean(name)).split()).upper()
    if not any(character.isalpha() for character in name):
        name = f"VOICE {name}"
    return without_note_marks(name)[:MAX_NAME].strip()


def _unwrapped(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A text without the quotation marks or stars that models put round it."""
    for left, right in pairs:
        inside = text[len(left) : -len(right)]
        if (
            len(text) > 2
            and text.startswith(left)
            and text.endswith(right)
            and not {left, right} & set(inside)
        ):
            return inside.strip()
    return text


def _sentence(character: str, action: str) -> str:
    """An action as a sentence: of `turns away`, it makes `Mara turns away`, with a full stop."""
    if action[0].islower():
        action = f"{' '.join(clean(character).split())} {action}"
    return action if re.search(r"\W$", action) else f"{action}."


def _fitting(text: str) -> str:
    """A text that fits a line; what is beyond is cut."""
    words = " ".join(clean(text).split())
    return words if len(words) <= MAX_LINE // 2 else f"{words[: MAX_LINE // 2]} …"


def _folded(text: str) -> str:
    """A text whose lines fit, broken where they are too long."""
    lines = clean(text).split("\n")
    return "\n".join(part for line in lines for part in (textwrap.wrap(line, MAX_LINE // 2) or [""]))
