"""One run of any length: what is finished goes to disk, what is under way stays in memory.

The run is that of `simulate`, parcel by parcel; only the memory it takes is another. It grows with
what is under way, a day or two of orders, and not with the days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from logistics.model.draws import Drawn, draw, draw_parcels
from logistics.model.prepare import PreparedModel, prepare
from logistics.options import overrides_of
from logistics.orders.orders import Orders, generate_orders, orders_by_slice
from logistics.running import counts
from logistics.runs.build import run_of
from logistics.runs.files import RunFiles
from logistics.runs.run import Run
from logistics.runtime.output_folders import output_folder
from logistics.scenario.fields import changed
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch.engine import Traffic
from logistics.simulation.batch.under_way import Places
from logistics.simulation.checks.streams import StreamChecks
from logistics.streams import Streams

TIME_SLICE = timedelta(hours=6)
"""Shorter time slices take less memory, longer ones a little less time."""

MOST = 1 << 21
"""Parcels whose columns are made at a time."""


class Piece(NamedTuple):
    """Some of the parcels that were finished in a time slice.

    `run`: these parcels, with the departures so far; its facts count them. `until`: the tick to
    which the run has come. `under_way`: how many parcels continue from there.
    """

    run: Run
    until: int
    under_way: int


def stream(
    scenario: Scenario,
    folder: str | Path,
    *,
    replication: int = 0,
    follow: bool = False,
    time_slice: timedelta = TIME_SLICE,
    watch: Callable[[Piece], None] | None = None,
) -> Path:
    """Run a scenario into a folder that `Run.load` reads, and return the folder.

    `parcels.parquet` has the finished parcels of one time slice after the other. `follow`: no
    orders after the measured days, as in `simulate`. `watch` is called with every piece that is
    written.

    Raises InputError for a scenario that cannot be run, OutputError for a folder that cannot be
    written or that already exists.
    """
    scenario = changed(scenario, overrides_of({"follow": follow}))
    model, streams = prepare(scenario), Streams(scenario.runs.seed, replication)
    facts: Counter[str] = Counter()
    with output_folder(folder) as place, RunFiles(place) as files:
        for piece in pieces(model, streams, time_slice):
            run = piece.run
            files.append(run.columns, run.visits)
            facts.update({name: run.facts[name] for name in ("parcels", "legs")})
            if watch is not None:
                watch(piece)
        files.finish(replace(run, facts={**run.facts, **facts}).about())
    return Path(folder)


def pieces(
    model: PreparedModel, streams: Streams, time_slice: timedelta = TIME_SLICE
) -> Iterator[Piece]:
    """Yield the finished parcels of one time slice after the other, some millions at a time.

    Raises BrokenRunError when the engine broke a rule that holds in every run, at the end of the
    time slice in which that can be known.
    """
    period, demand = model.period, model.scenario.orders
    none = generate_orders(demand, period, streams, days=[])
    whole = draw(model, none, streams).problem
    step = max(1, period.ticks(time_slice))
    slices = range(step, period.horizon, step)
    cuts = sorted({*slices, *whole.ending.cuts.tolist(), period.horizon})
    traffic, checks = Traffic(whole), StreamChecks(whole)
    known, number = none, 0
    for until, orders in zip(cuts, orders_by_slice(demand, period, streams, cuts), strict=True):
        parcels, mine = draw_parcels(model, orders, streams, number)
        number += len(orders)
        checks.admit(parcels)
        done = traffic.go_on(parcels, until)
        known = _together(done.places, known, mine)
        for rows, problem, columns in done.finished(MOST):
            checks.add(rows, problem, columns, until)
            facts = counts(model, problem, columns)
            drawn = Drawn(problem, known.of(rows))
            run = run_of(model, drawn, columns, streams, "batch", facts)
            yield Piece(run, until, int(done.goes_on.sum()))
        known = known.of(np.flatnonzero(done.goes_on))
        if done.problem.horizon == until:
            checks.settle(until)
            break
        checks.go_on(done.problem, done.moves.ready, done.moves.departure, done.goes_on, until)
        del orders, parcels, mine, done, problem, columns, drawn, run  # before the next are made


def _together(places: Places, known: Orders, new: Orders) -> Orders:
    columns = (f.name for f in fields(Orders))
    return Orders(*(places.merged(getattr(known, c), getattr(new, c)) for c in columns))
