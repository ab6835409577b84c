"""One run of the same orders through several networks, as a function of a run spec and a number.

A run spec holds all that is needed, so that a run is the same in any process on any machine. What
does not depend on random draws, the prepared models, each process makes once, or loads where a
process of the same machine has made it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from logistics.analysis.comparison import Replicate, measure_together
from logistics.analysis.measures.metrics import Measure
from logistics.analysis.measures.outcomes import Causes, Outcomes
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import added
from logistics.errors import WorkerError
from logistics.experiments.plan import Plan, plain_period
from logistics.experiments.workers.executors import Shared
from logistics.model.network import build_network
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import Orders
from logistics.running import ordered, run_once
from logistics.runs.place_counts import count_places
from logistics.runs.run import Run
from logistics.runtime.versions import differences, versions
from logistics.scenario.days import Runs
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.streams import Streams
from logistics.version import __version__
from networks.builders.sizing import summary
from networks.schema import Network

COUNTS = ("parcels", "legs", "departures", "events")
"""How much a run simulated."""

Facts = Mapping[str, Mapping[str, Any]]
"""Of one run, by network: its counts, `built` (what was built, in lines) and `not_resolved` (what
the sample is too small for); `idle`, where something that was asked for changes nothing."""

Keep = Callable[[str, Run], None]
"""Called with a network's name and its first run, in the process that has it; must pickle."""

_FEWEST_REMEMBERED = 4


_remembered: OrderedDict[str, PreparedModel] = OrderedDict()
_one_at_a_time = threading.RLock()


@dataclass(frozen=True, eq=False)
class RunSpec:
    """All that runs of one plan need but the number of the run.

    `scenarios`: all with the default `runs`, which the spec replaces. `networks`: of scenarios
    whose network is in files, that network, else None. `keys`: what tells their prepared models
    apart. `orders`: the given orders, or None if each run generates its own; their ticks are
    of `plain_period`. `notes`: what was understood of the input, in sentences. `versions`: of all
    that the results depend on, as they must be wherever it is run. `prepared`: a folder of this
    machine where processes find models that others have prepared. `measures`: those registered
    beside the built-in ones.
    """

    scenarios: tuple[Scenario, ...]
    networks: tuple[Network | None, ...]
    keys: tuple[str, ...]
    seed: int
    engine: str
    versions: Mapping[str, str]
    orders: Orders | None = None
    notes: tuple[str, ...] = ()
    prepared: Path | None = None
    measures: tuple[Measure, ...] = ()


def run_spec_of(what: Plan, prepared: Path | None = None) -> RunSpec:
    """Return the run spec of a plan: files are read here, and nowhere else.

    `prepared`: a folder that all processes of this machine see.

    Raises InputError for orders or networks of your own that cannot be used.
    """
    scenarios = tuple(one.model_copy(update={"runs": Runs()}) for one in what.scenarios)
    networks = tuple(build_network(one) if one.network.in_files else None for one in scenarios)
    keys = tuple(map(_key, scenarios, networks))
    return RunSpec(
        scenarios, networks, keys, what.seed, what.engine, versions(), _given_orders(what),
        what.notes, prepared, added(),
    )  # fmt: skip


def prepare_network(shared: Shared[RunSpec], row: int) -> Network:
    """Prepare one network of a run spec, for this process and those that see the same folder.

    Returns the network at its design volume. Raises InputError if it cannot be simulated.
    """
    return _known(shared.value, row).full_size


def replicate(
    shared: Shared[RunSpec], replication: int, keep: Keep | None = None, why: bool = True
) -> tuple[Replicate, Facts]:
    """Send the orders of one replication through every network, one after the other.

    Returns its measurements and its facts. `keep`: what to do with the runs of replication 0.
    `why`: whether to measure causes and places, too.

    Raises InputError if a network cannot be simulated; WorkerError where other versions are
    installed than where the run spec was made.
    """
    spec = shared.value
    if found := differences(spec.versions, versions()):
        raise WorkerError(f"a worker has other versions: {'; '.join(found)}")
    outcomes: dict[str, Outcomes] = {}
    causes: dict[str, Causes] = {}
    places: dict[str, PlaceTotals] = {}
    damage: dict[str, DamagePlaces] = {}
    facts: dict[str, Mapping[str, Any]] = {}
    for model, run in runs_of(spec, Streams(spec.seed, replication)):
        name = run.scenario.name
        if keep is not None and replication == 0:
            keep(name, run)
        outcomes[name] = run.outcomes()
        if why:
            causes[name], places[name], damage[name] = count_places(run, model.hazards)
        facts[name] = {
            **{count: run.facts[count] for count in COUNTS},
            "built": list(summary(model.network)),
            "not_resolved": list(model.not_resolved),
            **({"idle": list(model.idle)} if model.idle else {}),
        }
        del run  # a gigabyte: before the next one
    measured = measure_together(outcomes, causes, spec.measures)
    return replace(measured, places=places, damage=damage), facts


def runs_of(spec: RunSpec, streams: Streams) -> Iterator[tuple[PreparedModel, Run]]:
    """Yield the run of each network, all of the same orders."""
    generated: tuple[Period, Orders] | None = None
    for row in range(len(spec.scenarios)):
        model = _known(spec, row)
        if spec.orders is not None:
            orders = _in_period(spec.orders, model)
        elif generated is None or generated[0] != model.period:
            orders = ordered(model, None, streams)
            generated = model.period, orders
        yield model, run_once(model, orders, streams, spec.engine)


def add_facts(runs: Iterable[Facts]) -> Facts:
    """Return the facts of several runs of the same networks: counts added up."""
    total: dict[str, dict[str, Any]] = {}
    for facts in runs:
        for name, more in facts.items():
            so_far = total.setdefault(name, {**more, **dict.fromkeys(COUNTS, 0)})
            so_far |= {count: so_far[count] + more[count] for count in COUNTS}
    return total


def facts_of_runs(what: Plan, facts: Facts, replications: int) -> dict[str, Any]:
    """Return what `summary.json` says of the runs of a plan, but for the seconds they took.

    `facts`: of all runs together (see `add_facts`). `replications`: how many they were.
    """
    days, demand = what.scenarios[0].days, what.scenarios[0].orders
    networks: dict[str, dict[str, Any]] = {
        scenario.name: {
            "label": scenario.label,
            "title": scenario.title,
            **facts[scenario.name],
        }
        for scenario in what.scenarios
    }
    return {
        "seed": what.seed,
        "replications": replications,
        "engine": what.engine,
        "first_day": days.first_day.isoformat(),
        "days": days.days,
        "warm_up_days": days.warm_up_days,
        "later_order_days": days.later_order_days,
        "follow_days": days.followed_days,
        "orders_per_day": demand.orders_per_day,
        "products": [product.name for product in demand.products],
        "orders": str(what.orders.path) if what.orders and what.orders.path else None,
        **({"orders_read": what.orders.facts()} if what.orders else {}),
        **({"what_if": what.what_if} if what.what_if else {}),
        "notes": list(what.notes),
        "parcels": sum(network["parcels"] for network in networks.values()),
        "events": sum(network["events"] for network in networks.values()),
        "networks": networks,
        "versions": dict(versions()),
    }


def _key(scenario: Scenario, network: Network | None) -> str:
    parts = __version__, scenario.model_dump_json(), "" if network is None else network
    return hashlib.sha256(pickle.dumps(parts)).hexdigest()


def _known(spec: RunSpec, row: int) -> PreparedModel:
    """Return a prepared model that this process remembers, or does from now on."""
    key = spec.keys[row]
    with _one_at_a_time:
        if key not in _remembered:
            _remembered[key] = _prepared(spec, row)
        _remembered.move_to_end(key)
        while len(_remembered) > max(_FEWEST_REMEMBERED, len(spec.keys)):
            _remembered.popitem(last=False)
        return _remembered[key]


def _prepared(spec: RunSpec, row: int) -> PreparedModel:
    """Return a prepared model: loaded where a process has left it, or else made, and left there."""
    file = spec.prepared / f"model-{spec.keys[row][:32]}.pickle" if spec.prepared else None
    if file is not None and file.exists():
        loaded: PreparedModel = pickle.loads(file.read_bytes())
        return loaded
    scenario, network = spec.scenarios[row], spec.networks[row]
    model = prepare(scenario, build_network(scenario) if network is None else network)
    if file is not None:
        part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        part.write_bytes(pickle.dumps(model, protocol=pickle.HIGHEST_PROTOCOL))
        os.replace(part, file)
    return model


def _given_orders(what: Plan) -> Orders | None:
    """Return the given orders, in ticks of `plain_period`."""
    first = what.scenarios[0]
    if what.orders is None:
        return None
    return what.orders.orders(first.orders, plain_period(first.days))


def _in_period(orders: Orders, model: PreparedModel) -> Orders:
    """Return given orders in the ticks of a network, which may begin in an earlier time zone."""
    period = model.period
    begins = (plain_period(model.scenario.days).zero_ms - period.zero_ms) // period.tick_ms
    return replace(orders, tick=np.asarray(orders.tick) + begins) if begins else orders
