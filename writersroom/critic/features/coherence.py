"""How the parts of a text hold together: what the coherence head sees.

D looks at how words fall, and shuffled words fall well enough; C looks at the joints. How well did the eye
foresee the beginning of a sentence after the one before it (entity grid and discourse models since Barzilay
and Lapata 2008 look at the same places)? Do names, persons and tenses carry over? Is anything said twice?
Compared between a text and its own damaged copy the values are paired, so what an author's habits put into
them cancels.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.features.normal import sentences_of
from writersroom.critic.features.vector import Measure, Numbers, Places
from writersroom.engine.interface import TextScore

_F: Final = "holding together"
_N: Final = "nats"

COHERENCE: Final[tuple[Measure, ...]] = tuple(
    Measure(name=name, unit=unit, family=_F)
    for name, unit in (
        ("all_logprob", _N),
        ("all_excess", _N),
        ("inner_logprob", _N),
        ("inner_excess", _N),
        ("inner_worst", "nats, 5th percentile"),
        ("joint_1", "nats, first token of sentences"),
        ("joint_1_excess", _N),
        ("joint_2", "nats, second token"),
        ("joint_3", "nats, third to fifth token"),
        ("joint_rest", "nats, after the fifth"),
        ("joint_worst", "nats, mean of first five, least of all sentences"),
        ("joint_second", "nats, the same, second least"),
        ("joint_median", "nats, the same, median"),
        ("sentence_worst", "nats, least mean excess of a sentence"),
        ("sentence_second", "nats, the second least"),
        ("sentence_spread", _N),
        ("change", "nats, largest fall of mean excess at a joint"),
        ("change_any", "nats, largest change either way"),
        ("slope", "nats from the first sentence to the last"),
        ("last", "nats, last sentence less the others"),
        ("person_logprob", "nats, pronouns"),
        ("person_worst", "nats, the worst tenth of pronouns"),
        ("name_first", "nats, names when they come first"),
        ("name_again", "nats, names when they come again"),
        ("name_share", "share of names that come again"),
        ("name_one_half", "share of names in one half alone"),
        ("content_again", "nats, long words that came before"),
        ("content_new", "nats, long words that are new"),
        ("new_share", "share of long words that are new"),
        ("new_late", "share of new long words, second half less first"),
        ("overlap_next", "share of long words found in the sentence before"),
        ("overlap_far", "the same, four sentences before and more"),
        ("overlap_gap", "the first less the second"),
        ("overlap_halves", "share of long words of the second half found in the first"),
        ("gender_turns", "share of neighbouring sentences, he to she or back"),
        ("gender_mixed", "share of sentences that have both"),
        ("person_turns", "share of neighbouring sentences, I to he, she or back"),
        ("tense_turns", "share of neighbouring sentences, was to is or back"),
        ("pronoun_first", "1 when the text begins with a pronoun"),
        ("link_first", "1 when the text begins with but, and, so, then"),
        ("open_quotes", "share of sentences that leave quotes open"),
        ("twice_4", "share of 4-grams that came before"),
        ("twice_8", "share of 8-grams that came before"),
        ("twice_sentence", "share of sentences that came before"),
        ("longest_twice", "words of the longest passage that comes again, log"),
        ("the_new", "nats, the word after `the` when it is new"),
        ("a_again", "share of words after `a` that were there before"),
        ("stop_logprob", "nats, end marks"),
        ("halves_person", "share of first person, difference of halves"),
        ("halves_gender", "he against she, difference of halves"),
        ("halves_tense", "past against present, difference of halves"),
        ("halves_spoken", "share of words spoken, difference of halves"),
        ("halves_length", "log words of a sentence, difference of halves"),
        ("halves_names", "share of the second half's names that the first has"),
        ("cut_overlap", "least share of long words shared across a joint, of joints in the middle"),
        ("cut_names", "share of joints in the middle that no name crosses"),
    )
)
"""Shape of `coherence`."""

_PRONOUN: Final = frozenset(
    [
        "he",
        "she",
        "him",
        "her",
        "his",
        "hers",
        "they",
        "them",
        "their",
        "it",
        "its",
        "i",
        "me",
        "my",
        "we",
        "us",
        "our",
        "you",
        "your",
    ]
)
_LINK: Final = frozenset(
    ["but", "and", "so", "then", "or", "yet", "still", "however", "finally", "suddenly", "instead", "also"]
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")
_HE: Final = frozenset(("he", "him", "his", "himself"))
_SHE: Final = frozenset(("she", "her", "hers", "herself"))
_ME: Final = frozenset(("i", "me", "my", "myself", "i'm", "i'd", "i'll", "i've"))
_WAS: Final = frozenset(
    ["was", "were", "had", "did", "went", "said", "came", "looked", "felt", "knew", "thought"]
)
_IS: Final = frozenset(
    ["is", "are", "has", "does", "am", "goes", "says", "comes", "looks", "feels", "knows", "thinks"]
)


def coherence(window: str, score: TextScore) -> Numbers:
    """Measure one window.

    Args:
        window: in normal form.
        score: of exactly this text, or of as much of it as was read.

    Returns:
        Shape (len(COHERENCE),), finite.
    """
    sentences = sentences_of(window)
    if len(score.logprob) < 8 or not sentences:
        return np.zeros(len(COHERENCE))
    return np.nan_to_num(np.array([*_tokens(window, sentences, score), *_words(sentences)], np.float64))[
        _ORDER
    ]


def _starts(sentences: Sequence[str]) -> Numbers:
    return np.cumsum([0.0, *(len(one) + 1 for one in sentences[:-1])])


def _mean(values: Numbers, otherwise: float) -> float:
    return float(values.mean()) if len(values) else otherwise


def _tokens(window: str, sentences: Sequence[str], score: TextScore) -> list[float]:
    logprob = np.maximum(score.logprob.astype(np.float64), -18.0)
    excess = logprob + score.entropy.astype(np.float64)
    at = score.starts.astype(np.int64)
    number = np.maximum(np.searchsorted(_starts(sentences), at + 1, side="right") - 1, 0)
    first = np.flatnonzero(np.diff(number, prepend=-1))
    place = np.arange(len(number)) - first[np.searchsorted(first, np.arange(len(number)), side="right") - 1]
    later = number > 0
    inner = place > 0
    all_mean = float(logprob[1:].mean())
    count = np.bincount(number)
    sums = np.bincount(number, weights=excess)
    long = count >= 4
    means = sums[long] / count[long]
    if len(means) < 2:
        means = np.array([excess.mean(), excess.mean()])
    joints = np.array(
        [logprob[start : start + 5].mean() for start in first[1:] if start + 3 <= len(logprob)] or [all_mean]
    )
    order = np.sort(joints)
    ranked = np.sort(means)
    falls = [means[:cut].mean() - means[cut:].mean() for cut in range(1, len(means))]
    tokens = [window[a:b].strip().lower() for a, b in zip(at, [*at[1:], len(window)], strict=True)]
    person = np.array([token in _PRONOUN for token in tokens])
    said = logprob[person & (np.arange(len(tokens)) > 0)]
    stops = np.array([token[:1] in (".", "!", "?") if token else False for token in tokens])
    return [
        all_mean,
        float(excess[1:].mean()),
        _mean(logprob[inner], all_mean),
        _mean(excess[inner], 0.0),
        float(np.quantile(logprob[1:], 0.05)),
        _mean(logprob[later & (place == 0)], all_mean),
        _mean(excess[later & (place == 0)], 0.0),
        _mean(logprob[later & (place == 1)], all_mean),
        _mean(logprob[later & (place >= 2) & (place <= 4)], all_mean),
        _mean(logprob[place > 4], all_mean),
        float(order[0]),
        float(order[min(1, len(order) - 1)]),
        float(np.median(joints)),
        float(ranked[0]),
        float(ranked[1]),
        float(means.std()),
        float(max(falls)),
        float(np.abs(falls).max()),
        float(np.polyfit(np.linspace(0, 1, len(means)), means, 1)[0]),
        float(means[-1] - means[:-1].mean()),
        _mean(said, all_mean),
        float(np.quantile(said, 0.1)) if len(said) else all_mean,
        _mean(logprob[stops], all_mean),
        *_names_and_content(window, at, logprob, all_mean),
    ]


def _names_and_content(window: str, at: Places, logprob: Numbers, all_mean: float) -> list[float]:
    """What names and long words cost, when they are new and when they come again."""
    name_first: list[float] = []
    name_again: list[float] = []
    content_new: list[float] = []
    content_again: list[float] = []
    the_new: list[float] = []
    places: dict[str, list[float]] = {}
    seen: set[str] = set()
    new_flags: list[bool] = []
    a_again: list[bool] = []
    before = ""
    for match in _WORD.finditer(window):
        word, low = match.group(), match.group().lower()
        # A token holds the blank before its word.
        begin = int(np.searchsorted(at, max(match.start() - 1, 0), side="left"))
        end = max(int(np.searchsorted(at, match.end() - 1, side="left")), begin + 1)
        if begin >= len(logprob):
            break
        cost = float(logprob[begin:end].sum())
        inside = (
            match.start() > 2 and window[match.start() - 1] == " " and window[match.start() - 2] not in '.!?"'
        )
        if inside and word[0].isupper() and word not in ("I", "I'm", "I'd", "I'll", "I've"):
            (name_again if low in places else name_first).append(cost)
            places.setdefault(low, []).append(match.start() / len(window))
        elif len(low) > 4:
            new = low[:6] not in seen
            (content_new if new else content_again).append(cost)
            new_flags.append(new)
        if before == "the" and len(low) > 3 and low[:6] not in seen:
            the_new.append(cost)
        if before in ("a", "an") and len(low) > 3:
            a_again.append(low[:6] in seen)
        seen.add(low[:6])
        before = low
    half = len(new_flags) // 2
    flags = np.array(new_flags, np.float64)
    return [
        float(np.mean(name_first)) if name_first else 2 * all_mean,
        float(np.mean(name_again)) if name_again else all_mean,
        sum(len(one) > 1 for one in places.values()) / len(places) if places else 0.5,
        sum(len(one) > 1 and (max(one) < 0.5 or min(one) >= 0.5) for one in places.values())
        / max(sum(len(one) > 1 for one in places.values()), 1),
        float(np.mean(content_again)) if content_again else all_mean,
        float(np.mean(content_new)) if content_new else 2 * all_mean,
        float(flags.mean()) if len(flags) else 1.0,
        float(flags[half:].mean() - flags[:half].mean()) if half else 0.0,
        float(np.mean(the_new)) if the_new else 2 * all_mean,
        float(np.mean(a_again)) if a_again else 0.0,
    ]


def _words(sentences: Sequence[str]) -> list[float]:
    words = [_WORD.findall(one.lower()) for one in sentences]
    content = [{word[:6] for word in one if len(word) > 4} for one in words]
    near = [len(a & b) / len(b) for a, b in itertools.pairwise(content) if b]
    far = [
        len(content[i] & content[j]) / len(content[j])
        for j in range(4, len(content))
        for i in range(j - 3)
        if content[j]
    ]
    half = len(content) // 2
    early = set[str]().union(*content[:half])
    late = set[str]().union(*content[half:])
    sets = [set(one) for one in words]
    gender = [
        1 if one & _HE and not one & _SHE else -1 if one & _SHE and not one & _HE else 0 for one in sets
    ]
    person = [1 if one & _ME else -1 if one & (_HE | _SHE) else 0 for one in sets]
    tense = [1 if one & _WAS and not one & _IS else -1 if one & _IS and not one & _WAS else 0 for one in sets]
    flat = [word for one in words for word in one]
    first = words[0][0] if words[0] else ""
    plain = [" ".join(one) for one in words if len(one) > 2]
    near_mean = float(np.mean(near)) if near else 0.0
    far_mean = float(np.mean(far)) if far else 0.0
    return [
        near_mean,
        far_mean,
        near_mean - far_mean,
        len(early & late) / len(late) if late else 0.0,
        _turns(gender),
        sum(bool(one & _HE) and bool(one & _SHE) for one in sets) / len(sets),
        _turns(person),
        _turns(tense),
        float(first in _PRONOUN),
        float(first in _LINK),
        sum(one.count('"') % 2 for one in sentences) / len(sentences),
        _again(flat, 4),
        _again(flat, 8),
        1 - len(set(plain)) / len(plain) if plain else 0.0,
        float(np.log1p(longest_repeat(flat))),
        *_halves(sentences, words),
    ]


def _halves(sentences: Sequence[str], words: Sequence[Sequence[str]]) -> list[float]:
    """How much halves differ in what one story keeps: who tells, of whom, when, how."""
    half = max(len(words) // 2, 1)
    parts = [[word for one in part for word in one] for part in (words[:half], words[half:])]
    texts = [" ".join(part) for part in (sentences[:half], sentences[half:])]
    person = [_of(part, _ME, _HE | _SHE) for part in parts]
    gender = [_of(part, _HE, _SHE) for part in parts]
    tense = [_of(part, _WAS, _IS) for part in parts]
    spoken = [sum(map(len, re.findall(r'"[^"]*"', text))) / max(len(text), 1) for text in texts]
    length = [
        float(np.mean([np.log1p(len(one)) for one in part])) if part else 0.0
        for part in (words[:half], words[half:])
    ]
    names = [set(_NAME.findall(text)) for text in texts]
    content = [{word[:6] for word in one if len(word) > 4} for one in words]
    called = [set(_NAME.findall(one)) for one in sentences]
    overlaps: list[float] = []
    crossed: list[bool] = []
    for cut in range(len(words) // 3, len(words) - len(words) // 3):
        before = set[str]().union(*content[:cut])
        after = set[str]().union(*content[cut:])
        overlaps.append(len(before & after) / max(min(len(before), len(after)), 1))
        crossed.append(bool(set[str]().union(*called[:cut]) & set[str]().union(*called[cut:])))
    return [
        abs(person[0] - person[1]),
        abs(gender[0] - gender[1]),
        abs(tense[0] - tense[1]),
        abs(spoken[0] - spoken[1]),
        abs(length[0] - length[1]),
        len(names[0] & names[1]) / len(names[1]) if names[1] else 0.5,
        min(overlaps, default=0.0),
        1 - sum(crossed) / len(crossed) if crossed else 0.5,
    ]


def _of(words: Sequence[str], some: frozenset[str], others: frozenset[str]) -> float:
    """Share of the first kind among both, drawn to one half where there are few."""
    a, b = sum(word in some for word in words), sum(word in others for word in words)
    return (a + 0.5) / (a + b + 1)


def _turns(signs: Sequence[int]) -> float:
    """Share of neighbouring sentences that speak on a matter and disagree on it."""
    spoken = [one for one in signs if one]
    return sum(a != b for a, b in itertools.pairwise(spoken)) / max(len(signs) - 1, 1)


def _again(words: Sequence[str], size: int) -> float:
    grams = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def longest_repeat(words: Sequence[str]) -> int:
    """Words of the longest passage that comes twice; places may overlap in nothing but their names."""
    low, high = 0, len(words) // 2
    while low < high:
        size = (low + high + 1) // 2
        if _again(words, size) > 0:
            low = size
        else:
            high = size - 1
    return low


_COMPUTED: Final = (
    "all_logprob",
    "all_excess",
    "inner_logprob",
    "inner_excess",
    "inner_worst",
    "joint_1",
    "joint_1_excess",
    "joint_2",
    "joint_3",
    "joint_rest",
    "joint_worst",
    "joint_second",
    "joint_median",
    "sentence_worst",
    "sentence_second",
    "sentence_spread",
    "change",
    "change_any",
    "slope",
    "last",
    "person_logprob",
    "person_worst",
    "stop_logprob",
    "name_first",
    "name_again",
    "name_share",
    "name_one_half",
    "content_again",
    "content_new",
    "new_share",
    "new_late",
    "the_new",
    "a_again",
    "overlap_next",
    "overlap_far",
    "overlap_gap",
    "overlap_halves",
    "gender_turns",
    "gender_mixed",
    "person_turns",
    "tense_turns",
    "pronoun_first",
    "link_first",
    "open_quotes",
    "twice_4",
    "twice_8",
    "twice_sentence",
    "longest_twice",
    "halves_person",
    "halves_gender",
    "halves_tense",
    "halves_spoken",
    "halves_length",
    "halves_names",
    "cut_overlap",
    "cut_names",
)
"""The order in which the values are computed."""
_ORDER: Final = [_COMPUTED.index(measure.name) for measure in COHERENCE]
