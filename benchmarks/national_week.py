"""A week of the nation: 13.2 million orders on each of seven days, streamed to Parquet.

    python -m benchmarks national_week [-- --orders 13200000 --days 7 --hours 6]

The run of `logistics.stream` through the fulfillment centers, from an empty network to the last
local midnight, at which whatever is under way is written as it is: some 16% of a week. Every day
costs as much memory as the one before it, once as many parcels are under way as arrive: the memory
of each day is measured, and from the fourth on it must not grow. What is written is counted, and
what of it has ended. Needs 8 GB and 10 GB of disk. Writes `benchmarks/results/national_week.json`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.machine import RESULTS, machine, memory_gib, save
from benchmarks.national_day import ORDERS, SEED, compile_for, national_day
from benchmarks.timing import Seconds, now
from logistics.model.prepare import prepare
from logistics.scenario.scenario import Scenario
from logistics.streaming import TIME_SLICE, Piece, stream
from logistics.vocabulary import Status

DAYS = 7
FLAT_FROM = 4
GROWTH = 1.05
"""How much more memory a day may take than the fourth, if memory is to be called flat."""
SAMPLE_SECONDS = 0.05

KNOWN = {"parcels": 7 * ORDERS, "legs": 258_807_489, "departures": 75_628}
"""What seed 1 gives with the built-in scenario, as for the national day."""


def national_week(orders: int = ORDERS, days: int = DAYS) -> Scenario:
    """Return the scenario: as many orders every day, none before them, and an end at midnight."""
    return national_day(orders, follow_days=0).replace(days={"days": days})


class Memory:
    """The most memory that this process took since it was last asked."""

    def __init__(self) -> None:
        """Not watching yet."""
        self._most = 0.0
        self._over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at it every now and then."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._most = max(self._most, memory_gib())

    def most(self) -> float:
        """Return it in GiB, and begin anew."""
        most, self._most = max(self._most, memory_gib()), 0.0
        return round(most, 2)


def measured(
    orders: int = ORDERS, days: int = DAYS, time_slice: timedelta = TIME_SLICE
) -> dict[str, Any]:
    """Stream the days to a folder that is deleted afterwards; return seconds and memory by day.

    Raises AssertionError when parcels are missing in the files, or when memory grows.
    """
    about, scenario = machine(), national_week(orders, days)
    model = prepare(scenario)
    compile_for(model)
    diary = Diary(days, model.period.ticks(timedelta(days=1)))
    with tempfile.TemporaryDirectory() as place, diary.memory.watched():
        folder = stream(scenario, Path(place) / "run", time_slice=time_slice, watch=diary.note)
        bytes_on_disk = sum(path.stat().st_size for path in folder.iterdir())
        kept = pq.ParquetFile(folder / "parcels.parquet").metadata.num_rows
        facts = json.loads((folder / "about.json").read_text())["facts"]
    counts = {name: facts[name] for name in KNOWN}
    assert counts["parcels"] == kept == orders * days
    assert (orders, days) != (ORDERS, DAYS) or counts == KNOWN, f"{counts} is not {KNOWN}"
    counts |= {"events": facts["events"], "ended": diary.ended}
    settled = [day["memory_gib"] for day in diary.days[FLAT_FROM - 1 :]]
    assert not settled or max(settled) <= GROWTH * settled[0], f"memory grows: {settled}"
    slope = _seconds_a_day(diary.days)
    return {
        "case": f"amazon-fulfillment, {orders:,} orders on each of {days} days, seed {SEED}",
        "stretch_hours": time_slice.total_seconds() / 3600,
        "days": diary.days,
        "processor_seconds": diary.days[-1]["processor_seconds"],
        "wall_seconds": diary.days[-1]["wall_seconds"],
        "repeats": 1,
        "gb_on_disk": round(bytes_on_disk / 1e9, 2),
        "counts": counts,
        "processor_seconds_a_day": slope,
        "processor_hours_for_a_month": round(30 * slope / 3600, 2),
        "processor_hours_for_a_year": round(365 * slope / 3600, 1),
        "tb_for_a_year": round(365 / days * bytes_on_disk / 1e12, 2),
        "machine": about,
    }


class Diary:
    """What was noted at the end of every day."""

    def __init__(self, days: int, day_ticks: int) -> None:
        """Begin the first of so many days; the last ends when it is over everywhere."""
        self._most = days
        self.days: list[dict[str, Any]] = []
        self.memory = Memory()
        self._day_ticks = day_ticks
        self._started: Seconds = now()
        self._written = 0
        self.ended = 0

    def note(self, piece: Piece) -> None:
        """Add what was written; the last piece of a day replaces those before it."""
        self._written += len(piece.run)
        self.ended += int((piece.run.columns["status"] != Status.UNDER_WAY).sum())
        if len(self.days) * self._day_ticks < piece.until and len(self.days) < self._most:
            self.days.append({"day": len(self.days) + 1, "memory_gib": 0.0})
        day = self.days[-1]
        day["memory_gib"] = max(day["memory_gib"], self.memory.most())
        day |= (now() - self._started).row(1)
        day["written"], day["ended"] = self._written, self.ended
        day["under_way"] = piece.under_way


def _seconds_a_day(days: Sequence[dict[str, Any]]) -> float:
    """Return the processor seconds of a day: from the second to the last but one.

    The first has little under way, the last writes what is left.
    """
    first, last = (days[1], days[-2]) if len(days) > 3 else (days[0], days[-1])
    seconds = last["processor_seconds"] - first["processor_seconds"]
    return round(seconds / max(1, last["day"] - first["day"]), 2)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--hours", type=float, default=TIME_SLICE.total_seconds() / 3600)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    time_slice = timedelta(hours=given.hours)
    save("national_week", measured(given.orders, given.days, time_slice), given.results)


if __name__ == "__main__":
    main()
