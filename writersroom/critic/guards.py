"""Who refuses a text before D is believed.

Two kinds. Some texts cannot be judged by what the critic knows (code, verse, another language): they are
refused with a sentence that says so. Some were edited to please D and are no better for it: a guard that
sees through the edit says which edit. Thresholds lie beyond what nearly all human texts of the development
data reach; of human texts left out some five in a hundred are refused all the same
(`benchmarks/critic_attacks.py` counts them, and `critic eval` calls them `wronged`).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from writersroom.critic.features.lexicon import FUNCTION_WORDS
from writersroom.critic.features.normal import NormalForm, normal_form, sentences_of
from writersroom.critic.lookalikes import disguised
from writersroom.critic.verdict import Guard
from writersroom.frozen import Frozen

LEAST_WORDS: Final = 40
"""Below this a text is not judged."""
MOST_CHARACTERS: Final = 2_000_000
MOST_TALK: Final = 0.2
"""Share of the words that may be talk with an assistant, which is not measured."""
_LOOKED_AT: Final = 6_000
"""Words that are looked at for repetition."""
_STOP: Final = re.compile(r"(?<!\.)[.!?](?![.!?])[\"')\]]*(?:\s|$)")
"""Where a sentence ends, even if no capital follows."""
_MOST_FOREIGN: Final = 0.3
"""Share of letters of other alphabets."""
_LETTER_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NO_ENGLISH: Final = "It does not look like English; the critic knows no other language."
_CODE: Final = re.compile(r"[{}\[\]<>=;\\|$#@^~`_]|\(\)|//|/\*|\*/|::|->")
_CODE_LINE: Final = re.compile(
    r"^\s*(?:def |class |import |from \S+ import|return\b|if .*[:{]$|for .*[:{]$|while .*[:{]$|else\b.*[:{]$|"
    r"(?:public|private|static|void|int|const|let|var|function|fn|func)\b.*[({=;]|#include|</?\w+|[}\])];?,?\s*$|"
    r"\w+\(.*\);?$|[\w.\[\]'\"]+\s*[-+*/]?=\s)"
)
_COMMON: Final = frozenset(FUNCTION_WORDS) | frozenset(
    ["said", "me", "get", "go", "see", "know", "think", "your", "say", "come", "an"]
)


class Refusal(Frozen):
    """Which guard, and its sentence for a person."""

    guard: Guard
    sentence: str


def refusal(raw: str, form: NormalForm | None = None) -> Refusal | None:
    """What can be said before the eye has read anything.

    Args:
        raw: the text as it came.
        form: its normal form, if it is there already.

    Returns:
        The first guard that refuses, or None.
    """
    if len(raw) > MOST_CHARACTERS:
        return Refusal(guard="huge", sentence="It is larger than 2 million characters; give it in parts.")
    if _is_binary(raw):
        return Refusal(guard="binary", sentence="This is no text: it holds characters that no text has.")
    form = form or normal_form(raw)
    words = _LETTER_WORD.findall(form.text)
    if not words:
        if _foreign(raw) > _MOST_FOREIGN:  # no blanks, and so no words
            return Refusal(guard="language", sentence=_NO_ENGLISH)
        return Refusal(guard="empty", sentence="There is nothing in it to judge.")
    foreign = _foreign(form.text) > _MOST_FOREIGN
    if disguised(words) > (0.3 if foreign else 0.01):
        return Refusal(
            guard="disguised",
            sentence="Words are written with letters that look like others and are not.",
        )
    if foreign:
        return Refusal(guard="language", sentence=_NO_ENGLISH)
    if form.talk > MOST_TALK:
        return Refusal(
            guard="chatter",
            sentence="Much of it is talk with an assistant, which is not judged; give the text alone.",
        )
    if len(words) < LEAST_WORDS:
        return Refusal(
            guard="short", sentence=f"It has {len(words)} words; fewer than {LEAST_WORDS} cannot be judged."
        )
    if _is_code(raw):
        return Refusal(guard="code", sentence="It looks like program code or data, not like prose.")
    if _english(words) < 0.2:
        return Refusal(guard="language", sentence=_NO_ENGLISH)
    case = _odd_case(form.text)
    if case:
        return Refusal(guard="capitals", sentence=case)
    if _is_verse(raw):
        return Refusal(
            guard="verse",
            sentence="It looks like verse or a list; the critic knows prose and dialogue alone.",
        )
    return repetition(form.text)


def repetition(plain: str) -> Refusal | None:
    """Whether a passage is there twice."""
    low = [word.lower() for word in _LETTER_WORD.findall(plain)][:_LOOKED_AT]
    sentences = [one.lower() for one in sentences_of(plain) if len(one.split()) > 3]
    said = Counter(sentences)
    twice = sum(count - 1 for count in said.values()) / max(len(sentences), 1)
    if (said_again(low) > 0.1 and said_again(low, 16) > 0) or (twice > 0.25 and len(sentences) > 4):
        return Refusal(guard="duplicated", sentence="A passage stands in it twice, word for word.")
    if _in_step(low) > 0.2:
        return Refusal(
            guard="duplicated", sentence="A passage stands in it twice, with a word changed here and there."
        )
    return None


def said_again(words: Sequence[str], run: int = 8) -> float:
    """Share of runs of so many words that came before, 0..1."""
    runs = [tuple(words[at : at + run]) for at in range(len(words) - run + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def _in_step(words: Sequence[str]) -> float:
    """Share of the words at which three come for the second and last time, all at one distance.

    So it is in a copy with changed words. What people repeat, a name or a turn of phrase, comes more often,
    or at any distance: 0.12 is the most in human texts of the development data that have no passage twice.
    """
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(words) - 2):
        places[tuple(words[at : at + 3])].append(at)
    steps = Counter(at[1] - at[0] for at in places.values() if len(at) == 2)
    return max(steps.values(), default=0) / max(len(words), 1)


def _is_binary(raw: str) -> bool:
    if not raw:
        return False
    head = raw[:20_000]
    odd = sum(
        char in "\x00\ufffd"
        or (unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") and char not in "\n\r\t\f\v")
        for char in head
    )
    return "\x00" in head or odd / len(head) > 0.02


def _foreign(plain: str) -> float:
    """Share of letters that are not Latin."""
    letters = [char for char in plain[:20_000] if char.isalpha()]
    strange = sum(not char.isascii() and "LATIN" not in unicodedata.name(char, "") for char in letters)
    return strange / max(len(letters), 1)


def _is_code(raw: str) -> bool:
    lines = [line for line in raw[:50_000].splitlines() if line.strip()]
    if not lines:
        return False
    like = sum(_CODE_LINE.match(line) is not None for line in lines) / len(lines)
    marks = len(_CODE.findall(raw[:50_000])) / max(len(raw[:50_000].split()), 1)
    return (like > 0.3 and marks > 0.1) or marks > 0.6


def _english(words: list[str]) -> float:
    """Share of words that are among English's commonest."""
    some = words[:2000]
    return sum(word.lower() in _COMMON for word in some) / len(some)


def _odd_case(plain: str) -> str:
    letters = [char for char in plain[:20_000] if char.isalpha()]
    upper = sum(char.isupper() for char in letters) / max(len(letters), 1)
    if upper > 0.4:
        return "It is written in capitals; give it in ordinary case."
    if upper < 0.002 or sum(map(str.isupper, letters)) < 0.5 * len(_STOP.findall(plain[:20_000])):
        return "It has hardly a capital letter; give it in ordinary case."
    return ""


def _is_verse(raw: str) -> bool:
    """Short lines that begin with capitals though the line before has not ended, or many in stanzas."""
    lines = [line.strip() for line in raw[:50_000].splitlines()]
    full = [line for line in lines if line]
    if len(full) < 6 or sum(line.isupper() for line in full) / len(full) > 0.1:
        return False
    length = sorted(len(line) for line in full)[len(full) // 2]
    pairs = [(a, b) for a, b in itertools.pairwise(full) if a[-1] not in '.!?"\u201d\u2019:']
    capital = sum(b[0].isupper() for _, b in pairs)
    return length < 55 and len(pairs) > len(full) * 0.3 and capital > 0.6 * len(pairs)
