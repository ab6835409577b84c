"""Which figure, and whose: what questions to runs are about."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.analysis.measures.registry import NETWORK_FIGURES, PAIRED_FIGURES, Definition

_TITLES = {
    "delivery_days.mean": "mean delivery time",
    "order_days.mean": "mean time to the last parcel of an order",
    "dispatch_days.mean": "mean time to the first scan",
    "difference_days.mean": "mean difference in delivery time",
}


@dataclass(frozen=True)
class Response:
    """A figure that a question is about. `who`: a network, or 'first vs second'."""

    who: str
    name: str

    @property
    def definition(self) -> Definition:
        """What the figure means."""
        return NETWORK_FIGURES.get(self.name) or PAIRED_FIGURES[self.name]

    @property
    def title(self) -> str:
        """What the figure is called where no heading says what it is of."""
        return _TITLES.get(self.name) or self.definition.label

    @property
    def is_quantile(self) -> bool:
        """Tell whether it is a quantile, whose interval comes from the distribution function."""
        return self.name.rpartition(".p")[2].isdigit()
