"""From a study as written to its base scenarios and its factors, all checked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from logistics.experiments.plan import plan
from logistics.scenario.fields import Finding, changed, field_findings, overlap, plain, told
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import WhatIf, applied, read_what_ifs
from logistics.studies.assumptions import assumption_factors, matches
from logistics.studies.factors import Factor
from logistics.studies.points import FindingsError, refuse
from logistics.studies.study import Study
from logistics.studies.vary import WHAT_IF, factor_of, same_values, what_if_finding
from networks.inputs.faults import Fault, InputError


@dataclass(frozen=True)
class ResolvedStudy:
    """Base scenarios with what the study sets for all points, and what it varies."""

    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]


def resolve(study: Study, folder: Path) -> ResolvedStudy:
    """Return the base scenarios and factors of a study.

    Raises FindingsError for what is wrong in the study, InputError for files it names.
    """
    scenarios = [_with_runs(one, study) for one in _bases(study, folder)]
    scenarios = _set(study, scenarios)
    what_if = _what_if(study, scenarios, folder)
    factors = [*_written_factors(study, scenarios, folder)]
    taken = {*study.set, *(path for one in factors for path in (one.path,))}
    for one in _what_ifs_of(study, what_if, folder):
        taken |= {path for scenario in scenarios for path in one.paths(scenario.network.kind)}
    patterns = study.patterns
    assumed = assumption_factors(scenarios, patterns, sorted(taken)) if patterns else []
    if patterns and not assumed:
        at = ("assumptions",)
        refuse([Finding(at, list(patterns), "match no assumption", "all, or risks.*")])
    refuse(_unmatched(patterns, assumed))
    return ResolvedStudy(tuple(scenarios), (*factors, *assumed))


def _unmatched(patterns: Sequence[str], assumed: Sequence[Factor]) -> Iterator[Finding]:
    for row, pattern in enumerate(patterns):
        if not pattern.startswith("not ") and not any(matches(f.path, [pattern]) for f in assumed):
            allowed = "all, or a path such as risks.*"
            yield Finding(("assumptions", row), pattern, "matches no assumption", allowed)


def _bases(study: Study, folder: Path) -> Iterator[Scenario]:
    for row, base in enumerate(study.bases):
        path = folder / base
        if base not in builtin_scenarios() and not os.path.exists(path):
            at = ("base",) if isinstance(study.base, str) else ("base", row)
            problem = "there is no such file and no such built-in scenario"
            allowed = f"a path, or one of {', '.join(builtin_scenarios())}"
            refuse([Finding(at, base, problem, allowed)])
        yield load_scenario(base if base in builtin_scenarios() else path)


def _with_runs(scenario: Scenario, study: Study) -> Scenario:
    budget = study.precision.budget if study.precision else study.replications
    return scenario.replace(runs={"replications": budget, "seed": study.seed})


def _set(study: Study, scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return the scenarios with the fields that are set for all points."""
    refuse(field_findings({path: ("set", path) for path in study.set}, scenarios))
    result = []
    for scenario in scenarios:
        try:
            result.append(changed(scenario, study.set))
        except InputError as error:
            raise FindingsError([_set_finding(study, fault) for fault in error.faults]) from None
    return result


def _set_finding(study: Study, fault: Fault) -> Finding:
    near = [path for path in study.set if overlap(path, fault.field)]
    if near and plain(near[0]) == fault.field:
        problem = f"{fault.problem} (in {fault.file})"
        return Finding(("set", near[0]), study.set[near[0]], problem, fault.allowed)
    return Finding(("set", *near[:1]), None, f"{told(fault)} (in {fault.file})", fault.allowed)


def _what_if(study: Study, scenarios: Sequence[Scenario], folder: Path) -> WhatIf | None:
    """Return the study's what-if; refuse one that does not fit, and bases that differ."""
    try:
        what_if = read_what_ifs(study.what_if, folder)
        with_it = applied(scenarios, what_if)
    except InputError as error:
        at = ("what_if",)
        raise FindingsError(
            [what_if_finding(at, study.what_if, fault) for fault in error.faults]
        ) from None
    try:
        plan(with_it)
    except InputError as error:
        raise FindingsError([_base_finding(study, fault) for fault in error.faults]) from None
    overlaps = [
        Finding(("set", path), study.set[path], f"is set by the what-if, too: {other}")
        for path in study.set
        for scenario in scenarios
        for other in (what_if.change(scenario.network.kind).set if what_if else ())
        if overlap(path, other)
    ]
    refuse(list({one.at: one for one in overlaps}.values()))
    return what_if


def _base_finding(study: Study, fault: Fault) -> Finding:
    """Return what is wrong with bases together; options of the command line are no remedy here."""
    allowed = fault.allowed
    if fault.field.startswith("runs."):
        allowed = f"the same in every base, or a '{fault.field.removeprefix('runs.')}' of the study"
    elif fault.field.startswith(("days.", "orders.")):
        allowed = "the same in every base, or one for all under 'set'"
    return Finding(("base",), list(study.bases), f"{fault.file}: {told(fault)}", allowed)


def _what_ifs_of(study: Study, what_if: WhatIf | None, folder: Path) -> Iterator[WhatIf]:
    """Yield every what-if that a point may have."""
    if what_if:
        yield what_if
    if WHAT_IF in study.factors:
        for text in study.factors[WHAT_IF].written().values():
            if one := read_what_ifs(str(text), folder):
                yield one


def _written_factors(study: Study, scenarios: Sequence[Scenario], folder: Path) -> Iterator[Factor]:
    """Yield the factors that are written in the study, once all of them are seen to be right."""
    paths = {path: ("factors", path) for path in study.factors if path != WHAT_IF}
    refuse([*field_findings(paths, scenarios), *_twice(study)])
    found = [factor_of(path, one, scenarios, folder) for path, one in study.factors.items()]
    twice = [one for path, given in study.factors.items() for one in same_values(path, given)]
    refuse([*twice, *(finding for _, findings in found for finding in findings)])
    what_if = read_what_ifs(study.what_if, folder)
    refuse(_fixed(study, scenarios, list(_what_ifs_of(study, what_if, folder))))
    yield from (factor for factor, _ in found if factor is not None)


def _twice(study: Study) -> Iterator[Finding]:
    """Yield a finding for each factor that another, or `set`, changes too."""
    paths = list(study.factors)
    for row, path in enumerate(paths):
        for other in (*paths[:row], *study.set):
            if overlap(path, other):
                where = "under 'set', too" if other in study.set else f"by the factor {other}, too"
                yield Finding(("factors", path), None, f"is changed {where}")


def _fixed(
    study: Study, scenarios: Sequence[Scenario], what_ifs: Sequence[WhatIf]
) -> Iterator[Finding]:
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
            yield Finding(("factors", path), None, problem)
