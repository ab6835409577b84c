"""What is wrong with the origins of a network: its stock and its sellers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from networks.geography import load_markets
from networks.inputs.faults import Fault
from networks.origins import SPEEDS, Sellers
from networks.schema import FACILITY_KINDS, PACKAGING_GRADES, PICKUP, SELLERS, Network
from networks.sheets import SETTINGS, SHEET
from networks.timetables import weekday_bits, weekday_names
from networks.validation.found import LANES, fault, unfit

_ALL_DAYS = weekday_bits("daily")


def origin_faults(network: Network) -> Iterator[Fault]:
    """Yield what is wrong with stock, sellers, and the settings of a network."""
    stock, sellers = network.origins.stock, network.origins.sellers
    if not len(network.origins):
        remedy = "fill in sheet stock, sheet sellers or both"
        yield fault(network.name, "stock", "", "needs stock or sellers", remedy)
    values = {**vars(sellers if len(sellers) else Sellers.none()), **vars(network), **vars(stock)}
    yield from unfit(str(network.name), values, "setting")
    for center in stock.centers:
        if network.graph.nodes.get(center, {}).get("kind") not in FACILITY_KINDS:
            yield fault(center, "", "", "holds stock but is not a facility")
    for center in sorted({one for one in stock.centers if stock.centers.count(one) > 1}):
        yield fault(center, "", "", "is listed twice in the stock")
    for movement in SPEEDS:
        for name, share in (("breadth", stock.breadth), ("order_share", stock.order_share)):
            column = next(one for one in SETTINGS if one.name == f"{name}_{movement}")
            if problem := column.problem_of(share.get(movement)):
                yield fault("stock", column.name, repr(share.get(movement)), problem)
    if len(sellers):
        yield from _share_faults(network)
        unusable = list(_unusable(network, sellers))
        yield from unusable
        if not unusable:
            yield from _volume_faults(network, sellers)
            yield from _pickup_faults(network, sellers)
            yield from _hour_faults(sellers)


def _unusable(network: Network, sellers: Sellers) -> Iterator[Fault]:
    """Yield numbers of sellers that no cell could hold, and stations that are none."""
    last = {
        "market": len(load_markets()) - 1, "pickup": len(sellers.stations) - 1,
        "packaging": len(PACKAGING_GRADES) - 1, "working_days": _ALL_DAYS,
        "pickup_days": _ALL_DAYS, "cutoff_hour": 24, "opens_hour": 24,
        "daily_capacity": 10**9,  # 0: no limit
    }  # fmt: skip
    for one in SHEET["sellers"].columns:
        end = last.get(one.field)
        column = one if end is None else replace(one, kind="whole", choices=(), low=0, high=end)
        values = getattr(sellers, column.field)
        too_low = values < (column.low or 0) if column.above is None else values <= column.above
        for row in np.flatnonzero(too_low | ~(values <= (column.high or 0))).tolist():
            number = values[row].item()
            yield fault(f"seller {row + 1}", column.field, f"{number}", column.problem_of(number))
    for station in sellers.stations:
        if network.graph.nodes.get(station, {}).get("kind") not in FACILITY_KINDS:
            yield fault(station, "", "", "collects from sellers but is not a facility")


def _share_faults(network: Network) -> Iterator[Fault]:
    """Yield shares of the orders from stock that leave nothing to sellers, or to centers."""
    stock = network.origins.stock
    if not stock.centers:
        return
    shares = stock.order_share.values()
    for share, idle in ((1, "sellers"), (0, "stock")):
        if all(one == share for one in shares):
            problem = f"there are stock and sellers, but no orders are left for {idle}"
            remedy = "order_share_fast, _medium or _slow in sheet settings, between 0 and 1"
            yield fault(network.name, "stock", "", problem, remedy)


def _volume_faults(network: Network, sellers: Sellers) -> Iterator[Fault]:
    """Yield where the volume of all sellers is not that of the table, or of those it stands for.

    A sample of sellers, few of whom are large, misses their mean by some 5 / sqrt(rows).
    """
    stated = network.volumes.get(SELLERS)
    if stated is None:
        problem = f"a network with sellers needs a design volume of '{SELLERS}'"
        remedy = f"a row {SELLERS} in sheet owners: the orders of all sellers on an average day"
        yield fault("volumes", "", "", problem, remedy)
        return
    if SHEET["owners"].column("design_parcels_per_day").problem_of(stated):
        return  # reported already
    rows, total = max(1, len(sellers)), float(sellers.volume.sum())
    whole = network.all_sellers <= rows
    meant = total * (network.all_sellers or rows) / rows
    off = 0.01 if whole else max(0.2, 5 / math.sqrt(rows))
    if abs(stated - meant) > off * stated:
        problem = f"is not what orders_per_day in sheet sellers sums to, {total:,.10g}"
        if meant != total:
            problem += f", times all_sellers / rows: {meant:,.10g}"
        remedy = f"{meant:.10g}" if whole else f"about {meant:.10g}, as sellers are a sample"
        yield fault("volumes", SELLERS, f"{stated:.10g}", problem, remedy,
                     "sellers.orders_per_day", "sellers.pickup_station",
                     "settings.value")  # fmt: skip


def _pickup_faults(network: Network, sellers: Sellers) -> Iterator[Fault]:
    """Yield stations without a pickup lane, and sellers who hand over when none drives."""
    days: dict[str, int] = {}
    for u, v, attributes in network.graph.edges(data=True):
        if u == SELLERS:
            days[v] = days.get(v, 0)
            with suppress(ValueError, KeyError):  # a calendar that cannot be read: reported already
                days[v] |= weekday_bits(network.calendars[attributes.get("calendar", "")].weekdays)
    for station in sorted(set(sellers.collecting) - days.keys()):
        problem = "collects from sellers but has no pickup lane"
        remedy = f"a lane from {SELLERS} by {PICKUP} in sheet lanes"
        yield fault(station, "", "", problem, remedy, *LANES, "sellers.pickup_station")
    open_days = np.array([days.get(name) or _ALL_DAYS for name in sellers.stations], np.uint8)
    never = (sellers.pickup_days & open_days[sellers.pickup]) == 0
    for row in np.flatnonzero(never).tolist():
        station = sellers.stations[sellers.pickup[row]]
        problem = f"has no day on which the pickup lane to {station} runs"
        allowed = f"at least one of {weekday_names(int(open_days[sellers.pickup[row]]))}"
        yield fault(f"seller {row + 1}", "pickup_days",
                     weekday_names(int(sellers.pickup_days[row])), problem, allowed,
                     *LANES, "lanes.calendar")  # fmt: skip


def _hour_faults(sellers: Sellers) -> Iterator[Fault]:
    """Yield sellers who never pack: on no day, or with a cutoff before they open."""
    for row in np.flatnonzero(sellers.working_days == 0).tolist():
        yield fault(f"seller {row + 1}", "working_days", "''", "names no weekdays",
                     "at least one weekday")  # fmt: skip
    hours_of = (sellers.opens_hour, sellers.cutoff_hour)
    for row in np.flatnonzero(sellers.cutoff_hour <= sellers.opens_hour).tolist():
        opens, cutoff = (f"{hours[row]:02d}:00" for hours in hours_of)
        yield fault(f"seller {row + 1}", "cutoff_hour", cutoff, f"is not after opens, {opens}",
                     f"after {opens}, up to 24:00", "sellers.opens")  # fmt: skip
