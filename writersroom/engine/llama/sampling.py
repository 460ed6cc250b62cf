"""A sampler chain of llama.cpp for one take, and the steps that takes have copies of."""

from __future__ import annotations

import ctypes
from collections import OrderedDict

import llama_cpp as lib

from writersroom.engine.interface import Sampling
from writersroom.engine.llama.runtime import Context, Weights
from writersroom.engine.seeds import take_seed

_DRY_BREAKERS = ("\n", ":", '"', "*")
"""llama.cpp's own defaults: a repetition does not count across these."""
_DRY_STEPS_KEPT = 16


class DrySteps:
    """The DRY steps of one model, one for each setting of it, for takes to have copies of.

    To make one, llama.cpp spells out the whole vocabulary for each breaker: 22 ms for 49,152 tokens.
    A copy takes 0.1 ms.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._made: OrderedDict[tuple[float, float, int, int], lib.llama_sampler_p] = OrderedDict()

    def copy(self, sampling: Sampling) -> lib.llama_sampler_p:
        """A step that has seen no tokens; it is the caller's."""
        setting = (
            sampling.dry_multiplier,
            sampling.dry_base,
            sampling.dry_allowed_length,
            sampling.dry_range,
        )
        if setting not in self._made:
            self._made[setting] = _dry(self._weights, sampling)
        self._made.move_to_end(setting)
        while len(self._made) > _DRY_STEPS_KEPT:
            lib.llama_sampler_free(self._made.popitem(last=False)[1])
        return lib.llama_sampler_clone(self._made[setting])

    def close(self) -> None:
        """Free them; copies live on."""
        while self._made:
            lib.llama_sampler_free(self._made.popitem()[1])


class Sampler:
    """Draws the tokens of one take, in the order that `Sampling` documents."""

    def __init__(self, weights: Weights, dry: DrySteps, sampling: Sampling, *, take: int) -> None:
        params = lib.llama_sampler_chain_default_params()
        params.no_perf = True
        self._chain = lib.llama_sampler_chain_init(params)
        seed = take_seed(sampling.seed, take)
        if sampling.logit_bias:
            self._add(_logit_bias(weights, sampling))
        if sampling.dry_multiplier > 0:
            self._add(dry.copy(sampling))
        if sampling.temperature == 0:
            self._add(lib.llama_sampler_init_greedy())
            return
        if sampling.top_k > 0:
            self._add(lib.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            self._add(lib.llama_sampler_init_top_p(sampling.top_p, 1))
        if sampling.min_p > 0:
            self._add(lib.llama_sampler_init_min_p(sampling.min_p, 1))
        if sampling.xtc_probability > 0:
            self._add(
                lib.llama_sampler_init_xtc(sampling.xtc_probability, sampling.xtc_threshold, 1, seed ^ 1)
            )
        self._add(lib.llama_sampler_init_temp(sampling.temperature))
        self._add(lib.llama_sampler_init_dist(seed))

    def draw(self, context: Context, row: int) -> int:
        """Draw, and remember, the next token from the logits at batch index `row`."""
        return lib.llama_sampler_sample(self._chain, context.pointer, row)

    def remember(self, token: int) -> None:
        """Tell the penalties of a token that was not drawn."""
        lib.llama_sampler_accept(self._chain, token)

    def close(self) -> None:
        """Free the chain and its steps."""
        lib.llama_sampler_free(self._chain)

    def _add(self, step: lib.llama_sampler_p) -> None:
        lib.llama_sampler_chain_add(self._chain, step)


def _logit_bias(weights: Weights, sampling: Sampling) -> lib.llama_sampler_p:
    biases = (lib.llama_logit_bias * len(sampling.logit_bias))()
    for slot, (token, bias) in zip(biases, sampling.logit_bias.items(), strict=True):
        slot.token, slot.bias = token, bias
    return lib.llama_sampler_init_logit_bias(weights.n_vocab, len(biases), biases)


def _dry(weights: Weights, sampling: Sampling) -> lib.llama_sampler_p:
    breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*(text.encode() for text in _DRY_BREAKERS))
    # The binding leaves the type of the breakers open.
    return lib.llama_sampler_init_dry(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        weights.vocab,
        sampling.dry_multiplier,
        sampling.dry_base,
        sampling.dry_allowed_length,
        sampling.dry_range,
        breakers,
        len(_DRY_BREAKERS),
    )
