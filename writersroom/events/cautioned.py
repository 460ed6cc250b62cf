"""The adversarial loop says what it watches for."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Cautioned(Frozen):
    """The loop noticed something that a person should know of, or refused a revision.

    `gaming`: D rose while J fell. `collapse`: the takes grow alike. `length`: they grow longer or shorter.
    `refused`: a revision made something worse and cannot be chosen.
    """

    kind: Literal["cautioned"] = "cautioned"
    scene: str
    round: int
    about: Literal["gaming", "collapse", "length", "refused"]
    message: str
    """What was found, for a person."""
    take: str = ""
    """The take it is about; empty where it is about all of them."""
    before: float | None = None
    """What was measured before the loop touched it, in the unit that `message` names."""
    after: float | None = None
