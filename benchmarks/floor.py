"""The national day against the machine's own limit: what NumPy needs for as much work.

    python -m benchmarks floor [-- --orders 13200000]

The floor draws as many random numbers as the run, sorts one packed 64-bit key and gathers one
column for each parcel at each stage that worked it, and writes columns of the number, types and
length of the result's. It follows no parcel. It is measured in the process of the run: its
processor seconds with one thread, and its seconds on the wall on all cores, as the run uses them.
Writes `benchmarks/results/floor.json`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, save
from benchmarks.national_day import ORDERS, SEED, compile_for, day_case, national_day, run_day
from benchmarks.timing import best, timed
from logistics import streams as streams_module
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.runs.run import Run
from logistics.runtime.threads import cores, in_pieces
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET

SMALL = 1_000_000
AIM = 5.0
"""How many times the floor the project allows itself."""
REPEAT = 2
FLOOR_REPEAT = 3
FEW = 132_000
"""Orders on which the random numbers are counted."""
LOGS, NORMALS = 2, 1
"""Of a parcel: what it can take before it is lost or damaged; its lognormal work at the center."""
CHUNK = 1 << 15
SEQUENCE_BITS = 31

Array = NDArray[Any]
InPieces = Callable[[Callable[[slice], None], int, int], None]


def one_thread(work: Callable[[slice], None], rows: int, piece: int) -> None:
    """Do the same as `in_pieces`, alone."""
    for start in range(0, rows, piece):
        work(slice(start, min(start + piece, rows)))


def draws_per_parcel(orders: int = FEW) -> float:
    """Count the random numbers that a run draws, by running the draws of a smaller day.

    Those of trucks are left out: a truck has one, however many parcels there are.
    """
    model, luck = prepare(national_day(orders)), Streams(SEED)
    rows: list[int] = []
    mix = streams_module._mix

    def noted(number: Array, key: Any) -> Any:
        rows.append(len(number))
        return mix(number, key)

    with patch.object(streams_module, "_mix", noted):
        draw(model, generate_orders(model.scenario.orders, model.period, luck), luck)
    return (sum(rows) - len(model.timetable.lane)) / orders


def floor(run: Run, draws: float, share: InPieces) -> dict[str, float]:
    """Return the seconds of the floor's steps for the size and shape of a run.

    `draws`: random numbers of each parcel. With one thread they are the processor's.
    """
    parcels = len(run)
    worked = (run.visits["ready"] != NOT_YET).sum(axis=0).tolist()
    kept = [*run.columns.values(), *run.visits.values()]
    return {
        "draws": _seconds(lambda: draw_numbers(parcels, draws, share), share),
        **_sorted_and_gathered(worked, share),
        "columns": _seconds(lambda: write(kept, share), share),
    }


def draw_numbers(parcels: int, draws: float, share: InPieces) -> None:
    """Draw uniforms, and of them logarithms; and lognormals from normals."""
    uniforms = draws - LOGS - NORMALS

    def some(piece: slice) -> None:
        chance = np.random.Generator(np.random.SFC64(piece.start))
        rows = piece.stop - piece.start
        numbers = np.empty(rows)
        for _ in range(int(uniforms)):
            chance.random(out=numbers)
        chance.random(out=numbers[: round(uniforms % 1 * rows)])
        for _ in range(LOGS):
            chance.random(out=numbers)
            np.log(numbers, out=numbers)
        for _ in range(NORMALS):
            chance.standard_normal(out=numbers)
            np.exp(numbers, out=numbers)

    share(some, parcels, CHUNK)


def _sorted_and_gathered(worked: Sequence[int], share: InPieces) -> dict[str, float]:
    """Sort and gather for each stage; the keys are made outside the clock."""
    seconds = {"sorts": 0.0, "gathers": 0.0}
    for rows in filter(None, worked):
        ticks = np.random.Generator(np.random.SFC64(rows)).integers(0, 1 << 23, rows)
        keys = (ticks << SEQUENCE_BITS) | np.arange(rows)
        part = _part(rows, share)
        seconds["sorts"] += _seconds(
            lambda k=keys, p=part: share(lambda s: k[s].sort(), len(k), p), share
        )
        keys &= (1 << SEQUENCE_BITS) - 1
        column, found = ticks.astype(np.int32), np.empty(rows, np.int32)

        def gather(piece: slice, k: Array = keys, c: Array = column, f: Array = found) -> None:
            np.take(c, k[piece], out=f[piece], mode="clip")

        seconds["gathers"] += _seconds(lambda g=gather, n=rows, p=part: share(g, n, p), share)
    return seconds


def write(like: Sequence[Array], share: InPieces) -> None:
    """Write new columns such as the given ones, and have them all at once."""
    kept = []
    for old in like:
        new = np.empty(old.shape, old.dtype)
        share(lambda piece, new=new: new[piece].fill(1), len(new), _part(len(new), share))
        kept.append(new)


def _part(rows: int, share: InPieces) -> int:
    """Return how many rows a thread takes at once."""
    return rows if share is one_thread else -(-rows // cores())


def _seconds(work: Callable[[], None], share: InPieces) -> float:
    taken, _ = timed(work)
    return taken.processor if share is one_thread else taken.wall


def measured(orders: int = ORDERS) -> dict[str, Any]:
    """Run the day, then the floor, in one process.

    Raises AssertionError when the run did not do the work that is known.
    """
    about, model = machine(), prepare(national_day(orders))
    compile_for(model)
    draws = draws_per_parcel(min(FEW, orders))
    print("  floor: the day", file=sys.stderr, flush=True)
    taken, run = best(lambda: run_day(model), REPEAT)
    counts = counted(day_case(orders), run.facts, run.columns["status"])
    assert counts["parcels"] == len(run) == orders
    floors = {
        "one_thread": _best([floor(run, draws, one_thread) for _ in range(FLOOR_REPEAT)]),
        "all_cores": _best([floor(run, draws, in_pieces) for _ in range(FLOOR_REPEAT)]),
    }
    return {
        "orders": orders,
        "aim": AIM,
        "counts": counts,
        "draws_per_parcel": round(draws, 2),
        "sorted": int((run.visits["ready"] != NOT_YET).sum()),
        "columns": len(run.columns) + sum(m.shape[1] for m in run.visits.values()),
        "run": taken,
        "floor_seconds": floors,
        "ratio": {
            "one_thread": round(taken["processor_seconds"] / floors["one_thread"]["total"], 2),
            "all_cores": round(taken["wall_seconds"] / floors["all_cores"]["total"], 2),
        },
        "machine": about,
    }


def _best(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the steps of the quickest time, and their sum."""
    least = min(found, key=lambda steps: sum(steps.values()))
    steps = {name: round(value, 4) for name, value in least.items()}
    return steps | {"total": round(sum(least.values()), 4)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("floor", measured(SMALL if given.small else given.orders), given.results)


if __name__ == "__main__":
    main()
