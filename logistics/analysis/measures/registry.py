"""Every measure that is taken of a network's runs, and every metric of tables and files.

`register` adds a measure of your own, which then appears wherever the built-in ones do.
"""

from __future__ import annotations

from dataclasses import dataclass

from logistics.analysis.measures.attribution import CAUSE_METRICS, HOURS_BY_STAGE, LATE_STEPS
from logistics.analysis.measures.cases import CASE_METRICS
from logistics.analysis.measures.delivery import DELIVERY, DISPATCH, PROMISE
from logistics.analysis.measures.metrics import Definition, Measure, Quantile, Section
from logistics.analysis.measures.paired import DECISIVE, PAIRED_METRICS
from logistics.analysis.measures.parcels import DAMAGE, ENDINGS, TRAVEL, VOLUME, damage_key

__all__ = [
    "BUILT_IN", "CASE_METRICS", "CAUSE_METRICS", "DECISIVE", "LATE_STEPS", "NETWORK_METRICS",
    "PAIRED_METRICS", "Definition", "Measure", "Response", "Section", "added", "damage_key",
    "in_the_answer", "register", "sections", "unregister",
]  # fmt: skip

BUILT_IN = (VOLUME, DELIVERY, DISPATCH, PROMISE, DAMAGE, ENDINGS, TRAVEL, HOURS_BY_STAGE)
"""In the order of `summary.csv`."""

NETWORK_METRICS: dict[str, Definition] = {
    name: metric for measure in BUILT_IN for name, metric in measure.metrics.items()
}
"""By name, what is measured of one network; registered measures included."""

_added: list[Measure] = []


def register(measure: Measure) -> None:
    """Add a measure to all that is measured from now on, in worker processes too.

    It is shown in its sections, written to the files, and allowed as a response of studies. It
    replaces a registered one with any of the same metrics, so that a cell of a notebook may be run
    again. Runs stored before have no value of it.

    Raises ValueError for the name of a built-in metric, or one that nests in another's name.
    """
    built_in = {name for part in BUILT_IN for name in part.metrics}
    if clash := sorted(built_in & measure.metrics.keys()):
        raise ValueError(f"{', '.join(clash)}: is the name of a built-in metric; choose another")
    for old in [one for one in _added if one.metrics.keys() & measure.metrics.keys()]:
        unregister(old)
    names = {*NETWORK_METRICS, *measure.metrics}
    if inner := sorted(a for a in names if any(b.startswith(f"{a}.") for b in names)):
        raise ValueError(f"{', '.join(inner)}: is a metric and a group of metrics; rename it")
    _added.append(measure)
    NETWORK_METRICS.update(measure.metrics)


def unregister(measure: Measure) -> None:
    """Take back a measure. Raises ValueError if it is not registered."""
    _added.remove(measure)
    for name in measure.metrics:
        del NETWORK_METRICS[name]


def added() -> tuple[Measure, ...]:
    """Return the registered measures, without the built-in ones."""
    return tuple(_added)


def sections() -> tuple[Section, ...]:
    """Return the sections of the table of networks, in order; the size of the sample comes last."""
    first, *others = BUILT_IN
    return tuple(section for one in (*others, *_added, first) for section in one.sections)


def in_the_answer() -> dict[str, Definition]:
    """Return by name the metrics that answer, registered ones included: those with a `short`."""
    return {name: metric for name, metric in NETWORK_METRICS.items() if metric.short}


@dataclass(frozen=True)
class Response:
    """A metric that a question is about. `who`: a network, or 'first vs second'."""

    who: str
    name: str

    @property
    def definition(self) -> Definition:
        """What the metric means."""
        return NETWORK_METRICS.get(self.name) or PAIRED_METRICS[self.name]

    @property
    def title(self) -> str:
        """What the metric is called where no heading says what it is of."""
        return self.definition.title or self.definition.label

    @property
    def is_quantile(self) -> bool:
        """Tell whether it is a quantile, whose interval comes from the distribution function."""
        return isinstance(self.definition.estimator, Quantile)
