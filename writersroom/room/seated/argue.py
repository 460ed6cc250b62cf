"""A person opens the session, sets the agenda, pitches, answers a pitch, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from writersroom.cast.replies import cites
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.convened import Convened
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.room.forms import BadAnswer, Field, Option
from writersroom.room.moment import Room
from writersroom.room.order import Turn, pitchers
from writersroom.room.seated.offer import Offer, offer, options, said
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Standing
from writersroom.room.turns.feeling import felt_of
from writersroom.story.moves import Move
from writersroom.story.remedies import Remedy, amendments, growth, remedies, with_summary
from writersroom.story.text import short
from writersroom.story.weakness import Weakness
from writersroom.story.weaknesses import weaknesses
from writersroom.view.wording import move_words

_WEAKNESSES: Final = 9
_FREE: Final = "free"
"""The key of an agenda that mends nothing."""


def convene(room: Room, turn: Turn, standing: Standing) -> Offer:
    """What the story is about."""
    started = standing.started
    assert started is not None  # the first event of every session
    people = tuple(card.character for card in room.company.cards if card.character is not None)

    def spoken(answers: Mapping[str, str]) -> Spoken:
        body = Convened(
            title=answers["title"], premise=answers["premise"], theme=answers["theme"], characters=people
        )
        return said(turn, body)

    fields = (
        Field(name="title", label="Title", value=started.title, required=False),
        Field(name="premise", label="Premise: who must do what, against what", value=started.logline),
        Field(name="theme", label="Theme: what the story argues", required=False),
    )
    return offer(turn, "Open the session", fields, spoken)


def agenda(room: Room, turn: Turn, standing: Standing) -> Offer:
    """What the room turns to, and what it is asked."""
    found = weaknesses(standing.graph, standing.characters, room.structure, standing.intended)[:_WEAKNESSES]
    keys = {str(number): weakness for number, weakness in enumerate(found, start=1)}
    next_question = "What happens next?" if standing.graph.ids() else "How does it begin?"
    choices = (*options(one.evidence for one in found), Option(key=_FREE, label="Carry the story on"))

    def spoken(answers: Mapping[str, str]) -> Spoken:
        weakness = keys.get(answers["weakness"])
        body = AgendaSet(
            weakness=weakness.key if weakness else "",
            question=answers["question"] or (weakness.evidence if weakness else next_question),
            beats=weakness.beats if weakness else (),
            agents=pitchers(standing, room.company, weakness, room.plan.pitches),
        )
        return said(turn, body)

    fields = (
        Field(name="weakness", label="What to turn to", options=choices, value=choices[0].key),
        Field(name="question", label="In your words, if you like", required=False),
    )
    return offer(turn, "Set the agenda", fields, spoken)


def pitch(room: Room, turn: Turn, standing: Standing) -> Offer:
    """A legal move, its sentence where it needs one, and why."""
    agenda_set = standing.agenda
    assert agenda_set is not None  # only then is there a turn to pitch
    offers = _moves(room, standing)
    moves = dict(zip(map(str, range(1, len(offers) + 1)), offers, strict=True))
    writes = tuple(key for key, one in moves.items() if one.needs_sentence)

    def spoken(answers: Mapping[str, str]) -> Spoken:
        chosen = moves[answers["move"]]
        if chosen.needs_sentence:
            chosen = _with_sentence(chosen, answers["sentence"])
        return said(turn, Pitched(move=chosen.move, reason=answers["reason"], weakness=agenda_set.weakness))

    fields = (
        Field(name="move", label="Your move", options=options(one.label for one in offers)),
        Field(name="sentence", label="What happens, in a sentence", shown_with={"move": writes}),
        Field(name="reason", label="Why"),
    )
    return offer(turn, f"Pitch: {agenda_set.question}", fields, spoken)


def stance(room: Room, turn: Turn, standing: Standing) -> Offer:
    """For it, against it, or for something a little different; and why."""
    proposal = next(one for one in standing.proposals if one.id == turn.pitch)
    changes = [
        change
        for change in amendments(
            standing.graph, proposal.body.move, standing.characters, structure=room.structure
        )
        if not change.needs_sentence
    ]
    ways = [Option(key="support", label="I am for it"), Option(key="object", label="I am against it")]
    if changes:
        ways.append(Option(key="amend", label="I would change it"))

    def spoken(answers: Mapping[str, str]) -> Spoken:
        kind = answers["stance"]
        reason = answers["reason"]
        body = StanceTaken.model_validate(
            {
                "pitch": proposal.id,
                "stance": kind,
                "reason": reason,
                "amendment": changes[int(answers["amendment"]) - 1].move if kind == "amend" else None,
                "cites": cites(
                    reason,
                    beats=standing.graph.beats(),
                    characters=[one.name for one in standing.characters],
                ),
            }
        )
        return said(turn, body)

    fields = [
        Field(name="stance", label="What you say to it", options=tuple(ways)),
        Field(name="reason", label="Why"),
    ]
    if changes:
        fields.insert(
            1,
            Field(
                name="amendment",
                label="How you would have it",
                options=options(change.label for change in changes),
                shown_with={"stance": ("amend",)},
            ),
        )
    return offer(turn, f"{proposal.agent} pitches: {move_words(proposal.body.move)}", fields, spoken)


def rule(room: Room, turn: Turn, standing: Standing) -> Offer:
    """Adopt one of the pitches, amended or not, or none."""
    del room
    legal = [one for one in standing.proposals if not standing.graph.check(one.body.move)]
    amended = [
        (one, id, agent, body.amendment)
        for one in standing.proposals
        for id, agent, body in one.stances
        if body.amendment is not None and not standing.graph.check(body.amendment)
    ]
    verdicts: list[Option] = []
    if legal:
        verdicts.append(Option(key="adopted", label="Take it"))
    if amended:
        verdicts.append(Option(key="amended", label="Take it with a change"))
    verdicts.append(Option(key="rejected", label="Leave it out"))

    def spoken(answers: Mapping[str, str]) -> Spoken:
        verdict, by = answers["verdict"], None
        if verdict == "amended":
            proposal, by, _, move = amended[int(answers["amendment"]) - 1]
        elif verdict == "adopted":
            proposal = legal[int(answers["pitch"]) - 1]
            move = proposal.body.move
        else:
            proposal, move = standing.proposals[int(answers["rejected"]) - 1], None
        ruled = Ruled.model_validate(
            {"pitch": proposal.id, "verdict": verdict, "reason": answers["reason"], "stance": by}
        )
        entries = [Entry(body=ruled, agent=turn.agent)]
        if move is not None:
            diff = standing.graph.copy().apply(move)
            entries += [Entry(body=MoveCommitted(move=move, diff=diff)), *felt_of(standing, diff)]
        return Spoken(entries=tuple(entries))

    fields = [Field(name="verdict", label="Your ruling", options=tuple(verdicts), value=verdicts[0].key)]
    if legal:
        fields.append(
            _which("pitch", "Which pitch", [_told(one.agent, one.body.move) for one in legal], "adopted")
        )
    if amended:
        labels = [_told(agent, move) for _, _, agent, move in amended]
        fields.append(_which("amendment", "With which change", labels, "amended"))
    everything = [_told(one.agent, one.body.move) for one in standing.proposals]
    fields.append(_which("rejected", "Which pitch", everything, "rejected"))
    fields.append(Field(name="reason", label="Why"))
    return offer(turn, "Rule on what was pitched", fields, spoken)


def _which(name: str, label: str, labels: list[str], verdict: str) -> Field:
    return Field(
        name=name, label=label, options=options(labels), value="1", shown_with={"verdict": (verdict,)}
    )


def _told(agent: str, move: Move) -> str:
    return f"{agent}: {short(move_words(move), 160)}"


def _moves(room: Room, standing: Standing) -> list[Remedy]:
    """The legal moves: what mends the weakness on the agenda, then what carries the story on."""
    graph, people = standing.graph, standing.characters
    found: list[Remedy] = []
    weakness = _on_agenda(room, standing)
    if weakness is not None:
        found += remedies(graph, weakness, people, room.structure, intended=standing.intended)
    found += growth(graph, people, room.structure, intended=standing.intended)
    return list({one.label: one for one in reversed(found)}.values())[::-1]


def _on_agenda(room: Room, standing: Standing) -> Weakness | None:
    found = weaknesses(standing.graph, standing.characters, room.structure, standing.intended)
    key = standing.agenda.weakness if standing.agenda is not None else ""
    return next((one for one in found if one.key == key), None)


def _with_sentence(chosen: Remedy, sentence: str) -> Remedy:
    try:
        return with_summary(chosen, sentence)
    except ValueError as error:
        raise BadAnswer("sentence", str(error)) from error
