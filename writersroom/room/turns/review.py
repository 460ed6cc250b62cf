"""A scene's review: after the takes are judged (`judge`), a note is answered by revisions, the best is kept.

Without a discriminator, or with a model server that cannot score texts, critics ask their yes/no questions of
the takes instead (`write.note`), and the least criticised take is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from writersroom.cast.words import FEELING
from writersroom.critic import page
from writersroom.critic.features.narrative import SAID, theme_said
from writersroom.critic.game import Tokenizing
from writersroom.critic.notes import Finding, findings
from writersroom.critic.verdict import Verdict
from writersroom.engine.errors import EngineError
from writersroom.events import EventId
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.room.moment import Moment, speeches, stage
from writersroom.room.pages import rewritten
from writersroom.room.reviewing import next_place, quoted, revisions_of, round_of
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Draft, Scene, Standing
from writersroom.room.turns import write
from writersroom.room.turns.judge import lessons, review_of, text_of, without_critic
from writersroom.story.beats import Status

_SHOWN = 6
"""Lines of a scene that its next speaker is shown."""


async def note(at: Moment) -> Spoken:
    """A critic takes up what the discriminator minds most in the leading take, as a reader would say it."""
    review, game = review_of(at), at.room.game
    if game is None or not review.games:
        return await write.note(at)
    scene = write.scene_of(at)
    draft = scene.takes[at.turn.take]
    try:
        await game.catch_up(lessons(at.standing))
        (verdict,) = await game.weigh([text_of(draft)])
    except EngineError as error:
        return without_critic(scene, str(error))
    lines = [line for _, line in draft.lines]
    earlier = [given for _, given in review.notes.values()]
    place, severity = _worst(verdict, lines, avoiding={given.quote for given in earlier})
    quote = lines[place]
    faults = [question.fault for question in at.card.asks("take")]
    argued = theme_said(at.shared.theme, [quote.line]) >= SAID
    offered = findings(verdict, faults, said={given.problem for given in earlier}, theme_said=argued)
    offered = offered or findings(verdict, faults)
    finding = offered[await _chosen(at, quote, offered)]
    body = NoteGiven(
        take=draft.id,
        quote=quote.line,
        place=place,
        problem=finding.says,
        advice=finding.asks.replace("{who}", quote.character),
        severity=severity,
        adopted=True,
    )
    names = revisions_of(scene.opened.scene, len(review.games), at.room.plan.revisions)
    kept = [_kept(line, name, scene) for name in names for line in lines[:place]]
    return Spoken(entries=(Entry(body=body, agent=at.card.name, scene=scene.opened.scene), *kept))


async def line(at: Moment) -> Spoken:
    """A line of a first take, or one that a revision needs written again."""
    at = await _steered(at)
    return await (_revised(at) if round_of(at.turn.take) else write.line(at))


async def take(at: Moment) -> Spoken:
    """The lines of a take as a page; of a revision, with the note that it answers."""
    answered = review_of(at).answered
    if not round_of(at.turn.take) or answered is None:
        return await write.take(at)
    scene, draft = write.scene_of(at), write.draft_of(at)
    base = [line for _, line in scene.takes[answered[1].take].lines]
    missing = base[len(draft.lines) :]
    lines = [*draft.lines, *((0, line) for line in missing)]
    whole = replace(scene, takes={**scene.takes, draft.id: Draft(draft.id, lines)})
    written = await write.take(_with_scene(at, whole))
    entries = [
        entry.model_copy(
            update={
                "body": entry.body.model_copy(
                    update={"round": round_of(draft.id), "answers": answered[0]},
                )
            }
        )
        if isinstance(entry.body, TakeWritten)
        else entry
        for entry in written.entries
    ]
    return Spoken(entries=(*entries, *(_kept(line, draft.id, scene) for line in missing)))


async def lock(at: Moment) -> Spoken:
    """The take that leads is kept, and its beats with it."""
    review, scene = review_of(at), write.scene_of(at)
    if not review.games or review.best not in scene.takes:
        return await write.lock(at)
    diff = at.standing.graph.copy().set_status(scene.opened.beats, Status.LOCKED)
    count, rounds = sum(draft.written is not None for draft in scene.takes.values()), len(review.games) - 1
    after = f" after {rounds} round{'s' if rounds != 1 else ''} of criticism" if rounds else ""
    how = "was the first"
    if at.room.plan.selection or rounds:
        how = "reads most human of those that hold together"
        how += " and make nothing worse" if review.refused else ""
    reason = f"Of {count} take{'s' if count != 1 else ''}{after} it {how}."
    if review.games[-1].goes_on and rewritten(at.standing, scene, scene.takes[review.best]):
        reason += " A person rewrote its page, and nobody revises that."
    body = SceneLocked(scene=scene.opened.scene, take=review.best, reason=reason)
    return Spoken(
        entries=(
            Entry(body=body, agent=at.card.name, scene=scene.opened.scene),
            Entry(body=StatusSet(status=Status.LOCKED, diff=diff), scene=scene.opened.scene),
        )
    )


async def _revised(at: Moment) -> Spoken:
    """A line in place of the one that was criticised, or of the one that answered it."""
    scene, draft = write.scene_of(at), write.draft_of(at)
    answered = review_of(at).answered
    assert answered is not None  # only then are there such turns
    criticised = answered[1]
    base = [line for _, line in scene.takes[criticised.take].lines]
    wrong = quoted(base, criticised)
    place = next_place(base, wrong, len(draft.lines))
    assert place is not None
    before = [*(line for _, line in draft.lines), *base[len(draft.lines) : place]]
    old = base[place]
    said = speeches(before)[-_SHOWN:]
    stands = stage(at, scene.opened, place)
    sheet = stands.sheet(scene.opened.heading, said)
    written = await at.asker.knowing(stands.shared).write(
        lambda turn: turn.line(
            sheet,
            emotion=FEELING[old.emotion],
            action=old.action,
            to=old.to,
            note=criticised.advice if place == wrong else "",
        )
    )
    new = {"take": draft.id, "line": written.text if written.fit else old.line, "thought": ""}
    body = old.model_copy(update=new)
    last = next_place(base, wrong, place + 1) is None
    where = scene.opened.scene
    return Spoken(
        entries=(
            *(_kept(line, draft.id, scene) for line in base[len(draft.lines) : place]),
            Entry(body=body, agent=at.card.name, scene=where, trace=written.trace),
            *(_kept(line, draft.id, scene) for line in (base[place + 1 :] if last else ())),
        )
    )


async def _steered(at: Moment) -> Moment:
    """The moment with the lean that D gives the writers, where that is wanted and possible."""
    game, engine = at.room.game, at.room.engine
    if game is None or not at.room.plan.steering or not isinstance(engine, Tokenizing):
        return at
    try:
        await game.catch_up(lessons(at.standing))
    except EngineError:
        return at  # The next turn that asks the critic itself says so.
    since = review_of(at).since
    steered = game.biases(since, lambda: _lines(at.standing, since), engine.token_ids)
    return replace(at, asker=at.asker.steered(steered))


def _lines(standing: Standing, since: EventId) -> list[str]:
    """What the writer had people say up to an event. What a revision keeps of its take is said once."""
    return [
        line
        for scene in standing.scenes.values()
        for line in {
            line.line: None
            for draft in scene.takes.values()
            if not standing.has_words_of_a_person(draft.id)
            for event, line in draft.lines
            if event <= since
        }
    ]


async def _chosen(at: Moment, quote: LineSpoken, offered: Sequence[Finding]) -> int:
    """Which finding the critic takes up."""
    if len(offered) == 1:
        return 0
    return await at.asker.pick(
        lambda turn: turn.choose(
            question=f'{quote.character}: "{quote.line}"',
            lead_in=f"{at.card.name}:",
            options=[one.says for one in offered],
        )
    )


def _worst(verdict: Verdict, lines: Sequence[LineSpoken], *, avoiding: set[str]) -> tuple[int, float]:
    """The line in which the most machine-like sentence stands, and how machine-like that is.

    A line that an earlier note quoted comes only after all others, and so does one without words.
    """
    found: list[tuple[int, float]] = []
    for sentence, score in verdict.sentences:
        place = page.quoted_line(sentence, lines)
        if place is not None:
            found.append((place, min(1.0, max(0.0, score))))
    found += [(place, 0.5) for place in range(len(lines))]
    fresh = [one for one in found if lines[one[0]].line not in avoiding and lines[one[0]].line.strip("… ")]
    return (fresh or found)[0]


def _kept(line: LineSpoken, take: str, scene: Scene) -> Entry:
    """A line that a revision has from the take it revises: nobody speaks it again."""
    return Entry(body=line.model_copy(update={"take": take}), scene=scene.opened.scene)


def _with_scene(at: Moment, scene: Scene) -> Moment:
    """The moment as if the scene stood otherwise."""
    standing = Standing()
    standing.__dict__.update(at.standing.__dict__)
    standing.scenes = {**at.standing.scenes, scene.opened.scene: scene}
    return replace(at, standing=standing)
