"""Asking for one reply: the body of the request, and the ways to bind it to a schema."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from pydantic import JsonValue

from writersroom.engine.errors import ServerError, UnsatisfiableSchema, Unsupported
from writersroom.engine.interface import Prompt, Request, Sampling
from writersroom.engine.server.answers import Spent
from writersroom.engine.server.dialects import SchemaForm, sampling_fields
from writersroom.engine.server.draft import Draft
from writersroom.engine.server.faults import refuses_schema
from writersroom.engine.server.inquiry import Served
from writersroom.engine.server.prompts import prompt_fields
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.server.shape import ReplyShape
from writersroom.engine.server.wire import Wire


class Writer:
    """Writes replies, and remembers how the server takes a schema."""

    def __init__(self, wire: Wire, served: Served, settings: ServerSettings) -> None:
        self._wire = wire
        self._served = served
        self._settings = settings
        self._taken: dict[str, SchemaForm] = {}
        """The form that worked, for each path."""

    async def write(
        self, request: Request, prompt: Prompt, shape: ReplyShape | None, index: int, draft: Draft
    ) -> None:
        """Write take number `index` of `request` into `draft`.

        Raises:
            UnsatisfiableSchema: the server takes schemas, but not this one.
            Unsupported: the server takes none with this kind of prompt.
            ServerError, PromptTooLong: as the wire says.
        """
        path, field = prompt_fields(prompt)
        stops = [stop for stop in request.stop if stop][: self._served.dialect.most_stops]
        body: dict[str, JsonValue] = {
            "model": self._served.model,
            **field,
            "max_tokens": request.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **sampling_fields(self._served.dialect, request.sampling, index),
            **({"stop": list(stops)} if stops else {}),
        }
        if shape is None:
            await self._wire.stream(path, {**body, **self._settings.extra}, draft.hear)
        else:
            await self._write_bound(path, body, shape, draft)

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
            bound = {**body, **await _schema_fields(form, shape), **self._settings.extra}
            try:
                await self._wire.stream(path, bound, draft.hear)
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
        reason = f": {refusal.reason}" if refusal else "; give it chat parts, or leave the schema out"
        kind = "chat parts" if "messages" in body else "a plain-text prompt"
        raise Unsupported(
            f"The server at {self._wire.address} takes no reply schema with {kind}{reason}."
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
        case "gbnf":
            return {"grammar": await asyncio.to_thread(_gbnf, shape)}


def _gbnf(shape: ReplyShape) -> str:
    # Imported here because it loads llama.cpp, which no other use of a server needs.
    from llama_cpp.llama_grammar import json_schema_to_gbnf  # noqa: PLC0415

    return json_schema_to_gbnf(json.dumps(shape.document))
