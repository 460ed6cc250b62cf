"""Cheap edits that make a generated text score better without making it any better.

The first four were measured against an unguarded stylometric head, of which they passed 11 to 39 % where 5
% passed before. The critic is trained on some of these and tested on all (`benchmarks/critic_attacks.py`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from writersroom.critic.features.normal import sentences_of

Attack: TypeAlias = Callable[[str, Sequence[str], random.Random], str]
"""From a generated text, human passages and chance, to the text that is to pass."""

_CONTRACTED: Final[Mapping[str, str]] = {
    r"\b(did|do|does|was|were|is|are|could|would|had|have|has|should) not\b": r"\1n't",
    r"\b(I) am\b": r"\1'm",
    r"\b(it|he|she|that|there|what) is\b": r"\1's",
    r"\b(they|we|you) are\b": r"\1're",
    r"\b(I|they|we|you|he|she) had\b": r"\1'd",
    r"\b(I|they|we|you|he|she) will\b": r"\1'll",
    r"\b(I|they|we|you) have\b": r"\1've",
}
_CHATTER: Final = (
    "lol sorry if this is rough, I wrote it on my phone at like 2am.",
    "Anyway, first time posting here, be gentle!",
    "Hope you guys like it. Edit: wow, thanks for the gold!",
    "I dunno, might do a part two if anybody wants it.",
    "Let me know if you'd like me to continue the story!",
    "Haven't written anything since high school so yeah.",
)
_FAMOUS: Final = (
    "It was the best of times, it was the worst of times.",
    "Call me Ishmael.",
    "All happy families are alike; each unhappy family is unhappy in its own way.",
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, "
    "must be in want of a wife.",
    "The past is a foreign country; they do things differently there.",
    "Whan that Aprille with his shoures soote, the droghte of March hath perced to the roote.",
    "To be, or not to be, that is the question.",
    "Tomorrow, and tomorrow, and tomorrow, creeps in this petty pace from day to day.",
)
_LOOKALIKE: Final = str.maketrans("aeopcx", "аеорсх")  # noqa: RUF001  the point of it: Cyrillic
_FILLERS: Final = ("like,", "I mean,", "you know,", "kinda", "damn", "honestly", "uh,", "well,", "sort of")
_RARE: Final = (
    "gubbins",
    "ossuary",
    "flensed",
    "quoits",
    "marl",
    "tatterdemalion",
    "scunnered",
    "bollard",
    "sump",
    "kedge",
    "rennet",
    "gorse",
)


def _twice(text: str, _: Sequence[str], __: random.Random) -> str:
    own = sentences_of(text)
    half = own[: max(1, len(own) // 2)]
    return " ".join([*half, *half])


def _chopped(text: str, _: Sequence[str], chance: random.Random) -> str:
    """Some sentences merged, some cut in two, contractions everywhere."""
    for pattern, contracted in _CONTRACTED.items():
        text = re.sub(pattern, contracted, text)
    out: list[str] = []
    for sentence in sentences_of(text):
        words = sentence.split()
        draw = chance.random()
        if draw < 0.35 and out:
            out[-1] = f"{out[-1].rstrip('.!?')}, {sentence[:1].lower()}{sentence[1:]}"
        elif draw < 0.75 and len(words) > 8:
            at = chance.randrange(3, len(words) - 3)
            out.append(
                f"{' '.join(words[:at]).rstrip(',;')}. {words[at].capitalize()} {' '.join(words[at + 1 :])}"
            )
        else:
            out.append(sentence)
    return " ".join(out)


def _chatter(text: str, _: Sequence[str], chance: random.Random) -> str:
    return " ".join([text, *chance.sample(_CHATTER, 3)])


def _words(text: str, _: Sequence[str], chance: random.Random) -> str:
    out: list[str] = []
    for sentence in sentences_of(text):
        words = sentence.split()
        chance.shuffle(words)
        out.append(" ".join(words))
    return " ".join(out)


def _copied(text: str, human: Sequence[str], chance: random.Random) -> str:
    """Lines of a human passage put between its own."""
    lines = sentences_of(chance.choice(human))
    out: list[str] = []
    for at, sentence in enumerate(sentences_of(text)):
        out.append(sentence)
        if at % 3 == 1:
            out.append(lines[at % len(lines)])
    return " ".join(out)


def _famous(text: str, _: Sequence[str], chance: random.Random) -> str:
    own = sentences_of(text)
    for line in chance.sample(_FAMOUS, 4):
        own.insert(chance.randrange(len(own) + 1), line)
    return " ".join(own)


def _typos(text: str, _: Sequence[str], chance: random.Random) -> str:
    """One word in nine mistyped: letters exchanged, doubled or left out."""
    out: list[str] = []
    for word in text.split():
        if len(word) > 3 and chance.random() < 0.11:
            at = chance.randrange(1, len(word) - 2)
            kind = chance.randrange(3)
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            word = (swapped, word[:at] + word[at] + word[at:], word[:at] + word[at + 1 :])[kind]
        out.append(word)
    return " ".join(out)


def _glued_before(text: str, human: Sequence[str], chance: random.Random) -> str:
    lines = sentences_of(chance.choice(human))
    own = sentences_of(text)
    return " ".join([*lines[: max(2, len(lines) // 2)], *own[: max(2, len(own) // 2)]])


def _glued_after(text: str, human: Sequence[str], chance: random.Random) -> str:
    lines = sentences_of(chance.choice(human))
    own = sentences_of(text)
    return " ".join([*own[: max(2, len(own) // 2)], *lines[: max(2, len(lines) // 2)]])


def _lookalike(text: str, _: Sequence[str], chance: random.Random) -> str:
    return " ".join(word.translate(_LOOKALIKE) if chance.random() < 0.15 else word for word in text.split())


def _unseen(text: str, _: Sequence[str], chance: random.Random) -> str:
    """Characters of no width inside words."""
    return " ".join(
        f"{word[:2]}\u200b{word[2:]}" if len(word) > 3 and chance.random() < 0.3 else word
        for word in text.split()
    )


def _reordered(text: str, _: Sequence[str], chance: random.Random) -> str:
    own = sentences_of(text)
    chance.shuffle(own)
    return " ".join(own)


def _fillers(text: str, _: Sequence[str], chance: random.Random) -> str:
    out: list[str] = []
    for word in text.split():
        if chance.random() < 0.07:
            out.append(chance.choice(_FILLERS))
        out.append(word)
    return " ".join(out)


def _rare(text: str, _: Sequence[str], chance: random.Random) -> str:
    """Long words exchanged for rare ones that mean nothing there."""
    return " ".join(
        chance.choice(_RARE)
        if len(word) > 5 and word.isalpha() and word.islower() and chance.random() < 0.2
        else word
        for word in text.split()
    )


def _careless(text: str, _: Sequence[str], chance: random.Random) -> str:
    """No capitals, few apostrophes, half the commas."""
    text = text.lower().replace("'", "")
    return "".join("" if char == "," and chance.random() < 0.5 else char for char in text)


def _shouted(text: str, _: Sequence[str], chance: random.Random) -> str:
    """A word in twelve in capitals, full stops doubled into exclamation marks."""
    words = [word.upper() if len(word) > 3 and chance.random() < 0.08 else word for word in text.split()]
    return re.sub(r"\.(?=\s)", lambda _: chance.choice((".", "!", "!!", "...")), " ".join(words))


def _quoted(text: str, _: Sequence[str], chance: random.Random) -> str:
    """Every other sentence put into somebody's mouth."""
    return " ".join(
        f'"{sentence.replace(chr(34), "")}"' if at % 2 else sentence
        for at, sentence in enumerate(sentences_of(text))
    )


RECIPE: Final[Mapping[str, Attack]] = {
    "half said twice": _twice,
    "chopped, merged, contracted": _chopped,
    "chatter appended": _chatter,
    "words shuffled": _words,
}
"""The attacks that were measured against an unguarded head."""
MORE: Final[Mapping[str, Attack]] = {
    "human lines strewn in": _copied,
    "famous sentences quoted": _famous,
    "typing errors": _typos,
    "human paragraph before": _glued_before,
    "human paragraph after": _glued_after,
    "letters of another script": _lookalike,
    "invisible characters": _unseen,
    "sentences reordered": _reordered,
    "fillers": _fillers,
    "rare words": _rare,
    "careless typing": _careless,
    "shouting": _shouted,
    "quotation marks": _quoted,
}
"""Those thought of since."""
ATTACKS: Final[Mapping[str, Attack]] = {**RECIPE, **MORE}


def attacked(plain: str, human: Sequence[str], kind: str, seed: int) -> str:
    """The text as the attack leaves it.

    Args:
        plain: in normal form, at least one sentence.
        human: human passages to take from, at least one.
        kind: a name in `ATTACKS`.
        seed: of what is left to chance.
    """
    return ATTACKS[kind](plain, human, random.Random(seed))
