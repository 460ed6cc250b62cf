"""What can go wrong in the critic, in one sentence each."""

from __future__ import annotations

from pathlib import Path


class CriticError(Exception):
    """Base of all errors the critic raises on purpose."""


class BadWeights(CriticError):
    """A weights file that cannot be used: missing, damaged, or of a newer program."""


class DamagedWeights(BadWeights):
    """Its content is not what was written."""

    def __init__(self, path: Path, sha256: str, why: str) -> None:
        super().__init__(
            f"{path} (sha256 {sha256[:16]}…) holds no usable critic weights: {why}; train them again or "
            "take the shipped ones."
        )


class NewerWeights(BadWeights):
    """It was written by a newer program."""

    def __init__(self, path: Path, found: int, known: int, sha256: str) -> None:
        super().__init__(
            f"{path} (sha256 {sha256[:16]}…) has critic weights of format {found}; this program "
            f"knows up to {known}. "
            "Update writersroom, or train them again."
        )


class TooFewTexts(CriticError):
    """There is too little to train on, or to judge by."""


class UnreadableText(CriticError):
    """A file that cannot be read as text."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be judged: {why}.")
