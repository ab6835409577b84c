"""Where the delivery time goes: five kinds of hours, and eleven causes that split them further."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.analysis.measures.metrics import Definition, Measure, Part, Section
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.vocabulary import HOURS

_WORDS = {
    "wait_work": ("waiting for work", "waiting for a release window or in a queue"),
    "work": ("in work", "in work, and in dwell"),
    "wait_departure": ("waiting for departure", "ready and waiting for a departure"),
    "transit": ("in transit", "on lanes between facilities"),
    "last_mile": ("last mile", "from joining a delivery wave to the door"),
}


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    return {f"hours.{name}": mean_of(o.hours[row][o.delivered]) for row, name in enumerate(HOURS)}


_SECTION = Section(
    "Hours by stage",
    "mean hours over delivered parcels; the five add up to 24 times the mean delivery time.",
    {
        f"hours.{name}": Definition(
            "hours",
            label,
            f"Hours {text}, mean over delivered parcels; the five add up to 24 x"
            " delivery_days.mean.",
            title=f"hours {label}" if name != "last_mile" else "hours in the last mile",
        )
        for name, (label, text) in _WORDS.items()
    },
)

HOURS_BY_STAGE = Measure(_of_run, (_SECTION,))

_CAUSES = {
    "closed": (
        "closed",
        "waiting for a day or hour at which work is done: for the order release, while no worker is"
        " on duty, or on dates on which the lane or the courier does not run",
    ),
    "queue": (
        "queue at the origin",
        "released and waiting for the seller or for a picker, with workers on duty",
    ),
    "packing": ("packing", "in work and dwell at the origin"),
    "sort_queue": ("queue at the sorter", "waiting to be sorted at a later facility"),
    "sorting": ("sorting", "in work and dwell at later facilities"),
    "full": (
        "full departures",
        "from the first departure or delivery route it could have taken to the one it took",
    ),
    "next_departure": ("next departure", "waiting for the next departure of a lane"),
    "transit": ("on the road", "on lanes between facilities"),
    "next_round": ("next delivery route", "ready at its station, waiting for the couriers"),
    "round": ("out for delivery", "with the courier on the last delivery route"),
    "between_attempts": (
        "failed attempts",
        "from the first delivery route it could have taken to its last, after a failed attempt",
    ),
}

CAUSE_METRICS: dict[str, Definition] = {
    name: Definition("hours", label, f"Hours {text}, mean over delivered parcels.")
    for name, (label, text) in _CAUSES.items()
}
"""By name, in the order of `CAUSES`, where the hours from order to delivery go."""


def _late_step(label: str, due: str) -> Definition:
    change = "Part of the change in the late share, second minus first,"
    return Definition("share", label, f"{change} due to {due}.", -1.0, 1.0)


LATE_STEPS: dict[str, Definition] = {
    "promise": _late_step("different promise", "different promised dates"),
    **{name: _late_step(label, f"this cause: {label}") for name, (label, _) in _CAUSES.items()},
    "never delivered": _late_step(
        "never delivered", "parcels that one of the two networks never delivered"
    ),
}
"""By name, what the change in the late share between two networks is made of."""
