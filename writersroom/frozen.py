"""The base of every value that crosses a boundary."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Immutable, and refuses fields it does not know.

    Infinities and NaN are written as the strings "Infinity", "-Infinity" and "NaN", which JSON allows and
    which are read back as what they were; pydantic would write null, which is refused on reading.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, ser_json_inf_nan="strings"
    )
