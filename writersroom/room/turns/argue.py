"""Agents pitch moves, answer each other's, and the director rules."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from writersroom.cast.cards import Question, Speaking
from writersroom.cast.choices import STANCES, VERDICTS, Stance, Verdict
from writersroom.cast.filters import FaultKind
from writersroom.cast.repertoire import Device
from writersroom.cast.replies import cites
from writersroom.cast.said import named_in
from writersroom.cast.sheets import DeviceSheet, PitchSheet
from writersroom.events import EventId
from writersroom.events.assessed import Assessed, YesNo
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.room.asking import LEANING, Written
from writersroom.room.moment import Moment
from writersroom.room.order import longest_silent
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Proposal, Standing
from writersroom.room.turns.agenda import offers, places, weakness_on_agenda
from writersroom.room.turns.feeling import felt_of
from writersroom.story.beats import Beat
from writersroom.story.moves import BeatDraft, Move, NewBeat
from writersroom.story.remedies import Remedy, amendments, with_summary
from writersroom.story.remedies.drafting import bounded, redrafted
from writersroom.story.weakness import WeaknessKind
from writersroom.view.wording import beats_of, move_words

_OFFERED: Final = 3
"""Remedies an agent chooses among."""
_DEVICES: Final = 4
_TIRED: Final = 6
"""Devices used last, which are not offered again."""
_WILLING: Final = 0.7
"""How much less than a pitch as it is the director may want an amendment and still take it."""
_TOO_LITTLE: Final = 0.3
"""Support below which the best pitch of a round is left out."""
_ALSO: Final = 0.35
"""Support below which a second one is left out."""


async def pitch(at: Moment) -> Spoken:
    """Choose a legal move and a device, write its sentence, and say why."""
    standing, room, agenda = at.standing, at.room, at.standing.agenda
    assert agenda is not None  # only then is there a turn to pitch
    place, count = agenda.agents.index(at.card.name), len(agenda.agents)
    # Each agent is offered other moves, so that there is something to argue about.
    weakness = weakness_on_agenda(standing, room.structure)
    offered = offers(standing, room.structure, weakness, places(room))
    mine = (offered[place::count] or offered)[:_OFFERED]
    beats = _about(standing, agenda.beats)
    chosen, device = mine[await _picked(at, mine)], None
    if chosen.needs_sentence:
        device = await _device(at, chosen, weakness.kind if weakness else None)
        chosen = await _with_sentence(at, chosen, device, agenda.question, beats)
    sheet = PitchSheet(by=at.card.name, text=_sentence(chosen.move))
    why = await _reason(at, sheet, "pitches it", "pitch", chosen.move)
    body = Pitched(
        move=chosen.move,
        reason=why.text,
        weakness=agenda.weakness,
        device=device.name if device is not None else "",
    )
    return Spoken(entries=(Entry(body=body, agent=at.card.name, trace=why.trace),))


async def stance(at: Moment) -> Spoken:
    """Support, object or amend, with a reason that names something."""
    standing = at.standing
    proposal = _proposal(standing, at.turn.pitch)
    sheet = PitchSheet(by=proposal.agent, text=_sentence(proposal.body.move), reason=proposal.body.reason)
    people, beats = [one.name for one in standing.characters], standing.graph.beats()
    earlier = standing.leanings.get("choose_stance", [])[-LEANING:]
    kinds: tuple[Stance, ...] = tuple(STANCES)
    kind = kinds[await at.asker.pick(lambda turn: turn.choose_stance(pitch=sheet), earlier=earlier)]
    amendment: Move | None = None
    if kind == "amend":
        amendment = await _amendment(at, proposal, sheet)
        kind = "amend" if amendment is not None else "object"
        sheet = sheet.model_copy(update={"amendment": _sentence(amendment)})
    verbs: dict[Stance, str] = {"support": "agrees", "object": "objects", "amend": "would change it"}
    why = await _reason(at, sheet, verbs[kind], kind, proposal.body.move)
    body = StanceTaken(
        pitch=proposal.id,
        stance=kind,
        reason=why.text,
        amendment=amendment,
        cites=cites(why.text, beats=beats, characters=people),
    )
    return Spoken(entries=(Entry(body=body, agent=at.card.name, trace=why.trace),))


async def assess(at: Moment) -> Spoken:
    """What validators and critics find about the pitches of a round, for whoever rules on them."""
    proposals = [one for one in at.standing.proposals if one.assessed is None]
    found = await asyncio.gather(*(_assessed(at, proposal) for proposal in proposals))
    return Spoken(entries=tuple(Entry(body=body) for body in found))


async def rule(at: Moment) -> Spoken:
    """Hear validators and critics, adopt one pitch, amended or not, or none, and say why.

    Where a second pitch of the round is heard, what was found about it already is not asked again.
    """
    standing = at.standing
    proposals = list(standing.proposals)
    assessed, weighed = await asyncio.gather(
        asyncio.gather(*(_assessed(at, proposal) for proposal in proposals)),
        asyncio.gather(*(_weighed(at, proposal) for proposal in proposals)),
    )
    entries = [
        Entry(body=body)
        for body, proposal in zip(assessed, proposals, strict=True)
        if body is not proposal.assessed
    ]
    legal = [place for place, body in enumerate(assessed) if not body.problems]
    if not legal:
        return _rejected(at, entries, proposals[0], "Nothing that was pitched can be done.")
    standings = [
        _support(at, body, proposal, favour)
        for favour, body, proposal in zip(weighed, assessed, proposals, strict=True)
    ]
    best = max(legal, key=standings.__getitem__)
    chosen, favour = proposals[best], weighed[best]
    amendment = _amendment_of(at, chosen)
    # A story has to begin somehow.
    support = standings[best] if standing.graph.ids() else max(standings[best], _TOO_LITTLE)
    enough = _TOO_LITTLE if standing.agenda is not None else _ALSO
    verdict = _verdict(support, favour, amendment is not None, enough)
    stance, change = amendment if verdict == "amended" and amendment is not None else (None, None)
    sheet = PitchSheet(
        by=chosen.agent,
        text=_sentence(chosen.body.move),
        reason=chosen.body.reason,
        amendment=_sentence(change),
        fault=_fault(at, assessed[best]) if verdict == "rejected" else "",
    )
    verb: dict[Verdict, str] = {
        "adopted": "takes it",
        "amended": "takes it with the change",
        "rejected": "leaves it out",
    }
    opener: dict[Verdict, Speaking] = {"adopted": "adopt", "amended": "amend", "rejected": "reject"}
    why = await _reason(at, sheet, verb[verdict], opener[verdict], chosen.body.move)
    ruled = Ruled(
        pitch=chosen.id,
        verdict=verdict,
        reason=why.text,
        stance=stance,
    )
    entries.append(Entry(body=ruled, agent=at.card.name, trace=why.trace))
    if verdict != "rejected":
        move = chosen.body.move if change is None else change
        diff = standing.graph.copy().apply(move)
        entries += [Entry(body=MoveCommitted(move=move, diff=diff)), *felt_of(standing, diff)]
    return Spoken(entries=tuple(entries))


async def _picked(at: Moment, offered: Sequence[Remedy]) -> int:
    """The place of the move that the agent would make; what it is for was just asked in the room."""
    labels = [remedy.label for remedy in offered]
    if len(labels) < 2:
        return 0
    return await at.asker.pick(
        lambda turn: turn.choose(question="", lead_in=f"{at.card.name} would", options=labels)
    )


async def _device(at: Moment, chosen: Remedy, kind: WeaknessKind | None) -> Device:
    """A dramatic device for a new beat, out of those that suit it and were not used lately."""
    draft = _draft(chosen.move)
    fitting = at.room.repertoire.devices_for(kind, draft.act)
    fresh = [device for device in fitting if device.name not in at.standing.devices[-_TIRED:]] or fitting
    start = _DEVICES * at.number % len(fresh)
    some = (*fresh[start:], *fresh[:start])[:_DEVICES]
    if len(some) == 1:
        return some[0]
    place = await at.asker.about("device").pick(
        lambda turn: turn.choose_device(options=[device.name for device in some])
    )
    return some[place]


async def _with_sentence(
    at: Moment, chosen: Remedy, device: Device, question: str, beats: tuple[Beat, ...]
) -> Remedy:
    chosen = _acting_first(at, chosen)
    draft = _draft(chosen.move)
    people = draft.characters or tuple(one.name for one in at.standing.characters) or (at.card.name,)
    others = people[1:]
    goes_on = device.opening(at.number, others[0] if others else "")
    written = await at.asker.write(
        lambda turn: turn.pitch_sentence(
            device=DeviceSheet(label=device.label, tells=device.tells, opening=goes_on),
            subject=people[0],
            others=others,
            beats=beats,
            weakness=question,
        )
    )
    # A device always says what can happen: better its own words than none that can be read.
    chosen = with_summary(chosen, written.text if written.fit else _in_device_words(device, people))
    return chosen.model_copy(update={"move": _moved(chosen.move, device)})


def _acting_first(at: Moment, chosen: Remedy) -> Remedy:
    """The beat begins with the character who pitches it, else with who has begun the fewest so far."""
    move = chosen.move
    if not isinstance(move, NewBeat):
        return chosen
    begun = Counter(beat.characters[0] for beat in at.standing.graph.beats() if beat.characters)
    people = sorted(move.beat.characters, key=lambda name: (name != at.card.name, begun[name]))
    return chosen.model_copy(update={"move": redrafted(move, characters=tuple(people))})


def _in_device_words(device: Device, people: Sequence[str]) -> str:
    who = " and ".join(people[:2])
    return f"There is {device.label} between {who}." if len(people) > 1 else f"{who} faces {device.label}."


def _moved(move: Move, device: Device) -> Move:
    """The move with what the device does to people, tension and value, where nothing is said of them."""
    if not isinstance(move, NewBeat):
        return move
    beat = move.beat
    feelings = (device.feels, device.other_feels)
    felt = {who: emotion for who, emotion in zip(beat.characters, feelings, strict=False) if emotion}
    turned = beat.value_after != beat.value_before
    return redrafted(
        move,
        emotions=beat.emotions or felt,
        tension=beat.tension or device.tension,
        value_after=beat.value_after if turned else bounded(beat.value_before + device.turn),
    )


async def _reason(at: Moment, sheet: PitchSheet, verb: str, opening: Speaking, move: Move) -> Written:
    """Why: it begins with a character or a beat, so that it is about something.

    What goes on from one beginning to nothing that is fit is tried with the next.
    """
    standing = at.standing
    others = [one.name for one in standing.characters if one.name != at.card.name]
    concerned = named_in(f"{sheet.text} {sheet.amendment}", others) or _concerned(standing, move, others)
    named = beats_of(move)
    who = concerned[at.number % len(concerned)] if concerned else ""
    beat = named[0] if named and named[0] in standing.graph else ""
    return await at.asker.about("reason").write(
        lambda turn: turn.reason(
            pitch=sheet,
            verb=verb,
            opener=at.card.opening(opening, at.number + turn.attempt, who=who, beat=beat),
        )
    )


async def _assessed(at: Moment, proposal: Proposal) -> Assessed:
    """What validators find about a pitch, and the critics who have not answered it."""
    if proposal.assessed is not None:
        return proposal.assessed
    problems = at.standing.graph.check(proposal.body.move)
    if problems:
        return Assessed(pitch=proposal.id, problems=problems)
    company = at.room.company
    heard = {proposal.agent, *(agent for _, agent, _ in proposal.stances)}
    asked = [
        (name, question)
        for name in (*company.critics, *company.continuity)
        if name not in heard and at.standing.seat(name) == "model"
        for question in company.by_name[name].asks("pitch")[:1]
    ]
    subject = _sentence(proposal.body.move)
    answers = await asyncio.gather(
        *(_answer(at, proposal.id, subject, name, question) for name, question in asked)
    )
    return Assessed(pitch=proposal.id, answers=tuple(answers))


async def _answer(at: Moment, pitch: EventId, subject: str, critic: str, question: Question) -> YesNo:
    """How sure a critic is; what it says of every pitch is taken off."""
    card, earlier = at.room.company.by_name[critic], at.standing.leanings.get(question.ask, [])
    weighed = await at.asker.about(critic, pitch).weighed(
        lambda turn: turn.model_copy(update={"card": card}).yes_no(subject=subject, question=question.ask),
        earlier=earlier[-LEANING:],
    )
    raw = [*(weighed.unbalanced or weighed.probabilities)]
    return YesNo(
        critic=critic,
        question=question.ask,
        yes=weighed.probabilities[0],
        unbalanced=raw[0] if earlier else None,
    )


async def _weighed(at: Moment, proposal: Proposal) -> dict[Verdict, float]:
    """What the director would do with a pitch by itself."""
    _, change = _amendment_of(at, proposal) or (0, None)
    amended = change is not None
    sheet = PitchSheet(by=proposal.agent, text=_sentence(proposal.body.move), amendment=_sentence(change))
    weighed = await at.asker.about("ruling", proposal.id).weighed(
        lambda turn: turn.choose_ruling(pitch=sheet, amended=amended)
    )
    found: dict[Verdict, float] = dict.fromkeys(VERDICTS, 0.0)
    options: list[Verdict] = [one for one in VERDICTS if amended or one != "amended"]
    found.update(zip(options, weighed.probabilities, strict=True))
    return found


def _support(at: Moment, body: Assessed, proposal: Proposal, favour: Mapping[Verdict, float]) -> float:
    """How well a pitch stands: director, critics and voices together, about -0.7 .. 2."""
    taken = favour["adopted"] + favour["amended"]
    return taken + 2 * (_approval(at, body) - 0.5) + 0.3 * _voices(proposal)


def _verdict(support: float, favour: Mapping[Verdict, float], amended: bool, enough: float) -> Verdict:
    """What becomes of the best pitch: it goes out only where hardly anybody is for it."""
    if support < enough:
        return "rejected"
    return "amended" if amended and favour["amended"] >= _WILLING * favour["adopted"] else "adopted"


def _amendment_of(at: Moment, proposal: Proposal) -> tuple[EventId, Move] | None:
    """The first amendment of a pitch that is still legal, with the stance it was offered in."""
    graph = at.standing.graph
    offered = ((event, body.amendment) for event, _, body in proposal.stances)
    return next(((event, move) for event, move in offered if move and not graph.check(move)), None)


async def _amendment(at: Moment, proposal: Proposal, sheet: PitchSheet) -> Move | None:
    """What an agent would rather have: the sentence gone on with, or the move made otherwise."""
    standing, move = at.standing, proposal.body.move
    if isinstance(move, NewBeat) and at.number % 3:
        # It goes on from words that were just said.
        written = await at.asker.about("amendment").write(
            lambda turn: turn.amend_sentence(pitch=sheet), forgiven=(FaultKind.REPEATS,)
        )
        if written.fit and written.text and written.text != sheet.text:
            changed = with_summary(move, written.text)
            if not standing.graph.check(changed):
                return changed
    weakness = weakness_on_agenda(standing, at.room.structure)
    changes = amendments(
        standing.graph,
        move,
        standing.characters,
        structure=at.room.structure,
        weakness=weakness,
        places=places(at.room),
    )
    ready = [change for change in changes if not change.needs_sentence]
    mending = [change for change in ready if change.mends] if weakness is not None else ready
    some = mending[:_OFFERED]
    return some[await _picked(at, some)].move if some else None


def _approval(at: Moment, body: Assessed) -> float:
    """How well a pitch does with the critics, 0..1."""
    scores = [score for score, _ in _scores(at, body)]
    return sum(scores) / len(scores) if scores else 0.5


def _fault(at: Moment, body: Assessed) -> str:
    """What the critic who thinks least of a pitch has against it, in a few words; empty where none has."""
    score, fault = min(_scores(at, body), default=(1.0, ""))
    return fault if score < 0.5 else ""


def _scores(at: Moment, body: Assessed) -> list[tuple[float, str]]:
    """How each answer speaks for a pitch, 0..1, and the fault that the question is about."""
    questions = {
        (card.name, question.ask): question for card in at.room.company.cards for question in card.questions
    }
    scores: list[tuple[float, str]] = []
    for one in body.answers:
        asked = questions.get((one.critic, one.question))
        for_it = one.yes if asked is None or asked.good == "yes" else 1 - one.yes
        scores.append((for_it, asked.fault if asked is not None else ""))
    return scores


def _voices(proposal: Proposal) -> float:
    """Support less objections, per voice."""
    worth = {"support": 1.0, "amend": 0.3, "object": -1.0}
    voices = [worth[body.stance] for _, _, body in proposal.stances]
    return sum(voices) / len(voices) if voices else 0.0


def _rejected(at: Moment, entries: list[Entry], proposal: Proposal, why: str) -> Spoken:
    ruled = Ruled(pitch=proposal.id, verdict="rejected", reason=why)
    return Spoken(entries=(*entries, Entry(body=ruled, agent=at.card.name)))


def _proposal(standing: Standing, pitch: EventId) -> Proposal:
    return next(proposal for proposal in standing.proposals if proposal.id == pitch)


def _about(standing: Standing, beats: tuple[str, ...]) -> tuple[Beat, ...]:
    """The beats a new one has to go with: those at issue, else the last ones."""
    graph = standing.graph
    at_issue = tuple(graph.beat(id) for id in beats if id in graph)
    return at_issue[:3] or graph.beats()[-2:]


def _draft(move: Move) -> BeatDraft:
    return move.beat if isinstance(move, NewBeat) else BeatDraft(summary="-")


def _sentence(move: Move | None) -> str:
    """A pitch in a sentence: what happens, where it adds a beat; else what it does to the plot.

    Of no move there is nothing to say.
    """
    if move is None:
        return ""
    return move.beat.summary if isinstance(move, NewBeat) else move_words(move)


def _concerned(standing: Standing, move: Move, people: Sequence[str]) -> list[str]:
    """Whom of these a move has to do with; where nobody, all, the longest silent first."""
    graph = standing.graph
    in_it = [*_draft(move).characters]
    for id in beats_of(move):
        if id in graph:
            in_it += graph.beat(id).characters
    return [name for name in dict.fromkeys(in_it) if name in people] or longest_silent(standing, people)
