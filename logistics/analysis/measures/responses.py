"""Which metric, and whose: what questions to runs are about."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.analysis.measures.metrics import Definition, Quantile
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS


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
