"""From a study as written to its base scenarios and its factors, all checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from logistics.experiments.plan import plan
from logistics.scenario.fields import (
    changed,
    field_faults,
    keys_of,
    overlap,
    plain,
    refused,
    scale_at,
    text_of,
    unplaced,
)
from logistics.scenario.load import find_scenario, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.scenario.value_scales import Scale
from logistics.scenario.what_ifs import WhatIf, applied, read_what_ifs
from logistics.studies.assumptions import assumption_factors, matches
from logistics.studies.factor_syntax import Values, Written
from logistics.studies.factors import Factor, Spread, listed, spread_of
from logistics.studies.study import Study, listed_twice
from networks.inputs.faults import Fault, InputError, Keys, refuse

WHAT_IF = "what_if"
"""The factor whose values are what-ifs."""


def resolve(study: Study, folder: Path) -> tuple[list[Scenario], list[Factor]]:
    """Return the base scenarios with what a study sets for all points, and what it varies.

    Raises InputError for what is wrong in the study, by its keys, or in the files it names.
    """
    refuse(_of_other_designs(study))
    budget = study.precision.budget if study.precision else study.replications
    runs = {"replications": budget, "seed": study.seed}
    scenarios = _set(study, [one.replace(runs=runs) for one in _bases(study, folder)])
    what_if = _what_if(study, scenarios, folder)
    factors = _written_factors(study, scenarios, folder)
    varied = study.factors[WHAT_IF].written().values() if WHAT_IF in study.factors else ()
    read = (read_what_ifs(str(text), folder) for text in varied)
    what_ifs = [one for one in (what_if, *read) if one]
    refuse(_fixed(study, scenarios, what_ifs))
    taken = {*study.set, *(one.path for one in factors)}
    for one in what_ifs:
        taken |= {path for scenario in scenarios for path in one.paths(scenario.network.kind)}
    patterns = study.patterns
    assumed = assumption_factors(scenarios, patterns, sorted(taken)) if patterns else []
    if patterns and not assumed:
        problem, allowed = "match no assumption", "all, or risks.*"
        refuse([Fault.within("assumptions", problem, allowed, list(patterns))])
    refuse(_unmatched(patterns, assumed))
    return scenarios, [*factors, *assumed]


def _unmatched(patterns: Sequence[str], assumed: Sequence[Factor]) -> Iterator[Fault]:
    for row, pattern in enumerate(patterns):
        if not pattern.startswith("not ") and not any(matches(f.path, [pattern]) for f in assumed):
            problem, allowed = "matches no assumption", "all, or a path such as risks.*"
            yield Fault.within(("assumptions", row), problem, allowed, pattern)


def _bases(study: Study, folder: Path) -> Iterator[Scenario]:
    for row, base in enumerate(study.bases):
        try:
            found = find_scenario(base, folder)
        except InputError as error:
            at: Keys = ("base",) if isinstance(study.base, str) else ("base", row)
            refuse(Fault.within(at, one.problem, one.allowed, base) for one in error.faults)
        yield load_scenario(found)


def _set(study: Study, scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return the scenarios with the fields that are set for all points."""
    refuse(field_faults({path: ("set", path) for path in study.set}, scenarios))
    result = []
    for scenario in scenarios:
        try:
            result.append(changed(scenario, study.set))
        except InputError as error:
            raise InputError(_set_fault(study, fault) for fault in error.faults) from None
    return result


def _set_fault(study: Study, fault: Fault) -> Fault:
    near = [path for path in study.set if overlap(path, fault.field)]
    if near and plain(near[0]) == fault.field:
        problem = f"{fault.problem} (in {fault.file})"
        return Fault.within(("set", near[0]), problem, fault.allowed, study.set[near[0]])
    return Fault.within(("set", *near[:1]), f"{unplaced(fault)} (in {fault.file})", fault.allowed)


def _what_if(study: Study, scenarios: Sequence[Scenario], folder: Path) -> WhatIf | None:
    """Return the study's what-if; refuse one that does not fit, and bases that differ."""
    try:
        what_if = read_what_ifs(study.what_if, folder)
        with_it = applied(scenarios, what_if)
    except InputError as error:
        raise InputError(
            _what_if_fault(("what_if",), study.what_if, fault) for fault in error.faults
        ) from None
    try:
        plan(with_it)
    except InputError as error:
        raise InputError(_base_fault(study, fault) for fault in error.faults) from None
    overlaps = [
        Fault.within(("set", path), f"is set by the what-if, too: {other}", value=study.set[path])
        for path in study.set
        for scenario in scenarios
        for other in (what_if.change(scenario.network.kind).set if what_if else ())
        if overlap(path, other)
    ]
    refuse({one.keys: one for one in overlaps}.values())
    return what_if


def _base_fault(study: Study, fault: Fault) -> Fault:
    """Return what is wrong with bases together; options of the command line are no remedy here."""
    allowed = fault.allowed
    if fault.field.startswith("runs."):
        allowed = f"the same in every base, or a '{fault.field.removeprefix('runs.')}' of the study"
    elif fault.field.startswith(("days.", "orders.")):
        allowed = "the same in every base, or one for all under 'set'"
    return Fault.within("base", f"{fault.file}: {unplaced(fault)}", allowed, list(study.bases))


def _written_factors(study: Study, scenarios: Sequence[Scenario], folder: Path) -> list[Factor]:
    """Return the factors that are written in the study, once all of them are valid."""
    paths = {path: ("factors", path) for path in study.factors if path != WHAT_IF}
    refuse([*field_faults(paths, scenarios), *_twice(study)])
    factors: list[Factor] = []
    faults: list[Fault] = []
    for path, given in study.factors.items():
        if isinstance(given, Values):
            faults += listed_twice(("factors", path), given.values)
    for path, given in study.factors.items():
        try:
            factors.append(_factor_of(path, given, scenarios, folder))
        except InputError as error:
            faults += error.faults
    refuse(faults)
    return factors


def _twice(study: Study) -> Iterator[Fault]:
    """Yield a fault for each factor that another, or `set`, changes too."""
    paths = list(study.factors)
    for row, path in enumerate(paths):
        for other in (*paths[:row], *study.set):
            if overlap(path, other):
                where = "under 'set', too" if other in study.set else f"by the factor {other}, too"
                yield Fault.within(("factors", path), f"is changed {where}")


def _fixed(
    study: Study, scenarios: Sequence[Scenario], what_ifs: Sequence[WhatIf]
) -> Iterator[Fault]:
    for path in study.factors:
        names = {
            one.name
            for one in what_ifs
            for scenario in scenarios
            for other in one.change(scenario.network.kind).set
            if overlap(path, other)
        }
        if names:
            problem = f"is set by the what-if {', '.join(sorted(names))}, whatever the factor says"
            yield Fault.within(("factors", path), problem)


def _factor_of(path: str, given: Written, scenarios: Sequence[Scenario], folder: Path) -> Factor:
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
        refuse(_idle_values(path, given.values, having, scale))
        return Factor(path, path, rows, listed(given.values, scale))
    if scale is None:
        problem = "these values have no order, or not one unit; a range cannot be made of them"
        raise InputError([Fault.within(at, problem, "a list of values")])
    try:
        spread = spread_of(given, scale)
    except ValueError as error:
        problem = error.faults[0].problem if isinstance(error, InputError) else str(error)
        raise InputError([Fault.within(at, problem)]) from None
    refuse(_too_many_steps(given, spread, at))
    ends = [spread.at(place) for place in (0.0, 0.5, 1.0)]
    refuse([fault for value in ends for fault in _tried(path, value, having, at)][:1])
    return Factor(path, path, rows, spread)


def _idle_values(
    path: str, values: Sequence[Any], having: Sequence[Scenario], scale: Scale | None
) -> Iterator[Fault]:
    """Yield a fault for a value that means the same as another, or alone is what all have."""
    numbers = [scale.read(value) for value in values] if scale else []
    for row, number in enumerate(numbers):
        if number in numbers[:row] and values[row] not in values[:row]:
            problem = f"means the same as {text_of(values[numbers.index(number)])}"
            yield Fault.within(("factors", path, row), problem, "another value", values[row])
    if len(values) == 1 and all(changed(one, {path: values[0]}) == one for one in having):
        names = ", ".join(one.name for one in having)
        problem = f"changes nothing: it is the value that {names} {_has(having)}"
        yield Fault.within(("factors", path, 0), problem, "other values", values[0])


def _has(scenarios: Sequence[Scenario]) -> str:
    return "have" if len(scenarios) > 1 else "has"


def _too_many_steps(given: Written, spread: Spread, at: Keys) -> Iterator[Fault]:
    """Yield a fault if more values were asked for than there are."""
    count = len(spread.levels)
    if not isinstance(given, Values) and "steps" in given.model_fields_set and count < given.steps:
        problem = f"there are only {count:,} different values in this range"
        yield Fault.within((*at, "steps"), problem, f"{count:,} or fewer", given.steps)


def _of_other_designs(study: Study) -> Iterator[Fault]:
    """Yield a fault for each field that the study's design does not read."""
    designs = {
        "draws": ("latin hypercube",),
        "trajectories": ("morris",),
        "design_seed": ("latin hypercube", "morris"),
    }
    for name, read_by in designs.items():
        if name in study.model_fields_set and study.chosen_design not in read_by:
            problem = f"does nothing in the design '{study.chosen_design}'"
            allowed = f"design: {' or '.join(read_by)}"
            yield Fault.within(name, problem, allowed, getattr(study, name))


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
            faults += [_what_if_fault((*at, row), text, fault) for fault in error.faults[:3]]
    refuse(faults)
    if len(given.values) == 1 and read_what_ifs(str(given.values[0]), folder) is None:
        problem = "changes nothing"
        raise InputError([Fault.within((*at, 0), problem, "other what-ifs", given.values[0])])
    what_ifs = listed([str(one) for one in given.values], None)
    return Factor(WHAT_IF, WHAT_IF, tuple(range(len(scenarios))), what_ifs)


def _what_if_fault(at: Keys, text: Any, fault: Fault) -> Fault:
    """Return what is wrong with a text of what-ifs."""
    problem = fault.problem if fault.field in ("", "name") else f"{fault.file}: {unplaced(fault)}"
    return Fault.within(at, problem, fault.allowed, text)
