"""What comes from outside is one clean line, or refused with a sentence."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from writersroom.story.moves import BeatChange, BeatDraft
from writersroom.story.text import one_line, short


@given(st.text())
@settings(deadline=None)
def test_one_line_is_printable_composed_and_stable(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert line.strip() == line
    assert "  " not in line
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Cn", "Zl", "Zp"} for c in line)
    line.encode()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x1b[31mred", "a [31mred"),
        ("two\r\n lines", "two lines"),
        ("left\u202eright", "leftright"),
        ("soft\u00adhyphen", "softhyphen"),
        ("e\u0301", "é"),
        ("\ud800 lone", "lone"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ],
)
def test_one_line_on_what_hurts_a_terminal_or_a_file(raw: str, clean: str) -> None:
    assert one_line(raw) == clean


@given(st.text(alphabet="ab cd", max_size=80), st.integers(min_value=2, max_value=30))
@settings(deadline=None)
def test_short_never_exceeds_its_width(text: str, width: int) -> None:
    cut = short(text, width)
    assert len(cut) <= width
    assert cut == text or cut.endswith("…")


def test_a_draft_is_cleaned_and_names_are_there_once() -> None:
    draft = BeatDraft(summary=" She\tgoes ", characters=("Ann", "Ann ", "Bo\x00b"), place="the\nshed")
    assert draft.summary == "She goes"
    assert draft.characters == ("Ann", "Bo b")
    assert draft.place == "the shed"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"summary": "\n \x00"}, "say what happens"),
        ({"summary": "x" * 10_000}, "2000 characters"),
        ({"summary": "x", "characters": ("y" * 10_000,)}, "80 characters"),
        ({"summary": "x", "characters": ("\x1b",)}, "needs letters"),
        ({"summary": "x", "place": "z" * 501}, "500 characters"),
        ({"summary": "x", "emotions": {"n" * 81: "joy"}}, "80 characters"),
        ({"summary": "x", "time": float("nan")}, "finite"),
        ({"summary": "x", "time": float("inf")}, "finite"),
        ({"summary": "x", "tension": float("nan")}, "less than or equal"),
        ({"summary": "x", "value_after": 1.5}, "less than or equal"),
    ],
)
def test_what_cannot_be_kept_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        BeatDraft.model_validate(fields)


def test_a_change_is_cleaned_like_a_draft() -> None:
    assert BeatChange(summary="a\nb", plants="a\x07gun").said == {"summary": "a b", "plants": "a gun"}
