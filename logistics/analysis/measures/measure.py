"""A measure: what is asked of the parcels of a run, and where the answer is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from logistics.analysis.measures.metrics import Definition, Part
from logistics.analysis.measures.outcomes import Outcomes


@dataclass(frozen=True)
class Section:
    """Metrics shown together in a table: its title, their names, and what is printed below."""

    title: str
    metrics: tuple[str, ...]
    definition: str


@dataclass(frozen=True)
class Measure:
    """A family of metrics that are read from the same columns.

    `metrics`: by name; dots in a name nest it in `summary.json`. `of_run`: from the parcels of one
    run to the parts that the estimators of the metrics read, by name: a number for a mean or a
    total, (how many, of how many) for a rate, a `Histogram` for percentiles. Worker processes
    import it, so it must stand at the top of a module, not within a function. `sections`: where the
    metrics are shown, each once.

    Raises ValueError for metrics that are not shown exactly once, or that one run does not have.
    """

    metrics: Mapping[str, Definition]
    of_run: Callable[[Outcomes], Mapping[str, Part]]
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        """Refuse metrics that no table would show, and rows without a metric."""
        shown = Counter(name for section in self.sections for name in section.metrics)
        if wrong := sorted({*self.metrics} ^ {*shown} | {n for n in shown if shown[n] > 1}):
            raise ValueError(f"{', '.join(wrong)}: each metric must be in exactly one section")
        if none := [name for name, one in self.metrics.items() if one.estimator is None]:
            raise ValueError(f"{', '.join(none)}: has no estimator")
