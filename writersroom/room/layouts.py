"""How a session's model lays out a chat, found without loading the model."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from writersroom.engine.errors import ModelError
from writersroom.engine.files.catalogue import ServerAddress, resolve
from writersroom.engine.files.chat_layout import chat_layout
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.engine.interface import Part
from writersroom.room.why import Unchecked


def by_model_file(address: str, sha256: str, parts: tuple[Part, ...]) -> str:
    """Chat parts as the model of a session saw them: a `why.Layout`.

    Raises:
        Unchecked: its file is not on this machine any more, or is another one.
    """
    return _layout(address, sha256)(parts)


@functools.lru_cache(maxsize=4)
def _layout(address: str, sha256: str) -> Callable[[Sequence[Part]], str]:
    try:
        found = resolve(address)
        if isinstance(found, ServerAddress):
            raise Unchecked(f"{address} is a server now, and the text was written by a model file.")
        if model_sha256(found.path) != sha256:
            raise Unchecked(f"The file of {address} is another one than the text was written with.")
        return chat_layout(found.path)
    except (ModelError, OSError) as error:
        raise Unchecked(
            f"The model file is needed to lay the prompt out, and cannot be had: {error}"
        ) from error
