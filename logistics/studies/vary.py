"""The factors of a study, as its base scenarios take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from logistics.scenario.fields import changed, keys_of, refused, scale_at, text_of, unplaced
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import applied, read_what_ifs
from logistics.studies.factor_syntax import Values, Written
from logistics.studies.factors import Factor, listed, spread_of
from networks.inputs.faults import Fault, InputError, Keys, refuse

WHAT_IF = "what_if"
"""The factor whose values are what-ifs."""


def factor_of(path: str, given: Written, scenarios: Sequence[Scenario], folder: Path) -> Factor:
    """Return a factor. Every value is tried in each scenario.

    Raises InputError with all that is wrong, by its keys in the study.
    """
    if path == WHAT_IF:
        return _what_ifs(given, scenarios, folder)
    rows = tuple(row for row, one in enumerate(scenarios) if keys_of(one, path) is not None)
    having = [scenarios[row] for row in rows]
    at = ("factors", path)
    values = given.written()
    refuse(
        fault
        for place, value in values.items()
        for fault in _tried(path, value, having, (*at, place))
    )
    scale = scale_at(having[0], path, list(values.values()))
    if isinstance(given, Values):
        return Factor(path, path, rows, listed(given.values, scale))
    if scale is None:
        problem = "these values have no order, or not one unit; a range cannot be made of them"
        raise InputError([Fault.within(at, problem, "a list of values")])
    try:
        spread = spread_of(given, scale)
    except ValueError as error:
        raise InputError([Fault.within(at, _words(error))]) from None
    ends = [spread.at(place) for place in (0.0, 0.5, 1.0)]
    refuse([fault for value in ends for fault in _tried(path, value, having, at)][:1])
    return Factor(path, path, rows, spread)


def _tried(path: str, value: Any, scenarios: Sequence[Scenario], at: Keys) -> Iterator[Fault]:
    """Yield a fault if a value does not fit a field of the scenarios."""
    if value is None:
        yield Fault.within(at, "must be a value")
        return
    for scenario in scenarios:
        try:
            changed(scenario, {path: value})
        except InputError as error:
            problem, allowed = refused(error, path)
            shows = "" if at[-1] != path else f"reaches {text_of(value)}: "
            yield Fault.within(at, shows + problem, allowed, value)
            return


def _what_ifs(given: Written, scenarios: Sequence[Scenario], folder: Path) -> Factor:
    at = ("factors", WHAT_IF)
    if not isinstance(given, Values):
        raise InputError([Fault.within(at, "has no order", "a list of what-ifs")])
    faults = []
    for row, text in enumerate(given.values):
        try:
            applied(scenarios, read_what_ifs(str(text), folder))
        except InputError as error:
            faults += [what_if_fault((*at, row), text, fault) for fault in error.faults[:3]]
    refuse(faults)
    what_ifs = listed([str(one) for one in given.values], None)
    return Factor(WHAT_IF, WHAT_IF, tuple(range(len(scenarios))), what_ifs)


def what_if_fault(at: Keys, text: Any, fault: Fault) -> Fault:
    """Return what is wrong with a text of what-ifs."""
    problem = fault.problem if fault.field in ("", "name") else f"{fault.file}: {unplaced(fault)}"
    return Fault.within(at, problem, fault.allowed, text)


def _words(error: ValueError) -> str:
    return error.faults[0].problem if isinstance(error, InputError) else str(error)


def same_values(path: str, given: Written) -> Iterator[Fault]:
    """Yield a fault for each value that is listed twice."""
    if isinstance(given, Values):
        for row, value in enumerate(given.values):
            if value in given.values[:row]:
                yield Fault.within(("factors", path, row), "is listed twice", value=value)
