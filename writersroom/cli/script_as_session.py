"""What a finished script is as a session: its bible, a plot graph of its scenes, and each scene as a take.

Nothing here is guessed by a model. What cannot be read off the page (who wants what, what a beat is worth) is
left open, for the room to argue over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from writersroom.cli.title_pages import LOGLINE, title_page_settings
from writersroom.events import Body
from writersroom.events.convened import Convened
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.script import Screenplay, to_fountain
from writersroom.script.model import Action, Dialogue, Element, Heading, Section, Speech, speeches
from writersroom.story.beats import BeatId, LinkKind, Status
from writersroom.story.characters import Character, Voice
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, AddLink, BeatDraft, Move
from writersroom.story.text import one_line, short

SUMMARY = 240
"""Characters of a beat's summary."""

EXAMPLES = 4
"""Lines that show how a character talks."""


class _Scene(NamedTuple):
    """A scene with all that is printed since the one before, so that no element of the script is lost."""

    heading: Heading
    before: tuple[Element, ...]
    """Sections, and what stands before the first heading."""
    elements: tuple[Element, ...]

    @property
    def printed(self) -> tuple[Element, ...]:
        return (*self.before, self.heading, *self.elements)


def session_start(screenplay: Screenplay, *, logline: str = "", name: str = "") -> SessionStarted:
    """The first event.

    Args:
        screenplay: the script.
        logline: None is on most title pages, so it can be given; one there is taken otherwise.
        name: title where the script has none.
    """
    page = screenplay.title_page
    title = one_line(page.title) or one_line(name)
    fields = title_page_settings(page)
    return SessionStarted(
        logline=one_line(logline) or one_line(page.more.get(LOGLINE, "")),
        title=title,
        structure="none",
        settings={"imported": True, **fields},
    )


def session_bodies(screenplay: Screenplay) -> list[Body]:
    """All further events, in order: bible, beats and their order, scenes and takes."""
    scenes = _scenes(screenplay)
    cast = _Cast(screenplay)
    bodies: list[Body] = [Convened(title=one_line(screenplay.title_page.title), characters=cast.characters)]
    graph, last = PlotGraph(), None
    beats: list[tuple[BeatId, ...]] = []
    for index, (scene, act) in enumerate(zip(scenes, _acts(scenes), strict=True)):
        own: list[BeatId] = []
        for summary in _summaries(scene, cast):
            draft = BeatDraft(
                summary=summary,
                characters=cast.present(scene),
                place=short(_place(scene.heading.text), 400),
                act=act,
                time=float(index),
            )
            added = _committed(graph, AddBeat(beat=draft, after=last))
            new = added.diff.after[0].beat.id
            bodies.append(added)
            if last is not None:
                bodies.append(_committed(graph, AddLink(source=last, target=new, link=LinkKind.PRECEDES)))
            own.append(new)
            last = new
        beats.append(tuple(own))
    for number, (scene, ids) in enumerate(zip(scenes, beats, strict=True), start=1):
        bodies += _scene_bodies(f"s{number}", scene, ids, cast)
    diff = graph.set_status(graph.ids(), Status.DRAFTED)
    bodies.append(StatusSet(status=Status.DRAFTED, diff=diff, reason="the script has these scenes"))
    return bodies


def _committed(graph: PlotGraph, move: Move) -> MoveCommitted:
    return MoveCommitted(move=move, diff=graph.apply(move))


def _scene_bodies(name: str, scene: _Scene, beats: tuple[BeatId, ...], cast: _Cast) -> Iterator[Body]:
    yield SceneOpened(
        scene=name,
        heading=scene.heading.text,
        beats=beats,
        characters=cast.present(scene),
        synopsis="\n".join(scene.heading.synopses),
    )
    text = to_fountain(Screenplay(elements=scene.printed))
    yield TakeWritten(scene=name, take=f"{name}.t1", text=text)
    yield SceneLocked(scene=name, take=f"{name}.t1", reason="as the script has it")


def _scenes(screenplay: Screenplay) -> list[_Scene]:
    """The scenes; what stands between them goes to the next, what follows the last to that."""
    scenes: list[_Scene] = []
    heading: Heading | None = None
    before: list[Element] = []
    elements: list[Element] = []
    for element in screenplay.elements:
        if isinstance(element, Heading):
            if heading is None:
                before, elements = elements, []
            else:
                own = next((at for at, e in enumerate(elements) if isinstance(e, Section)), len(elements))
                scenes.append(_Scene(heading, tuple(before), tuple(elements[:own])))
                before, elements = elements[own:], []
            heading = element
        else:
            elements.append(element)
    if heading is not None:
        scenes.append(_Scene(heading, tuple(before), tuple(elements)))
    return scenes


class _Cast:
    """Everybody who speaks, and who of them is in a scene."""

    def __init__(self, screenplay: Screenplay) -> None:
        self._names: dict[str, str] = {}
        """By cue. Cues that differ in case alone are one character."""
        folded: dict[str, str] = {}
        lines: dict[str, list[str]] = {}
        for speech in speeches(screenplay.elements):
            name = self._names.setdefault(speech.character, _name(speech.character))
            name = self._names[speech.character] = folded.setdefault(name.casefold(), name)
            said = lines.setdefault(name, [])
            if len(said) < EXAMPLES:
                said += _telling(speech)
        self._words = {name: frozenset(_words(name)) for name in lines}
        self._lines = lines

    @property
    def characters(self) -> tuple[Character, ...]:
        """The bible's entries: names, and lines that show how they talk."""
        return tuple(
            Character(name=name, voice=Voice(examples=tuple(said[:EXAMPLES])))
            for name, said in self._lines.items()
        )

    def speaking(self, scene: _Scene) -> tuple[str, ...]:
        """Who speaks in a scene, in the order of their first cue."""
        return tuple(dict.fromkeys(self._names[speech.character] for speech in speeches(scene.elements)))

    def present(self, scene: _Scene) -> tuple[str, ...]:
        """Who speaks in a scene, then who is named in what is seen."""
        seen = frozenset(
            word for element in scene.elements if isinstance(element, Action) for word in _words(element.text)
        )
        named = (name for name, words in self._words.items() if words and words <= seen)
        return tuple(dict.fromkeys([*self.speaking(scene), *named]))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _telling(speech: Speech) -> list[str]:
    """Lines of some length."""
    said = (one_line(line.text) for line in speech.lines if isinstance(line, Dialogue))
    return [short(line, 160) for line in said if len(line) > 20]


def _name(cue: str) -> str:
    """A cue as a name: capitals only at the beginning of words."""
    name = one_line(cue)
    cased = " ".join(_capitalised(word) for word in name.split()) if name.isupper() else name
    return cased if 0 < len(cased) <= 80 else name


def _capitalised(word: str) -> str:
    """`MARA` as `Mara`, `O'NEIL` as `O'Neil`, `JEAN-LUC` as `Jean-Luc`, `2ND` as `2nd`."""
    lower = word.lower()
    return re.sub(r"(?<![^\W_])[^\W\d_](?!$)|^[^\W\d_]$", lambda first: first.group().upper(), lower)


def _summaries(scene: _Scene, cast: _Cast) -> list[str]:
    """What happens, one text for each beat: the synopses, or else what is seen, or else who talks."""
    if synopses := [short(one_line(text), SUMMARY) for text in scene.heading.synopses if one_line(text)]:
        return synopses
    seen = one_line(" ".join(element.text for element in scene.elements if isinstance(element, Action)))
    if seen:
        return [_first_sentences(seen)]
    spoken = speeches(scene.elements)
    who = " and ".join(cast.speaking(scene))
    first = next((line.text for speech in spoken for line in speech.lines if isinstance(line, Dialogue)), "")
    return [
        short(f"{short(who, 100)}: “{short(one_line(first), 120)}”" if first else scene.heading.text, SUMMARY)
    ]


def _first_sentences(text: str) -> str:
    """As many whole sentences as fit a summary; a part of the first where none does."""
    ends = [match.end() for match in re.finditer(r"[.!?…][\"'\u201d\u2019)]*(?=\s|$)", text[: SUMMARY + 1])]
    fitting = [end for end in ends if 40 <= end <= SUMMARY]
    if fitting and len(text) > SUMMARY:
        return text[: fitting[-1]]
    return short(text, SUMMARY)


_INSIDE = re.compile(r"^(?:INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)[.\s]\s*", re.IGNORECASE)


def _place(heading: str) -> str:
    """Where a scene plays, without inside or outside and without the time of day."""
    place = _INSIDE.sub("", heading)
    return one_line(place.rpartition(" - ")[0] or place)


_ACT = re.compile(r"\bact\s+(one|two|three|four|five|iv|v|i{1,3}|\d{1,2})\b", re.IGNORECASE)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}


def _acts(scenes: Sequence[_Scene]) -> list[int]:
    """The act of each scene: as sections say, or else by where it begins, a quarter, a half and a quarter."""
    acts: list[int] = []
    said = False
    for scene in scenes:
        act = acts[-1] if acts else 1
        for element in scene.before:
            if isinstance(element, Section) and (found := _ACT.search(element.text)):
                word = found.group(1).lower()
                act, said = max(1, _NUMBERS.get(word) or int(word)), True
        acts.append(act)
    if said:
        return acts
    lengths = [_length(scene) for scene in scenes]
    whole, begun = sum(lengths), 0
    for index, length in enumerate(lengths):
        share = begun / whole
        acts[index] = 1 if share < 0.25 else 2 if share < 0.75 else 3
        begun += length
    return acts


def _length(scene: _Scene) -> int:
    """Characters that are printed, at least 1."""
    spoken = (line.text for speech in speeches(scene.elements) for line in speech.lines)
    seen = (element.text for element in scene.elements if isinstance(element, Action))
    return 1 + sum(map(len, spoken)) + sum(map(len, seen))
