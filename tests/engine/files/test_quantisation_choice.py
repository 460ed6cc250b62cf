"""The documented rule for which file is fetched."""

from __future__ import annotations

import pytest

from writersroom.engine.errors import ModelNotFound
from writersroom.engine.files.quantisation_choice import RemoteFile, choose, variants

GB = 10**9


def files(**sizes: float) -> list[RemoteFile]:
    return [RemoteFile(f"m-{name}.gguf", int(size * GB), "x") for name, size in sizes.items()]


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (files(Q2_K=0.1, Q4_K_M=0.3, Q8_0=0.5, F16=1), "m-Q8_0"),
        (files(Q2_K=2, Q4_K_M=4, Q8_0=8, F16=15), "m-Q4_K_M"),
        (files(Q2_K=2, Q4_0=4, Q5_K_M=5, Q8_0=8), "m-Q4_0"),
        (files(Q2_K=2, Q6_K=6, Q8_0=8), "m-Q6_K"),
        (files(IQ2_XXS=2, F16=16), "m-IQ2_XXS"),
        (files(F16=16), "m-F16"),
        (files(q4_k_m=4, q8_0=8), "m-q4_k_m"),
        ([RemoteFile("plain.gguf", GB, "x"), RemoteFile("other.gguf", 2 * GB, "x")], "plain"),
    ],
)
def test_the_rule(there: list[RemoteFile], taken: str) -> None:
    assert choose("o/r", there, None).stem == taken


def test_only_whole_models_count() -> None:
    there = [
        RemoteFile(name, 1, "x")
        for name in (
            "README.md",
            "mmproj-m-f16.gguf",
            "m.imatrix.gguf",
            "Q4/m-Q4_K_M-00001-of-00002.gguf",
            "Q4/m-Q4_K_M-00002-of-00002.gguf",
            "m-Q8_0-00001-of-00002.gguf",
            "m-UD-Q5_K_XL.gguf",
        )
    ]
    found = variants(there)
    assert [(v.stem, v.quantisation, len(v.files)) for v in found] == [
        ("Q4/m-Q4_K_M", "Q4_K_M", 2),
        ("m-UD-Q5_K_XL", "Q5_K_XL", 1),
    ]


@pytest.mark.parametrize(
    "wanted",
    ["Q5_K_M", "q5_k_m", "m-Q5_K_M.gguf", "m-q5_k_m", "UD-Q5_K_M"],
)
def test_a_file_can_be_named_in_several_ways(wanted: str) -> None:
    assert choose("o/r", files(Q4_K_M=4, Q5_K_M=5), wanted).stem == "m-Q5_K_M"


def test_a_name_of_several_files_is_asked_back() -> None:
    there = [RemoteFile("a-Q8_0.gguf", 1, "x"), RemoteFile("b-Q8_0.gguf", 1, "x")]
    with pytest.raises(ModelNotFound, match=r"2 files of o/r \(a-Q8_0\.gguf, b-Q8_0\.gguf\)"):
        choose("o/r", there, "Q8_0")


def test_a_wrong_name_is_told_what_there_is() -> None:
    with pytest.raises(ModelNotFound, match="Q4_K_M"):
        choose("o/r", files(Q4_K_M=4, F16=16), "Q4_K_L")
    with pytest.raises(ModelNotFound, match="no GGUF"):
        choose("o/r", [RemoteFile("model.safetensors", 1, "x")], None)
