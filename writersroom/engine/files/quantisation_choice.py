"""Which file of a repository to fetch, where it holds one model in many quantisations."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from writersroom.engine.errors import ModelNotFound
from writersroom.engine.files.model_file import SPLIT_NAME
from writersroom.engine.files.places import is_model_name

SMALL: Final = 2**30
"""Bytes up to which Q8_0 is taken: small models lose most by coarser numbers, and on a processor run no
faster with them."""

PREFERRED: Final = (
    "Q4_K_M",
    "Q4_K_XL",
    "Q4_K_S",
    "IQ4_NL",
    "IQ4_XS",
    "Q4_0",
    "Q4_1",
    "MXFP4",
    "MXFP4_MOE",
    "Q5_K_M",
    "Q5_K_XL",
    "Q5_K_S",
    "Q5_0",
    "Q5_1",
    "Q6_K",
    "Q6_K_XL",
    "Q8_0",
    "Q3_K_M",
    "Q3_K_L",
    "Q3_K_XL",
)
"""For larger models, best first: about four and a half bits a number is where size still pays for itself."""

_QUANTISATION: Final = re.compile(
    r"(?:^|[-._])(?:UD-)?(?P<q>I?Q\d(?:_[0-9A-Z]+)*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|F16|F32|FP16|FP32)$",
    re.IGNORECASE,
)


class RemoteFile(NamedTuple):
    """A file of a repository."""

    name: str
    """Its path in the repository."""
    size: int
    """Bytes."""
    sha256: str | None


class Variant(NamedTuple):
    """One model file of a repository, or one that is split into several."""

    stem: str
    """Its name without ending and numbering."""
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        """Bytes, all files."""
        return sum(file.size for file in self.files)

    @property
    def quantisation(self) -> str | None:
        """As its name tells it; None where it does not."""
        match = _QUANTISATION.search(PurePosixPath(self.stem).name)
        return match["q"].upper() if match else None


def variants(files: Sequence[RemoteFile]) -> list[Variant]:
    """The models among the files of a repository, by name. Split ones that lack a part are left out."""
    whole: list[Variant] = []
    for file in sorted(files):
        path = PurePosixPath(file.name)
        if not is_model_name(path.name) or "imatrix" in path.name.lower():
            continue
        match = SPLIT_NAME.fullmatch(path.name)
        if match is None:
            whole.append(Variant(str(path.with_suffix("")), (file,)))
            continue
        names = {
            str(path.with_name(f"{match['stem']}-{part:05d}-of-{match['parts']}{path.suffix}"))
            for part in range(1, int(match["parts"]) + 1)
        }
        parts = tuple(sorted(each for each in files if each.name in names))
        if len(parts) == len(names):
            whole.append(Variant(str(path.with_name(match["stem"])), parts))
    return whole


def choose(repository: str, files: Sequence[RemoteFile], wanted: str | None) -> Variant:
    """The model to fetch.

    Args:
        repository: its name, for messages.
        files: all its files.
        wanted: a file's path or name, or a quantisation (`Q5_K_M`), upper or lower case; None leaves the
            choice to the rule: the only one; or else Q8_0 where that is at most 1 GiB; or else the first of
            `PREFERRED` that there is; or else the smallest.

    Raises:
        ModelNotFound: the repository has no GGUF model, or not this one, or several that this may mean.
    """
    there = variants(files)
    if not there:
        raise ModelNotFound(
            f"{repository} has no GGUF model file; look for a repository whose name ends in -GGUF."
        )
    if wanted is not None:
        return _named(repository, there, wanted)
    if len(there) == 1:
        return there[0]
    by_quantisation: dict[str | None, Variant] = {}
    for variant in there:
        by_quantisation.setdefault(variant.quantisation, variant)
    fine = by_quantisation.get("Q8_0")
    if fine is not None and fine.size <= SMALL:
        return fine
    for quantisation in PREFERRED:
        if quantisation in by_quantisation:
            return by_quantisation[quantisation]
    return min(there, key=lambda variant: variant.size)


def _named(repository: str, there: Sequence[Variant], wanted: str) -> Variant:
    asked = wanted.casefold()
    labels: dict[str, list[Variant]] = {}
    for variant in there:
        path = PurePosixPath(variant.stem)
        own = {variant.stem, path.name, f"{variant.stem}.gguf", f"{path.name}.gguf"}
        own |= {name for file in variant.files for name in (file.name, PurePosixPath(file.name).name)}
        if variant.quantisation is not None:
            own |= {variant.quantisation, f"UD-{variant.quantisation}"}
        for label in own:
            labels.setdefault(label.casefold(), []).append(variant)
    match = labels.get(asked, [])
    if len(match) == 1:
        return match[0]
    if match:
        several = ", ".join(f"{variant.stem}.gguf" for variant in match[:5])
        raise ModelNotFound(
            f"{wanted!r} may be one of {len(match)} files of {repository} ({several}); give the full name."
        )
    near = difflib.get_close_matches(asked, labels, n=3, cutoff=0.5)
    shown = [labels[label][0] for label in near] or list(there)
    listed = ", ".join(dict.fromkeys(v.quantisation or f"{v.stem}.gguf" for v in shown[:5]))
    raise ModelNotFound(f"{repository} has no model file {wanted!r}; it has, for one, {listed}.")
