"""From tables to a network, remembering where each part of it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx
import numpy as np

from networks.builders.nodes import add_markets
from networks.files.fault_log import CellRef, FaultLog, Index
from networks.files.tables import EVERY_DAY, Table, resolve
from networks.geography import load_markets
from networks.inputs.cells import clock
from networks.inputs.faults import nearest
from networks.origins import Origins, Sellers, Stock
from networks.schema import (
    PACKAGING_GRADES,
    SELLERS,
    Calendar,
    Door,
    Facility,
    Graph,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    lane_id,
)
from networks.sheets import SHEET
from networks.timetables import (
    Departure,
    Shift,
    minute_of,
    weekday_bits,
    write_departures,
    write_shifts,
)

EARLIEST_CUTOFF = 360
"""Minutes before a departure beyond which a loading cutoff is taken for an error."""

_LANE_KEY = ("origin", "destination", "mode")
_LaneKey = tuple[str, str, str]
_Leaves = dict[tuple[int, int | None], int]
"""Vehicles by when they leave, and from when on as soon as they are full."""
_NO_FACILITY_NAMES = "another id: this one means something else in a network"


class Assembly:
    """The network of tables that were read, and in `index` where its parts were written.

    What cannot be used is noted and left out; a word that is not known is taken for the one that
    it is most like, so that what follows can still be checked.
    """

    def __init__(
        self, tables: Mapping[str, Table], settings: Mapping[str, Any], log: FaultLog
    ) -> None:
        self.tables, self.settings, self.log = tables, settings, log
        self.graph: Graph = nx.MultiDiGraph()
        self.index = Index({"volumes": [CellRef("owners")]})
        self.written = {name: self._keys(name) for name in ("lanes", "departures")}

    def network(self) -> Network:
        """Return the network, put together once."""
        for table in self.tables.values():
            for place, market in resolve(table, self.tables, self.log):
                self.index.add(market, place)
                self.log.faulty.add(place.at("share"))
        add_markets(self.graph, load_markets())
        self._facilities()
        self._lanes()
        self._doors()
        found = self.settings
        self.index.rows.setdefault(found["name"], [CellRef("")])
        self.index.cells[found["name"], "stock"] = CellRef("stock")
        return Network(
            name=found["name"],
            graph=self.graph,
            calendars=self._calendars(),
            volumes=self._volumes(),
            origins=Origins(self._stock(), self._sellers()),
            packaging=found["packaging"],
            all_sellers=found["all_sellers"],
            notes=tuple(found["note"]),
        )

    def _rows(self, sheet: str) -> Iterator[tuple[CellRef, dict[str, Any]]]:
        """Yield the rows of a sheet, each with its place."""
        table = self.tables[sheet]
        for number, values in enumerate(zip(*table.columns.values(), strict=True)):
            yield table.place(number), dict(zip(table.columns, values, strict=True))

    def _volumes(self) -> dict[str, float]:
        volumes = {}
        for place, row in self._rows("owners"):
            self.index.cells["volumes", row["owner"]] = place.at("design_parcels_per_day")
            volumes[row["owner"]] = row["design_parcels_per_day"]
        return volumes

    def _calendars(self) -> dict[str, Calendar]:
        calendars = {}
        for place, row in self._rows("calendars"):
            self.index.add(row["calendar"], place)
            calendars[row["calendar"]] = Calendar(row["weekdays"], row["holidays"])
        if EVERY_DAY in {place.get("shift_calendar") for place in self.graph.nodes.values()}:
            calendars.setdefault(EVERY_DAY, Calendar())
        return calendars

    def _facilities(self) -> None:
        markets = load_markets()
        shifts = self._shifts()
        rounds = self._rounds()
        reserved = {SELLERS, *markets.ids}
        for place, row in self._rows("facilities"):
            node, cell = row.pop("facility"), place.at("facility")
            if node in reserved and not self.log.explains(cell):
                self.log.add(cell, node, "cannot be the id of a facility", _NO_FACILITY_NAMES)
            if not node or node in reserved:
                continue
            if row["market"] in markets.ids:
                at = markets.index(row["market"])
                own = (markets.latitude[at], markets.longitude[at])
                for name, value in zip(("latitude", "longitude"), own, strict=True):
                    row[name] = float(value) if row[name] == "" else row[name]
                row["time_zone"] = row["time_zone"] or markets.time_zones[at]
            row["latitude"], row["longitude"] = row["latitude"] or 0.0, row["longitude"] or 0.0
            self.index.add(node, place)
            row["shifts"] = write_shifts(tuple(shifts.get(node, ())))
            add_facility(self.graph, node, Facility(**row, **rounds.get(node, {})))

    def _shifts(self) -> dict[str, list[Shift]]:
        shifts: dict[str, list[Shift]] = {}
        for place, row in self._rows("shifts"):
            starts, ends = minute_of(row["starts"]), minute_of(row["ends"])
            ends += 1440 if ends <= starts else 0
            shifts.setdefault(row["facility"], []).append(Shift(starts, ends, row["workers"]))
            self.index.cells.setdefault((row["facility"], "shifts"), place.at("starts"))
        return shifts

    def _rounds(self) -> dict[str, dict[str, Any]]:
        rounds = {}
        columns = SHEET["rounds"].columns[1:]
        for place, row in self._rows("rounds"):
            rounds[row["station"]] = {column.field: row[column.name] for column in columns}
            for column in columns:
                cell = place.at(column.name)
                self.index.cells.setdefault((row["station"], column.field), cell)
        return rounds

    def _lanes(self) -> None:
        departures = self._departures()
        for place, row in self._rows("lanes"):
            key = (row["origin"], row["destination"], row["mode"])
            if not self._has_ends(place, key):
                continue
            self.index.add(lane_id(*key), place)
            attributes = {column.field: row[column.name] for column in SHEET["lanes"].columns}
            leaves = departures.pop(key, {})
            if not leaves and _fits(key, self._doubtful("departures")):
                self.log.faulty.add(place)
            minutes = [minute for minute, _ in leaves]
            attributes["doors_close_minutes"] = self._doors_close(place, row, minutes)
            attributes["departs"] = write_departures(
                Departure(minute, vehicles, early) for (minute, early), vehicles in leaves.items()
            )
            if key[0] == SELLERS:
                self.graph.add_node(SELLERS, kind=SELLERS)
            lane = Lane(**{name: attributes[name] for name in Lane.__match_args__})
            add_lane(self.graph, *key, lane)
        self._left_over(departures)

    def _has_ends(self, place: CellRef, key: _LaneKey) -> bool:
        if key[2] == "round":
            problem = "is no lane: delivery routes are in sheet `rounds`"
            self.log.add(place.at("mode"), key[2], problem, "another mode, such as linehaul")
            return False
        ends = {SELLERS, *self.graph.nodes}
        return all(end in ends for end in key[:2])

    def _keys(self, sheet: str) -> dict[int, _LaneKey]:
        """Return the keys of lanes or departures as they are written, by row."""
        table = self.tables[sheet]
        routes = zip(*(table.columns[name] for name in _LANE_KEY), strict=True)
        return dict(zip(table.rows, routes, strict=True))

    def _doubtful(self, sheet: str) -> set[tuple[str, ...]]:
        """Return the keys of rows in which an end or the mode has a fault, '' for what has."""
        rows = {place.row for place in self.log.faulty
                if place.sheet == sheet and place.column in (*_LANE_KEY, "")}  # fmt: skip
        return {
            tuple("" if self.log.explains(CellRef(sheet, row, name)) else word
                  for name, word in zip(_LANE_KEY, self.written[sheet].get(row or 0, ("",) * 3),
                                        strict=True))
            for row in rows
        }  # fmt: skip

    def _departures(self) -> dict[_LaneKey, _Leaves]:
        found: dict[_LaneKey, _Leaves] = {}
        for place, row in self._rows("departures"):
            key = (row["origin"], row["destination"], row["mode"])
            at = found.setdefault(key, {})
            when = minute_of(row["leaves"]), self._full_from(place, row)
            at[when] = at.get(when, 0) + row["vehicles"]
            self.index.cells.setdefault((lane_id(*key), "departs"), place.at("leaves"))
        return found

    def _full_from(self, place: CellRef, row: Mapping[str, Any]) -> int | None:
        """Return from when on vehicles leave as soon as they are full; None where they do not."""
        early, place = row["full_from"], place.at("full_from")
        if early == "" or self.log.explains(place):
            return None
        if minute_of(early) >= minute_of(row["leaves"]):
            self.log.add(place, early, f"is not before the departure at {row['leaves']}",
                         "an earlier time of the same day")  # fmt: skip
            return None
        return minute_of(early)

    def _left_over(self, departures: Mapping[_LaneKey, object]) -> None:
        """Note departures of lanes that sheet lanes does not have."""
        if any(self.log.lacks("lanes", name) for name in _LANE_KEY):
            return
        listed = set(self._keys("lanes").values())
        doubtful = self._doubtful("lanes")
        for key in departures:
            place = self.index.cells[lane_id(*key), "departs"]
            known = any(self.log.explains(place.at(name)) for name in _LANE_KEY)
            if key not in listed and not known and not _fits(key, doubtful):
                meant = nearest(lane_id(*key), (lane_id(*one) for one in listed))
                hint = f"sheet lanes, such as '{meant}'" if meant else "the sheet"
                problem = "is no lane of sheet lanes"
                self.log.add(place.at("origin"), lane_id(*key), problem, f"a lane of {hint}")

    def _doors_close(self, place: CellRef, row: Mapping[str, Any], leaves: list[int]) -> float:
        """Return how long before a departure loading ends, from either column."""
        cutoff, minutes = row["loading_cutoff"], row["doors_close_minutes"]
        place = place.at("loading_cutoff")
        if cutoff == "" or self.log.explains(place):
            return float(minutes or 0.0)
        if minutes != "":
            self.log.add(place, cutoff, "is given besides doors_close_minutes",
                         "only one of the two")  # fmt: skip
            return float(minutes)
        if not leaves:
            return 0.0
        closes = minute_of(cutoff)
        lane = lane_id(row["origin"], row["destination"], row["mode"])
        self.index.cells[lane, "doors_close_minutes"] = place
        early, leave = min(((leave - closes) % 1440, leave) for leave in leaves)
        if early <= EARLIEST_CUTOFF:
            return float(early)
        if closes > max(leaves):
            leave, problem = max(leaves), "lies after the last departure"
        else:
            problem = "lies over 6 hours before the next departure"
        at = clock(leave)
        self.log.add(place, cutoff, f"{problem}, {at}", f"up to {at}, at most 6 hours before"
                     " it; or use doors_close_minutes")  # fmt: skip
        return 0.0

    def _doors(self) -> None:
        for place, row in self._rows("markets"):
            market, station = row["market"], row["station"]
            if not self._is_market(place, market) or station not in self.graph:
                continue
            self.index.add(f"{station} > {market} by round", place)
            self.index.add(market, place)
            add_door(self.graph, station, market, Door(row["share"], row["distance_km"]))

    def _is_market(self, place: CellRef, market: str) -> bool:
        """Tell whether a row names a market; note a fault where it does not."""
        place = place.at("market")
        if self.log.explains(place):
            return False
        if market not in load_markets().ids:
            self.log.add(place, market, "is not a market of the lower 48 states or DC",
                         "Z and the first three digits of a ZIP with street delivery")  # fmt: skip
            return False
        return True

    def _stock(self) -> Stock:
        breadth, order_share = (
            {speed: self.settings[f"{name}_{speed}"] for speed in ("fast", "medium", "slow")}
            for name in ("breadth", "order_share")
        )
        centers = tuple(self.tables["stock"].columns["center"])
        return Stock(centers, breadth, self.settings["region_first"], order_share)

    def _sellers(self) -> Sellers:
        table = self.tables["sellers"]
        none = Sellers.none()
        if not table.rows:
            return none
        columns = {column.field: table.columns[column.name] for column in table.sheet.columns}
        known = _numbered(load_markets().ids)
        for number, market in enumerate(columns["market"]):
            self.index.add(f"seller {number + 1}", table.place(number))
            if market not in known:
                self._is_market(table.place(number), market)
        used = set(columns["pickup"])
        stations = tuple(
            node
            for node, attributes in self.graph.nodes.items()
            if attributes["kind"] == "carrier station" or node in used
        )
        days = {*columns["working_days"], *columns["pickup_days"]}
        bits = {text: weekday_bits(text) for text in days}
        numbers = {
            "market": known, "pickup": _numbered(stations), "working_days": bits,
            "pickup_days": bits, "packaging": _numbered(PACKAGING_GRADES),
        }  # fmt: skip
        for name, number_of in numbers.items():  # a word with a fault counts as the first
            columns[name] = [number_of.get(word, 0) for word in columns[name]]
        arrays: dict[str, Any] = {
            name: np.array(column, getattr(none, name).dtype) for name, column in columns.items()
        }
        of_all = ("handling_log_sd", "burst_share", "burst_orders", "burst_days")
        return Sellers(
            **arrays, stations=stations, holidays=self.settings["seller_holidays"],
            **{name: self.settings[name] for name in of_all},
        )  # fmt: skip


def _numbered(words: Iterable[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words)}


def _fits(key: _LaneKey, doubtful: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a lane may be one of some that are known in part, '' where they are not."""
    return any(
        all(one in ("", word) for one, word in zip(ones, key, strict=True)) for ones in doubtful
    )
