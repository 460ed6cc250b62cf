"""Whose turn is next: read off what the room knows, never kept.

The rules for who speaks are cheap and come first: a person's cue, who is concerned, who was named, who has
been silent longest. A model is asked only *what* to do with a turn.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from writersroom.cast.cards import Card
from writersroom.cast.said import named_in
from writersroom.events import EventId
from writersroom.events.scene_opened import SceneOpened
from writersroom.frozen import Frozen
from writersroom.room.pages import rewritten
from writersroom.room.plan import Plan
from writersroom.room.reviewing import Review, next_place, quoted, round_of, step
from writersroom.room.standing import Draft, Proposal, Scene, Standing
from writersroom.story.beats import Beat, Status
from writersroom.story.weakness import Weakness

Kind: TypeAlias = Literal[
    "convene",
    "agenda",
    "pitch",
    "stance",
    "assess",
    "rule",
    "open_scene",
    "line",
    "take",
    "weigh",
    "note",
    "lock",
    "wrap",
    "condense",
]
"""What a turn can be; one node of the graph each."""


class Turn(Frozen):
    """The next thing to happen."""

    kind: Kind
    agent: str
    pitch: EventId = 0
    """For a stance: the pitch it answers."""
    take: str = ""
    """For a line, a take or a note."""


class Company:
    """The cards of a room, by what they are for."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = tuple(cards)
        self.by_name = {card.name: card for card in cards}
        self.director = next(card.name for card in cards if card.role == "director")
        self.critics = tuple(card.name for card in cards if card.role == "critic")
        self.continuity = tuple(card.name for card in cards if card.role == "continuity")
        self.characters = tuple(card.name for card in cards if card.role == "character")

    @property
    def speakers(self) -> tuple[str, ...]:
        """All who pitch and argue."""
        return (*self.characters, *self.critics, *self.continuity)


def next_turns(standing: Standing, company: Company, plan: Plan, *, judged: bool = False) -> tuple[Turn, ...]:
    """The next turn, and after it those that do not depend on it or on each other.

    They are spoken one after the other, but may be written at the same time. Empty where the session has
    ended.

    Args:
        standing: the room as it is.
        company: who is in it.
        plan: how long the session is meant to be.
        judged: whether there is a discriminator to judge takes; else critics ask their questions of them.
    """
    if standing.wrapped is not None:
        return ()
    if standing.bible is None:
        return (Turn(kind="convene", agent=company.director),)
    return (
        _argument(standing, company, plan)
        or _writing(standing, company, plan, judged=judged)
        or (Turn(kind="wrap", agent=company.director),)
    )


def pitchers(standing: Standing, company: Company, weakness: Weakness | None, count: int) -> tuple[str, ...]:
    """Who should pitch: first those whom the weakness concerns, then who has been silent longest."""
    concerned = [name for name in (weakness.characters if weakness else ()) if name in company.characters]
    others = longest_silent(standing, [name for name in company.speakers if name not in concerned])
    return _cued(standing, [*longest_silent(standing, concerned)[:1], *others])[:count]


def longest_silent(standing: Standing, names: Iterable[str]) -> list[str]:
    """Names by when they spoke last; those who never spoke first, in the order given."""
    return sorted(names, key=lambda name: standing.spoke.get(name, 0))


def scene_runs(standing: Standing, count: int) -> list[tuple[Beat, ...]]:
    """The beats in telling order, in runs of nearly equal length: one for each scene to be written."""
    beats = [beat for beat in standing.graph.beats() if beat.status is not Status.PITCHED]
    count = min(count, len(beats))
    cuts = [round(at * len(beats) / count) for at in range(count + 1)] if count else []
    return [tuple(beats[start:end]) for start, end in pairwise(cuts)]


def _argument(standing: Standing, company: Company, plan: Plan) -> tuple[Turn, ...]:
    agenda = standing.agenda
    if agenda is None:
        if any(_welcome(standing, proposal) for proposal in standing.proposals):
            return (Turn(kind="rule", agent=company.director),)
        if standing.rounds < plan.rounds and not standing.scenes:
            return (Turn(kind="agenda", agent=company.director),)
        return ()
    pitched = {proposal.agent for proposal in standing.proposals}
    left = [agent for agent in agenda.agents if agent not in pitched]
    return (
        tuple(Turn(kind="pitch", agent=agent) for agent in _cued(standing, left))
        or _stances(standing, company, plan)
        or _assessing(standing, company)
        or (Turn(kind="rule", agent=company.director),)
    )


def _assessing(standing: Standing, company: Company) -> tuple[Turn, ...]:
    """A person who directs hears validators and critics first; a model does in its own turn."""
    heard = all(proposal.assessed is not None for proposal in standing.proposals)
    if heard or standing.seat(company.director) != "person":
        return ()
    return (Turn(kind="assess", agent=company.director),)


def _welcome(standing: Standing, proposal: Proposal) -> bool:
    """Whether a second pitch of a round is ruled on: it can still be done, and not all are against it."""
    if proposal.assessed is None or proposal.assessed.problems or standing.graph.check(proposal.body.move):
        return False
    stances = [body.stance for _, _, body in proposal.stances]
    return not stances or any(stance != "object" for stance in stances)


def _stances(standing: Standing, company: Company, plan: Plan) -> tuple[Turn, ...]:
    """Who still has to answer which pitch: who was named in it, then who had been silent longest.

    Nobody is asked twice before all others were asked once.
    """
    asked: Counter[str] = Counter()
    turns: list[Turn] = []
    for proposal in standing.proposals:
        others = [name for name in company.speakers if name != proposal.agent]
        named = named_in(proposal.body.reason, others)
        others.sort(
            key=lambda name: (
                asked[name],
                name not in named,
                standing.spoke_before.get(name, 0),
            )
        )
        chosen = _cued(standing, others)[: plan.stances]
        asked.update(chosen)
        answered = {agent for _, agent, _ in proposal.stances}
        left = plan.stances - len(answered)
        turns += [
            Turn(kind="stance", agent=name, pitch=proposal.id) for name in chosen if name not in answered
        ][:left]
    return tuple(turns)


def _writing(standing: Standing, company: Company, plan: Plan, *, judged: bool) -> tuple[Turn, ...]:
    scene = standing.scene
    if scene is None:
        if len(standing.scenes) < len(scene_runs(standing, plan.scenes)):
            return (Turn(kind="open_scene", agent=company.director),)
        return ()
    drafts = [draft for draft in _drafts(scene, plan) if draft.written is None]
    spoken = [draft for draft in drafts if len(draft.lines) < plan.lines]
    if spoken:
        # All takes go on line by line, side by side.
        behind = min(len(draft.lines) for draft in spoken)
        return tuple(
            Turn(kind="line", agent=next_voice(standing, scene, draft, plan.lines), take=draft.id)
            for draft in spoken
            if len(draft.lines) == behind
        )
    if drafts:
        return tuple(Turn(kind="take", agent=company.director, take=draft.id) for draft in drafts)
    review = standing.reviews[scene.opened.scene]
    judged = judged and not review.failed
    if not (judged or review.games):
        return _criticism(company, plan, scene)
    return _review(standing, company, plan, scene, review, judged=judged)


def _drafts(scene: Scene, plan: Plan) -> list[Draft]:
    """The takes of a scene that are planned, and further ones that were begun."""
    ids = [f"{scene.opened.scene}.t{number}" for number in range(1, plan.takes + 1)]
    ids += [id for id in scene.takes if not round_of(id)]
    return [scene.takes.get(id, Draft(id)) for id in dict.fromkeys(ids)]


def playing(standing: Standing, scene: SceneOpened, line: int, lines: int) -> Beat | None:
    """What happens in the story at a line of a scene; None where its beats are gone.

    Args:
        standing: the room as it is.
        scene: the scene; its beats pass by as its lines are spoken, several at a line where they are more.
        line: the place of the line, from 0.
        lines: how many the scene is planned to have.
    """
    beats = [standing.graph.beat(id) for id in scene.beats if id in standing.graph]
    count = len(beats)
    place = line * count // lines if count <= lines else math.ceil((line + 1) * count / lines) - 1
    return beats[min(count - 1, place)] if beats else None


def next_voice(standing: Standing, scene: Scene, draft: Draft, lines: int) -> str:
    """Who speaks the next line: a person's cue, who was left out, who was spoken to, who was silent longest.

    Only those who are in what happens, if they are two. Two of them who only ever answer each other would
    keep a third from ever speaking.
    """
    present = list(scene.opened.characters)
    if standing.cue in present:
        return standing.cue
    spoken = len(draft.lines)
    beat = playing(standing, scene.opened, spoken, lines)
    concerned = [name for name in present if beat is not None and name in beat.seen_by]
    present = concerned if len(concerned) > 1 else present
    last = draft.lines[-1][1] if draft.lines else None
    when = {line.character: at for at, (_, line) in enumerate(draft.lines)}
    others = [name for name in present if last is None or name != last.character] or present
    silent = min(others, key=lambda name: when.get(name, -1))
    left_out = spoken - when.get(silent, -1) > len(present)
    if last is not None and not left_out and last.to in present and last.to != last.character:
        return last.to
    return silent


def _review(
    standing: Standing, company: Company, plan: Plan, scene: Scene, review: Review, *, judged: bool
) -> tuple[Turn, ...]:
    """Takes are judged, the leading one is criticised, revisions answer; see `room.reviewing`.

    Where the session goes on without the critic that judged them, what was begun is ended and the take that
    led is kept. So is a page that a person rewrote, where it leads: a revision is made of the lines of its
    take, and would be without that person's words.
    """
    lines = {id: [line for _, line in draft.lines] for id, draft in scene.takes.items()}
    whole = {id: draft.written is not None for id, draft in scene.takes.items()}
    next = step(review, whole, lines, revisions=plan.revisions)
    match next.kind:
        case "note" | "weigh" if not judged:
            return (Turn(kind="lock", agent=company.director),)
        case "note" if rewritten(standing, scene, scene.takes[review.best]):
            return (Turn(kind="lock", agent=company.director),)
        case "note":
            critic = company.critics[(len(review.games) - 1) % len(company.critics)]
            return (Turn(kind="note", agent=critic, take=review.best),)
        case "line" if review.answered is not None:
            note = review.answered[1]
            base = lines[note.take]
            spoken = len(lines.get(next.takes[0], ()))
            place = next_place(base, quoted(base, note), spoken)
            assert place is not None  # only then is there such a step
            return tuple(Turn(kind="line", agent=base[place].character, take=id) for id in next.takes)
        case "take":
            return tuple(Turn(kind="take", agent=company.director, take=id) for id in next.takes)
        case _:
            return (Turn(kind=next.kind, agent=company.director),)


def _criticism(company: Company, plan: Plan, scene: Scene) -> tuple[Turn, ...]:
    """Each critic in turn reads one of the takes."""
    turns: list[Turn] = []
    for at, draft in enumerate(one for id, one in scene.takes.items() if not round_of(id)):
        given = len(draft.notes)
        turns += [
            Turn(kind="note", agent=company.critics[(at + number) % len(company.critics)], take=draft.id)
            for number in range(given, plan.notes)
        ]
    return tuple(turns) or (Turn(kind="lock", agent=company.director),)


def _cued(standing: Standing, names: Sequence[str]) -> tuple[str, ...]:
    """The names without repetition; one that a person cued comes first."""
    unique = tuple(dict.fromkeys(names))
    if standing.cue in unique:
        return (standing.cue, *(name for name in unique if name != standing.cue))
    return unique
