"""Nothing that a session holds reaches a terminal as a command to it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writersroom.view.printable import json_safe, one_line, printable

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b2J", "<U+009B>2J"),
        ("safe\u202edesrever", "safe<U+202E>desrever"),
        ("del\x7f nul\x00", "del␡ nul␀"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("half \ud83d", "half <U+D83D>"),
        ("👩‍🚒 keeps her joiner", "👩‍🚒 keeps her joiner"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("line\n\tand tab", "line\n\tand tab"),
    ],
)
def test_each_kind_of_unsafe_character_is_made_visible(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY_TEXT)
def test_no_control_override_or_half_character_is_left(text: str) -> None:
    shown = printable(text)
    shown.encode()
    for character in shown:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cs", "Zl", "Zp"} or character in "\n\t"
        assert unicodedata.bidirectional(character) not in {"LRE", "RLE", "LRO", "RLO", "PDF"}
        assert unicodedata.bidirectional(character) not in {"LRI", "RLI", "FSI", "PDI"}


@given(st.text())
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    once = printable(text)
    assert printable(once) == once


@given(ANY_TEXT, st.integers(1, 40))
def test_one_line_is_one_line_and_no_longer_than_asked(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([], [line])
    assert line == line.strip()


def test_one_line_folds_white_space_and_marks_what_was_cut() -> None:
    assert one_line("  two \n\n words ") == "two words"
    assert one_line("two words", 6) == "two w…"
    assert one_line("x" * 1_000_000, 20) == "x" * 19 + "…"


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_json_means_the_same_after_it_is_made_safe(value: object) -> None:
    document = json.dumps(value, ensure_ascii=False)
    safe = json_safe(document)
    assert json.loads(safe) == value
    assert printable(safe) == safe


def test_json_escapes_what_lies_beyond_sixteen_bits_as_a_pair() -> None:
    assert json_safe('"\U000e0041\x9b"') == '"\\udb40\\udc41\\u009b"'
