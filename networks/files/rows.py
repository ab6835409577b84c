"""From a network to the rows of its sheets: the reverse of `networks.files.assembly`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from networks.geography import load_markets
from networks.inputs.cells import clock
from networks.inputs.grids import Row
from networks.inputs.local_times import Weekdays
from networks.schema import FACILITY_KINDS, PACKAGING_GRADES, Network
from networks.sheets import SETTINGS, SHEET, SHEETS, Sheet
from networks.timetables import parse_departures, parse_shifts, weekday_names


def sheet_rows(network: Network, based_on: str) -> Iterator[tuple[Sheet, Iterable[Row]]]:
    """Yield each sheet with its rows; stock and sellers only where the network has them.

    `based_on`: the built-in scenario that goes with the network, or ''.
    """
    parts = {"stock": len(network.origins.stock.centers), "sellers": len(network.origins.sellers)}
    empty = [name for name, rows in parts.items() if not rows]
    for sheet in SHEETS:
        if sheet.name in empty:
            continue
        if sheet.name == "sellers":
            yield sheet, _sellers(network)
        elif sheet.name == "settings":
            yield sheet, list(_settings(network, based_on))
        else:
            names = [(column.name, column.field) for column in sheet.columns]
            rows = _ROWS[sheet.name](network)
            yield sheet, (tuple(row.get(n, row.get(f, "")) for n, f in names) for row in rows)


def _settings(network: Network, based_on: str) -> Iterator[Row]:
    found: dict[str, Any] = {
        "name": network.name,
        "scenario": based_on,
        "packaging": network.packaging,
        "all_sellers": network.all_sellers,
    }
    stock, sellers = network.origins.stock, network.origins.sellers
    if stock.centers:
        found["region_first"] = stock.region_first
        found |= {f"breadth_{speed}": share for speed, share in stock.breadth.items()}
    if stock.centers and len(sellers):
        found |= {f"order_share_{speed}": share for speed, share in stock.order_share.items()}
    if len(sellers):
        of_sellers = [s for s in SETTINGS if hasattr(sellers, s.field)]
        found |= {s.name: getattr(sellers, s.field) for s in of_sellers if s.name not in found}
    yield from ((s.name, found[s.name]) for s in SETTINGS if found.get(s.name, "") != "")
    yield from (("note", note) for note in network.notes)


def _nodes(network: Network) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the facilities in the order of the graph."""
    for node, attributes in network.graph.nodes.items():
        if attributes["kind"] in FACILITY_KINDS:
            yield node, attributes


def _shifts(network: Network) -> Iterator[Mapping[str, Any]]:
    for node, attributes in _nodes(network):
        workers: Counter[tuple[int, int]] = Counter()
        for shift in parse_shifts(attributes["shifts"]):
            workers[shift.starts_minute, shift.ends_minute] += shift.workers
        for (starts, ends), count in workers.items():
            ends_at = clock(ends % 1440 or 1440)
            yield {"facility": node, "starts": clock(starts), "ends": ends_at, "workers": count}


def _edges(network: Network) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield the key and the attributes of each lane, in the order of the graph."""
    for origin, destination, mode, attributes in network.graph.edges(keys=True, data=True):
        if "departs" in attributes:
            yield {"origin": origin, "destination": destination, "mode": mode}, attributes


def _departures(network: Network) -> Iterator[Mapping[str, Any]]:
    for key, attributes in _edges(network):
        vehicles: Counter[tuple[int, int | None]] = Counter()
        for one in parse_departures(attributes["departs"]):
            vehicles[one.minute, one.full_from] += one.vehicles
        for (minute, early), count in vehicles.items():
            full_from = "" if early is None else clock(early)
            yield {**key, "leaves": clock(minute), "vehicles": count, "full_from": full_from}


@cache
def _weekdays(bits: int) -> str:
    return TypeAdapter(Weekdays).validate_python(weekday_names(bits)) if bits else ""


def _sellers(network: Network) -> Iterator[Row]:
    s = network.origins.sellers
    markets = load_markets().ids
    columns: dict[str, Iterable[Any]] = {
        "market": (markets[row] for row in s.market.tolist()),
        "pickup_station": (s.stations[row] for row in s.pickup.tolist()),
        "orders_per_day": s.volume.tolist(),
        "daily_capacity_orders": s.daily_capacity.tolist(),
        "working_days": map(_weekdays, s.working_days.tolist()),
        "pickup_days": map(_weekdays, s.pickup_days.tolist()),
        "opens": (clock(60 * hour) for hour in s.opens_hour.tolist()),
        "cutoff": (clock(60 * hour) for hour in s.cutoff_hour.tolist()),
        "handling_hours": (float(str(hours)) for hours in s.handling_hours),
        "packaging": (PACKAGING_GRADES[row] for row in s.packaging.tolist()),
    }
    return zip(*(columns[column.name] for column in SHEET["sellers"].columns), strict=True)


_ROWS: Mapping[str, Callable[[Network], Iterator[Mapping[str, Any]]]] = {
    "owners": lambda network: (
        {"owner": owner, "volume": float(volume)} for owner, volume in network.volumes.items()
    ),
    "calendars": lambda network: (
        {"calendar": name, **vars(calendar)} for name, calendar in network.calendars.items()
    ),
    "facilities": lambda network: (
        {"facility": node, **attributes} for node, attributes in _nodes(network)
    ),
    "shifts": _shifts,
    "lanes": lambda network: (  # whose cutoff is written in minutes only
        {**key, **attributes, "loading_cutoff": ""} for key, attributes in _edges(network)
    ),
    "departures": _departures,
    "rounds": lambda network: (
        {"station": node, **attributes}
        for node, attributes in _nodes(network)
        if attributes["wave_times"]
    ),
    "markets": lambda network: (
        {"market": market, "station": station, **vars(door)}
        for station, market, door in network.doors()
    ),
    "stock": lambda network: ({"center": center} for center in network.origins.stock.centers),
}
