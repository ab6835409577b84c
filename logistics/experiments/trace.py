"""One order's journey through several networks: the orders and random draws of the first run.

A run up to some day is the beginning of a longer one, so a trace shows what a comparison with the
same first day, warm-up, orders a day and seed has in its first run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from logistics.analysis.measures.cases import CASES
from logistics.experiments.compare import compile_for
from logistics.experiments.plan import Plan
from logistics.experiments.workers.pool import worker_pool
from logistics.experiments.workers.progress import TRACING, Report, silent
from logistics.model.prepare import prepare
from logistics.orders.order_ids import order_number
from logistics.orders.orders import IDS_PER_DAY
from logistics.running import ordered, run_once
from logistics.runs.journeys import Journey, journey, rows_of_case, rows_of_order
from logistics.runtime.threads import cores
from logistics.scenario.fields import changed
from logistics.scenario.scenario import Scenario
from logistics.streams import Streams
from networks.geography import load_markets
from networks.inputs.faults import Fault, refuse
from networks.inputs.names import named
from networks.inputs.zip_codes import SHORT_ZIP, market_id
from networks.places import described, markets_of_city, near_place

FOLLOW_DAYS = 10
"""Days that an order has to arrive in a trace, unless the caller says otherwise."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Wanted:
    """Which order to trace: by its id, or the first of a product to a market (such as 'Z232')."""

    order: str = ""
    product: str = ""
    market: str = ""

    @property
    def title(self) -> str:
        """What it is in words."""
        if self.order:
            return f"order {self.order}"
        markets = load_markets()
        return f"{self.product} to {markets.names[markets.index(self.market)]} ({self.market})"


@dataclass(frozen=True)
class Trace:
    """The journeys of one order's parcels, by network.

    `others`: how many other orders of this product went to this market.
    """

    title: str
    journeys: Mapping[str, tuple[Journey, ...]]
    others: int = 0


def wanted_order(scenario: Scenario, product: str, market: str) -> Wanted:
    """Return the order of a product to a market: a ZIP code, 232, Z232 or a city.

    A product may be cut short: 'hairbrush'.

    Raises InputError if there is no such product or market.
    """
    products = [one.name for one in scenario.orders.products]
    name, problem = named(product, products, "is not a product of the scenario")
    faults = []
    if not name:
        faults.append(Fault("trace", None, "product", product, problem, ", ".join(products)))
    markets = _markets_meant(market)
    if len(markets) != 1:
        allowed = ", ".join(map(described, markets)) or (
            "a ZIP code or its first three digits, in the lower 48 states, or a city"
        )
        problem = "is the name of several markets" if markets else "is not a market"
        problem += "" if markets else near_place(market)
        faults.append(Fault("trace", None, "market", market, problem, allowed))
    refuse(faults)
    return Wanted(product=name, market=markets[0])


def _markets_meant(text: str) -> tuple[str, ...]:
    zip3 = market_id(text) if len(text.strip()) >= SHORT_ZIP else ""
    return (zip3,) if zip3 in load_markets().ids else markets_of_city(text)


def wanted_orders(scenario: Scenario, order: str, product: str, market: str) -> list[Wanted]:
    """Return an order by its id, or that of a product to a market, or else of the two shoppers.

    Raises InputError as `wanted_order`.
    """
    if order:
        return [Wanted(order)]
    shoppers = [(case.product, case.market) for case in CASES.values()]
    return [wanted_order(scenario, *one) for one in ([(product, market)] if product else shoppers)]


def days_for(
    what: Plan, wanted: Sequence[Wanted], days: int | None = None, follow_days: int | None = None
) -> Plan:
    """Return the plan with no more days than it takes to see where the wanted orders end.

    `days`, `follow_days`: as given. The id of a generated order has its
    date; one from a file may be of any day.
    """
    own = what.scenarios[0].days
    needed = 1 if what.orders is None else own.days
    for one in wanted:
        if what.orders is None and one.order.isdecimal() and len(one.order) <= 15:
            ordered_on = _EPOCH + timedelta(days=int(one.order) // IDS_PER_DAY)
            needed = max(needed, (ordered_on - own.first_day).days + 1)
        elif what.orders is None and one.product:
            needed = max(needed, _days_to_find(one, what.scenarios[0]))
    if follow_days is None:  # given orders may be of later days, too
        follow_days = own.followed_days if what.orders else min(FOLLOW_DAYS, own.followed_days)
    shorter = {"days.follow_days": follow_days}
    if days is None:
        shorter["days.days"] = min(needed, own.days)
    return replace(what, scenarios=tuple(changed(one, shorter) for one in what.scenarios))


def _days_to_find(one: Wanted, scenario: Scenario) -> int:
    """Return in how many days some five such orders are to be expected."""
    markets, demand = load_markets(), scenario.orders
    share = sum(product.share for product in demand.products if product.name == one.product)
    of_market = markets.share[markets.index(one.market)] / markets.share[demand.market_rows()].sum()
    a_day = demand.orders_per_day * share * of_market
    return math.ceil(5 / max(float(a_day), 1e-3))


def trace(
    what: Plan, wanted: Sequence[Wanted], workers: int | None = None, report: Report = silent
) -> list[Trace]:
    """Follow each wanted order through every network of a plan.

    Raises InputError when an order is not among those of the run.
    """
    with worker_pool(min(workers or cores(), len(what.scenarios))) as pool:
        follow, compiled = partial(_followed, what, tuple(wanted)), partial(compile_for, what)
        found = pool.map(follow, what.scenarios, report, TRACING, compiled)
    _refuse_missing(what, wanted, found[0])
    traces = []
    for one, *by_network in zip(wanted, *found, strict=True):
        journeys = {name: of for name, (of, _) in zip(what.names, by_network, strict=True)}
        traces.append(Trace(one.title, journeys, by_network[0][1]))
    return traces


def _followed(
    what: Plan, wanted: Sequence[Wanted], scenario: Scenario
) -> list[tuple[tuple[Journey, ...], int]]:
    """Run one network and return, for each wanted order, its journeys and the number of others."""
    model, streams = prepare(scenario), Streams(what.seed)
    run = run_once(model, ordered(model, what.orders, streams), streams, what.engine)
    found = []
    for one in wanted:
        if one.order:
            rows, others = rows_of_order(run, order_number(one.order)), 0
        else:
            rows = rows_of_case(run, one.product, one.market)
            orders = run.columns["order_id"][rows]
            rows, others = rows[orders == orders[:1]], len(np.unique(orders)) - 1
        found.append((tuple(journey(run, int(row)) for row in rows), others))
    return found


def _refuse_missing(
    what: Plan, wanted: Sequence[Wanted], found: Sequence[tuple[tuple[Journey, ...], int]]
) -> None:
    days = what.scenarios[0].days
    first = days.first_day - timedelta(days=days.warm_up_days)
    last = days.first_day + timedelta(days=days.days - 1)
    allowed = (
        f"orders from {first} to {last}, with the options (--seed, --orders-per-day, --days,"
        " --warm-up-days) or the scenario.yaml of the run that had it; longer runs have more"
    )
    refuse(
        Fault("trace", None, "", "", f"{one.title}: not among the orders of the first run", allowed)
        for one, (journeys, _) in zip(wanted, found, strict=True)
        if not journeys
    )
