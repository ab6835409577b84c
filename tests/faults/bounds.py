"""Runs what the reader accepts: a field at its bounds and just inside, on a tiny network.

A scenario that was accepted must either run or be refused by an `InputError`; any other error is a
fault of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np

from logistics.analysis.measures.network import measure
from logistics.model.prepare import prepare
from logistics.running import simulate
from logistics.scenario.scenario import Scenario
from networks.inputs.faults import InputError

from . import worlds
from .injecting import Trial, outcome
from .places import Edit, Path, Place, document_with, places, written
from .reference import words_for

MOST_ORDERS = 20_000
"""Of a run; what has more is only made ready."""

SLOW = {"count", "fulfillment_centers", "station_sites", "sort_centers", "days"}
"""Fields whose upper bounds take seconds."""

End = Literal["ran", "made ready", "refused"]


def edge_trials() -> Iterator[Trial]:
    """Yield every field at its bounds and just inside; what two worlds share, in the first."""
    seen: set[tuple[str, Path, str]] = set()
    for world in worlds.NAMES:
        for place in places(world):
            for raw in edges(place) if place.holds in ("value", "list") else ():
                if (*place.once, raw) not in seen:
                    seen.add((*place.once, raw))
                    yield Trial(place, "at a bound", Edit(place.path, "value", raw))


def edges(place: Place) -> tuple[str, ...]:
    """Return raw texts at the bounds of a field, in the words of the reference."""
    words = words_for(place.told)
    if words.startswith("list of "):
        return _lists(words.removeprefix("list of "))
    if words.startswith("`"):
        return tuple(re.findall(r"`([^`]*)`", words))
    kind = re.split(r", | such as ", words)[0]
    low, high = _ends(words)
    return tuple(dict.fromkeys(_EDGES[kind](low, high)))


_Limit = tuple[str, bool]
"""The text of a bound, and whether it is itself allowed."""


def _ends(words: str) -> tuple[_Limit | None, _Limit | None]:
    if span := re.search(r", ([0-9][^ ,`]*(?: [a-z]+)?) to ([^,`]+)", words):
        return (span[1], True), (span[2], True)
    low = high = None
    for sign, text in re.findall(r"(at least|above|at most|below|up to) ([^,`]+)", words):
        if sign in ("at least", "above"):
            low = text, sign == "at least"
        else:
            high = text, sign != "below"
    return low, high


def _numbers(step: str, low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    inside = Decimal(step)
    for limit, towards in ((low, inside), (high, -inside)):
        if limit is not None:
            if limit[1]:
                yield limit[0]
            yield str(Decimal(limit[0]) + towards)


def _whole(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    yield from _numbers("1", low, high)
    if high is None:
        yield str(10**15)


def _number(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    yield from (f"{float(text)!r}" for text in _numbers("1e-9", low, high))
    if low and not low[1]:
        yield "5e-324"


def _share(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    if low == ("0", False):
        yield "5e-324"
    yield from _number(low or ("0", True), high or ("1", True))
    yield "50%"


def _durations(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    low = low or ("0 s", True)
    yield from ("1 ms", "50 ms") if low == ("0", False) else (low[0], "61 s")
    yield high[0] if high else "3653 days"
    yield "23h59m59s999ms"


def _quantities(unit: str) -> Callable[[_Limit | None, _Limit | None], Iterator[str]]:
    def texts(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
        yield f"0 {unit}" if low is None else f"1e-300 {unit}"
        yield high[0] if high else f"1e300 {unit}"

    return texts


def _times(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    yield from ('"00:00"', '"00:01"', '"12:00"', '"23:00"', '"23:59"')
    if high is None:
        yield '"24:00"'


def _dates(low: _Limit | None, high: _Limit | None) -> Iterator[str]:
    first, last = low[0] if low else "0001-01-01", high[0] if high else "9999-12-31"
    day = timedelta(days=1)
    yield from (first, last, str(date.fromisoformat(first) + day))
    # clocks change, the year ends, a leap day
    yield from ("2023-03-12", "2023-11-05", "2023-12-31", "2024-02-28", "2000-01-01", "1999-12-31")


_EDGES: dict[str, Callable[[_Limit | None, _Limit | None], Iterator[str]]] = {
    "whole number": _whole,
    "number": _number,
    "share": _share,
    "duration": _durations,
    "local time": _times,
    "weekdays": lambda low, high: iter(("Sun", "Sat Sun", "Tue", "Mon", "daily")),
    "distance": _quantities("km"),
    "weight": _quantities("kg"),
    "date": _dates,
    "local date and time": lambda low, high: iter(("2023-09-18 00:00", "2023-09-20 23:59")),
    "market or state": lambda low, high: iter(("Z021", "TX", "21", '"02139-0001"')),
    "true or false": lambda low, high: iter(("true", "false")),
    "text": lambda low, high: iter(("x" * int((high or ("80 ",))[0].split()[0]), "Z")),
}


def _lists(words: str) -> tuple[str, ...]:
    if "number" in words:
        count = int(words.split(maxsplit=1)[0])
        some = [["1000"] * count, ["0.001"] + ["0"] * (count - 1), ["0"] * (count - 1) + ["1000"]]
        return tuple(f"[{', '.join(one)}]" for one in some)
    if "local time" not in words:
        return ()
    most = re.match(r"[0-9]+ to ([0-9]+)", words)
    hours = [f'"{n % 24:02}:00"' for n in range(int(most[1]) if most else 24)]
    same = [hours[1]] * len(hours)
    return tuple(f"[{', '.join(one)}]" for one in (hours[:1], hours, same))


def scenario_of(trial: Trial) -> Scenario | None:
    """Return the scenario of an edge, or None where the reader refuses it."""
    document = written(document_with(trial.place.world, trial.place.path), trial.edit)
    found = outcome(document)
    return found if isinstance(found, Scenario) else None


def end_of(scenario: Scenario) -> End:
    """Return how a scenario ends: made ready and, where it is small, run.

    Raises whatever is no `InputError`.
    """
    # the places that the worlds close are in none of their networks
    scenario = scenario.model_copy(update={"closures": []})
    try:
        model = prepare(scenario)
        if scenario.orders.orders_per_day * scenario.days.all_days > MOST_ORDERS:
            return "made ready"
        run = simulate(model.scenario)
    except InputError:
        return "refused"
    figures = measure(run.outcomes()).values
    assert not any(np.isneginf(value) for value in figures.values() if isinstance(value, float))
    return "ran"
