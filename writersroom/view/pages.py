"""The script so far as a screen shows it: scenes, their takes, and the text of those that are in sight.

Only the newest texts are held. Of the others the event that has the text is known, to be fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from writersroom.events import Event, EventId
from writersroom.events.edited import Edited, with_text
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId


class Draft(Frozen):
    """A take of a scene."""

    take: str
    event: EventId
    """The event that wrote it."""
    text_from: EventId
    """The event whose `text` is the text: that one, or the last edit of it."""
    text: str | None
    """Fountain; None where it is no longer in memory."""
    turn: int
    round: int = 0
    answers: EventId | None = None
    d: float | None = None
    d_low: float | None = None
    d_high: float | None = None
    c: float | None = None
    j: float | None = None


class Page(Frozen):
    """A scene: what it was opened with, and its takes."""

    scene: str
    opened: EventId = 0
    """The event that opened it, the last where it was opened again."""
    heading: str = ""
    beats: tuple[BeatId, ...] = ()
    characters: tuple[str, ...] = ()
    purpose: str = ""
    synopsis: str = ""
    drafts: tuple[Draft, ...] = ()
    dropped: int = 0
    """Takes that are no longer listed."""
    chosen: str = ""
    """The take it was locked with; empty while it is open."""

    @property
    def best(self) -> Draft | None:
        """The take to read: the chosen one, or else the last; None where that is not listed."""
        if self.chosen:
            return next((draft for draft in self.drafts if draft.take == self.chosen), None)
        return self.drafts[-1] if self.drafts else None


class Script(Frozen):
    """All scenes, in the order in which they were first opened."""

    pages: dict[str, Page] = Field(default_factory=dict)
    texts: tuple[tuple[str, str], ...] = ()
    """Scene and take of every draft whose text is held, oldest first."""


def in_telling_order(script: Script, order: Sequence[BeatId]) -> list[Page]:
    """The scenes as they are read: by the first of their beats that is told.

    Args:
        script: the scenes; those of which no beat is told come last, in the order in which they were opened.
        order: the beats of the plot as they are told.
    """
    told = {beat: index for index, beat in enumerate(order)}
    return sorted(
        script.pages.values(),
        key=lambda page: min((told[beat] for beat in page.beats if beat in told), default=len(told)),
    )


def played(lines: Iterable[LineSpoken]) -> list[LineSpoken]:
    """What has been spoken of a scene without a finished take: the one that is furthest, or the first."""
    takes: dict[str, list[LineSpoken]] = {}
    for line in lines:
        takes.setdefault(line.take, []).append(line)
    return max(takes.values(), key=len) if takes else []


def paged(script: Script, event: Event, *, takes: int, texts: int) -> Script:
    """The script with one more event in it.

    Args:
        script: before the event.
        event: any event; those that have no bearing on the script leave it as it is.
        takes: how many takes of a scene are listed, the chosen one always among them.
        texts: how many takes keep their text.
    """
    body = event.body
    match body:
        case SceneOpened():
            page = _opened(_page(script, body.scene), body)
            return _with_page(script, page.model_copy(update={"opened": event.id, "chosen": ""}))
        case TakeWritten():
            return _bounded(_written(script, event, body), body.scene, takes=takes, texts=texts)
        case Scored():
            return _scored(script, body)
        case SceneLocked():
            page = _page(script, body.scene).model_copy(update={"chosen": body.take})
            return _with_page(script, page)
        case Edited():
            return _edited(script, event, body, texts=texts)
        case _:
            return script


def _page(script: Script, scene: str) -> Page:
    return script.pages.get(scene) or Page(scene=scene)


def _with_page(script: Script, page: Page) -> Script:
    return script.model_copy(update={"pages": script.pages | {page.scene: page}})


def _with_draft(page: Page, draft: Draft) -> Page:
    """The page with a draft put in place of the one of its name, or added."""
    others = page.drafts
    if any(other.take == draft.take for other in others):
        return page.model_copy(update={"drafts": tuple(draft if o.take == draft.take else o for o in others)})
    return page.model_copy(update={"drafts": (*others, draft)})


def _written(script: Script, event: Event, body: TakeWritten) -> Script:
    draft = Draft(
        take=body.take,
        event=event.id,
        text_from=event.id,
        text=body.text,
        turn=event.turn,
        round=body.round,
        answers=body.answers,
    )
    script = _with_page(script, _with_draft(_page(script, body.scene), draft))
    return _newest(script, body.scene, body.take)


def _newest(script: Script, scene: str, take: str) -> Script:
    held = tuple(key for key in script.texts if key != (scene, take))
    return script.model_copy(update={"texts": (*held, (scene, take))})


def _scored(script: Script, body: Scored) -> Script:
    scene = body.take.rpartition(".")[0]
    page = script.pages.get(scene)
    draft = next((d for d in page.drafts if d.take == body.take), None) if page else None
    if page is None or draft is None:
        return script
    measured = {
        name: value
        for name in ("d", "d_low", "d_high", "c", "j")
        if (value := getattr(body, name)) is not None
    }
    return _with_page(script, _with_draft(page, draft.model_copy(update=measured)))


def _opened(page: Page, body: SceneOpened) -> Page:
    """The page with what its scene was opened with."""
    return page.model_copy(update={name: getattr(body, name) for name in _PLAN})


_PLAN = ("heading", "beats", "characters", "purpose", "synopsis")


def _edited(script: Script, event: Event, body: Edited, *, texts: int) -> Script:
    for page in script.pages.values():
        if page.opened == body.target:
            plan = SceneOpened.model_validate({name: getattr(page, name) for name in ("scene", *_PLAN)})
            return _with_page(script, _opened(page, with_text(plan, body.field, body.text)))
        for draft in page.drafts if body.field == "text" else ():
            if draft.event == body.target:
                edited = draft.model_copy(update={"text": body.text, "text_from": event.id})
                script = _with_page(script, _with_draft(page, edited))
                script = _newest(script, page.scene, draft.take)
                return _bounded(script, page.scene, takes=len(page.drafts), texts=texts)
    return script


def _bounded(script: Script, scene: str, *, takes: int, texts: int) -> Script:
    """The script with the oldest takes of a scene, and the oldest texts of all, let go."""
    return holding(listing(script, scene, takes), texts)


def listing(script: Script, scene: str, takes: int) -> Script:
    """The script with the newest takes of a scene alone, the chosen one always among them."""
    page = script.pages[scene]
    excess = len(page.drafts) - takes
    if excess <= 0:
        return script
    spare = [draft.take for draft in page.drafts if draft.take != page.chosen][:excess]
    kept = tuple(draft for draft in page.drafts if draft.take not in spare)
    script = _with_page(
        script,
        page.model_copy(update={"drafts": kept, "dropped": page.dropped + len(page.drafts) - len(kept)}),
    )
    texts = tuple(key for key in script.texts if key[0] != scene or key[1] not in spare)
    return script.model_copy(update={"texts": texts})


def holding(script: Script, texts: int) -> Script:
    """The script with the text of the newest `texts` takes alone."""
    for scene, take in script.texts[: max(0, len(script.texts) - texts)]:
        page = script.pages[scene]
        drafts = tuple(d.model_copy(update={"text": None}) if d.take == take else d for d in page.drafts)
        script = _with_page(script, page.model_copy(update={"drafts": drafts}))
    return script.model_copy(update={"texts": script.texts[max(0, len(script.texts) - texts) :]})
