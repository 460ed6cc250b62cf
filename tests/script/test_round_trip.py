"""A screenplay written as Fountain is read back as itself, whatever is in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.script import Screenplay, from_fountain, to_fountain


@settings(max_examples=150, deadline=None)
@given(st.from_type(Screenplay))
def test_what_is_written_is_read_back_unchanged(screenplay: Screenplay) -> None:
    assert from_fountain(to_fountain(screenplay)) == screenplay
