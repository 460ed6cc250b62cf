"""Text from a session is shown in cells: harmless, and straight."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.view.playing import AWKWARD
from writersroom.tui.panels.cells import ELLIPSIS, filled, fit, line, safe, wrap

STRANGE: tuple[str, ...] = (
    *AWKWARD,
    "e\u0301\u0302\u0303\u0304\u0305 zalgo",
    "\u0301 on nothing",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 family",
    "\U0001f44d\U0001f3fd tone",
    "\U0001f1eb\U0001f1f7 flag",
    "\u2764\ufe0f heart",
    "so\u00adft",
    "\u3164blank\u115f",
    "zero\u200bwidth\u2060joined\ufeff",
    "\u2066isolate\u2069",
    "漢字かな交じり文",
    "한국어",
    "\x00\x07\x08\x1b]0;title\x07",
    "\ud800half",
)


@pytest.mark.parametrize("text", STRANGE)
def test_nothing_is_left_that_a_terminal_obeys_or_measures_in_its_own_way(text: str) -> None:
    shown = safe(text)
    assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]
    assert not set(shown) & set("\u202e\u2066\u2069\u200b\u200d\ufe0f\u00ad\u3164\ufeff\U0001f3fd\U0001f1eb")
    # Each character for itself is as wide as all together: no terminal can join them to something else.
    assert cell_len(shown.replace("\n", "")) == sum(cell_len(c) for c in shown if c != "\n")


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("width", [1, 2, 7, 20])
def test_lines_are_as_wide_as_they_should_be(text: str, width: int) -> None:
    assert cell_len(filled(line(text), width)) == width
    wrapped = wrap(text, max(2, width))
    assert all(cell_len(row) <= max(2, width) for row in wrapped)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.integers(2, 30))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert "".join("".join(rows).split()) == "".join(safe(text).split())
    assert all(cell_len(row) <= width for row in rows)
    assert all(cell_len(filled(fit(row, width), width)) == width for row in rows)


def test_a_word_that_is_too_long_is_broken_and_a_cut_line_says_so() -> None:
    assert wrap("abcdefgh ij", 3) == ("abc", "def", "gh", "ij")
    assert fit("abcdef", 4) == f"abc{ELLIPSIS}"
    assert fit("日本語", 4) == f"日{ELLIPSIS}"
    assert fit("abc", 0) == ""


def test_marks_stand_on_something_and_do_not_pile_up() -> None:
    assert safe("\u0301a") == "◌\u0301a"
    assert safe("e" + "\u0301" * 9) == "e\u0301\u0301\u0301"
