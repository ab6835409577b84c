"""One run of any length: what is finished goes to the disk, what is under way stays.

The run is that of `simulate`, parcel by parcel; only the memory it takes is another. It grows with
what is under way, a day or two of orders, and not with the days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from logistics.draws import Drawn, draw, draw_parcels
from logistics.groundwork import Groundwork, groundwork
from logistics.orders import Orders, generate_orders, orders_by_stretch
from logistics.outputs import output_folder
from logistics.results import Run, run_of
from logistics.run_files import RunFiles
from logistics.running import counts
from logistics.scenario import Scenario
from logistics.streams import Streams

STRETCH = timedelta(hours=6)
"""Shorter stretches take less memory, longer ones a little less time."""


def stream(
    scenario: Scenario,
    folder: str | Path,
    *,
    replication: int = 0,
    stretch: timedelta = STRETCH,
) -> Path:
    """Run a scenario into a folder that `Run.load` reads, and return the folder.

    `parcels.parquet` has the finished parcels of one stretch after the other.

    Raises InputError for a scenario that cannot be run, OutputError for a folder that cannot be
    written or that stands already.
    """
    ground, streams = groundwork(scenario), Streams(scenario.runs.seed, replication)
    facts: Counter[str] = Counter()
    with output_folder(folder) as place, RunFiles(place) as files:
        for piece in pieces(ground, streams, stretch):
            files.append(piece.columns, piece.visits)
            facts.update({name: piece.facts[name] for name in ("parcels", "legs")})
        whole = replace(piece, facts={**piece.facts, **facts})
        files.finish(whole.about(), whole.trips, whole.staff)
    return Path(folder)


def pieces(ground: Groundwork, streams: Streams, stretch: timedelta = STRETCH) -> Iterator[Run]:
    """Yield the finished parcels of one stretch after the other, as runs.

    The departures of each are those so far; the facts count the parcels of the piece.
    """
    from logistics.simulation.batch import Traffic  # noqa: PLC0415  (compiles on first use)

    period, demand = ground.period, ground.scenario.orders
    step = max(1, period.ticks(stretch))
    cuts = [*range(step, period.horizon, step), period.horizon]
    nobody = generate_orders(demand, period, streams, days=[])
    traffic = Traffic(draw(ground, nobody, streams).problem)
    known, number = nobody, 0
    for until, orders in zip(cuts, orders_by_stretch(demand, period, streams, cuts), strict=True):
        parcels, mine = draw_parcels(ground, orders, streams, number)
        number += len(orders)
        finished = traffic.go_on(parcels, until)
        both = Orders(
            *(
                finished.places.merged(getattr(known, f.name), getattr(mine, f.name))
                for f in fields(Orders)
            )
        )
        known = both.of(np.flatnonzero(finished.goes_on))
        drawn = Drawn(finished.problem, both.of(np.flatnonzero(~finished.goes_on)))
        facts = counts(ground, drawn.problem, finished.columns)
        yield run_of(ground, drawn, finished.columns, streams, "batch", facts)
