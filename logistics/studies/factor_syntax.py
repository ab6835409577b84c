"""How a factor is written in a study: a list of values, a range, or a distribution."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from networks.inputs.models import Parameters, refusal

_VALUES = ("mean", "median", "low", "mode", "high")
"""What is written in the unit of the field that varies."""


class Values(Parameters):
    """Single values; a plain list is short for it."""

    values: list[Any] = Field(min_length=1, max_length=10_000)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        if isinstance(data, list):
            return {"values": data}
        if not isinstance(data, dict | Values):
            raise refusal(
                "must be a list, a range or a distribution",
                "[1, 2, 3], {low: 1, high: 3} or {law: uniform, low: 1, high: 3}",
            )
        return data

    def written(self) -> dict[str | int, Any]:
        """Return the values in the file by their keys."""
        return dict(enumerate(self.values))


class _Distribution(Parameters):
    """Values in the unit of the field, under keys such as `low` and `high`."""

    steps: int = Field(5, ge=2, le=10_000)
    """Values of a grid: of a range evenly spaced, both ends among them, else equally likely."""

    def written(self) -> dict[str | int, Any]:
        """Return the values in the file by their keys, without ends that are left out."""
        fields = type(self).model_fields
        return {
            name: getattr(self, name)
            for name in _VALUES
            if name in fields and (fields[name].is_required() or getattr(self, name) is not None)
        }


class Range(_Distribution):
    """All from `low` to `high`, alike; written in the unit of the field."""

    low: Any
    high: Any


class Uniform(_Distribution):
    """Any value from `low` to `high`, all alike."""

    law: Literal["uniform"]
    low: Any
    high: Any


class Triangular(_Distribution):
    """From `low` to `high`, most often `mode`."""

    law: Literal["triangular"]
    low: Any
    mode: Any
    high: Any


class Normal(_Distribution):
    """Around `mean`, two thirds within one `sd` of it; cut off at `low` and `high` if given."""

    law: Literal["normal"]
    mean: Any
    sd: Any
    """A length: for a time of day, such as '30 min'."""
    low: Any = None
    high: Any = None


class LogNormal(_Distribution):
    """As often below `median` as above, with a long tail; cut off at `low` and `high` if given."""

    law: Literal["lognormal"]
    median: Any
    log_sd: float = Field(gt=0, le=10)
    """Standard deviation of the logarithm: two thirds lie within a factor exp(log_sd)."""
    low: Any = None
    high: Any = None


def _form(data: Any) -> str:
    """Return which form a factor is written in."""
    if isinstance(data, Parameters):
        return str(getattr(data, "law", type(data).__name__))
    if isinstance(data, dict) and "values" not in data:
        return str(data.get("law", "Range"))
    return "Values"


Written = Annotated[
    Annotated[Values, Tag("Values")]
    | Annotated[Range, Tag("Range")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Triangular, Tag("triangular")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[LogNormal, Tag("lognormal")],
    Discriminator(
        _form,
        custom_error_type="parameter",
        custom_error_message="is not a known law",
        custom_error_context={"allowed": "uniform, triangular, normal, lognormal"},
    ),
]
"""A factor as it is written: a list, a range, or a distribution with its law."""
