"""The pieces a reply comes in, whatever way a server cuts them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from writersroom.engine.errors import ReplyInvalid, ReplyTruncated, UnsatisfiableSchema
from writersroom.engine.server.certain import CertainText
from writersroom.engine.server.faults import asked_pause, legible
from writersroom.engine.server.shape import ReplyShape
from writersroom.engine.server.sse import EventSplitter, EventTooLarge, LineSplitter

LETTERS = st.text(alphabet="ab\n", max_size=40)
STOPS = st.lists(st.text(alphabet="ab\n", min_size=1, max_size=4), max_size=3)


@settings(max_examples=200)
@given(text=LETTERS, stops=STOPS, cuts=st.lists(st.integers(0, 40)))
def test_any_cutting_ends_before_the_first_stop_string(text: str, stops: list[str], cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    certain = CertainText(stops)
    pieces = [certain.feed(text[a:b]) for a, b in pairwise(edges)]
    pieces.append(certain.finish())
    expected = text
    found = [text.find(stop) for stop in stops if stop in text]
    if found:
        # Of what had come when the first stop string was complete, up to where the earliest begins.
        assert certain.ended
        assert not any(stop in certain.text for stop in stops)
        assert text.startswith(certain.text)
    else:
        assert certain.text == expected
    assert "".join(pieces) == certain.text


def test_nothing_that_may_begin_a_stop_string_is_let_out_early() -> None:
    certain = CertainText(["END.", "\n\n"])
    assert certain.feed("So E") == "So "
    assert certain.feed("ND") == ""
    assert certain.feed("ED\n") == "ENDED"
    assert certain.feed("\n more") == ""
    assert certain.ended
    assert certain.feed("and more") == ""
    assert certain.text == "So ENDED"


def test_halves_of_a_character_are_joined() -> None:
    certain = CertainText()
    first, second = json.loads('["a\\ud83d", "\\ude00b"]')
    assert certain.feed(first) == "a"
    assert certain.feed(second) == "😀b"
    assert certain.feed(json.loads('"\\ude00"')) == "\ufffd"
    assert certain.feed(json.loads('"\\ud83d"')) == ""
    assert certain.finish() == "\ufffd"


ENDS = st.sampled_from(["\n", "\r\n", "\r"])
DATA = st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1)


@settings(max_examples=200)
@given(st.lists(st.tuples(DATA, ENDS, ENDS), max_size=6), st.lists(st.integers(0, 300)))
def test_events_do_not_depend_on_how_bytes_arrive(
    events: list[tuple[str, str, str]], cuts: list[int]
) -> None:
    stream = "".join(f": ping{a}data: {data}{a}{b}" for data, a, b in events).encode()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    splitter = EventSplitter()
    got = [event for a, b in pairwise(edges) for event in splitter.feed(stream[a:b])] + splitter.finish()
    # A bare \r directly before a \n is one line end, so such a pair ends one line, not two.
    whole = EventSplitter()
    assert got == whole.feed(stream) + whole.finish()
    if all(not (a == "\r" and b == "\n") for _, a, b in events):
        assert got == [data for data, _, _ in events]


def test_line_ends_of_unicode_do_not_end_a_line() -> None:
    splitter = EventSplitter()
    assert splitter.feed("data: a\u2028b\x85c\x0bd\n\n".encode()) == ["a\u2028b\x85c\x0bd"]


def test_an_event_of_several_lines_and_one_without_an_end() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"event: x\ndata: a\ndata:b\nid: 3\n\ndata: c") == ["a\nb"]
    assert splitter.finish() == ["c"]
    assert splitter.finish() == []


def test_an_event_may_not_grow_without_end() -> None:
    splitter = EventSplitter()
    for _ in range(15):
        splitter.feed(b"data: " + b"x" * 2**20 + b"\n")
    with pytest.raises(EventTooLarge):
        splitter.feed(b"data: " + b"x" * 2**21)


class Inner(BaseModel):
    name: str
    kind: str | None = None


class Outer(BaseModel):
    title: str
    count: int = Field(ge=0, le=999)
    done: bool
    inner: list[Inner]


VALUES = st.builds(
    Outer,
    title=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    count=st.integers(0, 999),
    done=st.booleans(),
    inner=st.lists(
        st.builds(Inner, name=st.text(alphabet='ab"\\é😀', max_size=5), kind=st.none() | st.just("x")),
        max_size=2,
    ),
)
OUTER = ReplyShape(Outer)


@settings(max_examples=100)
@given(value=VALUES, indent=st.sampled_from([None, 2]), share=st.floats(0, 1))
def test_a_reply_cut_anywhere_is_closed_into_a_valid_one(
    value: Outer, indent: int | None, share: float
) -> None:
    whole = json.dumps(value.model_dump(), ensure_ascii=False, indent=indent)
    cut = whole[: int(share * len(whole))]
    closed = cut + OUTER.ending(cut)
    read = OUTER.read(closed)
    assert isinstance(read, Outer)
    if cut == whole:
        assert read == value


@pytest.mark.parametrize("cut", ["", '{"n"', '{"n":', '{"n": 2'])
def test_a_reply_is_closed_with_what_says_something(cut: str) -> None:
    """Between a name and its value JSON allows blanks without end."""
    schema = {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"]}
    shape = ReplyShape(schema)
    ending = shape.ending(cut)
    assert shape.read(cut + ending)["n"] in {1, 2}
    assert len(ending) < 10


@pytest.mark.parametrize("text", ["no json", '{"count": 1', '{"title": "a", "count": 1000', "\x00"])
def test_a_reply_that_left_its_schema_is_not_closed(text: str) -> None:
    with pytest.raises(ReplyTruncated):
        OUTER.ending(text)


def test_a_reply_whose_end_is_far_is_not_closed() -> None:
    shape = ReplyShape({"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 200})
    with pytest.raises(ReplyTruncated):
        shape.ending("[")


def test_json_schemas_are_checked_on_this_side() -> None:
    shape = ReplyShape({"type": "object", "properties": {"n": {"type": "integer", "maximum": 3}}})
    assert shape.read('{"n": 3}') == {"n": 3}
    with pytest.raises(ReplyInvalid, match="n: 4 is greater"):
        shape.read('{"n": 4}')
    with pytest.raises(ReplyInvalid, match="the reply: 'x' is not of type"):
        shape.read('"x"')
    with pytest.raises(ReplyInvalid):
        shape.read("{")


@pytest.mark.parametrize(
    "schema", [{"type": "integer", "minimum": 5, "maximum": 3}, {"$ref": "#/nowhere"}, {"type": "nonsense"}]
)
def test_schemas_without_a_reply_are_refused(schema: dict[str, object]) -> None:
    with pytest.raises(UnsatisfiableSchema):
        ReplyShape(schema)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", None),
        ("soon", None),
        ("9" * 400, None),
        ("Fri, 21 Nov 2025 12:00:30 GMT", 30.0),
        ("Fri, 21 Nov 2025 11:00:00 -0000", 0.0),
    ],
)
def test_the_pause_a_server_asks_for(value: str, seconds: float | None) -> None:
    now = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
    assert asked_pause({"retry-after": value}, now) == seconds


def test_what_a_server_says_fits_one_line() -> None:
    assert legible("a\x1b]0;x\x07\n\n  b\u202e.") == "a ]0;x b"
    assert len(legible("x" * 10_000)) == 300


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_lines_are_cut_at_line_feeds_alone(size: int) -> None:
    lines = ['{"a": "\x85\u2028"}', "{}", '{"é": 1}']
    stream = "\n\r\n".join(lines).encode()
    splitter = LineSplitter()
    found = [line for at in range(0, len(stream), size) for line in splitter.feed(stream[at : at + size])]
    assert [*found, *splitter.finish()] == lines


def test_an_endless_line_is_not_kept() -> None:
    splitter = LineSplitter()
    splitter.feed(b"x" * 15 * 2**20)
    with pytest.raises(EventTooLarge):
        splitter.feed(b"x" * 2 * 2**20)
