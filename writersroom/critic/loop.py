"""The rules of the loop: when a revision is refused, when D is fooled, when to stop, when to train D.

All are functions of verdicts; the room asks them between turns (`room.turns.review`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from writersroom.critic.collapse import distinct, mean_words
from writersroom.critic.selection import Contender
from writersroom.frozen import Frozen

ROUNDS: Final = 3
"""The most rounds of criticism; adversarial in-context learning is at its best after three (Do et al.
2024)."""
PATIENCE: Final = 2
"""Rounds in a row that bring nothing better before the loop stops."""
FOOLED: Final = 0.5
"""D of a take from which on it passes for human, where the low end of its interval is as high: of a scene's
few words D is unsure, and the best of a few takes is above a half by luck."""
AHEAD: Final = 0.95
"""Accuracy of D on takes of a round that it has not learned, above which it does not learn them either: a
discriminator far ahead of its generator gives it no direction. Below, it does."""
KNOWN: Final = 8
"""Takes of a writer that D must have learned before its training may be held back."""

COHERENCE_LOST: Final = 0.05
CONTINUITY_LOST: Final = 0.10
RUBRIC_LOST: Final = 0.10
LENGTH: Final = 0.3
"""Share by which a revision may be longer or shorter than its take; drift over scenes is watched besides."""
DISTINCT_LOST: Final = 0.05
"""What a revision may lose of each before it is refused: the spread of these measures when nothing
changed."""


class Course(Frozen):
    """What the loop does after a round."""

    goes_on: bool
    why: str
    """For a person."""


def regressed(
    before: Contender,
    after: Contender,
    *,
    floor: float,
    continuity: tuple[float, float] | None = None,
    rubric: tuple[float, float] | None = None,
) -> str:
    """Why a revision is refused, in a sentence; empty where it is not.

    Args:
        before: the take that was revised.
        after: the revision.
        floor: the least C that is usual for the writer.
        continuity: how likely it is that nothing is contradicted, before and after, 0..1; None: nobody asked.
        rubric: how each ranks by a large model's answers (`critic.rubric`), 0..1; None: no model was asked.
    """
    old, new = before.verdict, after.verdict
    if new.refused_by:
        return new.refusal or f"A guard caught it: {new.refused_by}."
    if new.c < min(floor, old.c):
        return f"It falls below what is usual here: coherence {new.c:.2f}, usually at least {floor:.2f}."
    if new.c < old.c - COHERENCE_LOST:
        return f"It holds together less well: coherence {new.c:.2f} after {old.c:.2f}."
    if new.reads_worse(old):
        return f"It is worse to read: quality {new.j_score:+.1f} after {old.j_score:+.1f}."
    if rubric is not None and rubric[1] < rubric[0] - RUBRIC_LOST:
        return f"The model would sooner read the take it revises: {rubric[1]:.2f} after {rubric[0]:.2f}."
    if continuity is not None and continuity[1] < continuity[0] - CONTINUITY_LOST:
        return f"It agrees less with what happened before: {continuity[1]:.0%} after {continuity[0]:.0%}."
    if distinct([after.text]) < distinct([before.text]) - DISTINCT_LOST:
        return "It repeats itself more than the take it revises."
    longer = mean_words([after.text]) / max(1.0, mean_words([before.text]))
    if abs(longer - 1) > LENGTH:
        return f"It is {'longer' if longer > 1 else 'shorter'} by {abs(longer - 1):.0%}."
    return ""


def course(*, round: int, rounds: int, leading: Contender, unchanged: int) -> Course:
    """Whether another round follows.

    Args:
        round: the one that has been judged; 0 is that of the first takes.
        rounds: how many were planned.
        leading: the take that leads.
        unchanged: rounds in a row, this one included, in which the leading take stayed the same.
    """
    if leading.verdict.d_low >= FOOLED and not leading.verdict.refused_by:
        return Course(goes_on=False, why=f"{leading.take} passes for human; the scene is done.")
    if round >= min(rounds, ROUNDS):
        return Course(goes_on=False, why=f"{leading.take} leads; there is no further round.")
    if unchanged >= PATIENCE:
        return Course(goes_on=False, why=f"{leading.take} leads, and criticism brings nothing better.")
    return Course(goes_on=True, why=f"{leading.take} leads and is criticised next.")


def to_be_trained(accuracy: float, learned: int) -> bool:
    """Whether D learns the takes of a round.

    Args:
        accuracy: of D on them, which it has not learned (`GameValue.accuracy`).
        learned: takes of this writer it has learned so far.
    """
    return learned < KNOWN or accuracy <= AHEAD


def unchanged(leaders: Sequence[str]) -> int:
    """Rounds in a row, up to the last, whose leader was that of the round before."""
    count = 0
    while count + 1 < len(leaders) and leaders[-1 - count] == leaders[-2 - count]:
        count += 1
    return count
