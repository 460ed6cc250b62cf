"""A text cut into windows of one length, so that long texts and short ones are measured alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

WINDOW: Final = 160
"""Words of a window: about 200 tokens of the eye."""
MOST_BYTES: Final = 4_000
"""Of a window, in UTF-8: a token is a byte at least, so that any window fits a context of as many tokens. A
window of prose has some 900."""
LEAST: Final = 60
"""Words that a last window must have to be measured beside others."""
MOST: Final = 4
"""Windows measured of one text; of a longer text, evenly spread."""


def windows(plain: str, *, most: int = MOST) -> tuple[str, ...]:
    """Cut a text in normal form.

    Args:
        plain: the text, words parted by single spaces.
        most: how many windows to give.

    Returns:
        Runs of at most `WINDOW` words and `MOST_BYTES`, in order; the first is there if the text has any
        word.
    """
    words = plain.split()
    if not words:
        return ()
    cuts = _cuts(words)
    whole = [cuts[0], *(cut for cut in cuts[1:] if len(cut) >= LEAST)]
    return tuple(" ".join(whole[at]) for at in _spread(len(whole), most))


def _cuts(words: Sequence[str]) -> list[list[str]]:
    cuts: list[list[str]] = [[]]
    size = 0
    for word in words:
        own = len(word.encode("utf-8", "replace")) + 1
        if cuts[-1] and (len(cuts[-1]) == WINDOW or size + own > MOST_BYTES):
            cuts.append([])
            size = 0
        cuts[-1].append(word)
        size += own
    return cuts


def _spread(count: int, most: int) -> Sequence[int]:
    """At most `most` of the numbers below `count`, the first and the last among them."""
    if count <= most:
        return range(count)
    if most == 1:
        return [0]
    return [round(at * (count - 1) / (most - 1)) for at in range(most)]
