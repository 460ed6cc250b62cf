"""All that touches llama.cpp's C API: weights, vocabulary, context and batches. Nothing here schedules.

None of it is thread safe; after loading, one thread owns it (`worker.Worker`). Only the vocabulary, which
does not change, is read by others.
"""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import llama_cpp as lib
import numpy as np

from writersroom.engine.errors import EngineFailed, NoChatTemplate, NotAModel
from writersroom.engine.files.chat_layout import LayOut, layout_of
from writersroom.engine.interface import Floats, Prompt
from writersroom.engine.llama.parameters import CELL_TYPES, FLASH
from writersroom.engine.settings import EngineSettings, file_and_scale

_ABORTED: Final = 2
"""What `llama_decode` answers where it was interrupted."""
_COMPLAINTS: Final = (3, 4)
"""`GGML_LOG_LEVEL_WARN` and `_ERROR` of ggml.h, which the Python binding does not name."""


class _Log:
    """Keeps llama.cpp's last complaints, so that an error can say why; prints nothing."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        # The C side keeps only a pointer: the callback must live as long as the library.
        self._callback = lib.llama_log_callback(self._note)
        lib.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _note(self, level: int, text: bytes | None, _: object) -> None:
        if level in _COMPLAINTS and text:
            self._lines = [*self._lines[-7:], text.decode("utf-8", "replace").strip()]

    def clear(self) -> None:
        self._lines = []

    def last(self) -> str:
        return self._lines[-1] if self._lines else "llama.cpp gave no reason"


@functools.cache
def start_backend() -> _Log:
    """Initialise llama.cpp once for the process."""
    log = _Log()
    lib.llama_backend_init()
    return log


class Weights:
    """A loaded model: its vocabulary and chat template, and what it says of itself."""

    def __init__(self, path: Path, settings: EngineSettings) -> None:
        """Load `path`.

        Raises:
            NotAModel: llama.cpp refused the file, or a LoRA adapter.
            NoChatTemplate: its chat template is none that can be read.
        """
        log = start_backend()
        log.clear()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = settings.n_gpu_layers
        params.use_extra_bufts = settings.use_extra_bufts
        self.path = path
        model = lib.llama_model_load_from_file(os.fsencode(path), params)
        if not model:
            raise NotAModel(
                f"llama.cpp cannot load {path}: {log.last()}; check the file with `writersroom models`."
            )
        self.model: lib.llama_model_p = model
        self.loras: list[tuple[lib.llama_adapter_lora_p, float]] = []
        try:
            self._read(settings)
        except BaseException:
            self.close()
            raise

    def _read(self, settings: EngineSettings) -> None:
        """Note what the model says of itself, and load what belongs to it."""
        model = self.model
        self.vocab: lib.llama_vocab_p = _present(lib.llama_model_get_vocab(model))
        self.n_vocab = lib.llama_vocab_n_tokens(self.vocab)
        self.n_layer = lib.llama_model_n_layer(model)
        self.n_embd = lib.llama_model_n_embd(model)
        self.n_ctx_train = lib.llama_model_n_ctx_train(model)
        self.parameters = lib.llama_model_n_params(model)
        self.gpu_layers = self._layers_on_gpu(settings.n_gpu_layers)
        self.can_share_prefixes = not (
            lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model)
        )
        self._bos = _token(lib.llama_vocab_bos(self.vocab))
        self._eos = _token(lib.llama_vocab_eos(self.vocab))
        self._adds_bos = lib.llama_vocab_get_add_bos(self.vocab)
        self._pieces: dict[int, bytes] = {}
        self._special: dict[int, bool] = {}
        self._lay_out = self._chat_layout()
        for spec in settings.lora:
            self.loras.append(self._load_lora(spec))

    def held_sequences(self, settings: EngineSettings) -> int:
        """Sequences that a context for this model has: none for ended ones where no prefix can be shared."""
        return settings.held_sequences if self.can_share_prefixes else settings.sequences

    def close(self) -> None:
        """Free the weights. No context may be using them."""
        for adapter, _ in self.loras:
            lib.llama_adapter_lora_free(adapter)
        lib.llama_model_free(self.model)

    def layout(self, prompt: Prompt) -> str:
        """The prompt as the model will see it.

        Raises:
            NoChatTemplate: chat parts, and the model file has no template.
            Unsupported: its template refuses these parts.
        """
        if isinstance(prompt, str):
            return prompt
        if self._lay_out is None:
            raise NoChatTemplate(
                f"{self.path.name} has no chat template, so it cannot take part in a chat; "
                "use an instruction-tuned model or a plain text prompt."
            )
        return self._lay_out(prompt)

    def tokenize(self, text: str, *, special: bool, opening: bool) -> list[int]:
        """Token ids of `text`.

        Args:
            text: any text.
            special: read control tokens (`<|im_end|>`) as such. Only for laid out prompts, never for a
                person's or a model's text.
            opening: put the model's begin-of-text token first, if it wants one.
        """
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (lib.llama_token * size)()
        count = lib.llama_tokenize(self.vocab, raw, len(raw), buffer, size, opening, special)
        if count < 0:
            size = -count
            buffer = (lib.llama_token * size)()
            count = lib.llama_tokenize(self.vocab, raw, len(raw), buffer, size, opening, special)
        return [_token(token) for token in buffer[:count]]

    def continuation(self, text: str, *, after: Sequence[int] = ()) -> list[int]:
        """Token ids of `text`, nothing of it a control token, where something goes before.

        SentencePiece models mark the beginning of a text, and whatever follows a control token, by a space
        that nobody wrote, and llama.cpp takes every text for one that begins.

        Args:
            text: any text.
            after: the tokens before it; by default those of some other text. After a control token it gets
                that space, as in what the model was trained on, unless it begins with one.
        """
        begins = bool(after) and self.is_control(after[-1]) and not text.startswith(" ")
        if self._marks_beginnings and not begins:
            line, both = [self.tokenize(it, special=False, opening=False) for it in ("\n", "\n" + text)]
            if both[: len(line)] == line:  # Else one token holds the line break and what follows.
                return both[len(line) :]
        return self.tokenize(text, special=False, opening=False)

    @functools.cached_property
    def _marks_beginnings(self) -> bool:
        """Whether the tokenizer puts a space before a text."""
        first = self.tokenize("a", special=False, opening=False)[:1]
        return any(self.piece(token).startswith(b" ") for token in first)

    def prompt_tokens(self, prompt: Prompt) -> tuple[str, list[int]]:
        """A prompt as laid out text and as tokens."""
        text = self.layout(prompt)
        if isinstance(prompt, str):
            return text, self.tokenize(text, special=False, opening=True)
        opened = self._adds_bos and not text.startswith(self.piece(self._bos).decode("utf-8", "replace"))
        return text, self.tokenize(text, special=True, opening=opened)

    def opening(self) -> list[int]:
        """What a text without context follows: the begin-of-text token, or else the end-of-text token."""
        return [token for token in (self._bos if self._adds_bos else self._eos,) if token >= 0]

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for; control tokens have their names here."""
        found = self._pieces.get(token)
        if found is None:
            buffer = ctypes.create_string_buffer(256)
            size = lib.llama_token_to_piece(self.vocab, token, buffer, 256, 0, True)
            if size < 0:
                buffer = ctypes.create_string_buffer(-size)
                size = lib.llama_token_to_piece(self.vocab, token, buffer, -size, 0, True)
            found = self._pieces[token] = buffer.raw[:size]
        return found

    def ends_reply(self, token: int) -> bool:
        """Whether the model ends its reply with `token`."""
        return lib.llama_vocab_is_eog(self.vocab, token)

    def is_control(self, token: int) -> bool:
        """Whether `token` is a control token, which never is part of a text."""
        found = self._special.get(token)
        if found is None:
            found = self._special[token] = lib.llama_vocab_is_control(self.vocab, token)
        return found

    def _chat_layout(self) -> LayOut | None:
        template = lib.llama_model_chat_template(self.model, None)
        if not template:
            return None
        return layout_of(
            template.decode("utf-8", "replace"),
            name=self.path.name,
            eos_token=self.piece(self._eos).decode("utf-8", "replace") if self._eos >= 0 else "",
            bos_token=self.piece(self._bos).decode("utf-8", "replace") if self._bos >= 0 else "",
        )

    def _layers_on_gpu(self, wanted: int) -> int:
        if not lib.llama_supports_gpu_offload():
            return 0
        every = self.n_layer + 1  # the output layer counts too
        return every if wanted < 0 else min(wanted, every)

    def _load_lora(self, spec: str) -> tuple[lib.llama_adapter_lora_p, float]:
        name, scale = file_and_scale(spec)
        adapter = lib.llama_adapter_lora_init(self.model, os.fsencode(name))
        if not adapter:
            raise NotAModel(
                f"llama.cpp cannot load the LoRA adapter {name}: {start_backend().last()}; "
                "give FILE or FILE=SCALE, a GGUF adapter made for this model and a number."
            )
        return adapter, scale


def _token(value: Any) -> int:
    """The binding declares token ids as `c_int32`; at run time ctypes has made them `int`."""
    return value


class Batch:
    """The tokens of one step, as llama.cpp reads them, in arrays that are filled in place."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._token = np.zeros(capacity, np.int32)
        self._position = np.zeros(capacity, np.int32)
        self._sequence = np.zeros(capacity, np.int32)
        self._wants = np.zeros(capacity, np.int8)
        self._one = np.ones(capacity, np.int32)
        # Each token belongs to exactly one sequence here, so the table of sequence lists is fixed.
        base, stride = self._sequence.ctypes.data, self._sequence.itemsize
        self._table = np.array([base + i * stride for i in range(capacity)] + [0], np.uintp)

    @property
    def room(self) -> int:
        """Tokens that still fit."""
        return self.capacity - self.size

    def clear(self) -> None:
        """Begin the next step."""
        self.size = 0

    def add(self, sequence: int, start: int, tokens: Sequence[int], *, wants_from: int) -> range:
        """Append `tokens` of `sequence` at positions from `start`; outputs are wanted from `wants_from` on.

        Returns:
            The indices within the batch.
        """
        rows = slice(self.size, self.size + len(tokens))
        self._token[rows] = tokens
        self._position[rows] = np.arange(start, start + len(tokens))
        self._sequence[rows] = sequence
        self._wants[rows] = self._position[rows] >= wants_from
        self.size = rows.stop
        return range(rows.start, rows.stop)

    def want_all(self) -> None:
        """Ask for the output of every token, which llama.cpp insists on when it gives hidden states."""
        self._wants[: self.size] = 1

    def as_struct(self) -> lib.llama_batch:
        """The struct for `llama_decode`; valid until the batch changes."""
        return lib.llama_batch(
            n_tokens=self.size,
            token=self._token.ctypes.data_as(ctypes.POINTER(lib.llama_token)),
            embd=None,
            pos=self._position.ctypes.data_as(ctypes.POINTER(lib.llama_pos)),
            n_seq_id=self._one.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            seq_id=self._table.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(lib.llama_seq_id))),
            logits=self._wants.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )


class Context:
    """A llama.cpp context with one KV cache for all sequences (`kv_unified`)."""

    def __init__(self, weights: Weights, settings: EngineSettings, *, sequences: int) -> None:
        """Allocate the cache and the compute buffers.

        Raises:
            EngineFailed: there is not memory enough, or the combination of settings is refused.
        """
        log = start_backend()
        log.clear()
        params = lib.llama_context_default_params()
        params.n_ctx = settings.n_ctx
        params.n_batch = params.n_ubatch = settings.n_batch
        params.n_seq_max = sequences
        params.kv_unified = True
        params.swa_full = True  # a sliding window's cache could not be shared by prefix
        # A pooled model gives one state for a sequence; here states are wanted token by token.
        params.pooling_type = lib.LLAMA_POOLING_TYPE_NONE
        params.n_threads = params.n_threads_batch = settings.threads
        params.flash_attn_type = FLASH[settings.flash_attention]
        params.type_k = CELL_TYPES[settings.kv_key_type]
        params.type_v = CELL_TYPES[settings.kv_value_type]
        context = lib.llama_init_from_model(weights.model, params)
        if not context:
            raise EngineFailed(
                f"llama.cpp cannot make a context of {settings.n_ctx} tokens: {log.last()}; "
                "lower n_ctx, change the KV types, or turn flash attention off."
            )
        self._context: lib.llama_context_p = context
        self._memory: lib.llama_memory_t = _present(lib.llama_get_memory(context))
        self._weights = weights
        self._interrupted = ctypes.create_string_buffer(2)
        if weights.can_share_prefixes:  # Else the state before the step would be lost.
            self._look_whether_interrupted()
        if weights.loras:
            try:
                self._apply_loras()
            except EngineFailed:
                self.close()
                raise

    @property
    def pointer(self) -> lib.llama_context_p:
        """For samplers."""
        return self._context

    def close(self) -> None:
        """Free the context."""
        lib.llama_free(self._context)

    def decode(self, batch: Batch, *, hidden: bool) -> bool:
        """Compute a batch.

        Returns:
            Whether it was computed to its end. Where it was interrupted, it gave no outputs.

        Raises:
            EngineFailed: llama.cpp could not, with its code: 1 for no room in the cache.
        """
        lib.llama_set_embeddings(self._context, hidden)
        if hidden:
            batch.want_all()
        code = lib.llama_decode(self._context, batch.as_struct())
        if code not in (0, _ABORTED):
            raise EngineFailed(f"llama.cpp could not compute a batch of {batch.size} tokens (code {code})")
        lib.llama_synchronize(self._context)
        return code == 0

    def interrupt(self) -> None:
        """From any thread: end the batch that is being computed, and those that follow, until `go_on`."""
        self._interrupted[0] = b"!"

    def go_on(self) -> None:
        """Let batches be computed again."""
        self._interrupted[0] = b"\0"

    def _look_whether_interrupted(self) -> None:
        """Have the processor's part of llama.cpp look after each operation whether it is to go on.

        It asks a function of C that takes a pointer and tells true or false. `strlen` is one: 0 where the
        pointer is at an empty string, 1 where one character is there. A function of Python's would wait for
        the interpreter's lock a thousand times in a step, and all processors with it.
        """
        strlen = ctypes.CDLL("msvcrt" if os.name == "nt" else None).strlen
        # The C side keeps only the pointers: both must live as long as the context.
        self._look = ctypes.cast(strlen, lib.ggml_abort_callback)
        pointer = ctypes.cast(self._interrupted, ctypes.c_void_p)
        lib.llama_set_abort_callback(self._context, self._look, pointer)

    def logits(self, row: int) -> Floats:
        """Logits at a batch index, shape (vocabulary,): a view, writable, valid until the next decode."""
        pointer = lib.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, shape=(self._weights.n_vocab,))

    def hidden(self, row: int) -> Floats:
        """Last-layer state at a batch index, shape (embedding size,): a view."""
        pointer = lib.llama_get_embeddings_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, shape=(self._weights.n_embd,))

    def copy(self, source: int, target: int, length: int) -> None:
        """Let `target` hold the first `length` positions of `source` too. Copies no cells."""
        lib.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def remove(self, sequence: int, start: int = 0) -> None:
        """Take `sequence` off its cells from position `start`."""
        lib.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def _apply_loras(self) -> None:
        count = len(self._weights.loras)
        adapters = (lib.llama_adapter_lora_p_ctypes * count)(*(adapter for adapter, _ in self._weights.loras))
        scales = (ctypes.c_float * count)(*(scale for _, scale in self._weights.loras))
        # The binding declares the array's element type as unknown.
        if (
            lib.llama_set_adapters_lora(  # pyright: ignore[reportUnknownMemberType]
                self._context, adapters, count, scales
            )
            != 0
        ):
            raise EngineFailed("llama.cpp refused the LoRA adapters; load fewer or others.")


def _present(pointer: Any) -> Any:
    """A pointer that llama.cpp gives for every loaded model."""
    if not pointer:
        raise EngineFailed("llama.cpp returned no handle for a loaded model; reinstall llama-cpp-python.")
    return pointer
