"""A scene's review: the critic judges takes, a note is answered by revisions, the best is kept.

Without a discriminator, or with a model server that cannot score texts, critics ask their yes/no questions of
the takes instead (`write.note`), and the least criticised take is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from writersroom.cast.choices import YES_NO
from writersroom.cast.sheets import SceneSheet, Speech
from writersroom.cast.words import FEELING
from writersroom.critic import collapse, loop, page
from writersroom.critic.game import Game, Lesson, Tokenizing
from writersroom.critic.notes import Finding, findings
from writersroom.critic.selection import Contender, best, coherent, drawn
from writersroom.critic.verdict import GameValue, Verdict
from writersroom.engine.errors import EngineError
from writersroom.events.cautioned import Cautioned
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.room.asking import seed_of
from writersroom.room.listening import Listener
from writersroom.room.moment import Moment, stage
from writersroom.room.reviewing import CRITIC, Review, next_place, quoted, revisions_of, round_of
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Draft, Scene, Standing
from writersroom.room.turns import write
from writersroom.script.errors import ScriptError
from writersroom.script.reading import piece_from_fountain
from writersroom.story.beats import Status

_SHOWN = 6
"""Lines of a scene that its next speaker is shown."""


async def weigh(at: Moment) -> Spoken:
    """The critic judges the takes of a round, and says what comes of it."""
    scene = write.scene_of(at)
    game = at.room.game
    assert game is not None  # only then are there such turns
    try:
        return Spoken(entries=tuple(await _judged(at, game, scene)))
    except EngineError as error:
        return _without_critic(scene, error)


async def note(at: Moment) -> Spoken:
    """A critic takes up what the discriminator minds most in the leading take, as a reader would say it."""
    review, game = _review(at), at.room.game
    if game is None or not review.games:
        return await write.note(at)
    scene = write.scene_of(at)
    draft = scene.takes[at.turn.take]
    try:
        await game.catch_up(_lessons(at.standing))
        (verdict,) = await game.weigh([_text(draft)])
    except EngineError as error:
        return _without_critic(scene, error)
    lines = [line for _, line in draft.lines]
    earlier = [given for _, given in review.notes.values()]
    place, severity = _worst(verdict, lines, avoiding={given.quote for given in earlier})
    quote = lines[place]
    faults = [question.fault for question in at.card.asks("take")]
    offered = findings(verdict, faults, said={given.problem for given in earlier})
    offered = offered or findings(verdict, faults)
    finding = offered[await _chosen(at, quote, offered)]
    body = NoteGiven(
        take=draft.id,
        quote=quote.line,
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
    answered = _review(at).answered
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
    review, scene = _review(at), write.scene_of(at)
    if not review.games or review.best not in scene.takes:
        return await write.lock(at)
    diff = at.standing.graph.copy().set_status(scene.opened.beats, Status.LOCKED)
    count, rounds = sum(draft.written is not None for draft in scene.takes.values()), len(review.games) - 1
    after = f" after {rounds} round{'s' if rounds != 1 else ''} of criticism" if rounds else ""
    how = "reads most human of the coherent ones" if at.room.plan.selection or rounds else "was the first"
    body = SceneLocked(
        scene=scene.opened.scene,
        take=review.best,
        reason=f"Of {count} take{'s' if count != 1 else ''}{after} it {how}.",
    )
    return Spoken(
        entries=(
            Entry(body=body, agent=at.card.name, scene=scene.opened.scene),
            Entry(body=StatusSet(status=Status.LOCKED, diff=diff), scene=scene.opened.scene),
        )
    )


def _without_critic(scene: Scene, error: EngineError) -> Spoken:
    """The writers can do without a critic: what it has judged stands; the rest is left to questions."""
    failed = Failed(where=CRITIC, message=str(error))
    return Spoken(entries=(Entry(body=failed, scene=scene.opened.scene),))


async def _judged(at: Moment, game: Game, scene: Scene) -> list[Entry]:
    """The scores of a round, what was refused, the value of the game and its course."""
    review, plan, where = _review(at), at.room.plan, scene.opened.scene
    await game.catch_up(_lessons(at.standing))
    round = len(review.games)
    leader = scene.takes[review.best] if review.games else None
    new = [
        draft for draft in scene.takes.values() if draft.written is not None and round_of(draft.id) == round
    ]
    first = scene.takes[review.games[0].best] if review.games else new[0]
    drafts = list({draft.id: draft for draft in (first, *([leader] if leader else []), *new)}.values())
    texts = [_text(draft) for draft in drafts]
    verdicts = await game.weigh(texts)
    judged = {
        draft.id: Contender(take=draft.id, text=text, verdict=verdict)
        for draft, text, verdict in zip(drafts, texts, verdicts, strict=True)
    }
    value = game.value([judged[draft.id].verdict for draft in new])
    entries = [Entry(body=_scored(one), scene=where) for one in judged.values()]
    if leader is None:
        leading = judged[new[0].id]
        if plan.selection:
            seed = seed_of(at.room.seed, "selection", where, at.standing.branched)
            leading = drawn(coherent(list(judged.values()), game.floor), seed=seed)
    else:
        kept = [judged[leader.id]]
        for draft in new:
            why = await _refusal(at, game, judged[leader.id], judged[draft.id])
            if why:
                entries.append(_caution(where, round, "refused", why, take=draft.id))
            else:
                kept.append(judged[draft.id])
        leading = best(kept)
    entries += await _valued(at, game, value, leading, judged[first.id])
    return entries


async def _valued(
    at: Moment, game: Game, value: GameValue, leading: Contender, first: Contender
) -> list[Entry]:
    """What the loop does next, and what it warns of once it is through."""
    review, where = _review(at), write.scene_of(at).opened.scene
    round = len(review.games)
    leaders = [*(one.best for one in review.games), leading.take]
    course = loop.course(
        round=round, rounds=at.room.plan.notes, leading=leading, unchanged=loop.unchanged(leaders)
    )
    entries: list[Entry] = []
    gamed = collapse.gamed(first.verdict, leading.verdict)
    found = [] if gamed is None else [gamed]
    if not course.goes_on:
        found += collapse.watched(*_told(at.standing, where, leading.text))
    for one in found:
        entries.append(
            _caution(where, round, one.about, one.message, leading.take, before=one.before, after=one.after)
        )
    body = GameValued(
        scene=where,
        round=round,
        d_human=value.d_human,
        d_take=value.d_take,
        value=value.value,
        loss_d=value.loss_d,
        loss_g=value.loss_g,
        verdict=course.why,
        best=leading.take,
        goes_on=course.goes_on,
        trained=loop.to_be_trained(game.fit, game.learned),
        accuracy=None if game.fit is None else game.fit.accuracy,
    )
    return [*entries, Entry(body=body, scene=where)]


async def _refusal(at: Moment, game: Game, before: Contender, after: Contender) -> str:
    """Why a revision cannot be chosen; empty where it can."""
    why = loop.regressed(before, after, floor=game.floor)
    if why or not at.room.company.continuity:
        return why
    scene = write.scene_of(at)
    old, new = (
        [line for _, line in scene.takes[before.take].lines],
        [line for _, line in scene.takes[after.take].lines],
    )
    changed = [place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a.line != b.line]
    if not changed:
        return "It says the same as the take it revises."
    sure = await asyncio.gather(
        *(_agrees(at, " ".join(lines[place].line for place in changed)) for lines in (old, new))
    )
    return loop.regressed(before, after, floor=game.floor, continuity=(sure[0], sure[1]))


async def _agrees(at: Moment, words: str) -> float:
    """How sure the keeper of the record is that some lines go with what happened, 0..1."""
    card = at.room.company.by_name[at.room.company.continuity[0]]
    asked = card.asks("take") or card.asks("pitch")
    asker = at.asker.heard_by(Listener(), card=card, shared=at.shared)
    answers = await asyncio.gather(
        *(asker.weigh(lambda turn, ask=one.ask: turn.yes_no(subject=words, question=ask)) for one in asked)
    )
    good = [answer[YES_NO.index(one.good)] for one, answer in zip(asked, answers, strict=True)]
    return sum(good) / len(good) if good else 1.0


async def _revised(at: Moment) -> Spoken:
    """A line in place of the one that was criticised, or of the one that answered it."""
    scene, draft = write.scene_of(at), write.draft_of(at)
    answered = _review(at).answered
    assert answered is not None  # only then are there such turns
    criticised = answered[1]
    base = [line for _, line in scene.takes[criticised.take].lines]
    wrong = quoted(base, criticised.quote)
    place = next_place(base, wrong, len(draft.lines))
    assert place is not None
    before = [*(line for _, line in draft.lines), *base[len(draft.lines) : place]]
    old = base[place]
    sheet = SceneSheet(heading=scene.opened.heading)
    said = [Speech(who=one.character, words=one.line, action=one.action) for one in before][-_SHOWN:]
    stands = stage(at, scene.opened, place)
    written = await at.asker.knowing(stands.shared).write(
        lambda turn: turn.line(
            scene=sheet,
            lines=said,
            emotion=FEELING[old.emotion],
            action=old.action,
            to=old.to,
            now=stands.now,
            knows=stands.knows,
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
        await game.catch_up(_lessons(at.standing))
    except EngineError:
        return at  # The next turn that asks the critic itself says so.
    since = _review(at).since
    spoken = [words for event, agent, words in at.standing.said if agent and event <= since]
    return replace(at, asker=at.asker.steered(game.biases(lambda: spoken, engine.token_ids)))


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


def _lessons(standing: Standing) -> list[Lesson]:
    """What D has to have learned by now, in order."""
    lessons: list[Lesson] = []
    for name, review in standing.reviews.items():
        scene = standing.scenes[name]
        for game in review.games:
            texts = [
                _text(draft)
                for draft in scene.takes.values()
                if draft.written is not None and round_of(draft.id) == game.round
            ]
            if game.trained and texts:
                lessons.append(Lesson(scene=name, round=game.round, takes=tuple(texts)))
    return lessons


def _told(standing: Standing, scene: str, leading: str) -> tuple[list[str], list[str]]:
    """The first and the leading take of every scene that was judged, and of this one."""
    first: list[str] = []
    now: list[str] = []
    for name, one in standing.scenes.items():
        review = standing.reviews[name]
        written = [draft for draft in one.takes.values() if draft.written is not None]
        if not written or not (review.games or name == scene):
            continue
        first.append(_text(written[0]))
        now.append(leading if name == scene else _text(one.takes[review.best]))
    return first, now


def _text(draft: Draft) -> str:
    """A take as the critic reads it: as it was last written, by whomever."""
    if draft.written is not None:
        try:
            return page.of_screenplay(piece_from_fountain(draft.written.text))
        except ScriptError:
            pass
    return page.of_lines(line for _, line in draft.lines)


def _scored(one: Contender) -> Scored:
    verdict = one.verdict
    reasons = (verdict.refusal, *verdict.reasons) if verdict.refusal else verdict.reasons
    return Scored(
        take=one.take,
        d=verdict.d,
        d_low=verdict.d_low,
        d_high=verdict.d_high,
        c=verdict.c,
        j=verdict.j,
        reasons=reasons,
        sentences=verdict.sentences,
    )


def _caution(
    scene: str,
    round: int,
    about: collapse.About | str,
    message: str,
    take: str = "",
    *,
    before: float | None = None,
    after: float | None = None,
) -> Entry:
    body = Cautioned.model_validate(
        {
            "scene": scene,
            "round": round,
            "about": about,
            "message": message,
            "take": take,
            "before": before,
            "after": after,
        }
    )
    return Entry(body=body, scene=scene)


def _kept(line: LineSpoken, take: str, scene: Scene) -> Entry:
    """A line that a revision has from the take it revises: nobody speaks it again."""
    return Entry(body=line.model_copy(update={"take": take}), scene=scene.opened.scene)


def _review(at: Moment) -> Review:
    return at.standing.reviews[write.scene_of(at).opened.scene]


def _with_scene(at: Moment, scene: Scene) -> Moment:
    """The moment as if the scene stood otherwise."""
    standing = Standing()
    standing.__dict__.update(at.standing.__dict__)
    standing.scenes = {**at.standing.scenes, scene.opened.scene: scene}
    return replace(at, standing=standing)
