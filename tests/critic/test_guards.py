"""Guards: what cannot be judged is refused in a sentence; cheap edits are seen through; people are let be."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pytest

from tests.critic.texts import HUMAN, MACHINE, people_like
from writersroom.critic.attacks import ATTACKS, MORE, RECIPE, attacked
from writersroom.critic.features.lexicon import FUNCTION_WORDS
from writersroom.critic.features.normal import normal_form
from writersroom.critic.guards import refusal, said_again
from writersroom.critic.verdict import Guard

CODE = """\
def main():
    for name in names:
        print(name)
    return {"a": [1, 2], "b": (3,)}

class Thing(Base):
    def __init__(self, x=None):
        self.x = x or []
        if self.x == 3:
            raise ValueError("no")
        return None
"""
VERSE = """\
The kettle sings upon the hob
And no one comes to hear
The cat has gone about its job
Of keeping mice in fear
The window holds a little light
The lamp has none to give
And I who sat up half the night
Have yet to learn to live
The clock goes on about the hour
As if the hour were mine
And on the sill a paper flower
Is waiting for a sign
"""
GERMAN = (
    "Der alte Mann saß am Fenster und sah hinaus auf die Straße, wo die Kinder spielten. Niemand "
    "hatte ihm gesagt, "
    "dass der Zug heute nicht kommen würde, und so wartete er, wie er jeden Tag gewartet hatte. "
    "Seine Frau rief aus "
    "der Küche, aber er hörte sie nicht. Er dachte an den Sommer, in dem alles angefangen hatte, "
    "und an den Hund."
)


def _guard(text: str) -> Guard:
    found = refusal(text)
    if found is not None:
        assert found.sentence.endswith(".")
    return found.guard if found else ""


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        ("empty", ""),
        ("empty", " \n\t "),
        ("empty", "*** --- 123 !!!"),
        ("short", "Hello"),
        ("short", "One sentence of a few words, and no more than that."),
        ("binary", "\x00\x01\x02" * 100),
        ("binary", "\ufffd" * 50 + " words" * 50),
        ("language", GERMAN),
        ("language", "这是一个关于一位老人和一条狗的故事。" * 20),
        ("code", CODE * 3),
        ("capitals", HUMAN.upper()),
        ("capitals", HUMAN.lower()),
        ("verse", VERSE),
        ("duplicated", f"{HUMAN} {HUMAN}"),
        ("huge", "word " * 500_000),
        ("chatter", f"{HUMAN} Human: Go on. Assistant: {MACHINE} Human: More!"),
        ("", f"{HUMAN} Human: Thank you! Assistant: You are welcome."),
        ("", HUMAN),
        ("", MACHINE),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_what_cannot_be_judged_is_refused_by_the_guard_that_knows_why(guard: Guard, text: str) -> None:
    assert _guard(text) == guard


def test_a_megabyte_of_prose_is_let_through() -> None:
    """Sentences of words drawn by chance: nothing in it comes twice."""
    chance = random.Random(5)
    commonest, letters = sorted(FUNCTION_WORDS), "abcdefghijklmnopqrstuvwxyz"

    def sentence() -> str:
        words = [
            chance.choice(commonest) if chance.random() < 0.5 else "".join(chance.choices(letters, k=6))
            for _ in range(chance.randrange(5, 25))
        ]
        return f"{' '.join(words).capitalize()}."

    text = " ".join(sentence() for _ in range(14_500))
    assert len(text) > 1_000_000
    assert _guard(text) == ""


def test_a_megabyte_that_is_one_page_over_and_over_is_seen_soon() -> None:
    began = time.process_time()
    assert _guard(" ".join([people_like(1, 40)] * 300)) == "duplicated"
    assert time.process_time() - began < 3


def test_hard_wrapped_prose_is_no_verse() -> None:
    words = HUMAN.split()
    assert _guard("\n".join(" ".join(words[at : at + 8]) for at in range(0, len(words), 8))) == ""


def test_a_refrain_is_no_duplicate() -> None:
    assert (
        _guard(HUMAN.replace("He had the engine going. ", "Cold. ") + " Cold. He had the engine going.") == ""
    )


@pytest.mark.parametrize("kind", ["half said twice", "letters of another script", "careless typing"])
def test_edits_that_are_seen_before_anything_is_measured(kind: str) -> None:
    assert _guard(attacked(MACHINE, [HUMAN], kind, 1)) in ("duplicated", "disguised", "capitals")


LOOKALIKES: dict[str, Callable[[str], str]] = {
    "one-letter words": lambda text: re.sub(r"\ba\b", "\u0430", text),
    "a Latin alpha": lambda text: text.replace("a", "\u0251"),
    "a dotless i": lambda text: text.replace("i", "\u0131"),
    "a dotless i in some words": lambda text: " ".join(
        word.replace("i", "\u0131") if at % 3 else word for at, word in enumerate(text.split())
    ),
    "every word": lambda text: text.translate(
        str.maketrans("aeopcx", "\u0430\u0435\u043e\u0440\u0441\u0445")
    ),
}


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_letters_that_look_like_others_are_seen(kind: str) -> None:
    assert _guard(LOOKALIKES[kind](MACHINE)) == "disguised"


def test_letters_otherwise_drawn_are_the_same_letters() -> None:
    for first in (0xFF41, 0x1D41A):  # full width; bold mathematical
        drawn = {ord("a") + at: chr(first + at) for at in range(26)}
        assert normal_form(MACHINE.translate(drawn)).text == normal_form(MACHINE).text


NAMES = "Işık and Yıldız had rıhlı and rakı in Łódź; naïve Zoë ate crème brûlée by the ﬁre."  # noqa: RUF001  honest Turkish
RUSSIAN = "Старик сидел у окна и ждал, а поезд Intercity не шёл. "  # noqa: RUF001  honest Cyrillic
GREEK = "Ο γέρος καθόταν στο παράθυρο και περίμενε. "  # noqa: RUF001  honest Greek
TURKISH = "Yaşlı adam kapının yanında oturuyor, ışığa bakıyordu. Kadın çayı aldı. "  # noqa: RUF001  the same


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        ("", f"{HUMAN} {NAMES}"),
        ("", f"{HUMAN} {RUSSIAN} {GREEK}"),
        ("", f"{HUMAN} Tom was the α male, and the α particle was his."),  # noqa: RUF001  a symbol
        ("language", RUSSIAN * 9),
        ("language", GREEK * 9),
        ("language", TURKISH * 5),
    ],
    ids=["names", "a few words", "a symbol", "Russian", "Greek", "Turkish"],
)
def test_honest_spellings_are_not_accused(guard: Guard, text: str) -> None:
    assert _guard(text) == guard


@pytest.mark.parametrize("capitals", [0, 2, 4])
def test_careless_typing_is_seen_with_a_few_capitals_left(capitals: int) -> None:
    text = people_like(3, 30)
    careless = attacked(text, [HUMAN], "careless typing", 1)
    assert _guard(text) == ""
    assert _guard(careless[:40].replace("t", "T", capitals) + careless[40:]) == "capitals"


def test_half_said_twice_is_seen_with_every_seventh_word_changed() -> None:
    words = [*HUMAN.split(), *MACHINE.split()]
    again = [word if at % 7 else "otherwise" for at, word in enumerate(words)]
    assert _guard(" ".join(words)) == ""
    assert _guard(" ".join([*words, *again])) == "duplicated"


def test_invisible_characters_and_an_assistants_talk_are_as_if_they_were_not_there() -> None:
    plain = normal_form(MACHINE).text
    assert normal_form(attacked(MACHINE, [HUMAN], "invisible characters", 1)).text == plain
    offer = "Let me know if you'd like me to continue the story!"
    chatty = [attacked(MACHINE, [HUMAN], "chatter appended", seed) for seed in range(6)]
    assert any(offer in text for text in chatty)
    for text in chatty:
        assert offer not in normal_form(text).text
        assert normal_form(text).text.startswith(plain)  # a person's chatter is measured with the rest


def test_there_are_the_four_known_attacks_and_ten_more_at_least() -> None:
    assert len(RECIPE) == 4
    assert len(MORE) >= 10
    assert set(ATTACKS) == set(RECIPE) | set(MORE)


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_attack_changes_the_text_and_is_the_same_again(kind: str) -> None:
    made = attacked(MACHINE, [HUMAN], kind, 3)
    assert made != MACHINE
    assert made == attacked(MACHINE, [HUMAN], kind, 3)


def test_repetition_is_a_share() -> None:
    words = [str(random.Random(1).random()) for _ in range(3)]
    assert said_again(words) == 0
    assert said_again([str(number) for number in range(40)] * 2) > 0.4
