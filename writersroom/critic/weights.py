"""The critic's weights as a file: named arrays of numbers and a manifest in JSON, nothing that could run.

One `.npz` (a zip of `.npy` arrays, read with pickles forbidden). The manifest is an array of bytes among
the others; it names the format, the features in their order and the version of their measurement, what the
weights were trained on, and the SHA-256 of the content, which is computed again on reading. Every file that
is refused is named with the hash of its bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import zipfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from writersroom.critic.errors import DamagedWeights, NewerWeights
from writersroom.critic.features.coherence import COHERENCE
from writersroom.critic.features.legibility import LEGIBILITY
from writersroom.critic.features.style import STYLE
from writersroom.critic.features.surprise import SURPRISE
from writersroom.critic.features.vector import MEASUREMENT, Numbers
from writersroom.critic.heads.coherence import Coherence
from writersroom.critic.heads.discriminator import Calibration, Projection
from writersroom.critic.heads.edits import WIDTH as EDIT_WIDTH
from writersroom.critic.heads.edits import EditHead, PartHead
from writersroom.critic.heads.logistic import Head
from writersroom.critic.heads.quality import Quality
from writersroom.critic.heads.sentences import SENTENCE
from writersroom.critic.rows import Rows
from writersroom.frozen import Frozen

FORMAT: Final = 2
"""Raised when older programs could not read what is written, or this one not what they wrote."""
_MOST: Final = 200_000_000
"""Bytes of a weights file; more is none of ours."""
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    EOFError,
    OSError,
    KeyError,
    # What `zipfile` raises of a flag that says encrypted, and of a method of compression it does not know.
    RuntimeError,
    lzma.LZMAError,
    # A length that was changed can be any.
    MemoryError,
)
"""What reading a damaged zip of arrays raises."""
_MANIFEST: Final = "manifest"
_HASHED: Final = "sha256"


class Trained(Frozen):
    """Where weights come from: what `critic card` tells."""

    on: tuple[str, ...]
    """What was trained on, a line each."""
    figures: tuple[tuple[str, float], ...] = ()
    """What was measured on texts left out, by name."""
    measured_on: str = "texts left out"
    """What was left out of the training to be measured on."""
    eye: str = ""
    """Name of the model that read the texts."""
    eye_sha256: str | None = None
    day: str = ""


class Manifest(Frozen):
    """What the arrays mean."""

    format: int
    surprise: tuple[str, ...]
    style: tuple[str, ...]
    coherence: tuple[str, ...]
    legibility: tuple[str, ...]
    sentence: tuple[str, ...]
    measurement: int
    """See `features.vector.MEASUREMENT`."""
    sources: tuple[str, ...]
    """Of the rows, in order."""
    kinds: tuple[tuple[str, str], ...]
    """Machine sources, and the kind of writer that each is."""
    held_back: int
    """How many of the last human rows D is never fitted on: the game is valued on them."""
    calibration: Calibration
    room_calibration: Calibration
    coherence_calibration: Calibration
    usual_coherence: tuple[tuple[str, float], ...]
    """By writer, the C that one of its takes in fifty falls below."""
    coherence_floor: float
    edits: tuple[tuple[str, float], ...]
    """Kinds and limits."""
    weakest_part: float
    trained: Trained


class Weights(Frozen):
    """Everything a critic starts from."""

    rows: Rows
    """The replay buffer's stock: vectors of human and generated texts, embeddings projected."""
    kinds: dict[str, str]
    """The kind of writer that each machine source is, as far as they differ: D has a panel for each kind."""
    held_back: int
    projection: Projection
    calibration: Calibration
    """Of D for writers never seen."""
    room_calibration: Calibration
    """Of D once takes of the writer in the room have been learned."""
    coherence: Coherence
    quality: Quality
    sentence: Head
    usual_coherence: dict[str, float]
    coherence_floor: float
    """C below which any text is refused."""
    edits: tuple[EditHead, ...]
    parts: PartHead
    trained: Trained


def save(weights: Weights, path: Path) -> str:
    """Write weights; whole or not at all.

    Returns:
        The SHA-256 of the content.

    Raises:
        OSError: nothing can be written there.
    """
    arrays = _arrays(weights)
    manifest = Manifest(
        format=FORMAT,
        surprise=tuple(measure.name for measure in SURPRISE),
        style=tuple(measure.name for measure in STYLE),
        coherence=tuple(measure.name for measure in COHERENCE),
        legibility=tuple(measure.name for measure in LEGIBILITY),
        sentence=tuple(measure.name for measure in SENTENCE),
        measurement=MEASUREMENT,
        sources=weights.rows.sources,
        kinds=tuple(sorted(weights.kinds.items())),
        held_back=weights.held_back,
        calibration=weights.calibration,
        room_calibration=weights.room_calibration,
        coherence_calibration=weights.coherence.calibration,
        usual_coherence=tuple(sorted(weights.usual_coherence.items())),
        coherence_floor=weights.coherence_floor,
        edits=tuple((one.kind, one.limit) for one in weights.edits),
        weakest_part=weights.parts.limit,
        trained=weights.trained,
    )
    text = manifest.model_dump_json().encode()
    digest = _digest(arrays, text)
    arrays[_MANIFEST] = np.frombuffer(text, np.uint8)
    arrays[_HASHED] = np.frombuffer(digest.encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(buffer.getvalue())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return digest


def load(path: Path) -> Weights:
    """Read weights.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedWeights, NewerWeights: it is not what it should be.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if path.stat().st_size > _MOST:
            raise DamagedWeights(path, sha256, "it is far too large")
        file.seek(0)
        raw = file.read()
    arrays = _read(path, sha256, raw)
    try:
        text = bytes(arrays.pop(_MANIFEST))
        said = bytes(arrays.pop(_HASHED)).decode("ascii")
    except (KeyError, ValueError) as error:
        raise DamagedWeights(path, sha256, "it has no manifest") from error
    _check_format(path, sha256, text)
    found = _digest(arrays, text)
    if found != said:
        why = f"its content has the SHA-256 {found[:16]}… and should have {said[:16]}…"
        raise DamagedWeights(path, sha256, why)
    try:
        return _weights(Manifest.model_validate_json(text), arrays)
    except _OtherFeatures as error:
        raise DamagedWeights(path, sha256, f"it was made for {error}") from error
    except (KeyError, ValidationError, ValueError, IndexError) as error:
        raise DamagedWeights(path, sha256, "its arrays are not those of this program") from error


class _OtherFeatures(Exception):
    """Which features the weights were made for that this program does not measure, or not so."""


def _read(path: Path, sha256: str, raw: bytes) -> dict[str, npt.NDArray[np.generic]]:
    try:
        if not zipfile.is_zipfile(io.BytesIO(raw)):
            raise DamagedWeights(path, sha256, "it is no file of plain arrays")
        with np.load(io.BytesIO(raw), allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except _UNREADABLE as error:
        raise DamagedWeights(path, sha256, "it is no file of plain arrays") from error


def _check_format(path: Path, sha256: str, text: bytes) -> None:
    try:
        number = int(json.loads(text)["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedWeights(path, sha256, "its manifest cannot be read") from error
    if number > FORMAT:
        raise NewerWeights(path, number, FORMAT, sha256)
    if number < FORMAT:
        why = f"it has the format {number} of an older program, which is read no more"
        raise DamagedWeights(path, sha256, why)


def _digest(arrays: dict[str, npt.NDArray[np.generic]], manifest: bytes) -> str:
    digest = hashlib.sha256(manifest)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _arrays(weights: Weights) -> dict[str, npt.NDArray[np.generic]]:
    half = np.float32
    rows, quality = weights.rows, weights.quality
    return {
        "rows_surprise": rows.surprise.astype(half),
        "rows_style": rows.style.astype(half),
        "rows_embedding": rows.embedding.astype(half),
        "rows_human": rows.human,
        "rows_weights": rows.weights.astype(half),
        "projection_mean": weights.projection.mean.astype(half),
        "projection_directions": weights.projection.directions.astype(half),
        "coherence_scale": weights.coherence.scale,
        "coherence_coef": weights.coherence.coef,
        "quality_mean": quality.mean,
        "quality_scale": quality.scale,
        "quality_coef": quality.coef,
        "quality_quantiles": quality.quantiles,
        **_head_arrays("sentence", weights.sentence),
        **_head_arrays("part_surprise", weights.parts.surprise),
        **_head_arrays("part_style", weights.parts.style),
        **{
            name: array
            for at, one in enumerate(weights.edits)
            for name, array in _head_arrays(f"edit{at}", one.head).items()
        },
    }


def _head_arrays(name: str, head: Head) -> dict[str, npt.NDArray[np.generic]]:
    """A head that is only applied: its covariance is not kept."""
    return {
        f"{name}_mean": head.mean,
        f"{name}_scale": head.scale,
        f"{name}_coef": head.coef,
        f"{name}_intercept": np.array([head.intercept]),
    }


def _weights(manifest: Manifest, held: dict[str, npt.NDArray[np.generic]]) -> Weights:
    for name, measures in (
        ("surprise", SURPRISE),
        ("style", STYLE),
        ("coherence", COHERENCE),
        ("legibility", LEGIBILITY),
        ("sentence", SENTENCE),
    ):
        if getattr(manifest, name) != tuple(measure.name for measure in measures):
            raise _OtherFeatures(f"other features of {name}")
    if manifest.measurement != MEASUREMENT:
        raise _OtherFeatures(
            f"features as version {manifest.measurement} measures them, and this program has {MEASUREMENT}"
        )

    def numbers(name: str, *shape: int) -> Numbers:
        array = held[name].astype(np.float64)
        if array.shape != shape:
            raise ValueError(f"{name} has the shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} is not finite")
        return array

    def head(name: str, features: int) -> Head:
        return Head(
            mean=numbers(f"{name}_mean", features),
            scale=numbers(f"{name}_scale", features),
            coef=numbers(f"{name}_coef", features),
            intercept=float(numbers(f"{name}_intercept", 1)[0]),
            covariance=np.zeros((features + 1, features + 1)),
        )

    count = len(manifest.sources)
    width = held["projection_directions"].shape
    rows = Rows(
        surprise=numbers("rows_surprise", count, len(SURPRISE)),
        style=numbers("rows_style", count, len(STYLE)),
        embedding=numbers("rows_embedding", count, width[0]),
        human=held["rows_human"].astype(bool).reshape(count),
        weights=numbers("rows_weights", count),
        sources=manifest.sources,
    )
    return Weights(
        rows=rows,
        kinds=dict(manifest.kinds),
        held_back=manifest.held_back,
        projection=Projection(
            mean=numbers("projection_mean", width[1]), directions=numbers("projection_directions", *width)
        ),
        calibration=manifest.calibration,
        room_calibration=manifest.room_calibration,
        coherence=Coherence(
            scale=numbers("coherence_scale", len(COHERENCE)),
            coef=numbers("coherence_coef", len(COHERENCE)),
            calibration=manifest.coherence_calibration,
        ),
        quality=Quality(
            mean=numbers("quality_mean", len(STYLE)),
            scale=numbers("quality_scale", len(STYLE)),
            coef=numbers("quality_coef", len(STYLE)),
            quantiles=numbers("quality_quantiles", 101),
        ),
        sentence=head("sentence", len(SENTENCE)),
        usual_coherence=dict(manifest.usual_coherence),
        coherence_floor=manifest.coherence_floor,
        edits=tuple(
            EditHead(kind=kind, head=head(f"edit{at}", EDIT_WIDTH), limit=limit)
            for at, (kind, limit) in enumerate(manifest.edits)
        ),
        parts=PartHead(
            surprise=head("part_surprise", len(SURPRISE)),
            style=head("part_style", len(STYLE)),
            limit=manifest.weakest_part,
        ),
        trained=manifest.trained,
    )
