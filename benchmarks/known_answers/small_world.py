"""Tiny networks for known answers: a place or three, clocks on UTC, nothing that breaks or fails.

A textbook's hour is a minute here (`HOUR` ticks of 10 ms), so that a day holds 1440 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics import Run, Scenario, simulate
from logistics.orders.orders import Orders
from logistics.schedule.calendars import Period
from networks.geography import load_markets
from networks.origins import Origins, Sellers, Stock
from networks.schema import (
    PICKUP,
    SELLERS,
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)

TICK_MS = 10
HOUR = 6_000
DAY = 1440 * HOUR
HOME = "Z850"
PLENTY = 10**8
RUNS = 20
"""Independent runs of each case."""

PER_DAY = 13_200
"""The small world's orders a day, on paper: as many as its design volume, so nothing is scaled."""

CALENDARS = {
    "every day": Calendar(),
    "Mon-Fri": Calendar("Mon-Fri"),
    "Mon-Sat": Calendar("Mon-Sat"),
}
NO_RISKS: dict[str, Any] = {
    "touches": dict.fromkeys(
        ("conveyor", "hub_sorter", "manual_load", "door_step", "round", "road"), 0.0
    ),
    "loss": dict.fromkeys(("facility", "road", "round", "theft"), 0.0),
    "failed_attempt": 0.0,
}
PRODUCT = {"name": "box", "share": 1.0, "weight": "1 kg", "price": 10.0, "fragility": 1.0,
           "movement": "fast"}  # fmt: skip


def place(market: str = HOME, time_zone: str = "UTC", **more: Any) -> Facility:
    """Return a place that does nothing, or what is given."""
    row = load_markets().index(market)
    given: dict[str, Any] = {"kind": "hub"} | more
    return Facility(
        owner="us", market=market, latitude=float(load_markets().latitude[row]),
        longitude=float(load_markets().longitude[row]), time_zone=time_zone, **given,
    )  # fmt: skip


def station(wave_times: str = "12:00", round_hours: float = 1.0, **more: Any) -> Facility:
    """Return a place from which couriers leave, by default with all that is there at noon."""
    given = {"kind": "delivery station", "round_capacity": PLENTY} | more
    return place(wave_times=wave_times, round_hours=round_hours, **given)


def lane(departs: str, capacity: int = 0, hours: float = 1 / 60, **more: Any) -> Lane:
    """Return a lane, by default of one minute and for all that is there."""
    given: dict[str, Any] = {"calendar": "every day", "distance_km": 1.0} | more
    return Lane(owner="us", departs=departs, capacity=capacity, transit_hours=hours, **given)


def every(minutes: int, first: int = 0) -> str:
    """Return departures all day long, so many minutes apart."""
    return " ".join(f"{m // 60:02d}:{m % 60:02d}" for m in range(first, 1440, minutes))


def network(
    places: Mapping[str, Facility],
    lanes: Mapping[tuple[str, str], Lane] | None = None,
    *,
    doors: Mapping[str, float] | None = None,
    centers: tuple[str, ...] = (),
    sellers: Sellers | None = None,
    calendars: Mapping[str, Calendar] | None = None,
) -> Network:
    """Return a network whose stations share every market as `doors` says (by default the last).

    `centers`: where orders start; by default the first place.
    """
    graph = nx.MultiDiGraph()
    for name, facility in places.items():
        add_facility(graph, name, facility)
    for (origin, destination), edge in (lanes or {}).items():
        if origin == SELLERS:
            graph.add_node(SELLERS, kind=SELLERS)
        add_lane(graph, origin, destination, PICKUP if origin == SELLERS else "truck", edge)
    for market in load_markets().ids:
        add_market(graph, market)
        for name, share in (doors or {list(places)[-1]: 1.0}).items():
            add_door(graph, name, market, Door(share))
    breadth = {"fast": 1.0, "medium": 1.0, "slow": 1.0}
    stock = Stock(centers or (next(iter(places)),), breadth, False)
    origins = Origins(sellers=sellers) if sellers else Origins(stock)
    return Network(
        name="small world", graph=graph, calendars={**CALENDARS, **(calendars or {})},
        volumes={"us": float(PER_DAY), SELLERS: float(PER_DAY)}, origins=origins,
    )  # fmt: skip


@dataclass(frozen=True)
class World:
    """A network with its days and risks; `run` sends orders through it.

    `first_day`: the first date, a warm-up day without orders, so that no order is placed on the
    day before it in any time zone.
    """

    network: Network
    days: int
    first_day: str = "2023-01-02"
    later_order_days: int = 1
    tick_ms: int = TICK_MS
    risks: Mapping[str, Any] = field(default_factory=lambda: NO_RISKS)
    products: tuple[Mapping[str, Any], ...] = (PRODUCT,)
    promise: Mapping[str, Any] = field(
        default_factory=lambda: {"rule": "business days", "days": 5, "holidays": "none"}
    )

    def scenario(self) -> Scenario:
        """Return the scenario in whose days and risks the network is run."""
        data = {
            "name": "small world", "as_of": "2023-10-01", "promise": dict(self.promise),
            "network": {"kind": "fulfillment-center", "design_volume": PER_DAY},
            "orders": {"orders_per_day": PER_DAY, "products": list(self.products)},
            "risks": self.risks,
            "days": {
                "first_day": str(np.datetime64(self.first_day) + 1), "warm_up_days": 1,
                "days": self.days, "later_order_days": self.later_order_days,
                "tick": f"{self.tick_ms} ms",
            },
        }  # fmt: skip
        return Scenario.model_validate(data)

    def period(self) -> Period:
        """Return the run's dates and ticks."""
        days = self.scenario().days
        zones = [f.time_zone for f in self.network.facilities().values()]
        return Period.of(days, [*load_markets().time_zones, *zones])

    def orders(
        self, ticks: ArrayLike, market: ArrayLike | None = None, product: ArrayLike = 0
    ) -> Orders:
        """Return orders placed at ascending ticks of the run; `market`: rows, or everybody's."""
        tick = np.asarray(ticks, np.int64)
        markets = load_markets()
        home = markets.index(HOME) if market is None else market
        rows = np.broadcast_to(np.asarray(home, np.int64), tick.shape)
        period = self.period()
        zones = np.array([period.zone_number(zone) for zone in markets.time_zones])
        number = np.arange(1, len(tick) + 1, dtype=np.int64)
        return Orders(
            order_id=number, parcel_id=number * 100 + 1, tick=tick,
            day=period.local_days(zones[rows], tick).astype(np.int32),
            market=rows.astype(np.int16),
            product=np.broadcast_to(np.asarray(product, np.int16), tick.shape).copy(),
        )  # fmt: skip

    def run(self, orders: Any, seed: int, replication: int = 0, engine: str = "batch") -> Run:
        """Send orders (ticks, or as `simulate` takes them) through the network."""
        if isinstance(orders, np.ndarray | list):
            orders = self.orders(orders)
        return simulate(
            self.scenario(), seed, replication=replication, orders=orders, network=self.network,
            engine=engine,
        )  # fmt: skip


def towns(count: int = RUNS) -> tuple[str, ...]:
    """Return markets spread over the country."""
    ids = load_markets().ids
    return ids[:: len(ids) // count][:count]


def copies(origin: Mapping[str, Any], trucks: Lane, end: Facility | None = None) -> Network:
    """Return twenty equal places side by side, each with customers and a lane of its own.

    They share nothing but the station at the end, so that one run is twenty independent runs.
    """
    names = {f"A{k:02d}": town for k, town in enumerate(towns())}
    places = {name: place(town, **origin) for name, town in names.items()}
    lanes = {(name, "S"): trucks for name in names}
    return network(places | {"S": end or station()}, lanes, centers=tuple(names))


def side_by_side(
    world: World,
    draw: Callable[[np.random.Generator], NDArray[np.int64]],
    seed: int,
    name: str,
    times: int = 1,
) -> Iterator[tuple[int, Run]]:
    """Run twenty copies a number of times; yield each copy's number and its part of the run.

    `draw`: the ascending ticks of one copy's orders.
    """
    rows = np.array([load_markets().index(town) for town in towns()])
    for again in range(times):
        parts = [draw(chance(seed, again * RUNS + k, name)) for k in range(RUNS)]
        tick = np.concatenate(parts)
        copy = np.repeat(np.arange(RUNS), [len(part) for part in parts])
        order = np.argsort(tick, kind="stable")
        run = world.run(world.orders(tick[order], rows[copy[order]]), seed, again)
        edges = np.searchsorted(run.columns["source"], np.arange(RUNS + 1))
        for k in range(RUNS):
            yield k, run.of(slice(edges[k], edges[k + 1]))


def chance(seed: int, replication: int, name: str) -> np.random.Generator:
    """Return a generator for the arrivals of one run of one case."""
    return np.random.default_rng([seed, replication, *name.encode()])


def poisson(rng: np.random.Generator, per_hour: float, hours: float) -> NDArray[np.int64]:
    """Return the ticks of a Poisson stream over so many textbook hours, from the second day on."""
    count = rng.poisson(per_hour * hours)
    return DAY + np.sort((rng.random(count) * hours * HOUR).astype(np.int64))


def days_of(hours: float, tail: float = 0.0) -> int:
    """Return the days of orders that hold so many textbook hours and some hours after them."""
    return int(np.ceil((hours + tail) * HOUR / DAY))


def hours_of(ticks: NDArray[Any]) -> NDArray[np.float64]:
    """Return ticks as textbook hours."""
    return ticks / HOUR
