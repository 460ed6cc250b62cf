"""The replay buffer: what D is fitted on, whole, each time something new is learned.

Stock that came with the weights keeps D from forgetting other writers; takes of the room and passages of a
person's own come on top, the newest weighing most. Refitting costs milliseconds and cannot drift, as
stepping would.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from writersroom.critic.features.vector import Numbers
from writersroom.critic.heads.discriminator import Calibration, Discriminator, Panel, mixed, panel_of
from writersroom.critic.rows import Rows, joined

OWN: Final = 0.5
"""Share of the human side that passages of a person's own make up, together, once there are `FULL` of
them."""
FULL: Final = 32
ROOM: Final = 0.5
"""Share of the room's own writer among machines, once there are `SOON` of its takes."""
SOON: Final = 8
FEWEST: Final = 3
"""Takes of the room, or texts of a kind of writer, from which it has a panel of its own."""
_FADING: Final = 0.9
"""Weight of a batch against that of the one learned after it."""
_MOST: Final = 256
"""Own texts kept on each side; the oldest go first."""


class Replay:
    """Stock and what has been learned since, and the panels fitted on them."""

    def __init__(self, stock: Rows, *, held_back: int, kinds: Mapping[str, str] | None = None) -> None:
        """Start from stock.

        Args:
            stock: rows of both sides, embeddings projected.
            held_back: the last so many human rows are never fitted on.
            kinds: the kind of writer that each machine source is, as far as they differ; each kind has a
                panel of its own, and counts by the weight of its rows.
        """
        self._kinds: Mapping[str, str] = kinds or {}
        humans = np.flatnonzero(stock.human)
        back = humans[len(humans) - held_back :]
        used = np.ones(len(stock), bool)
        used[back] = False
        self._stock = stock.only(used)
        self.held_back = stock.only(back)
        """Human rows on which the game is valued."""
        self._learned: dict[bool, list[Rows]] = {True: [], False: []}
        self._known: tuple[tuple[Panel, Numbers, float], ...] | None = None
        """Of each kind of writer its panel, what that says of the rows left out, and how much it weighs."""

    def add(self, rows: Rows) -> None:
        """Learn a batch of one side; at least one row."""
        human = bool(rows.human[0])
        batches = self._learned[human]
        batches.append(rows)
        while len(batches) > 1 and sum(map(len, batches)) > _MOST:
            batches.pop(0)
        if human:
            self._known = None

    def count(self, *, human: bool) -> int:
        """Rows of one side that a fit sees, those learned included."""
        return int((self._stock.human == human).sum()) + sum(map(len, self._learned[human]))

    def machines(self) -> Rows:
        """Rows of machines: those of the stock and takes that were learned."""
        return joined([self._stock.only(~self._stock.human), *self._learned[False]])

    def fit(self, *, known: Calibration, room: Calibration) -> Discriminator:
        """Fit D on everything.

        Args:
            known: calibration while no take of the room has been learned.
            room: calibration of stock and room together.
        """
        people = self._people()
        if self._known is None:
            self._known = tuple(
                (*panel_of(joined([people, machines])), float(machines.weights.sum()))
                for machines in self._by_kind()
            )
        fitted, scaled = [(panel, without) for panel, without, _ in self._known], known
        masses = [mass for _, _, mass in self._known]
        shares = [mass / sum(masses) for mass in masses]
        takes = self._learned[False]
        if sum(map(len, takes)) >= FEWEST:
            own = joined(takes).weighing(_faded(takes))
            share = ROOM * min(1.0, len(own) / SOON)
            shares, scaled = [*((1 - share) * one for one in shares), share], room
            fitted.append(panel_of(joined([people, own])))
        people_said = scaled(mixed([without[: len(people)] for _, without in fitted], shares))
        return Discriminator(
            panels=tuple(panel for panel, _ in fitted),
            weights=tuple(shares),
            calibration=scaled,
            cap=float(np.median(people_said)),
        )

    def _by_kind(self) -> list[Rows]:
        """The machine rows of the stock by kind of writer, the largest kind last.

        A kind of fewer texts than a panel needs is put to the largest.
        """
        machines = np.flatnonzero(~self._stock.human)
        names = np.array([self._kinds.get(self._stock.sources[int(at)], "") for at in machines])
        found = sorted((machines[names == name] for name in sorted(set(names))), key=len)
        few = [places for places in found if len(places) < FEWEST]
        enough = found[len(few) :]
        return [self._stock.only(places) for places in (*enough[:-1], np.concatenate([*few, *enough[-1:]]))]

    def _people(self) -> Rows:
        """The human side, a person's own passages on top."""
        stock = self._stock.only(self._stock.human)
        own = self._learned[True]
        if not own:
            return stock
        faded = _faded(own)
        share = OWN * min(1.0, len(faded) / FULL)
        mass = float(stock.weights.sum()) * share / (1 - share)
        weights = np.concatenate([stock.weights, faded / faded.sum() * mass])
        return joined([stock, *own]).weighing(weights)


def _faded(batches: list[Rows]) -> Numbers:
    """A weight for each row of batches in order, the newest weighing 1."""
    last = len(batches) - 1
    return np.concatenate([np.full(len(batch), _FADING ** (last - at)) for at, batch in enumerate(batches)])
