"""A measure: what is asked of the parcels of a run, and where the answer is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from logistics.analysis.measures.metrics import Definition, Part
from logistics.analysis.measures.outcomes import Outcomes


@dataclass(frozen=True)
class Section:
    """Metrics shown together in a table, by name; `definition`: what is printed below them."""

    title: str
    definition: str
    metrics: Mapping[str, Definition]


@dataclass(frozen=True)
class Measure:
    """A family of metrics that are read from the same columns, in the sections that show them.

    Dots in the name of a metric nest it in `summary.json`. `of_run`: from the parcels of one run to
    the parts that the estimators of the metrics read, by name: a number for a mean or a total, (how
    many, of how many) for a rate, a `Histogram` for percentiles. Worker processes import it, so it
    must stand at the top of a module, not within a function.
    """

    of_run: Callable[[Outcomes], Mapping[str, Part]]
    sections: tuple[Section, ...]

    @property
    def metrics(self) -> dict[str, Definition]:
        """By name, the metrics of all sections."""
        return {name: one for section in self.sections for name, one in section.metrics.items()}
