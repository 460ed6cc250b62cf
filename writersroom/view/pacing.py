"""When to show each event of a recorded session, by a clock that can be put in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from writersroom.events import Event

LONGEST_PAUSE = 4.0
"""Seconds, at speed 1, that a recorded pause is cut to: a person went for coffee, the reader need not."""


class Clock(Protocol):
    """Time as playing needs it."""

    def now(self) -> float:
        """Seconds since some fixed instant; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, unless there is nothing to wait for."""
        if seconds > 0:
            time.sleep(seconds)


class Pace:
    """Tells how long to wait before an event is due.

    Waits are reckoned from when each event was due, not from when it was shown, so that drawing time does not
    add up. Changing the speed, or having been paused, starts the reckoning anew from now.

    Args:
        clock: where the time comes from.
        speed: how many times faster than recorded; 0 waits for nothing.
        longest: longest recorded pause that is played, in seconds at speed 1.
    """

    def __init__(self, clock: Clock, speed: float = 1.0, longest: float = LONGEST_PAUSE) -> None:
        if speed < 0:
            raise ValueError("The speed of playing cannot be negative.")
        self._clock = clock
        self._speed = speed
        self._longest = longest
        self._last: float | None = None
        self._due = clock.now()

    @property
    def speed(self) -> float:
        """How many times faster than recorded."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed < 0:
            raise ValueError("The speed of playing cannot be negative.")
        self._speed = speed
        self.restart()

    def restart(self) -> None:
        """Reckon from now on: after a pause, a jump or a change of speed."""
        self._due = self._clock.now()

    def wait(self, event: Event) -> float:
        """Seconds from now until the event is due, 0 if it is already; the event counts as shown."""
        created = event.created.timestamp()
        recorded = 0.0 if self._last is None else max(0.0, created - self._last)
        self._last = created
        if self._speed == 0:
            return 0.0
        self._due += min(recorded, self._longest) / self._speed
        return max(0.0, self._due - self._clock.now())


def paced(events: Iterable[Event], pace: Pace, sleep: Callable[[float], None]) -> Iterator[Event]:
    """The events, each when it is due.

    Args:
        events: in recorded order.
        pace: when they are due.
        sleep: how to wait, `clock.sleep` as a rule.
    """
    for event in events:
        sleep(pace.wait(event))
        yield event
