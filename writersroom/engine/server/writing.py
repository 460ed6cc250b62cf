"""Asking for one reply: the body of the request, and the ways to bind it to a schema.

Ollama is asked on its own interface. Plain text is given as it is where a server takes it so, to others than
Ollama on OpenAI's older interface. A server that has only chats, or binds nothing else to a schema, gets it
as the one part of a chat.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from writersroom.engine.errors import ServerError, UnsatisfiableSchema, Unsupported
from writersroom.engine.interface import Prompt, Request, Sampling
from writersroom.engine.server.answers import Generated, Reply, Spent
from writersroom.engine.server.dialects import SchemaForm, sampling_fields
from writersroom.engine.server.draft import Draft
from writersroom.engine.server.faults import refuses_schema
from writersroom.engine.server.inquiry import Served
from writersroom.engine.server.prompts import TEXT_PATH, as_one_part, chat_fields, prompt_fields
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.server.shape import ReplyShape
from writersroom.engine.server.wire import Wire

_OLLAMA_TEXT: Final = "/api/generate"
_OLLAMA_CHAT: Final = "/api/chat"


class Writer:
    """Writes replies, and remembers how the server takes plain text and a schema."""

    def __init__(self, wire: Wire, served: Served, settings: ServerSettings) -> None:
        self._wire = wire
        self._served = served
        self._settings = settings
        self._taken: dict[str, SchemaForm] = {}
        """The form that worked, for each path."""
        self._only_chats = False
        """It has no address for plain text."""

    async def write(
        self, request: Request, prompt: Prompt, shape: ReplyShape | None, index: int, draft: Draft
    ) -> None:
        """Write take number `index` of `request` into `draft`.

        Raises:
            UnsatisfiableSchema: the server takes schemas, but not this one.
            Unsupported: the server takes no schema, or no such prompt.
            ServerError, PromptTooLong: as the wire says.
        """
        binds_text = shape is None or bool(self._served.dialect.text_forms)
        if isinstance(prompt, str) and (self._only_chats or not binds_text):
            prompt = as_one_part(prompt)
        path, body = self._asked(request, prompt, index)
        if shape is not None:
            await self._write_bound(path, body, shape, draft)
            return
        try:
            await self._stream(path, body, draft)
        except ServerError as error:
            if path != TEXT_PATH or error.status not in {404, 405, 501}:
                raise
            assert isinstance(prompt, str)  # only plain text goes there
            path, body = self._asked(request, as_one_part(prompt), index)
            await self._stream(path, body, draft)
            # Not before: a model that is not there is answered alike.
            self._only_chats = True

    def _asked(self, request: Request, prompt: Prompt, index: int) -> tuple[str, dict[str, JsonValue]]:
        """Where a request goes, and its body as far as no schema is concerned."""
        dialect = self._served.dialect
        stops = [stop for stop in request.stop if stop][: dialect.most_stops]
        stopping: dict[str, JsonValue] = {"stop": list(stops)} if stops else {}
        if dialect.raw:
            return self._asked_of_ollama(request, prompt, index, stopping)
        path, fields = prompt_fields(self._wire, self._served, prompt)
        return path, {
            "model": self._served.model,
            **fields,
            "max_tokens": request.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **sampling_fields(dialect, request.sampling, index),
            **stopping,
        }

    def _asked_of_ollama(
        self, request: Request, prompt: Prompt, index: int, stopping: dict[str, JsonValue]
    ) -> tuple[str, dict[str, JsonValue]]:
        """The same on Ollama's own interface, which knows more than what it makes of OpenAI's."""
        options = sampling_fields(self._served.dialect, request.sampling, index)
        fields: Mapping[str, JsonValue]
        if isinstance(prompt, str):
            path, fields = _OLLAMA_TEXT, {"prompt": prompt, "raw": True}
        else:
            path, fields = _OLLAMA_CHAT, chat_fields(self._wire, self._served, prompt)
        return path, {
            "model": self._served.model,
            **fields,
            "think": False,
            # Else it drops the beginning of a prompt that is too long, without a word.
            "truncate": False,
            "stream": True,
            "options": {**options, "num_predict": request.max_tokens, **stopping},
        }

    async def _stream(self, path: str, body: dict[str, JsonValue], draft: Draft) -> None:
        form = Generated if path in (_OLLAMA_TEXT, _OLLAMA_CHAT) else Reply
        await self._wire.stream(path, {**body, **self._settings.extra}, draft.hear, form)

    async def draw(self, prompt: Prompt, options: Sequence[str], seed: int) -> tuple[str, Spent]:
        """One of `options`, as the model would pick it at temperature 1, and what it cost.

        Raises:
            ReplyInvalid: the server did not keep to the options.
        """
        shape = ReplyShape(
            {
                "type": "object",
                "properties": {"choice": {"type": "string", "enum": list(options)}},
                "required": ["choice"],
                "additionalProperties": False,
            }
        )
        request = Request(
            prompt=prompt,
            sampling=Sampling(seed=seed),
            max_tokens=max(len(option.encode()) for option in options) + 32,
        )
        draft = Draft(0, (), None)
        await self.write(request, prompt, shape, 0, draft)
        draft.end()
        return shape.read(draft.text)["choice"], draft.spent or Spent(completion_tokens=draft.tokens)

    async def _write_bound(
        self, path: str, body: dict[str, JsonValue], shape: ReplyShape, draft: Draft
    ) -> None:
        dialect = self._served.dialect
        known = self._taken.get(path)
        forms = dialect.chat_forms if "messages" in body else dialect.text_forms
        refusal: ServerError | None = None
        for form in (known,) if known else forms:
            try:
                await self._stream(path, {**body, **await _schema_fields(form, shape)}, draft)
            except ServerError as error:
                if draft.text or not refuses_schema(error):
                    raise
                refusal = error
            else:
                self._taken[path] = form
                return
        if known and refusal:
            raise UnsatisfiableSchema(
                f"The server at {self._wire.address} cannot bind a reply to this schema: {refusal.reason}."
            ) from refusal
        assert refusal is not None  # there is a form for every prompt that comes here
        kind = "chat parts" if "messages" in body else "a plain-text prompt"
        raise Unsupported(
            f"The server at {self._wire.address} takes no reply schema with {kind}: {refusal.reason}."
        ) from refusal


async def _schema_fields(form: SchemaForm, shape: ReplyShape) -> dict[str, JsonValue]:
    match form:
        case "json_schema":
            described: dict[str, JsonValue] = {"name": "reply", "schema": shape.document, "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": described}}
        case "json_object":
            return {"response_format": {"type": "json_object", "schema": shape.document}}
        case "field":
            return {"json_schema": shape.document}
        case "format":
            return {"format": shape.document}
        case "gbnf":
            return {"grammar": await asyncio.to_thread(_gbnf, shape)}


def _gbnf(shape: ReplyShape) -> str:
    # Imported here because it loads llama.cpp, which no other use of a server needs.
    from llama_cpp.llama_grammar import json_schema_to_gbnf  # noqa: PLC0415

    return json_schema_to_gbnf(json.dumps(shape.document))
