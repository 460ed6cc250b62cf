"""Whoever installs the program gets the versions that it was tested with: none is left to chance."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
UV = PROJECT["tool"]["uv"]
OVERRIDDEN = {entry["name"] for entry in UV["dependency-metadata"]}


def needed(asked: list[str]) -> Iterator[str]:
    """Names of all that is installed for some requirements, as the packages themselves say."""
    waiting, seen = [Requirement(text) for text in asked], set[str]()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if f"{name} {sorted(one.extras)}" in seen:
            continue
        seen.add(f"{name} {sorted(one.extras)}")
        try:
            further = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # For another system.
            continue
        yield name
        if name not in OVERRIDDEN:
            waiting += [it for it in further if wanted(it, one.extras)]


def wanted(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in (extras or {""}))


def test_all_that_is_installed_has_its_version_said() -> None:
    project = PROJECT["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["pdf"]]
    said = {canonicalize_name(Requirement(text).name) for text in UV["constraint-dependencies"]}
    missing = {*needed([*asked, *PROJECT["dependency-groups"]["dev"]])} - said
    assert not missing
