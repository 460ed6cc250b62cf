"""The names that templates ask for, found without rendering them: also where sample values never lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import NamedTuple

from jinja2 import meta, nodes


class Names(NamedTuple):
    """What one template asks for, each with the line in which it does."""

    values: Mapping[str, int]
    """What it must be given; what it sets itself or asks for only if it is there left out."""
    own: frozenset[str]
    """Those that it left out so: what it includes may see them too."""
    included: Mapping[str, int]
    """Files that must be there, named as it names them."""


class Fault(NamedTuple):
    """A place of a template that fails whenever it is come to."""

    template: str
    line: int
    reason: str


def names_in(page: nodes.Template, everywhere: Set[str]) -> Names:
    """What a parsed template asks for, but for what all templates have."""
    names = list(page.find_all(nodes.Name))
    # {{ mood | default("calm") }} and {% if mood is defined %} do without.
    asked = [test.node for test in page.find_all(nodes.Test) if test.name in {"defined", "undefined"}]
    asked += [
        given.node for given in page.find_all(nodes.Filter) if given.name in {"default", "d"} and given.node
    ]
    own = {node.name for node in names if node.ctx != "load"}
    own |= {node.name for node in asked if isinstance(node, nodes.Name)}
    unknown = meta.find_undeclared_variables(page) - own - everywhere
    return Names(
        values={
            node.name: node.lineno for node in reversed(names) if node.ctx == "load" and node.name in unknown
        },
        own=frozenset(own),
        included={
            node.template.value: node.lineno
            for node in page.find_all(nodes.Include)
            if isinstance(node.template, nodes.Const) and not node.ignore_missing
        },
    )


def first_fault(
    name: str, given: Set[str], found: Callable[[str], Names | None], within: Set[str] = frozenset()
) -> Fault | None:
    """The first name that nothing gives, or file that is not there, in a template and what it includes.

    Args:
        name: of the template, which is there.
        given: the names it can use.
        found: the names in a template by its name; None where there is none.
        within: the templates that include it.
    """
    names = found(name)
    if names is None or name in within:
        return None
    for value, line in names.values.items():
        if value not in given:
            known = ", ".join(sorted(given))
            return Fault(name, line, f"nothing gives {value!r} to this template, which has {known}")
    for included, line in names.included.items():
        if found(included) is None:
            return Fault(name, line, f"there is no template {included!r} in this room to include")
        fault = first_fault(included, given | names.own, found, within | {name})
        if fault is not None:
            return fault
    return None
