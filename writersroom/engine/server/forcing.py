"""Grammars that leave a llama.cpp server one thing to write, so that it shows what that would have cost.

Best is to name the tokens, as the in-process engine would cut the text into them: the values are the same
then. Grammars over characters are for servers that cannot do that; there the model cuts the text as it
pleases, greedily, so that the values differ somewhat.
"""

from __future__ import annotations

from writersroom.engine.server.answers import Detokenized, Pieces, Tokens
from writersroom.engine.server.inquiry import Served
from writersroom.engine.server.wire import Wire
from writersroom.frozen import Frozen


class Forced(Frozen):
    """A grammar, and how many tokens a reply under it can have."""

    grammar: str
    most_tokens: int


def by_characters(text: str) -> Forced:
    """Allows `text`, cut into tokens in any way."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    literal = "".join(escapes.get(c) or (c if c >= " " else f"\\x{ord(c):02X}") for c in text)
    return Forced(grammar=f'root ::= "{literal}"', most_tokens=len(text.encode()) + 1)


async def by_tokens(wire: Wire, served: Served, text: str) -> Forced | None:
    """Allows the tokens that `text` consists of; None where that cannot be said safely.

    llama.cpp aborts when a grammar names a token that ends inside a character, so such texts are left out.
    """
    ids = await (
        _whole_tokens(wire, text)
        if served.dialect.name == "llama-server"
        else _python_tokens(wire, served, text)
    )
    if not ids:
        return None
    return Forced(grammar="root ::= " + " ".join(f"<[{id_}]>" for id_ in ids), most_tokens=len(ids) + 1)


async def _whole_tokens(wire: Wire, text: str) -> list[int] | None:
    """llama-server's tokens of a text, if each of them is whole characters."""
    body = {"content": text, "add_special": False, "parse_special": False, "with_pieces": True}
    answer = await wire.may(Pieces, "/tokenize", body)
    if answer is None or not all(isinstance(token.piece, str) for token in answer.tokens):
        return None
    return [token.id for token in answer.tokens]


async def _python_tokens(wire: Wire, served: Served, text: str) -> list[int] | None:
    """llama-cpp-python's tokens of a text, if each of them is whole characters."""
    opening, whole = [
        await wire.may(Tokens, "/extras/tokenize", {"model": served.model, "input": part})
        for part in ("", text)
    ]
    if opening is None or whole is None:
        return None
    ids = list(whole.tokens)
    if opening.tokens and whole.tokens[: len(opening.tokens)] == opening.tokens:
        ids = ids[len(opening.tokens) :]
    if text.isascii():
        return ids
    for id_ in ids:
        piece = await wire.may(Detokenized, "/extras/detokenize", {"model": served.model, "tokens": [id_]})
        if piece is None or not piece.text:
            return None
    return ids
