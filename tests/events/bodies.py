"""How hypothesis makes events: every type, every field within its bounds, awkward texts and numbers."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from writersroom.events import Body, Event, Trace

AWKWARD = (
    "",
    "\x00",
    "\x1b[2J",
    "line\r\nline",
    "\u2028\u202e",
    "“Well,” — …",
    "日本語",
    "\U0001f469\u200d\U0001f680",
    "NaN",
    "Infinity",
    "null",
    "b1",
    "s1.t1",
    '{"$ref": 1}',
    "[[note]]",
    "long " * 80,
)

texts = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=12))
short_texts = st.one_of(st.sampled_from(AWKWARD[:-1]), st.text(max_size=6))
integers = st.one_of(st.integers(-5, 5), st.integers(), st.just(2**80))


def bodies() -> st.SearchStrategy[Body]:
    """Any body; every kind is as likely as every other."""
    return st.sampled_from(body_types()).flatmap(
        lambda model: cast("st.SearchStrategy[Body]", of_model(model))
    )


def body_types() -> list[type[BaseModel]]:
    """The members of the union."""
    union = get_args(Body)[0]
    return list(get_args(union))


def traces() -> st.SearchStrategy[Trace]:
    return cast("st.SearchStrategy[Trace]", of_model(Trace))


def events() -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        id=st.integers(1, 2**60),
        parent=st.none() | st.integers(1, 2**60),
        turn=st.integers(0, 2**31),
        agent=short_texts,
        scene=short_texts,
        created=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
        body=bodies(),
        trace=st.none() | traces(),
    )


@cache
def of_model(model: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    """Instances of a model; those that it holds of its own kind hold no further ones.

    Values that its own validators refuse are drawn again.
    """
    own = [name for name, field in model.model_fields.items() if model in get_args(field.annotation)]
    fields = {
        name: _of_type(_annotated(field.annotation, field.metadata))
        for name, field in model.model_fields.items()
        if name not in own
        and (get_origin(field.annotation) is not typing.Literal or len(get_args(field.annotation)) > 1)
    }
    flat = _instances(model, fields)
    return _instances(model, {**fields, **dict.fromkeys(own, st.lists(flat, max_size=2).map(tuple))})


def _instances(
    model: type[BaseModel], fields: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[BaseModel]:
    @st.composite
    def instances(draw: st.DrawFn) -> BaseModel:
        values = {name: draw(strategy) for name, strategy in fields.items()}
        try:
            return model.model_validate(values)
        except ValidationError:  # Fields that contradict each other.
            reject()

    return instances()


def _annotated(annotation: Any, metadata: list[Any]) -> Any:  # Any: type forms have no type of their own
    return Annotated[annotation, *metadata] if metadata else annotation


def _of_type(form: Any) -> st.SearchStrategy[Any]:  # Any: as above
    origin, arguments = get_origin(form), get_args(form)
    if origin is Annotated:
        return _within(arguments[0], arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_of_type(argument) for argument in arguments])
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(_of_type(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*[_of_type(argument) for argument in arguments])
    if origin is frozenset:
        return st.frozensets(_of_type(arguments[0]), max_size=3)
    if origin in (dict, Mapping):
        return st.dictionaries(_of_type(arguments[0]), _of_type(arguments[1]), max_size=3)
    if isinstance(form, type) and issubclass(form, BaseModel):
        return of_model(form)
    if form is str:
        return texts
    if form is int:
        return integers
    if form is float:
        return st.floats() | st.sampled_from([0.1, float("inf"), float("-inf"), float("nan"), -0.0])
    return st.from_type(cast("type[Any]", form))


def _within(form: Any, constraints: tuple[Any, ...]) -> st.SearchStrategy[Any]:  # Any: as above
    if get_origin(form) in (typing.Union, types.UnionType):
        return st.one_of([_within(argument, constraints) for argument in get_args(form)])
    if form is type(None):
        return st.none()
    if any(isinstance(c, AfterValidator) for c in constraints):
        return (_fit(form) | _of_type(form)).filter(_accepted_by(_annotated(form, list(constraints))))
    low = next((c.ge for c in constraints if hasattr(c, "ge")), None)
    high = next((c.le for c in constraints if hasattr(c, "le")), None)
    shortest = next((c.min_length for c in constraints if hasattr(c, "min_length")), None)
    longest = next((c.max_length for c in constraints if hasattr(c, "max_length")), None)
    finite = any(getattr(c, "allow_inf_nan", None) is False for c in constraints)
    if form is int and (low is not None or high is not None):
        return st.integers(low, high)
    if form is float and (low is not None or high is not None or finite):
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if form is str and (shortest is not None or longest is not None):
        return st.text(min_size=shortest or 0, max_size=min(longest or 12, 12))
    return _of_type(form)


def _fit(form: Any) -> st.SearchStrategy[Any]:  # Any: as above
    """Values that the domain's own validators like, so that not too many are drawn in vain."""
    word = st.sampled_from(["MARA", "Élodie", "the lamp goes out", "日本"])
    return word if form is str else _of_type(form)


def _accepted_by(form: Any) -> Callable[[object], bool]:  # Any: as above
    adapter: TypeAdapter[object] = TypeAdapter(form)

    def accepted(value: object) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return accepted


def alike(one: Any, other: Any) -> bool:
    """Equal, with one NaN as good as another; a set has no order, so no text of it can be compared."""
    match one, other:
        case float(), float() if math.isnan(one):
            return math.isnan(other)
        case BaseModel(), BaseModel():
            return type(one) is type(other) and alike(dict(one), dict(other))
        case {**some}, {**others}:
            return some.keys() == others.keys() and all(alike(some[key], others[key]) for key in some)
        case [*some], [*others]:
            return len(some) == len(others) and all(map(alike, some, others))
        case _:
            return one == other
