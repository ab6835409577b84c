"""How a fault of a network names its place, and what no cell of a file could hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from networks.inputs.faults import Fault, InputError
from networks.sheets import attributes_of

LANES = ("lanes.origin", "lanes.destination", "lanes.mode")


def fault(
    part: str, attribute: str, value: str, problem: str, allowed: str = "", *follows: str
) -> Fault:
    """Return a fault of an attribute, or of a whole node, lane, owner, calendar or `seller 1`."""
    field = ": ".join(filter(None, (part, attribute)))
    return Fault("", None, field, value, problem, allowed, "", (part, attribute), follows)


def unfit(place: str, values: Mapping[str, object], sheet: str) -> Iterator[Fault]:
    """Yield a fault for each value that no cell of a sheet could hold: wrong type, out of bounds.

    So a graph from Python is held to the rules of one from files.
    """
    for name, column in attributes_of(sheet).items():
        if problem := column.problem_of(values.get(name)):
            yield fault(place, name, repr(values.get(name)), problem)


def unreadable(
    place: str, name: str, value: object, parse: Callable[[str], object],
    problem: str = "", allowed: str = "",
) -> Iterator[Fault]:  # fmt: skip
    """Yield a fault of a text that cannot be parsed; `problem`: instead of what the parser says."""
    if not isinstance(value, str):
        yield fault(place, name, repr(value), "must be text")
        return
    try:
        parse(value)
    except (ValueError, KeyError) as error:
        said = error.faults[0].problem if isinstance(error, InputError) else str(error)
        yield fault(place, name, repr(value), problem or said, allowed)
