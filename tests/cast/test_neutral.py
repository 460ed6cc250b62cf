"""Values for prompts: plain, on one line, and without control tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.cast.neutral import NOTHING, Record, neutral, plain
from writersroom.story.beats import Beat, Status
from writersroom.story.emotions import Emotion

TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<s>",
    "</s>",
    "<<SYS>>",
    "[INST]",
    "[/INST]",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<file_sep>",
    "<think>",
    "<\uff5cUser\uff5c>",
    "[TOOL_CALLS]",
]
PIECES = st.lists(
    st.sampled_from([*TOKENS, "<", ">", "|", "im_end", "[", "]", "INST", "/", " ", "a < b"]), max_size=8
)


@pytest.mark.parametrize("token", TOKENS)
def test_no_control_token_survives(token: str) -> None:
    """Those of the families of models that people run; their words can still be read."""
    assert token not in neutral(f"He said {token} and left.")
    assert neutral(f"He said {token} and left.").startswith("He said ")


@given(PIECES.map("".join))
@settings(max_examples=150, deadline=None)
def test_tokens_in_pieces_do_not_survive_either(text: str) -> None:
    """However they are put together; and once is enough."""
    once = neutral(text)
    assert neutral(once) == once
    assert not any(token in once for token in TOKENS)


@pytest.mark.parametrize("text", ["a < b and c > d", "> CUT TO:", "[[a note]]", "[a b]", "<3", "x -> y"])
def test_what_is_no_token_stays(text: str) -> None:
    """Comparisons, transitions and notes of a script are text; a heart may lose its point."""
    assert neutral(text) in (text, text.replace("<3", "\u20393"))


def test_values_become_plain() -> None:
    """Models are records, sets are sorted, emotions are words, numbers and truths stay."""
    beat = Beat(id="b1", summary="A\nb", emotions={"Mara": Emotion.FEARS_CONFIRMED}, status=Status.LOCKED)
    told = plain({"beat": beat, "known": {"b2", "b1"}, "share": 0.5, "count": 3, "sure": True, "none": None})
    assert isinstance(told, dict)
    record = told.pop("beat")
    assert isinstance(record, Record)
    assert record.summary == "A b"
    assert record.emotions == {"Mara": "fears_confirmed"}
    assert record.status == "locked"
    for unknown in ("title", "model_fields", "__class_getitem__"):
        assert not hasattr(record, unknown)
    assert told == {"known": ("b1", "b2"), "share": 0.5, "count": 3, "sure": True, "none": None}


def test_blanked_values_keep_their_form() -> None:
    """Every text says nothing, every list has one element, and what was empty is."""
    given_ = {"words": ["a", "b"], "empty": "", "none": [], "count": 3, "options": ["x", "y"]}
    assert plain(given_, blank=True, keep=frozenset({"options"})) == {
        "words": (NOTHING,),
        "empty": "",
        "none": (),
        "count": 3,
        "options": ("x", "y"),
    }


def test_what_no_template_can_print_is_an_error() -> None:
    """A programmer's mistake, told at once."""
    with pytest.raises(TypeError, match="cannot be given a object"):
        plain(object())
