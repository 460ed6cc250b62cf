"""What is wrong with a generated text, found by code, so that it is sampled again before anybody reads it.

Small models copy lists of what not to say into their text, so nothing here is said to the model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final

from writersroom.cast.kinds import EXPECTED, Kind
from writersroom.cast.neutral import neutral
from writersroom.cast.said import RUN, Said, runs_of, words_in
from writersroom.cast.tidy import sentences_of
from writersroom.frozen import Frozen
from writersroom.story.text import short

COPIED: Final = 6
"""Words in a row that also stand in the prompt make a copy; so does a whole text of three words or more."""
REPEATED: Final = 0.25
"""Share of a text's runs of four words, said before in the session, from which on it repeats."""
_SHORT_TEXT: Final = 24
"""Words below which saying one of more than `_LITTLE_WORD` letters `_TOO_OFTEN` times is to no end."""
_LITTLE_WORD, _TOO_OFTEN = 3, 4
LONGEST_WORD: Final = 14
"""Letters of a word of a title that the prompt does not hold."""


class FaultKind(StrEnum):
    """What can be wrong."""

    EMPTY = "empty"
    COPIES = "copies the prompt"
    LOOPS = "loops"
    BREAKS_ROLE = "breaks role"
    CUT_OFF = "is cut off"
    REPEATS = "repeats what was said"
    TOO_SHORT = "is too short"
    TOO_LONG = "is too long"
    STRANGER = "names somebody nobody knows"
    MALFORMED = "is not in the expected form"


class Fault(Frozen):
    """Something wrong with a text."""

    kind: FaultKind
    quote: str = ""
    """The words by which it was found."""


def faults(
    text: str,
    *,
    prompt: str,
    said: Said,
    speaker: str,
    others: Collection[str],
    kind: Kind,
    sentences: int = 1,
    inventive: bool = True,
    given: str = "",
) -> tuple[Fault, ...]:
    """What is wrong with a text; nothing, if it may be kept.

    Args:
        text: after `tidy`.
        prompt: all that the model was shown. Where it ends with the text's first words, these are not copied.
        said: what was said before in the session.
        speaker: the agent or character whose words these are.
        others: everybody else's names.
        kind: of the text.
        sentences: how many it may have.
        inventive: whether it may name people and places that are not in the prompt.
        given: its first words, where the prompt gave them; some have to be its own.
    """
    if not words_in(text):
        return (Fault(kind=FaultKind.EMPTY),)
    found = [
        *_roles(text, speaker, others, kind, given),
        *_copies(text, prompt, kind),
        *_loops(text),
        *_repeats(text, said),
        *_form(text, given, kind, sentences),
        *_own(text, given, kind),
        *_words(text, prompt, kind, (speaker, *others)),
    ]
    if not inventive:
        found += _strangers(text, prompt, (speaker, *others), kind)
    return tuple(Fault(kind=fault, quote=short(quote, 80)) for fault, quote in found)


def _copies(text: str, prompt: str, kind: Kind) -> Iterator[tuple[FaultKind, str]]:
    words, shown = words_in(text), words_in(prompt)
    # The first words may be the prompt's last: those were given.
    for given in range(min(len(words), len(shown)), 0, -1):
        if shown[-given:] == words[:given]:
            del shown[-given:]
            break
    length = min(COPIED, len(words))
    if length < 3 and kind != "title":
        return
    there = set(runs_of(shown, length))
    for run in runs_of(words, length):
        if run in there:
            yield FaultKind.COPIES, " ".join(run)
            return


_CAPITAL: Final = re.compile(r"(?<![.!?\u2026:\"\u201c\n])(?<!^)\s([A-Z][a-z]+)\b")
_NO_NAMES: Final = frozenset(
    words_in(
        "I, God, Lord, sir, madam, mother, father, mom, mum, dad, Mr, Mrs, Ms, Dr, doctor, captain; "
        "January, February, March, April, May, June, July, August, September, October, November, December; "
        "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Christmas, Easter; "
        "English, French, German, Spanish"
    )
)
"""Words with a capital that name nobody in particular."""
_CALLED: Final = re.compile(
    r"(?:^|[.!?\u2026]\s+)[\"\u201c]?([A-Z][a-z]+)(?:!|, (?=[^.!?]*\b[Yy]ou))", re.MULTILINE
)
"""Who is called, or spoken to."""
_CALLS: Final = frozenset(
    words_in(
        "yeah, damn, besides, alright, first, instead, boys, girls, men, women, people, fire, war, "
        "yes, no, oh, ah, ha, hey, hush, well, look, listen, wait, please, maybe, perhaps, sorry, "
        "okay, fine, good, great, right, true, sure, then, now, so, but, and, still, again, stop, go, "
        "come, run, quiet, enough, never, always, today, tomorrow, tonight, yesterday, here, there, "
        "help, thanks, goodbye, hello, welcome, really, honestly, anyway, indeed, exactly, careful, "
        "quick, think, tell, take, leave, child, son, daughter, brother, sister, friend, darling, "
        "dear, love, man, woman, boy, girl, everybody, nobody, gentlemen, ladies, you, we, he, she, "
        "they, it, this, that, what, who, why, how, when"
    )
)
"""Words that a sentence begins with before a comma or an exclamation mark, and that are no names."""


def _no_name(word: str) -> bool:
    return word in _CALLS or word.endswith(("ly", "ing", "ed", "sense"))


def _strangers(text: str, prompt: str, known: Collection[str], kind: Kind) -> Iterator[tuple[FaultKind, str]]:
    """Names within a sentence that neither the prompt nor the cast knows."""
    if not EXPECTED[kind].sentence:
        return
    mentioned = {*words_in(prompt), *_NO_NAMES, *(word for name in known for word in words_in(name))}
    called = _CALLED.finditer(text) if EXPECTED[kind].says else ()
    for found in (*_CAPITAL.finditer(text), *(one for one in called if not _no_name(one[1].lower()))):
        if found[1].lower() not in mentioned:
            yield FaultKind.STRANGER, found[1]
            return


_JOINT: Final = re.compile(r"\b(?:because|so that|until|although)\b", re.IGNORECASE)
"""What begins another clause; a small model that has used it likes to go on with it in the same sentence."""


def _loops(text: str) -> Iterator[tuple[FaultKind, str]]:
    words = words_in(text)
    for at in range(len(words) - 3):
        if len(set(words[at : at + 4])) == 1:
            yield FaultKind.LOOPS, " ".join(words[at : at + 4])
            return
    for sentence in sentences_of(text):
        joints = Counter(found.lower() for found in _JOINT.findall(sentence))
        if again := [joint for joint, times in joints.items() if times > 1]:
            yield FaultKind.LOOPS, again[0]
            return
    whole = [tuple(words_in(sentence)) for sentence in re.split(r"(?<=[.!?\u2026])\s+|\n", text)]
    whole = [sentence for sentence in whole if len(sentence) > 2]
    runs = runs_of(words)
    again = [run for run in runs if runs.count(run) > 1]
    twice = [sentence for sentence in whole if whole.count(sentence) > 1]
    if again or twice:
        yield FaultKind.LOOPS, " ".join((again or twice)[0])
    elif len(words) >= 12 and len(set(words)) < len(words) / 2:
        yield FaultKind.LOOPS, text
    elif len(words) < _SHORT_TEXT:
        long = Counter(word.removesuffix("'s") for word in words if len(word) > _LITTLE_WORD)
        yield from ((FaultKind.LOOPS, word) for word, times in long.most_common(1) if times >= _TOO_OFTEN)


def _repeats(text: str, said: Said) -> Iterator[tuple[FaultKind, str]]:
    words, times = len(words_in(text)), said.times(text)
    if (times and words >= 3) or times > 2 or (words >= RUN and said.again(text) >= REPEATED):
        yield FaultKind.REPEATS, text


_META: Final = re.compile(
    r"\bas an? (?:ai|assistant|language model|writer)\b|\blanguage model\b|\bi(?:'m| am) sorry, but i can"
    r"|\bhere(?:'s| is) (?:a|an|the|your|my)\b.*:|^(?:sure|certainly|of course)[,!]"
    r"|\b(?:this|the following) is an example\b|\bin this (?:example|prompt|response)\b|\bfor example:"
    r"|\b(?:re)?write (?:a|the|one|your)\b|\bone (?:short )?sentence\b|\bscreenplay\b|\bhttps?:|```",
    re.IGNORECASE,
)
"""The talk of an assistant rather than of a person."""
_NARRATED: Final = re.compile(
    r"\b(?:the|this|my|your|our|a|main) (?:story|scene|plot|character|reader|audience|writer|author|narrator"
    r"|film|movie|screenplay|pitch|prompt|dialogue|protagonist|video game|series)s?\b"
    r"|\b(?:next|last|previous|first|same|every|each|another) (?:story|scene|plot|beat|pitch|draft)s?\b",
    re.IGNORECASE,
)
"""What people in a story do not say of it, and neither a beat nor a want holds."""
_ADDRESSED: Final = re.compile(
    r"\bI(?:['\u2019]m|['\u2019]ll|['\u2019]ve)?\b(?![.\w])(?<!War I)|\bus\b"
    r"|\b(?i:me|my|you|you['\u2019]re|your|yours|we|we['\u2019]re|our|ours)\b"
)
"""What a beat, which tells of people in the third person, says to nobody."""
_YOU: Final = re.compile(r"\b(?:you|you['\u2019]re|yours?)\b", re.IGNORECASE)
"""Whom a verdict, which is on people in the third person, speaks to: nobody in the room."""
_QUOTED: Final = re.compile(r"[\"\u201c][^\"\u201d]*[\"\u201d]")
_ECHOED: Final = re.compile(
    r"\[|\]|\bto the reader\b|^\W*(?:logline|premise|theme|people|before|example|note|scene|act|title)\s*\d*:"
    r"|\bthe story so far\b|\bwhat is wrong:|\bwhat to do:|\bin one sentence\b|^b\d+\b[.:)]",
    re.IGNORECASE,
)
"""The form of the prompts."""
_SAYS: Final = r"(?:says?|said|answers?|answered|asks?|asked|replies|replied|thinks?|thought)"


def _roles(
    text: str, speaker: str, others: Collection[str], kind: Kind, given: str
) -> Iterator[tuple[FaultKind, str]]:
    if neutral(text) != text:
        yield FaultKind.BREAKS_ROLE, text
    patterns = [_META, _ECHOED]
    if EXPECTED[kind].says or kind in ("thought", "sentence", "beat", "phrase"):
        patterns.append(_NARRATED)
    addressed = {"beat": _ADDRESSED, "phrase": _ADDRESSED, "verdict": _YOU}.get(kind)
    # What its card has it begin with is no fault of a reply.
    own = text[len(given) :] if text.lower().startswith(given.lower()) else text
    if addressed and (found := addressed.search(_QUOTED.sub("", own))):
        yield FaultKind.BREAKS_ROLE, found[0]
        return
    for pattern in patterns:
        if found := pattern.search(text):
            yield FaultKind.BREAKS_ROLE, found[0]
            return
    everybody = "|".join(re.escape(name) for name in (*others, speaker) if name)
    if everybody:
        cue = re.compile(
            rf"(?:^|[.!?\u2026\"\u201d)\n])\s*(?:{everybody})\s*(?:\([^)]*\)\s*)?:", re.IGNORECASE
        )
        shouted = re.compile(rf"(?:^|\s)(?:{everybody})\s*\n")
        if found := cue.search(text) or shouted.search(text):
            yield FaultKind.BREAKS_ROLE, found[0]
            return
    if EXPECTED[kind].says:
        told = rf"\b(?:s?he|they|{everybody}) {_SAYS}\b[^?]*$" if everybody else rf"\bs?he {_SAYS}\b[^?]*$"
        if found := re.search(rf"[\"\u201d,]\s*{told}", text, re.IGNORECASE):
            yield FaultKind.BREAKS_ROLE, found[0]
        elif speaker and (found := _of_oneself(text, speaker)):
            yield FaultKind.BREAKS_ROLE, found


def _of_oneself(text: str, speaker: str) -> str:
    """Words in which a speaker tells of themselves as a narrator would: "Mara looks up"."""
    for found in re.finditer(rf"\b{re.escape(speaker)}\b(?:'s|\u2019s)?", text, re.IGNORECASE):
        before = text[: found.start()].lower()
        if not re.search(
            r"\b(?:i am|i'm|i\u2019m|name is|name's|call me|called|it's|old|poor|not)\W*$", before
        ):
            return text[found.start() : found.end() + 20]
    return ""


def _form(text: str, given: str, kind: Kind, sentences: int) -> Iterator[tuple[FaultKind, str]]:
    expected = EXPECTED[kind]
    words = words_in(text)
    if len(words) < expected.fewest:
        yield FaultKind.TOO_SHORT, text
    if len(words) - len(words_in(given)) > expected.most * sentences:
        yield FaultKind.TOO_LONG, text
    letters = sum(character.isalpha() for character in text)
    if letters < len(text) / 2:
        yield FaultKind.MALFORMED, text
    elif expected.sentence:
        if not sentences_of(text) or sentences_of(text)[-1] != text[-len(sentences_of(text)[-1]) :]:
            yield FaultKind.CUT_OFF, text[-40:]
    elif "\n" in text or len(sentences_of(text + ".")) > 1:
        yield FaultKind.MALFORMED, text


def _own(text: str, given: str, kind: Kind) -> Iterator[tuple[FaultKind, str]]:
    """A text that ends where the words it was given end, which nobody has thought of."""
    words = words_in(given)
    if words and len(words_in(text)) < len(words) + EXPECTED[kind].own:
        yield FaultKind.TOO_SHORT, text


_GROWN: Final = re.compile(r"\b[^\W_]*[a-z]{3}[A-Z][^\W_]*")
"""Two words written as one, if one is a name: "immortalTobias", but not "MacDuff" or "JavaScript"."""
_ENGLISH: Final = re.compile(rf"[a-z]{{{LONGEST_WORD + 1},}}")
"""Plain letters alone: other scripts may write no blanks between words."""


def _words(text: str, prompt: str, kind: Kind, known: Collection[str]) -> Iterator[tuple[FaultKind, str]]:
    """A word nobody has ever heard, unless the prompt has it: a small model joins words, and pieces of words.

    In a title it does so without end. Of 240,000 words of plays and fiction one in 4,000 is longer than
    `LONGEST_WORD`, and the next take seldom is.
    """
    names = tuple(name for name in known if name)
    grown = (found[0] for found in _GROWN.finditer(text))
    made = [word for word in grown if word not in names and (word.startswith(names) or word.endswith(names))]
    if kind == "title":
        made += [word for word in words_in(text) if _ENGLISH.fullmatch(word)]
    shown = prompt.lower()
    yield from ((FaultKind.MALFORMED, word) for word in made if word.lower() not in shown)
