"""The study as it is written in a file: what is asked, what is varied, how often it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS
from logistics.analysis.statistics.stopping import LEAST_RUNS
from logistics.experiments.plan import MOST_SCENARIOS
from logistics.studies.designs import Design
from logistics.studies.factor_syntax import Written
from networks.inputs.faults import Fault, Keys, did_you_mean, refuse
from networks.inputs.models import Parameters, refusal
from networks.inputs.units import Text

RESPONSES = (
    "delivery_days.mean", "delivery_days.p95", "on_time_rate", "damage_rate", "loss_rate",
)  # fmt: skip

_METRICS = f"a name of the definitions, such as {', '.join(RESPONSES)}"


def _share(value: object) -> object:
    """Read '5%' as 0.05, and leave the rest."""
    percent = re.fullmatch(r"([0-9.]+)\s*%", value.strip()) if isinstance(value, str) else None
    return float(percent[1]) / 100 if percent else value


Positive = Annotated[float, BeforeValidator(_share), Field(gt=0, le=1e9)]
"""A number above 0, also written as '5%'."""


class PrecisionTarget(Parameters):
    """How precise a metric must be: one of the two."""

    half_width: Positive | None = None
    """Largest error, in the metric's unit: days, or a share such as '0.1%'."""
    relative: Positive | None = None
    """Largest error as a part of the metric, such as '10%'."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.half_width is None) == (self.relative is None):
            raise refusal("must have one of the two", "half_width or relative")
        return self


class Precision(Parameters):
    """Run every point until these metrics are precise, or the budget is spent."""

    figures: dict[str, PrecisionTarget] = Field(min_length=1)
    """By metric, how precise it must be."""
    least: int = Field(LEAST_RUNS, ge=2, le=100_000)
    """Runs of a point before the first check whether they are enough."""
    budget: int = Field(100, ge=2, le=100_000)
    """Most runs of a point."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.budget < self.least:
            raise refusal(f"is less than least = {self.least}", f"{self.least} or more", "budget")
        return self


class Study(Parameters):
    """A question to the networks: what is varied, what is measured, how often it is run."""

    base: Text | Annotated[list[Text], Field(max_length=MOST_SCENARIOS)]
    """Names of built-in scenarios, YAML files or networks of your own, from the folder of this
    file. Several are compared, order by order, at every point."""
    name: Text = Field("", max_length=200)
    """What the study is called; without one, as its file."""
    title: Text = Field("", max_length=200)
    """The question in a few words, for headings."""
    what_if: Text = ""
    """What is different at every point, such as 'peak-season + hub-closed'."""
    set: dict[str, Any] = Field({})
    """Fields of the scenarios by path, and what they are at every point."""
    factors: dict[str, Written] = Field({})
    """What is varied, by path: a list, a range or a distribution; `what_if` varies what-ifs."""
    assumptions: Text | list[Text] = Field([])
    """Assumed values that are varied over their stated ranges: 'all', or patterns such as
    'risks.*'; 'not network.*' leaves some out."""
    design: Design | None = None
    """Which settings are run; without one a grid, or a Latin hypercube where assumptions vary."""
    draws: int = Field(40, ge=1, le=10_000)
    """Of a Latin hypercube."""
    trajectories: int = Field(8, ge=1, le=10_000)
    """Of a Morris screening."""
    design_seed: int = Field(1, ge=0, le=2**63 - 1)
    """Random seed of the design; orders and runs have a seed of their own."""
    responses: list[Text] = Field(list(RESPONSES), min_length=1)
    """What is measured: metrics of a network, or of pairs where there are several bases."""
    replications: int | None = Field(None, ge=1, le=100_000)
    """How often each point is run; without it, as often as the base says."""
    precision: Precision | None = None
    """Run until precise, in place of a number of replications."""
    seed: int | None = Field(None, ge=0, le=2**63 - 1)
    """Random seed of all runs; without it, that of the base."""

    @property
    def bases(self) -> tuple[str, ...]:
        """The bases, as written."""
        return (self.base,) if isinstance(self.base, str) else tuple(self.base)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Which assumptions are varied, as written."""
        return (self.assumptions,) if isinstance(self.assumptions, str) else tuple(self.assumptions)

    @property
    def chosen_design(self) -> Design:
        """Which settings are run."""
        return self.design or ("latin hypercube" if self.patterns else "grid")

    @model_validator(mode="after")
    def _rules(self) -> Self:
        refuse([*self._twofold(), *self._unknown_metrics()])
        return self

    def _twofold(self) -> Iterator[Fault]:
        if self.replications is not None and self.precision is not None:
            problem = "does not go together with precision, which decides how often"
            yield Fault.within("replications", problem, "one of the two", self.replications)
        if not self.bases:
            yield Fault.within("base", "is empty", "one scenario or more", [])
        yield from listed_twice(("base",), self.bases)
        yield from listed_twice(("responses",), self.responses)

    def _unknown_metrics(self) -> Iterator[Fault]:
        known = {**NETWORK_METRICS, **(PAIRED_METRICS if len(self.bases) > 1 else {})}
        of_a_run = [name for name, one in known.items() if one.estimator is not None]
        precise = [name for name, one in known.items() if one.has_interval]
        asked: list[tuple[Keys, str, list[str]]] = [
            (("responses", row), name, of_a_run) for row, name in enumerate(self.responses)
        ]
        goals = self.precision.figures if self.precision else {}
        asked += [(("precision", "figures", name), name, precise) for name in goals]
        for at, name, allowed in asked:
            if name not in allowed:
                yield Fault.within(at, _why_not(name, allowed), _METRICS, name)


def listed_twice(at: Keys, values: Sequence[Any]) -> Iterator[Fault]:
    """Yield a fault for each value that is in a list a second time."""
    for row, value in enumerate(values):
        if value in values[:row]:
            yield Fault.within((*at, row), "is listed twice", value=value)


def _why_not(name: str, known: Sequence[str]) -> str:
    """Say why a metric cannot be asked for."""
    paired = PAIRED_METRICS.get(name)
    if name in NETWORK_METRICS or (paired and paired.estimator is None):
        return "is no metric of a single run, or has no interval"
    if paired:
        return "is of two networks: give two bases"
    return "is not a known metric" + did_you_mean(name, known)
