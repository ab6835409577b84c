"""Where a default comes from: its source, or its plausible range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from networks.inputs.models import kind_of, models_within


def parameter(
    default: Any, *, source: str | None = None, assumed: tuple[Any, Any] | None = None, **field: Any
) -> Any:
    """Return a pydantic field whose default says where it comes from.

    `source` names a public source; `assumed` is a plausible range in the text form of the value,
    such as `('0.2%', '2%')`. `field` goes to `pydantic.Field` (`gt`, `le`, ...).
    Raises `ValueError` unless exactly one of the two is given.

    >>> from networks.inputs.models import Parameters
    >>> from networks.inputs.provenance import parameter
    >>> from networks.inputs.units import Duration
    >>> class Pace(Parameters):
    ...     handling: Duration = parameter("2 h", assumed=("1 h", "4 h"))
    >>> Pace().handling
    datetime.timedelta(seconds=7200)
    """
    if (source is None) == (assumed is None):
        raise ValueError("a parameter has either a source or an assumed range")
    origin: JsonDict = {"source": source} if assumed is None else {"assumed": list(assumed)}
    return Field(default, json_schema_extra=origin, **field)


class Provenance(NamedTuple):
    """Where the default of one field comes from.

    `path`: names joined by dots; a list adds `[]`, one of several models its `[kind]`.
    `default`: as written in the model; `...` for a required field.
    """

    path: str
    description: str
    default: Any
    source: str | None
    assumed: tuple[Any, Any] | None


def provenance(
    model: type[BaseModel], prefix: str = "", above: tuple[type[BaseModel], ...] = ()
) -> Iterator[Provenance]:
    """Walk a model and the models within it, in field order, one row per field.

    A field that holds models is replaced by their fields, unless it is a parameter itself.
    `prefix`: of the paths. `above`: the models around this one, into which it does not lead again.
    """
    for name, field in model.model_fields.items():
        source, assumed = origin_of(field)
        inner = list(models_within(field.annotation))
        if not inner or source or assumed:
            default = ... if field.is_required() else field.get_default(call_default_factory=True)
            yield Provenance(prefix + name, field.description or "", default, source, assumed)
        for part, marks in inner:
            if part not in (*above, model):
                kind = f"[{kind_of(part)}]" if len(inner) > 1 else ""
                yield from provenance(part, f"{prefix}{name}{marks}{kind}.", (*above, model))


def origin_of(field: FieldInfo) -> tuple[str | None, tuple[Any, Any] | None]:
    """Return the (source, assumed range) a field got from `parameter`; None where it has none."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    source, assumed = extra.get("source"), extra.get("assumed")
    return (
        source if isinstance(source, str) else None,
        (assumed[0], assumed[1]) if isinstance(assumed, list) else None,
    )
