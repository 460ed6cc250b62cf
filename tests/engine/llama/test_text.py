"""Text is given out when it is certain: characters whole, stop strings never seen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.engine.llama.text import TextStream


@given(text=st.text(max_size=40), stops=st.lists(st.text(min_size=1, max_size=4), max_size=3), data=st.data())
@settings(max_examples=200, deadline=None)
def test_pieces_join_to_the_text_before_the_first_stop(
    text: str, stops: list[str], data: st.DataObject
) -> None:
    raw = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    stream, given_out = TextStream(stops), ""
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        given_out += stream.add(raw[start:end])
        assert not any(stop in given_out for stop in stops)
        if stream.stopped:
            break
    given_out += stream.finish()
    assert given_out == stream.text
    if stream.stopped:
        assert any(text.startswith(given_out + stop) for stop in stops)
    else:
        assert given_out == text


def test_broken_bytes_become_one_replacement_character() -> None:
    stream = TextStream(())
    assert stream.add(b"a\xe2\x82") == "a"
    assert stream.finish() == "�"
