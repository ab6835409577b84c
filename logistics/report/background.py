"""What page and workbook say beside the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.text.assumptions import Assumption


@dataclass(frozen=True)
class Background:
    """What the page says beside the metrics.

    `assumptions`: of the scenarios. `command`: repeats the runs. `added_capacities`: what one more
    worker or departure would do, by network, where it was tried.
    """

    assumptions: Sequence[Assumption] = ()
    command: str = ""
    added_capacities: Mapping[str, Sequence[AddedCapacity]] = field(default_factory=dict)
