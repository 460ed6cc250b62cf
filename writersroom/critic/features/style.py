"""Stylometry: how a text is made, whatever it is about.

Nearly everything is a rate, a share or a mean over one window, which the window's length does not move. A
few measures it does move: `mark_kinds`, `sentence_longest` and the `repeated_` shares grow with it,
`sentence_shortest` and `once` fall. They compare because windows are of one length (`features.windows`); in a
text shorter than a window they differ, which the interval of D allows for (`critic.unsure_of_length`).
Everything is counted in the normal form (`features.normal`), so that typing habits do not matter. Sources:
function words, Mosteller and Wallace 1964; moving-average type-token ratio, Covington and McFall 2010;
compression, Benedetto et al. 2002; the marks of generated stories after Russell et al. 2025 and Reinhart et
al. 2025 (participial clauses, nominalisations, even sentences, named feelings, tidy endings).
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from writersroom.critic.features import lexicon
from writersroom.critic.features.normal import sentences_of
from writersroom.critic.features.vector import Measure, Numbers

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_PER_100: Final = "per 100 words"
_SPOKEN: Final = re.compile(r'"([^"]*)(?:"|$)')


@dataclass(frozen=True)
class Page:
    """One window, with what many features need of it."""

    text: str

    @cached_property
    def low(self) -> str:
        """In lower case."""
        return self.text.lower()

    @cached_property
    def words(self) -> list[str]:
        """Lower case, without punctuation."""
        return _WORD.findall(self.low)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word comes."""
        return Counter(self.words)

    @cached_property
    def sentences(self) -> list[str]:
        """In order."""
        return sentences_of(self.text)

    @cached_property
    def sentence_words(self) -> list[list[str]]:
        """The words of each sentence that has any, lower case."""
        return [words for one in self.sentences if (words := _WORD.findall(one.lower()))]

    @cached_property
    def lengths(self) -> Numbers:
        """Words of each sentence; at least one."""
        return np.array([len(words) for words in self.sentence_words] or [0.0], np.float64)

    @cached_property
    def spoken(self) -> list[str]:
        """What stands in quotes."""
        return _SPOKEN.findall(self.text)

    @cached_property
    def hundreds(self) -> float:
        """Words, in hundreds; never 0."""
        return max(len(self.words), 1) / 100

    @cached_property
    def letters(self) -> Numbers:
        """Letters of each word."""
        return np.array([len(word) for word in self.words] or [0.0], np.float64)

    def rate(self, pattern: re.Pattern[str]) -> float:
        """Matches in the lower-case text, per 100 words."""
        return len(pattern.findall(self.low)) / self.hundreds


Counted = Callable[[Page], float]
_made: list[tuple[Measure, Counted]] = []


def _measure(name: str, unit: str, family: str, counted: Counted) -> None:
    _made.append((Measure(name=name, unit=unit, family=family), counted))


def _rates(family: str, prefix: str, patterns: dict[str, str]) -> None:
    for name, pattern in patterns.items():
        compiled = re.compile(pattern)
        _measure(f"{prefix}{name}", _PER_100, family, lambda page, one=compiled: page.rate(one))


def _words(family: str, prefix: str, words: Sequence[str]) -> None:
    for word in words:
        _measure(f"{prefix}{word}", _PER_100, family, lambda page, one=word: page.counts[one] / page.hundreds)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _repeated(words: Sequence[str], size: int) -> float:
    """Share of n-grams that came before."""
    grams = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def _moving_ttr(page: Page) -> float:
    """Mean type-token ratio over runs of 50 words."""
    size = min(50, len(page.words))
    if not size:
        return 0.0
    runs = range(0, max(len(page.words) - size, 0) + 1, 5)
    return float(np.mean([len(set(page.words[at : at + size])) / size for at in runs]))


def _compression(page: Page) -> float:
    """Bytes left of one, mean over pieces of 400 bytes."""
    raw = page.low.encode()
    pieces = [raw[at : at + 400] for at in range(0, max(len(raw) - 399, 1), 200)]
    return float(np.mean([len(zlib.compress(piece, 9)) / max(len(piece), 1) for piece in pieces]))


def _overlap(page: Page) -> float:
    """Share of content words (5 letters or more) of a sentence found in the one before."""
    content = [{word for word in words if len(word) > 4} for words in page.sentence_words]
    pairs = [(a, b) for a, b in itertools.pairwise(content) if b]
    return float(np.mean([len(a & b) / len(b) for a, b in pairs])) if pairs else 0.0


def _echo(values: Numbers) -> float:
    if len(values) < 4 or values.std() < 1e-9:
        return 0.0
    left, right = values[:-1], values[1:]
    if left.std() < 1e-9 or right.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def _spoken_share(page: Page) -> float:
    return min(1.0, sum(len(_WORD.findall(one)) for one in page.spoken) / max(len(page.words), 1))


def _begins(words: Sequence[str]) -> Counted:
    known = frozenset(words)
    return lambda page: _share([one[0] in known for one in page.sentence_words])


def _same_opening(page: Page) -> float:
    first = [one[0] for one in page.sentence_words]
    return _share([a == b for a, b in itertools.pairwise(first)])


def _openers(page: Page) -> float:
    first = [one[0] for one in page.sentence_words][:12]
    return len(set(first)) / len(first) if first else 1.0


def _ending(pattern: str, least: int) -> Counted:
    compiled = re.compile(rf"\b\w{{{least},}}{pattern}\b")
    return lambda page: page.rate(compiled)


def _names(page: Page) -> float:
    """Capitalised words inside sentences, per 100 words."""
    return len(re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", page.text)) / page.hundreds


def _sentence_rhythm() -> None:
    def length(name: str, unit: str, of: Callable[[Numbers], float], family: str = "sentence rhythm") -> None:
        _measure(f"sentence_{name}", unit, family, lambda page: float(of(page.lengths)))

    length("mean", "words", np.mean, "sentence length")
    length("median", "words", np.median, "sentence length")
    length("deviation", "words", np.std)
    length("variation", "ratio", lambda n: float(n.std() / max(float(n.mean()), 1.0)))
    length("log_deviation", "nats", lambda n: float(np.log1p(n).std()))
    length("shortest", "words", np.min)
    length("longest", "words", np.max)
    length("25", "words", lambda n: float(np.quantile(n, 0.25)))
    length("75", "words", lambda n: float(np.quantile(n, 0.75)))
    length("short", "share of sentences", lambda n: float((n <= 5).mean()))
    length("tiny", "share of sentences", lambda n: float((n <= 2).mean()))
    length("long", "share of sentences", lambda n: float((n >= 28).mean()))
    length("steps", "words", lambda n: float(np.abs(np.diff(n)).mean()) if len(n) > 1 else 0.0)
    length("log_steps", "nats", lambda n: float(np.abs(np.diff(np.log1p(n))).mean()) if len(n) > 1 else 0.0)
    length("echo", "correlation", _echo)


def _vocabulary() -> None:
    family = "vocabulary"
    _measure("word_mean", "letters", family, lambda page: float(page.letters.mean()))
    _measure("word_deviation", "letters", family, lambda page: float(page.letters.std()))
    _measure("word_long", "share of words", family, lambda page: float((page.letters >= 8).mean()))
    _measure("word_longer", "share of words", family, lambda page: float((page.letters >= 11).mean()))
    _measure("word_short", "share of words", family, lambda page: float((page.letters <= 3).mean()))
    _measure("types", "share of words, runs of 50", family, _moving_ttr)
    _measure(
        "once",
        "share of words",
        family,
        lambda page: sum(n == 1 for n in page.counts.values()) / max(len(page.words), 1),
    )
    _measure("compression", "bytes left of one", "repetition", _compression)
    for name, pattern, least in (
        ("adverbs", "ly", 3),
        ("nominal", "(?:tion|ness|ment|ity|ance|ence)s?", 3),
        ("adjectives", "(?:ful|ous|ive|less|able|ible)", 3),
        ("past", "ed", 2),
        ("ing", "ing", 2),
    ):
        _measure(
            f"words_{name}", _PER_100, "participles" if name == "ing" else family, _ending(pattern, least)
        )
    _measure("names", _PER_100, family, _names)
    _rates(family, "words_", {"numbers": r"\b\d+", "similes": lexicon.SIMILES})
    for size in (2, 3, 4):
        _measure(
            f"repeated_{size}",
            "share of n-grams",
            "repetition",
            lambda page, n=size: _repeated(page.words, n),
        )
    _measure("overlap", "share of content words", "repetition", _overlap)


def _marks() -> None:
    _rates(
        "punctuation",
        "mark_",
        {
            "comma": ",",
            "semicolon": ";",
            "colon": ":",
            "dash": "—",
            "exclamation": "!",
            "question": r"\?",
            "ellipsis": r"\.\.\.",
            "bracket": r"\(",
            "hyphen": r"\w-\w",
            "doubled": r"[!?]{2,}",
            "stop": r"\.(?!\.)",
        },
    )
    _measure(
        "mark_kinds",
        "kinds",
        "punctuation",
        lambda page: float(len(set(re.findall(r"[^\w\s'\"]", page.text)))),
    )
    _measure(
        "commas_in_sentence",
        "per sentence",
        "sentence rhythm",
        lambda page: page.text.count(",") / max(len(page.sentences), 1),
    )
    _measure(
        "commas_deviation",
        "per sentence",
        "sentence rhythm",
        lambda page: float(np.std([one.count(",") for one in page.sentences] or [0])),
    )
    _measure(
        "careless",
        _PER_100,
        "spoken language",
        lambda page: (
            len(re.findall(r"\b(?:i|im|dont|cant|didnt|wasnt|youre|its a|alot)\b(?!')", page.text))
            / page.hundreds
        ),
    )
    _measure(
        "shouted",
        _PER_100,
        "spoken language",
        lambda page: len(re.findall(r"\b[A-Z]{3,}\b", page.text)) / page.hundreds,
    )


def _dialogue() -> None:
    family = "dialogue"
    _measure("spoken_share", "share of words", family, _spoken_share)
    _measure("spoken_turns", _PER_100, family, lambda page: len(page.spoken) / page.hundreds)
    _measure(
        "spoken_length",
        "words",
        family,
        lambda page: float(np.mean([len(one.split()) for one in page.spoken])) if page.spoken else 0.0,
    )
    _measure(
        "spoken_short",
        "share of turns",
        family,
        lambda page: _share([len(one.split()) <= 4 for one in page.spoken]),
    )
    _measure(
        "spoken_questions",
        "share of turns",
        family,
        lambda page: _share([one.rstrip().endswith("?") for one in page.spoken]),
    )
    _rates(family, "tag_", {"plain": lexicon.SPEECH_TAGS, "ornate": lexicon.ORNATE_TAGS})
    _rates(
        "spoken language",
        "voice_",
        {
            "contractions": r"\w'(?:t|s|re|ve|ll|d|m)\b",
            "negations": r"n't\b|\bnot\b|\bno\b|\bnever\b",
            "not_contracted": r"\b(?:did|do|does|was|were|is|are|could|would|had|have|has|can|"
            r"will) ?not\b|\bi am\b|\bit is\b",
            "asides": lexicon.SPOKEN,
        },
    )


def _habits() -> None:
    _rates(
        "participles",
        "clause_",
        {
            "ing": r", (?:\w+ly )?\w{2,}ing\b",
            "ing_ends": r", (?:\w+ly )?\w{2,}ing\b[^.!?\"]*[.!?]",
            "her_ing": r"\b(?:his|her|their|its) \w+ \w{2,}ing\b",
            "with": r"\bwith (?:a|an|the|his|her|their|its)\b",
            "as": r", as \w+|\bas (?:he|she|they|i|it|the)\b",
            "while": r"\bwhile\b",
            "triple": r"\w+, \w+(?: \w+)?, and \w+",
            "pair": r"\b\w{4,} and \w{4,}\b",
            "of_the": r"\bof the\b",
            "relative": r", (?:which|who|whose|where)\b",
            "had": r"\bhad \w+(?:ed|en)\b",
            "began": r"\b(?:began|started|continued|tried|seemed) to\b",
        },
    )
    _measure(
        "opens_ing",
        "share of sentences",
        "participles",
        lambda page: _share([len(one[0]) > 4 and one[0].endswith("ing") for one in page.sentence_words]),
    )
    _rates("stock phrases", "stock_", dict(lexicon.STOCK))
    _words("stock phrases", "fond_", lexicon.OVER_USED)
    _rates("summing up", "sum_", dict(lexicon.SUMMING_UP))
    _rates("named feelings", "feelings_", {"named": lexicon.FEELINGS, "felt": r"\bfe(?:lt|el|els|eling)\b"})
    openings = {
        "the": ("the",),
        "pronoun": ("i", "he", "she", "it", "they", "we", "you"),
        "and": ("and", "but", "so", "or"),
        "as": ("as", "when", "while", "after", "before", "with", "in", "despite", "once"),
        "adverb": (
            "however",
            "suddenly",
            "finally",
            "then",
            "now",
            "soon",
            "eventually",
            "instead",
            "slowly",
            "yet",
        ),
        "possessive": ("his", "her", "my", "their", "its"),
        "there": ("there", "this", "that", "these"),
    }
    for name, words in openings.items():
        _measure(f"opens_{name}", "share of sentences", "openings", _begins(words))
    _measure("opens_same", "share of sentences", "openings", _same_opening)
    _measure("opens_kinds", "share of first 12", "openings", _openers)
    _measure(
        "person",
        "share of persons",
        "voice",
        lambda page: _ratio(
            page, ("i", "me", "my", "we", "us", "our"), ("he", "him", "his", "she", "her", "they")
        ),
    )
    _measure(
        "present",
        "share of verbs",
        "voice",
        lambda page: _ratio(page, ("is", "are", "am", "has", "does"), ("was", "were", "had", "did")),
    )


def _ratio(page: Page, some: Sequence[str], others: Sequence[str]) -> float:
    a = sum(page.counts[word] for word in some)
    b = sum(page.counts[word] for word in others)
    return (a + 0.5) / (a + b + 1)


_sentence_rhythm()
_vocabulary()
_marks()
_dialogue()
_habits()
_words("grammar words", "word_", lexicon.FUNCTION_WORDS)

STYLE: Final[tuple[Measure, ...]] = tuple(measure for measure, _ in _made)
"""Shape of `style`."""
_COUNTED: Final = tuple(counted for _, counted in _made)


def style(window: str) -> Numbers:
    """Stylometry of one window in normal form: shape (len(STYLE),), finite."""
    page = Page(window)
    values = np.array([counted(page) for counted in _COUNTED], np.float64)
    return np.nan_to_num(values, posinf=0.0, neginf=0.0)
