"""From tables to a network, remembering where each part of it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

import networkx as nx
import numpy as np

from networks.builders.nodes import add_markets
from networks.files.findings import Findings, Place
from networks.files.sheets import SHEET, Column
from networks.files.tables import Table
from networks.geography import load_markets
from networks.inputs.grids import nearest
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
from networks.timetables import (
    Shift,
    clock_text,
    minute_of,
    weekday_bits,
    write_departures,
    write_shifts,
)

EVERY_DAY = "every day"
"""A calendar that need not be listed."""

EARLIEST_CUTOFF = 360
"""Minutes before a departure beyond which a loading cutoff is taken for a slip."""

_WAY = ("origin", "destination", "mode")
_Way = tuple[str, str, str]
_NO_FACILITY_NAMES = "another id: this one means something else in a network"


@dataclass
class Index:
    """Where the parts of a network were written: rows by place, columns by place and attribute."""

    rows: dict[str, list[Place]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Place] = field(default_factory=dict)

    def add(self, name: str, row: Place) -> None:
        """Note that the part `name` stands in a row."""
        self.rows.setdefault(name, []).append(row)

    def find(self, name: str, attribute: str) -> Place:
        """Return the cell of an attribute, else the row of the part, else nowhere."""
        if (name, attribute) in self.cells:
            return self.cells[name, attribute]
        rows = self.rows.get(name, [Place("")])
        for row in rows:
            if row.row is not None and (column := _columns(row.sheet).get(attribute)):
                return Place(row.sheet, row.row, column)
        return rows[0]


@cache
def _columns(sheet: str) -> dict[str, str]:
    """Return the names of a sheet's columns by attribute of the schema."""
    return {column.field: column.name for column in SHEET[sheet].columns}


def assemble(
    tables: Mapping[str, Table], settings: Mapping[str, Any], findings: Findings
) -> tuple[Network, Index]:
    """Return the network of tables that were read, and where its parts stand.

    What cannot be used is noted and left out; a word that is not known is taken for the one that
    it is most like, so that what follows can still be checked.
    """
    assembly = _Assembly(tables, settings, findings)
    return assembly.network(), assembly.index


class _Assembly:
    def __init__(
        self, tables: Mapping[str, Table], settings: Mapping[str, Any], findings: Findings
    ) -> None:
        self.tables, self.settings, self.findings = tables, settings, findings
        self.graph: Graph = nx.MultiDiGraph()
        self.index = Index({"volumes": [Place("owners")]})
        self.written = {name: self._ways(name) for name in ("lanes", "departures")}

    def network(self) -> Network:
        for table in self.tables.values():
            for place, market in resolve(table, self.tables, self.findings):
                self.index.add(market, place)
                self.findings.faulty.add(replace(place, column="share"))
        add_markets(self.graph, load_markets())
        self._facilities()
        self._lanes()
        self._doors()
        found = self.settings
        self.index.rows.setdefault(found["name"], [Place("")])
        self.index.cells[found["name"], "stock"] = Place("stock")
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

    def _rows(self, sheet: str) -> Iterable[dict[str, Any]]:
        return self.tables[sheet].records()

    def _note(self, name: str, sheet: str, number: int) -> None:
        self.index.add(name, self.tables[sheet].place(number))

    def _volumes(self) -> dict[str, float]:
        volumes = {}
        for number, row in enumerate(self._rows("owners")):
            place = self.tables["owners"].place(number, "design_parcels_per_day")
            self.index.cells["volumes", row["owner"]] = place
            volumes[row["owner"]] = row["design_parcels_per_day"]
        return volumes

    def _calendars(self) -> dict[str, Calendar]:
        calendars = {}
        for number, row in enumerate(self._rows("calendars")):
            self._note(row["calendar"], "calendars", number)
            calendars[row["calendar"]] = Calendar(row["weekdays"], row["holidays"])
        used = {facility.shift_calendar for facility in self._placed().values()}
        if EVERY_DAY in used:
            calendars.setdefault(EVERY_DAY, Calendar())
        return calendars

    def _placed(self) -> dict[str, Facility]:
        return Network("", self.graph, {}, {}).facilities()

    def _facilities(self) -> None:
        markets = load_markets()
        shifts = self._shifts()
        rounds = self._rounds()
        reserved = {SELLERS, *markets.ids}
        for number, row in enumerate(self._rows("facilities")):
            node = row.pop("facility")
            place = self.tables["facilities"].place(number, "facility")
            if node in reserved and not self.findings.explains(place):
                self.findings.add(place, node, "cannot be the id of a facility", _NO_FACILITY_NAMES)
            if not node or node in reserved:
                continue
            if row["market"] in markets.ids:
                at = markets.index(row["market"])
                own = (markets.latitude[at], markets.longitude[at])
                for name, value in zip(("latitude", "longitude"), own, strict=True):
                    row[name] = float(value) if row[name] == "" else row[name]
                row["time_zone"] = row["time_zone"] or markets.time_zones[at]
            row["latitude"], row["longitude"] = row["latitude"] or 0.0, row["longitude"] or 0.0
            self._note(node, "facilities", number)
            row["shifts"] = write_shifts(tuple(shifts.get(node, ())))
            add_facility(self.graph, node, Facility(**row, **rounds.get(node, {})))

    def _shifts(self) -> dict[str, list[Shift]]:
        shifts: dict[str, list[Shift]] = {}
        for number, row in enumerate(self._rows("shifts")):
            starts, ends = minute_of(row["starts"]), minute_of(row["ends"])
            ends += 1440 if ends <= starts else 0
            shifts.setdefault(row["facility"], []).append(Shift(starts, ends, row["workers"]))
            place = self.tables["shifts"].place(number, "starts")
            self.index.cells.setdefault((row["facility"], "shifts"), place)
        return shifts

    def _rounds(self) -> dict[str, dict[str, Any]]:
        rounds = {}
        columns = {column.name: column.field for column in SHEET["rounds"].columns}
        for number, row in enumerate(self._rows("rounds")):
            station = row.pop("station")
            rounds[station] = {columns[name]: value for name, value in row.items()}
            for name in row:
                place = self.tables["rounds"].place(number, name)
                self.index.cells.setdefault((station, columns[name]), place)
        return rounds

    def _lanes(self) -> None:
        departures = self._departures()
        known = {f.name for f in fields(Lane)}
        columns = {column.name: column.field for column in SHEET["lanes"].columns}
        for number, row in enumerate(self._rows("lanes")):
            way = (row["origin"], row["destination"], row["mode"])
            if not self._has_ends(number, way):
                continue
            self._note(lane_id(*way), "lanes", number)
            attributes = {columns[name]: value for name, value in row.items()}
            leaves = departures.pop(way, {})
            if not leaves and _fits(way, self._doubtful("departures")):
                self.findings.faulty.add(self.tables["lanes"].place(number))
            attributes["doors_close_minutes"] = self._doors_close(number, row, list(leaves))
            attributes["departs"] = write_departures(tuple(leaves.items()))
            if way[0] == SELLERS:
                self.graph.add_node(SELLERS, kind=SELLERS)
            lane = {name: value for name, value in attributes.items() if name in known}
            add_lane(self.graph, *way, Lane(**lane))
        self._left_over(departures)

    def _has_ends(self, number: int, way: tuple[str, str, str]) -> bool:
        place = self.tables["lanes"].place(number, "mode")
        if way[2] == "round":
            self.findings.add(place, way[2], "is no lane: rounds stand in sheet rounds",
                              "another mode, such as linehaul")  # fmt: skip
            return False
        ends = {SELLERS, *self.graph.nodes}
        return all(end in ends for end in way[:2])

    def _ways(self, sheet: str) -> dict[int, _Way]:
        """Return the ways of lanes or departures as they are written, by row."""
        table = self.tables[sheet]
        routes = zip(*(table.columns[name] for name in _WAY), strict=True)
        return dict(zip(table.rows, routes, strict=True))

    def _doubtful(self, sheet: str) -> set[tuple[str, ...]]:
        """Return the ways of rows in which an end or the mode has a fault, '' for what has."""
        rows = {place.row for place in self.findings.faulty
                if place.sheet == sheet and place.column in (*_WAY, "")}  # fmt: skip
        return {
            tuple("" if self.findings.explains(Place(sheet, row, name)) else word
                  for name, word in zip(_WAY, self.written[sheet].get(row or 0, ("",) * 3),
                                        strict=True))
            for row in rows
        }  # fmt: skip

    def _departures(self) -> dict[_Way, dict[int, int]]:
        found: dict[_Way, dict[int, int]] = {}
        for number, row in enumerate(self._rows("departures")):
            way = (row["origin"], row["destination"], row["mode"])
            minute = minute_of(row["leaves"])
            at = found.setdefault(way, {})
            at[minute] = at.get(minute, 0) + row["vehicles"]
            place = self.tables["departures"].place(number, "leaves")
            self.index.cells.setdefault((lane_id(*way), "departs"), place)
        return found

    def _left_over(self, departures: Mapping[_Way, object]) -> None:
        """Note departures of lanes that sheet lanes does not have."""
        if any(self.findings.lacks(SHEET["lanes"].column(name), "lanes") for name in _WAY):
            return
        lanes = self.tables["lanes"]
        columns = (lanes.columns[name] for name in _WAY)
        listed = set(zip(*columns, strict=True))
        doubtful = self._doubtful("lanes")
        for way in departures:
            place = self.index.cells[lane_id(*way), "departs"]
            row = Place("departures", place.row, "origin")
            known = any(self.findings.explains(replace(row, column=name)) for name in _WAY)
            if way not in listed and not known and not _fits(way, doubtful):
                meant = nearest(lane_id(*way), (lane_id(*one) for one in listed))
                hint = (
                    f"a lane of sheet lanes, such as '{meant}'" if meant else "a lane of the sheet"
                )
                self.findings.add(row, lane_id(*way), "is no lane of sheet lanes", hint)

    def _doors_close(self, number: int, row: Mapping[str, Any], leaves: list[int]) -> float:
        """Return how long before a departure doors close, from either way to say so."""
        cutoff, minutes = row["loading_cutoff"], row["doors_close_minutes"]
        place = self.tables["lanes"].place(number, "loading_cutoff")
        if cutoff == "" or self.findings.explains(place):
            return float(minutes or 0.0)
        if minutes != "":
            self.findings.add(place, cutoff, "stands beside doors_close_minutes",
                              "only one of the two")  # fmt: skip
            return float(minutes)
        if not leaves:
            return 0.0
        closes = minute_of(cutoff)
        early, leave = min(((leave - closes) % 1440, leave) for leave in leaves)
        if early <= EARLIEST_CUTOFF:
            return float(early)
        if closes > max(leaves):
            leave, problem = max(leaves), "lies after the last departure"
        else:
            problem = "lies over 6 hours before the next departure"
        at = clock_text(leave)
        self.findings.add(place, cutoff, f"{problem}, {at}", f"up to {at}, at most 6 hours before"
                          " it; or use doors_close_minutes")  # fmt: skip
        return 0.0

    def _doors(self) -> None:
        known = set(load_markets().ids)
        for number, row in enumerate(self._rows("markets")):
            place = self.tables["markets"].place(number, "market")
            market, station = row["market"], row["station"]
            if market not in known or self.findings.explains(place):
                if not self.findings.explains(place):
                    self.findings.add(place, market, "is not a market of the lower 48 states or DC",
                                      "Z and the first three figures of a ZIP with street"
                                      " delivery")  # fmt: skip
                continue
            if station not in self.graph:
                continue
            self._note(f"{station} > {market} by round", "markets", number)
            self._note(market, "markets", number)
            add_door(self.graph, station, market, Door(row["share"], row["distance_km"]))

    def _stock(self) -> Stock:
        breadth, order_share = (
            {speed: self.settings[f"{name}_{speed}"] for speed in ("fast", "medium", "slow")}
            for name in ("breadth", "order_share")
        )
        centers = tuple(self.tables["stock"].columns["center"])
        return Stock(centers, breadth, self.settings["region_first"], order_share)

    def _sellers(self) -> Sellers:
        table = self.tables["sellers"]
        if not table.rows:
            return Sellers.none()
        for number in range(len(table.rows)):
            self._note(f"seller {number + 1}", "sellers", number)
        columns = {column.field: table.columns[column.name] for column in table.sheet.columns}
        market = {name: number for number, name in enumerate(load_markets().ids)}
        self._known_markets(table, market)
        used = set(columns["pickup"])
        stations = tuple(
            node
            for node, attributes in self.graph.nodes.items()
            if attributes["kind"] == "carrier station" or node in used
        )
        row_of = {station: number for number, station in enumerate(stations)}
        bits = {text: weekday_bits(text) for text in set(columns["working_days"])}
        bits |= {text: weekday_bits(text) for text in set(columns["pickup_days"])}
        grades = {grade: number for number, grade in enumerate(PACKAGING_GRADES)}
        return Sellers(
            market=np.array([market.get(name, 0) for name in columns["market"]], np.int32),
            pickup=np.array([row_of.get(name, 0) for name in columns["pickup"]], np.int32),
            stations=stations,
            volume=np.array(columns["volume"], np.float64),
            daily_capacity=np.array(columns["daily_capacity"], np.int32),
            working_days=np.array([bits[days] for days in columns["working_days"]], np.uint8),
            pickup_days=np.array([bits[days] for days in columns["pickup_days"]], np.uint8),
            opens_hour=np.array(columns["opens_hour"], np.uint8),
            cutoff_hour=np.array(columns["cutoff_hour"], np.uint8),
            handling_hours=np.array(columns["handling_hours"], np.float32),
            packaging=np.array([grades[grade] for grade in columns["packaging"]], np.uint8),
            handling_log_sd=self.settings["handling_log_sd"],
            burst_share=self.settings["burst_share"],
            burst_orders=self.settings["burst_orders"],
            burst_days=self.settings["burst_days"],
            holidays=self.settings["seller_holidays"],
        )

    def _known_markets(self, table: Table, known: Mapping[str, int]) -> None:
        for number, name in enumerate(table.columns["market"]):
            place = table.place(number, "market")
            if name not in known and not self.findings.explains(place):
                self.findings.add(place, name, "is not a market of the lower 48 states or DC",
                                  "Z and the first three figures of a ZIP")  # fmt: skip


def _fits(way: _Way, doubtful: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a way may be one of some that are known in part, '' where they are not."""
    return any(
        all(one in ("", word) for one, word in zip(ones, way, strict=True)) for ones in doubtful
    )


def resolve(
    table: Table, tables: Mapping[str, Table], findings: Findings
) -> list[tuple[Place, str]]:
    """Check that what a table refers to is listed where it must be.

    An unknown word becomes the known one that it is most like; rows that name a facility like no
    other are left out, and those that become a row that stands already or a lane to where it
    starts. Returns where a market was left out, and which.
    """
    lost: set[int] = set()
    changed: set[int] = set()
    for column in table.sheet.columns:
        if column.refers and not findings.lacks(SHEET[column.refers].columns[0], column.refers):
            gone, other = _resolved(table, column, tables[column.refers], findings)
            lost, changed = lost | gone, changed | other
    lost |= _become_others(table, changed - lost, lost)
    markets = table.columns["market"] if table.sheet.name == "markets" else []
    told = [(table.place(number), markets[number]) for number in sorted(lost) if markets]
    if lost:
        table.keep([number for number in range(len(table.rows)) if number not in lost])
    return told


def _become_others(table: Table, changed: set[int], lost: set[int]) -> set[int]:
    """Return changed rows that now name the same as another row, or a lane to where it starts."""
    if not changed or not table.sheet.key:
        return set()
    keys = list(zip(*(table.columns[name] for name in table.sheet.key), strict=True))
    seen = {key for number, key in enumerate(keys) if number not in changed | lost}
    gone = set()
    for number in sorted(changed):
        if keys[number] in seen or (
            "destination" in table.columns and len(set(keys[number][:2])) < 2
        ):
            gone.add(number)
        seen.add(keys[number])
    return gone


def _resolved(
    table: Table, column: Column, listed: Table, findings: Findings
) -> tuple[set[int], set[int]]:
    """Put a known word for each unknown one of a column; return the rows without one, and with."""
    first = listed.sheet.columns[0].name
    known = dict.fromkeys(name for name in listed.columns[first] if name)
    misspelt = {name for number, name in enumerate(listed.columns[first])
                if findings.explains(listed.place(number, first))}  # fmt: skip
    if column.refers == "calendars":
        known[EVERY_DAY] = None
    if table.sheet.name in ("lanes", "departures") and column.name == "origin":
        known[SELLERS] = None
    lost, changed = set(), set()
    values = table.columns[column.name]
    for number in [n for n, value in enumerate(values) if value not in known]:
        value, place = values[number], table.place(number, column.name)
        if value == "" and not column.needed:
            continue
        meant = nearest(value, known)
        if meant not in misspelt and not findings.explains(place):
            did_you = f"; did you mean '{meant}'?" if meant else ""
            findings.add(place, value, f"does not stand in sheet {column.refers}{did_you}",
                         _some(known))  # fmt: skip
        if meant is None and column.refers == "facilities":
            lost.add(number)
        else:
            values[number] = meant or next(iter(known), value)
            changed.add(number)
    return lost, changed


def _some(known: Iterable[str], most: int = 6) -> str:
    names = list(known)
    more = f", ... ({len(names):,} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + more
