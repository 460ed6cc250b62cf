"""The director takes the worst weakness there is, or asks what comes next."""

from __future__ import annotations

import random
from collections.abc import Sequence

from writersroom.events.agenda_set import AgendaSet
from writersroom.room.asking import seed_of
from writersroom.room.moment import Moment, Room
from writersroom.room.order import pitchers
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Standing
from writersroom.story.remedies import Remedy, growth, remedies
from writersroom.story.weakness import Weakness
from writersroom.story.weaknesses import weaknesses

FEWEST = 8
"""Beats below which every second round carries the story on instead of mending it."""
_MOST_TRIES = 2
"""Times a weakness is taken up before others are tried first."""


async def set_agenda(at: Moment) -> Spoken:
    """Name what to mend, and who is concerned."""
    standing, room = at.standing, at.room
    weakness = worst(standing, room.structure, room.plan.rounds)
    agents = pitchers(standing, room.company, weakness, room.plan.pitches)
    if weakness is None:
        question = "What happens next?" if standing.graph.ids() else "How does it begin?"
        body = AgendaSet(weakness="", question=question, agents=agents)
    else:
        body = AgendaSet(
            weakness=weakness.key, question=weakness.evidence, beats=weakness.beats, agents=agents
        )
    return Spoken(entries=(Entry(body=body, agent=at.card.name),))


def worst(standing: Standing, structure: str, rounds: int) -> Weakness | None:
    """What to mend in this round; None: carry the story on.

    A story that is short is carried on in every second round, and in each where else it could not become long
    enough: more beats are wanted than rounds are left, and not so many that it is in vain.
    """
    graph, left = standing.graph, rounds - standing.rounds
    wanted = FEWEST - len(graph.ids())
    if not graph.ids() or (wanted > 0 and (standing.rounds % 2 == 0 or left < wanted <= 2 * left)):
        return None
    found = weaknesses(graph, standing.characters, structure, standing.intended)
    # What was not tried too often comes first; within both, the severest. Remedies are dear: one look each.
    found = sorted(found, key=lambda weakness: standing.tried.get(weakness.key, 0) >= _MOST_TRIES)
    return next((one for one in found if remedies(graph, one, standing.characters, structure, limit=1)), None)


def offers(
    standing: Standing, structure: str, weakness: Weakness | None, places: Sequence[str] = ()
) -> tuple[Remedy, ...]:
    """The legal moves that the agenda asks for: remedies of a weakness, else what carries the story on.

    A story that is short yet is mended by what happens next rather than by what is said of what happened.
    """
    graph, people = standing.graph, standing.characters
    if weakness is not None:
        found = remedies(graph, weakness, people, structure, intended=standing.intended, places=places)
        mending = tuple(remedy for remedy in found if remedy.mends) or found
        growing = tuple(remedy for remedy in mending if remedy.needs_sentence)
        if mending:
            return growing if growing and len(graph.ids()) < FEWEST else mending
    return growth(graph, people, structure, intended=standing.intended, places=places)


def weakness_on_agenda(standing: Standing, structure: str) -> Weakness | None:
    """The weakness the room is turned to, as it is now."""
    if standing.agenda is None or not standing.agenda.weakness:
        return None
    found = weaknesses(standing.graph, standing.characters, structure, standing.intended)
    return next((one for one in found if one.key == standing.agenda.weakness), None)


def places(room: Room) -> tuple[str, ...]:
    """Where something may happen, in an order of this session's own: not every story begins in a kitchen."""
    names = list(room.repertoire.place_names)
    random.Random(seed_of(room.seed, "places")).shuffle(names)
    return tuple(names)
