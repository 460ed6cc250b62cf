"""What may be asked of an engine is checked before anything is asked."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from writersroom.engine.interface import Sampling


@pytest.mark.parametrize(
    "field",
    ["temperature", "dry_base", "dry_multiplier", "top_p", "min_p", "xtc_probability", "xtc_threshold"],
)
@pytest.mark.parametrize("value", [math.inf, math.nan, 1e39])
def test_a_sampling_is_of_numbers_that_llama_cpp_can_hold(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=field):
        Sampling.model_validate({field: value})


@pytest.mark.parametrize(("field", "value"), [("temperature", -1), ("top_p", 2), ("min_p", 2), ("top_k", -1)])
def test_a_sampling_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=field):
        Sampling.model_validate({field: value})


def test_a_bias_is_a_number() -> None:
    with pytest.raises(ValidationError, match="logit_bias"):
        Sampling(logit_bias={1: math.nan})


def test_repetitions_are_looked_for_in_a_stretch_that_memory_holds() -> None:
    assert Sampling(dry_range=65_536).dry_range == 65_536
    with pytest.raises(ValidationError, match="dry_range"):
        Sampling(dry_range=2_000_000_000)
