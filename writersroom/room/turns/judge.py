"""The critic judges the takes of a round: scores, what is refused, the value of the game, what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from writersroom.cast.choices import YES_NO
from writersroom.critic import collapse, loop, page, rubric
from writersroom.critic.errors import CriticError
from writersroom.critic.features.narrative import narrative
from writersroom.critic.game import Game, Lesson
from writersroom.critic.selection import Contender, best, coherent, drawn
from writersroom.critic.verdict import GameValue
from writersroom.engine.errors import EngineError
from writersroom.events.cautioned import Cautioned
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.scored import Scored
from writersroom.room.asking import seed_of
from writersroom.room.listening import Listener
from writersroom.room.moment import Moment
from writersroom.room.reviewing import CRITIC, Review, round_of
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Draft, Scene, Standing
from writersroom.room.turns import write
from writersroom.script.errors import ScriptError
from writersroom.script.reading import piece_from_fountain


async def weigh(at: Moment) -> Spoken:
    """The critic judges the takes of a round, and says what comes of it."""
    review, scene = review_of(at), write.scene_of(at)
    game = at.room.game
    assert game is not None  # only then are there such turns
    written = {draft.id: draft for draft in scene.takes.values() if draft.written is not None}
    new = [draft for draft in written.values() if round_of(draft.id) == len(review.games)]
    # Beside the takes of the round: the one that led at first, and the one that leads.
    held_against = [review.games[0].best, review.best] if review.games else []
    drafts = list({draft.id: draft for draft in (*(written[take] for take in held_against), *new)}.values())
    texts = [text_of(draft) for draft in drafts]
    try:
        await game.catch_up(lessons(at.standing))
        verdicts = dict(zip((draft.id for draft in drafts), await game.weigh(texts), strict=True))
        of_round = [verdicts[draft.id] for draft in new]
        if not any(verdict.judged for verdict in of_round):
            return without_critic(scene, f"No take of this round can be judged. {of_round[0].refusal}")
        value = game.value(of_round)
    except (EngineError, CriticError) as error:
        return without_critic(scene, str(error))
    judged = {
        draft.id: Contender(take=draft.id, text=text, verdict=verdicts[draft.id])
        for draft, text in zip(drafts, texts, strict=True)
    }
    return Spoken(entries=tuple(await _judged(at, judged, [draft.id for draft in new], value)))


def review_of(at: Moment) -> Review:
    """The review of the scene that is worked on."""
    return at.standing.reviews[write.scene_of(at).opened.scene]


def lessons(standing: Standing) -> list[Lesson]:
    """What D has to have learned by now, in order. What a person wrote is no machine's, and not among it.

    It learns a scene's takes once the scene is locked: of two takes the one that it has learned would lose to
    the other for that alone, so those that are compared are judged by one D that has learned none of them.
    """
    lessons: list[Lesson] = []
    for name, review in standing.reviews.items():
        scene = standing.scenes[name]
        if scene.locked is None:
            continue
        for game in review.games:
            texts = [
                text_of(draft)
                for draft in scene.takes.values()
                if draft.written is not None
                and round_of(draft.id) == game.round
                and not standing.has_words_of_a_person(draft.id)
            ]
            if game.trained and texts:
                lessons.append(Lesson(scene=name, round=game.round, takes=tuple(texts)))
    return lessons


def text_of(draft: Draft) -> str:
    """A take as the critic reads it: as it was last written, by whomever."""
    if draft.written is not None:
        try:
            return page.of_screenplay(piece_from_fountain(draft.written.text))
        except ScriptError:
            pass
    return page.of_lines(line for _, line in draft.lines)


def without_critic(scene: Scene, why: str) -> Spoken:
    """The writers can do without a critic: what it has judged stands; the rest is left to questions."""
    return Spoken(entries=(Entry(body=Failed(where=CRITIC, message=why), scene=scene.opened.scene),))


async def _judged(
    at: Moment, judged: Mapping[str, Contender], new: Sequence[str], value: GameValue
) -> list[Entry]:
    """The scores of a round, what was refused, the value of the game and its course."""
    review, game, where = review_of(at), at.room.game, write.scene_of(at).opened.scene
    assert game is not None
    ranks = await _ranked(at, {one.take: one.text for one in judged.values()})
    entries = [Entry(body=_scored(one, ranks.get(one.take)), scene=where) for one in judged.values()]
    if not review.games:
        leading = first = judged[new[0]]
        if at.room.plan.selection:
            seed = seed_of(at.room.seed, "selection", where, at.standing.branched)
            leading = drawn(coherent(list(judged.values()), game.floor), seed=seed)
    else:
        leader, first = judged[review.best], judged[review.games[0].best]
        kept = [leader]
        for take in new:
            compared = (ranks[leader.take], ranks[take]) if ranks else None
            why = await _refusal(at, game, leader, judged[take], compared)
            if why:
                entries.append(_caution(where, len(review.games), "refused", why, take=take))
            else:
                kept.append(judged[take])
        leading = best(kept)
    return [*entries, *_valued(at, value, leading, first, learned=game.learned)]


def _valued(
    at: Moment, value: GameValue, leading: Contender, first: Contender, *, learned: int
) -> list[Entry]:
    """What the loop does next, and what it warns of once it is through."""
    review, scene = review_of(at), write.scene_of(at)
    where = scene.opened.scene
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
    near = collapse.gathered(*_anew(review, scene))
    if near is not None:
        entries.append(_caution(where, round, near.about, near.message, before=near.before, after=near.after))
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
        trained=loop.to_be_trained(value.accuracy, learned),
        accuracy=value.accuracy,
        narrative=narrative(
            at.standing.graph,
            theme=at.shared.theme,
            lines=[line.line for _, line in scene.takes[leading.take].lines],
        ).as_mapping(),
    )
    return [*entries, Entry(body=body, scene=where)]


async def _refusal(
    at: Moment, game: Game, before: Contender, after: Contender, ranks: tuple[float, float] | None
) -> str:
    """Why a revision cannot be chosen; empty where it can."""
    why = loop.regressed(before, after, floor=game.floor, rubric=ranks)
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


async def _ranked(at: Moment, takes: Mapping[str, str]) -> dict[str, float]:
    """How the session's own model ranks takes; empty where it is too small to be asked, or there is one."""
    if at.room.engine.info.parameters < rubric.LEAST_PARAMETERS or len(takes) < 2:
        return {}
    asker = at.asker.heard_by(Listener(), card=at.card, shared=at.shared)

    async def put(first: str, second: str) -> list[float]:
        subject = f"The first take: {takes[first]} The second take: {takes[second]}"
        answers = await asyncio.gather(
            *(
                asker.weigh(lambda turn, ask=question: turn.yes_no(subject=subject, question=ask))
                for question in rubric.QUESTIONS
            )
        )
        return [answer[YES_NO.index("yes")] for answer in answers]

    names = list(takes)
    asked = rubric.pairs(names)
    said = await asyncio.gather(*(put(*pair) for pair in asked))
    return rubric.strengths(names, dict(zip(asked, said, strict=True)))


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


def _told(standing: Standing, scene: str, leading: str) -> tuple[list[str], list[str]]:
    """The first and the leading take of every scene that was judged, and of this one."""
    first: list[str] = []
    now: list[str] = []
    for name, one in standing.scenes.items():
        review = standing.reviews[name]
        written = [draft for draft in one.takes.values() if draft.written is not None]
        if not written or not (review.games or name == scene):
            continue
        first.append(text_of(written[0]))
        now.append(leading if name == scene else text_of(one.takes[review.best]))
    return first, now


def _anew(review: Review, scene: Scene) -> tuple[list[str], list[str]]:
    """What the revisions just written say otherwise than the take they revise, after the first takes there.

    What they keep of it all of them have: that is no sign that the writers find nothing else to say.
    """
    written = [draft for draft in scene.takes.values() if draft.written is not None]
    answered = review.answered
    if answered is None:
        return [], []
    base = [line.line for _, line in scene.takes[answered[1].take].lines]
    later = [draft for draft in written if round_of(draft.id) == len(review.games)]
    places = {
        place
        for draft in later
        for place, (old, (_, new)) in enumerate(zip(base, draft.lines, strict=False))
        if new.line != old
    }

    def there(draft: Draft) -> str:
        return " ".join(line.line for place, (_, line) in enumerate(draft.lines) if place in places)

    return [there(draft) for draft in written if not round_of(draft.id)], [there(draft) for draft in later]


def _scored(one: Contender, rank: float | None) -> Scored:
    verdict = one.verdict
    reasons = (verdict.refusal, *verdict.reasons) if verdict.refusal else verdict.reasons
    if not verdict.judged:
        return Scored(take=one.take, rubric=rank, reasons=reasons)
    return Scored(
        take=one.take,
        d=verdict.d,
        d_low=verdict.d_low,
        d_high=verdict.d_high,
        c=verdict.c,
        j=verdict.j,
        rubric=rank,
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
