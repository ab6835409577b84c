"""The base of every model that a planner writes, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from networks.inputs.faults import Fault, InputError


def refusal(problem: str, allowed: str = "", field: str = "") -> InputError:
    """Return the error to raise in a validator; the reader of the file adds where it is.

    `problem` is read after the value; `allowed` says what would be right. `field` lets a rule
    between several fields point at one of them, named from the model that checks the rule.
    """
    return InputError([Fault.within(field, problem, allowed)])


MOST_ENTRIES = 1000
"""Of a list or mapping whose field states no other limit."""


def _make_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("type") in ("int", "float", "bool"):
            schema.setdefault("strict", True)
        if schema.get("type") in ("list", "dict", "set", "frozenset"):
            schema.setdefault("max_length", MOST_ENTRIES)
        for key, part in schema.items():
            # These hold values and annotations, not schemas.
            if key not in ("metadata", "serialization", "default", "expected"):
                _make_strict(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            _make_strict(part)


class Parameters(BaseModel):
    """Base of every group of parameters: read-only, no unknown fields, no NaN or infinity.

    The text below an attribute is its description. Whole numbers, numbers and true/false are
    taken strictly: True is no number, '1e5' and 5.0 are no whole numbers, 'yes' is not true. A list
    or mapping has at most `MOST_ENTRIES` entries, unless its field says otherwise.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
    )

    @classmethod
    def choices(cls) -> Iterable[type[Parameters]]:
        """Return the models that a field of this type may hold."""
        return (cls,)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """Build the schema with strict numbers, and lists that end.

        pydantic's own `strict=True` would also refuse a list for a tuple and a text for an enum,
        which is all that YAML has.
        """
        schema = handler(source)
        _make_strict(schema)
        return schema


def models_within(annotation: Any, marks: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    """Find the models of an annotation, each with a `[]` for every list around it."""
    origin = get_origin(annotation)
    if isinstance(annotation, type) and origin is None:
        if issubclass(annotation, Parameters):
            yield from ((model, marks) for model in annotation.choices())
        elif issubclass(annotation, BaseModel):
            yield annotation, marks
        return
    if origin is Annotated:
        yield from models_within(get_args(annotation)[0], marks)
    elif origin is not Literal:
        holds_many = isinstance(origin, type) and issubclass(
            origin, list | tuple | dict | set | frozenset
        )
        inside = marks + ("[]" if holds_many else "")
        for part in get_args(annotation):
            yield from models_within(part, inside)


def kind_of(model: type[BaseModel]) -> str:
    """Return what tells a model of a union from the others: its only literal, or its name."""
    for field in model.model_fields.values():
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
            return str(get_args(field.annotation)[0])
    return model.__name__
