"""A network in files comes back as it was; everything wrong with files is told at once."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from networks.files import (
    EXAMPLES,
    is_network,
    read_network,
    write_graphml,
    write_network,
    write_template,
)
from networks.files.fault_log import MOST_IN_A_COLUMN
from networks.inputs.faults import InputError
from networks.origins import Origins
from networks.schema import Network
from networks.sheets import SETTINGS, SHEETS
from networks.validation import check

SMALL_SELLER = EXAMPLES["small-seller"]
Edits = Mapping[str, tuple[tuple[str, str], ...]]
"""By sheet: texts and what stands there instead."""


def same(first: Network, second: Network) -> None:
    """Assert that two networks are equal, in every attribute and its type."""

    def typed(attributes: Mapping[str, Any]) -> dict[str, tuple[type, Any]]:
        return {name: (type(value), value) for name, value in attributes.items()}

    def graph(network: Network) -> tuple[dict[str, Any], dict[Any, Any]]:
        nodes = {node: typed(attributes) for node, attributes in network.graph.nodes.items()}
        return nodes, {edge: typed(data) for edge, data in network.graph.edges.items()}

    assert graph(first) == graph(second)
    for name in ("name", "calendars", "volumes", "packaging", "all_sellers", "notes"):
        assert getattr(first, name) == getattr(second, name), name
    assert first.origins.stock == second.origins.stock
    for name, value in vars(first.origins.sellers).items():
        other = getattr(second.origins.sellers, name)
        if isinstance(value, np.ndarray):
            assert value.dtype == other.dtype, name
            assert np.array_equal(value, other), name
        else:
            assert (type(value), value) == (type(other), other), name


def fewer_sellers(network: Network, count: int) -> Network:
    sellers = network.origins.sellers
    sample = replace(network.origins, sellers=sellers.sized(count) if len(sellers) else sellers)
    return replace(network, origins=sample)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Edits], Path]:
    """The small seller's folder with some texts replaced."""

    def change(edits: Edits) -> Path:
        folder = tmp_path / "mine"
        shutil.copytree(SMALL_SELLER, folder)
        for sheet, pairs in edits.items():
            file = folder / f"{sheet}.csv"
            text = file.read_text("utf-8")
            for old, new in pairs:
                assert old in text, old
                text = text.replace(old, new, 1)
            file.write_text(text, "utf-8")
        return folder

    return change


def told(path: Path) -> list[str]:
    """Return the faults of a network's files, without the folder they lie in."""
    with pytest.raises(InputError) as error:
        read_network(path)
    return [str(fault).replace(f"{path}/", "") for fault in error.value.faults]


# There and back ----------------------------------------------------------------------------------


BUILT_IN = ("amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_network_comes_back(
    built: dict[str, Network], tmp_path: Path, name: str
) -> None:
    comes_back(fewer_sellers(built[name], 300), tmp_path / "out", name)


@pytest.mark.parametrize("name", BUILT_IN)
def test_one_of_the_same_kind_with_few_places_comes_back_from_a_workbook(
    few_places: dict[str, Network], tmp_path: Path, name: str
) -> None:
    network = fewer_sellers(few_places[name], 100)
    assert len(network.facilities()) < 50
    comes_back(network, tmp_path / "out.xlsx", name)


def comes_back(network: Network, path: Path, name: str) -> None:
    write_network(network, path, based_on=name)
    assert is_network(path)
    back = read_network(path)
    same(network, back.network)
    assert (back.based_on, back.warnings) == (name, ())


@pytest.mark.slow
def test_all_43_000_sellers_come_back(built: dict[str, Network], tmp_path: Path) -> None:
    network = built["tiktok-seller-direct"]
    assert len(network.origins.sellers) > 42_000
    write_network(network, tmp_path / "out.xlsx")
    same(network, read_network(tmp_path / "out.xlsx").network)


def test_awkward_numbers_and_texts_come_back(tmp_path: Path) -> None:
    given = read_network(SMALL_SELLER).network
    third = 0.1 + 0.2  # needs 17 figures
    given.graph.edges["WH-LA", "ST-CHI", "linehaul"]["distance_km"] = third
    notes = ("=1+1", "@home", "-5 is cold", 'say "so", twice', "ends; here", "two\nlines", "Ärger")
    sellers = replace(given.origins.sellers, volume=np.array([third]))
    volumes = {"sellers": third, "carrier": 1e9 / 3}
    network = replace(given, notes=notes, volumes=volumes, origins=Origins(sellers=sellers))
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        write_network(network, path)
        same(network, read_network(path).network)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    network = read_network(SMALL_SELLER).network
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        write_network(network, path)
        with pytest.raises(FileExistsError, match="already exists"):
            write_network(network, path)
        with pytest.raises(FileExistsError, match="already exists"):
            write_template(path)


def test_graphml_comes_back_in_networkx(tmp_path: Path) -> None:
    network = read_network(SMALL_SELLER).network
    write_graphml(network, tmp_path / "network.graphml")
    graph = nx.read_graphml(tmp_path / "network.graphml", force_multigraph=True)
    assert dict(graph.nodes.items()) == dict(network.graph.nodes.items())
    assert dict(graph.edges.items()) == dict(network.graph.edges.items())


def test_a_template_is_a_network_without_anything(tmp_path: Path) -> None:
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        write_template(path)
        with pytest.raises(InputError) as error:
            read_network(path)
        assert {fault.problem for fault in error.value.faults} == {
            "(name) is empty" if path.suffix else "has no row with the name of the network",
            "needs stock or sellers",
        }


def test_the_worked_example() -> None:
    """It is whole, and nothing in it is scaled: the owners' parcels are the seller's own."""
    network = read_network(SMALL_SELLER).network
    check(network, ("Z900", "Z606", "Z100"))
    assert set(network.volumes.values()) == {float(network.origins.sellers.volume.sum())}
    chicago = network.lanes()["WH-LA > ST-CHI by linehaul"][2]
    assert chicago.doors_close_minutes == 30, "a loading cutoff of 22:30 before a 23:00 departure"
    told_in_readme = (SMALL_SELLER / "README.md").read_text("utf-8")
    for sheet in SHEETS:
        if (SMALL_SELLER / f"{sheet.name}.csv").is_file():
            assert f"| {sheet.name} |" in told_in_readme


# Repairs -----------------------------------------------------------------------------------------


def test_zips_that_a_spreadsheet_shortened(changed: Callable[[Edits], Path]) -> None:
    path = changed({"markets": (("Z606", "60601"), ("Z100", "10001.0"))})
    read = read_network(path)
    assert sorted(market for _, market, _ in read.network.doors()) == ["Z100", "Z606", "Z900"]
    assert read.warnings == (
        f"{path}/markets.csv: market: 2 values were read as markets, such as '60601' as Z606"
        " (rows 3, 4)",
    )


def test_headings_blanks_and_european_files(changed: Callable[[Edits], Path]) -> None:
    """Case, blank rows, a byte order mark and semicolons make no difference."""
    path = changed(
        {"shifts": (("facility,starts", " Facility ,STARTS"), ("\nST-LA", "\n\n,,,\nST-LA"))}
    )
    for name in ("lanes", "owners"):
        text = (path / f"{name}.csv").read_text("utf-8").replace(",", ";")
        (path / f"{name}.csv").write_text("\ufeff" + text.replace("\n", "\r\n"), "utf-8")
    same(read_network(path).network, read_network(SMALL_SELLER).network)


def test_places_take_the_coordinates_of_their_market(changed: Callable[[Edits], Path]) -> None:
    path = changed({"facilities": (("41.87,-87.65,America/Chicago", ",,"),)})
    station = read_network(path).network.facilities()["ST-CHI"]
    assert (station.latitude, station.longitude) == (41.8675, -87.6705)
    assert station.time_zone == "America/Chicago"


# Faults ------------------------------------------------------------------------------------------


def test_ten_faults_are_told_in_one_go(changed: Callable[[Edits], Path]) -> None:
    """Each with file, row and column; none hides another, and none is told twice."""
    path = changed({
        "owners": (("carrier,24", "carrier,0"),),
        "calendars": (("pickup,Mon-Fri", "pickup,Monty"),),
        "facilities": (("hub_sorter_touches", "hub_sorter_touch"), ("41.87", '"41,87"')),
        "shifts": (("03:00,09:00,1", "03:00,09:00,one"),),
        "lanes": (
            ("ST-CHI,linehaul,carrier,linehaul,40", "ST-CHX,linehaul,carrier,linehaul,-40"),
            ("22:30\nWH-LA,ST-NYC", "23:30\nWH-LA,ST-NYC"),
            ("0.1,15,", "0.1,15,19:00"),
        ),
        "departures": (("WH-LA,ST-NYC,linehaul,23:00,1\n", ""),),
        "rounds": (("09:30", "=A1"),),
        "markets": (("Z606,ST-CHI,1", "Z606,ST-CHI,0.9"), ("Z100,", "Z213,")),
    })  # fmt: skip
    problems = [line.split(" (allowed")[0] for line in told(path)]
    assert problems == [
        "owners.csv:3: design_parcels_per_day = 0: is too small",
        "calendars.csv:2: weekdays = 'Monty': names no weekdays",
        "facilities.csv:1: hub_sorter_touch: is not a known column; did you mean"
        " 'hub_sorter_touches'?",
        "facilities.csv:4: latitude = '41,87': has a comma: write 1500 for thousands, 0.5"
        " with a decimal point",
        "shifts.csv:3: workers = 'one': is not a number",
        "lanes.csv:3: loading_cutoff = '19:00': is given besides doors_close_minutes",
        "lanes.csv:4: capacity_parcels = -40: is too small",
        "lanes.csv:4: destination = 'ST-CHX': is not in sheet facilities; did you mean 'ST-CHI'?",
        "lanes.csv:4: loading_cutoff = '23:30': lies after the last departure, 23:00",
        "lanes.csv:5: WH-LA > ST-NYC by linehaul: a lane needs at least one departure",
        "rounds.csv:2: leaves = '=A1': is a formula; paste its value",
        "markets.csv:3: share = 0.9: the stations' shares must sum to 1",
        "markets.csv:4: market = 'Z213': is not a market of the lower 48 states or DC",
    ]


@pytest.mark.parametrize(("edits", "line"), [
    ({"facilities": (("ST-NYC,delivery", "ST-LA,delivery"),)},
     "facilities.csv:5: facility = 'ST-LA': is a duplicate of row 3: facility ST-LA"),
    ({"facilities": (("ST-NYC,delivery station", "ST NYC,delivery station"),)},
     "facilities.csv:5: facility = 'ST NYC': is not an id"),
    ({"departures": (("23:30,1", "20:00,1"),)},
     "departures.csv:4: origin = 'WH-LA': is a duplicate of row 3: origin WH-LA,"),
    ({"departures": (("WH-LA,ST-NYC,linehaul", "WH-LA,ST-NYC,air"),)},
     "departures.csv:6: origin = 'WH-LA > ST-NYC by air': is no lane of sheet lanes"),
    ({"rounds": (("ST-CHI,09:30,delivery,60,8\n", ""),)},
     "facilities.csv:4: ST-CHI: serves Z606 with no round"),
    ({"lanes": (("pickup,carrier,pickup,0", "pickup,carrier,pickup,9"),)},
     "lanes.csv:2: capacity_parcels = 9: must be 0: a pickup takes all"),
    ({"lanes": (("pickup,0,21,1.5,0.1,,", "pickup,0,21,1.5,0.1,15,"),)},
     "lanes.csv:2: doors_close_minutes = 15.0: must be 0: a pickup takes all"),
    ({"lanes": (("pickup,0,21,1.5,0.1,,", "pickup,0,21,1.5,0.1,,16:00"),)},
     "lanes.csv:2: loading_cutoff = 30.0: must be 0: a pickup takes all"),
    ({"lanes": (("40,4490,72.9", "40,4490,0.001"),)},
     "lanes.csv:5: transit_hours = 0.001: is 4,490,000 km/h over 4,490 km, faster than any truck"
     " (allowed: 33 to 1138 h)"),
    ({"lanes": (("40,8,0.5", "40,8,900"),)},
     "lanes.csv:3: transit_hours = 900: is longer than 8 km on foot plus ten days of waiting"),
    ({"lanes": (("linehaul,40,8,", "linehaul,1000000001,8,"),)},
     "lanes.csv:3: capacity_parcels = 1000000001: is too large"),
    ({"lanes": (("sellers,WH-LA,pickup,carrier,pickup,0,21,1.5,0.1,,\n", ""),),
      "departures": (("sellers,WH-LA,pickup,16:30,1\n", ""),)},
     "facilities.csv:2: WH-LA: collects from sellers but has no pickup lane"),
    ({"lanes": (("WH-LA,ST-NYC,linehaul,carrier,linehaul,40,4490,72.9,0.1,,22:30\n", ""),),
      "departures": (("WH-LA,ST-NYC,linehaul,23:00,1\n", ""),)},
     "facilities.csv:2: WH-LA: no lanes lead to 1 delivery stations, such as ST-NYC"),
    ({"owners": (("sellers,24\n", ""),)},
     "owners.csv: a network with sellers needs a design volume of 'sellers'"),
    ({"lanes": (("linehaul,carrier,linehaul,40,8", "round,carrier,linehaul,40,8"),)},
     "lanes.csv:3: mode = 'round': is no lane: delivery routes are in sheet `rounds`"),
    ({"facilities": (("ST-NYC,delivery", "Z606,delivery"),)},
     "facilities.csv:5: facility = 'Z606': cannot be the id of a facility"),
    ({"facilities": (("America/New_York", "New York"),)},
     "facilities.csv:5: time_zone = 'New York': is not a time zone"),
    ({"settings": (("name,small-seller\n", ""),)},
     "settings.csv: has no row with the name of the network"),
    ({"settings": (("handling_log_sd,0.5", "handling_log_sd,lots"),)},
     "settings.csv:4: value = 'lots': (handling_log_sd) is not a number"),
    ({"settings": (("handling_log_sd", "handling_sd"),)},
     "settings.csv:4: name = 'handling_sd': is not one of the words known here"),
    ({"settings": (("scenario,tiktok-seller-direct", "name,again"),)},
     "settings.csv:3: name = 'name': is a duplicate of row 2"),
    ({"sellers": (("Z902", "Z213"),)},
     "sellers.csv:2: market = 'Z213': is not a market of the lower 48 states or DC"),
    ({"sellers": (("good", "great"),)},
     "sellers.csv:2: packaging = 'great': is not one of the words known here"),
    ({"facilities": (("41.87", "41,87"),)},
     "facilities.csv:4: has cells beyond the last heading, P"),
    ({"sellers": (("Z902,WH-LA,24,80,Mon-Fri,Mon-Fri,09:00,14:00,4,good\n", ""),)},
     "stock.csv: needs stock or sellers (allowed: fill in sheet stock, sheet sellers or both)"),
    ({"markets": (("Z606,ST-CHI,1", "Z606,ST-CHI,0.5"),)},
     "markets.csv:3: share = 0.5: the stations' shares must sum to 1 (allowed: shares that"),
    ({"facilities": (("America/New_York", "New York"),)},
     "facilities.csv:5: time_zone = 'New York': is not a time zone such as 'America/Chicago'"
     " (allowed: an IANA name such as America/Chicago"),
    ({"lanes": (("WH-LA,ST-LA,linehaul", "WH-LA,WH-LA,linehaul"),),
      "departures": (("WH-LA,ST-LA,linehaul", "WH-LA,WH-LA,linehaul"),
                     ("WH-LA,ST-LA,linehaul", "WH-LA,WH-LA,linehaul"))},
     "lanes.csv:3: destination = 'WH-LA': is where the lane starts, too (allowed: another"),
    ({"departures": (("20:00", "24:00"),)},
     "departures.csv:3: leaves = '24:00': is not from 00:00 to 23:59"),
    ({"sellers": (("Mon-Fri,09", "Sat-Sun,09"),)},
     "sellers.csv:2: pickup_days = 'Sat Sun': has no day on which the pickup lane to WH-LA"
     " runs (allowed: at least one of Mon Tue Wed Thu Fri)"),
    ({"sellers": (("09:00,14:00", "14:00,14:00"),)},
     "sellers.csv:2: cutoff = '14:00': is not after opens, 14:00"),
    ({"owners": (("sellers,24", "sellers,25"),)},
     "owners.csv:2: design_parcels_per_day = 25: is not what orders_per_day in sheet sellers"
     " sums to, 24 (allowed: 24)"),
    ({"settings": (("scenario,", "all_sellers,10\nscenario,"),),
      "owners": (("sellers,24", "sellers,20"),)},
     "owners.csv:2: design_parcels_per_day = 20: is not what orders_per_day in sheet sellers"
     " sums to, 24, times all_sellers / rows: 240 (allowed: about 240, as sellers are a sample)"),
])  # fmt: skip
def test_one_fault(changed: Callable[[Edits], Path], edits: Edits, line: str) -> None:
    path = changed(edits)
    lines = told(path)
    assert any(one.replace(str(path.parent) + "/", "").startswith(line) for one in lines), lines


@pytest.mark.parametrize(("edits", "slips"), [
    ({"lanes": (("WH-LA,ST-CHI", "WH-LA,Chicago"),)}, 1),
    ({"lanes": (("WH-LA,ST-CHI", "WH-LA,ST-CHX"),)}, 1),
    ({"lanes": (("WH-LA,ST-CHI", "WH-LA,ST-NYC"),)}, 1),
    ({"lanes": (("WH-LA,ST-CHI,linehaul", "WH-LA,ST-CHI,round"),)}, 1),
    ({"lanes": (("sellers,WH-LA", "sellers,Depot"),)}, 1),
    ({"departures": (("WH-LA,ST-CHI", "WH-LA,Chicago"),)}, 1),
    ({"rounds": (("ST-CHI", "Chicago"),)}, 1),
    ({"markets": (("Z606,ST-CHI,1,5", "Z606,Chicago,0.5,5\nZ606,ST-LA,0.5,9"),)}, 1),
    ({"facilities": (("ST-CHI,", "Lakeside,"),)}, 5),
    ({"facilities": (("ST-CHI,", "Q,"), ("ST-NYC,", "X,"))}, 10),
    ({"facilities": (("WH-LA,", "Depot,"),)}, 11),
    ({"sellers": (("24,80", "many,80"),)}, 1),
])  # fmt: skip
def test_a_slip_is_told_once(changed: Callable[[Edits], Path], edits: Edits, slips: int) -> None:
    """A fault for each row that names what is not there, and none for what follows from it."""
    lines = told(changed(edits))
    assert len(lines) == slips, lines
    assert not any("is no lane of" in line or "no lanes lead" in line for line in lines)


def test_a_slip_does_not_hide_another(changed: Callable[[Edits], Path]) -> None:
    """A departure that fits no misspelt lane is told beside it."""
    lines = told(changed({
        "lanes": (("WH-LA,ST-CHI", "WH-LA,Chicago"),),
        "departures": (("sellers,WH-LA,pickup,16:30,1", "sellers,WH-LA,pickup,16:30,1\n"
                        "sellers,ST-LA,pickup,16:30,1"),),
    }))  # fmt: skip
    assert [":".join(line.split(":")[:2]) for line in lines] == ["lanes.csv:4", "departures.csv:3"]


@pytest.mark.parametrize(("leaves", "cutoff", "minutes"), [
    (("23:00",), "22:30", 30), (("23:00",), "23:00", 0), (("00:30",), "24:00", 30),
    (("00:30",), "23:45", 45), (("20:00", "01:30"), "01:15", 15), (("20:00", "01:30"), "19:30", 30),
    (("18:00", "20:30"), "20:00", 30), (("23:00",), "17:00", 360),
])  # fmt: skip
def test_a_loading_cutoff_is_before_the_next_departure(
    changed: Callable[[Edits], Path], leaves: tuple[str, ...], cutoff: str, minutes: float
) -> None:
    rows = "\n".join(f"WH-LA,ST-CHI,linehaul,{time},1" for time in leaves)
    path = changed({
        "lanes": (("22:30\nWH-LA,ST-NYC", f"{cutoff}\nWH-LA,ST-NYC"),),
        "departures": (("WH-LA,ST-CHI,linehaul,23:00,1", rows),),
    })  # fmt: skip
    lane = read_network(path).network.lanes()["WH-LA > ST-CHI by linehaul"][2]
    assert lane.doors_close_minutes == minutes


@pytest.mark.parametrize(("cutoff", "problem"), [
    ("23:01", "lies after the last departure, 23:00"),
    ("16:59", "lies over 6 hours before the next departure, 23:00"),
])  # fmt: skip
def test_a_loading_cutoff_that_no_departure_follows(
    changed: Callable[[Edits], Path], cutoff: str, problem: str
) -> None:
    path = changed({"lanes": (("22:30\nWH-LA,ST-NYC", f"{cutoff}\nWH-LA,ST-NYC"),)})
    assert told(path) == [
        f"lanes.csv:4: loading_cutoff = '{cutoff}': {problem} (allowed: up to 23:00, at most 6"
        " hours before it; or use doors_close_minutes)"
    ]


def test_a_station_that_serves_no_market(changed: Callable[[Edits], Path]) -> None:
    path = changed({"markets": (("Z100,ST-NYC", "Z100,ST-CHI"),)})
    assert read_network(path).warnings == (
        f"{path}/rounds.csv: station: 1 delivery stations with a round serve no market, such as"
        " ST-NYC (rows 4)",
    )


def test_no_shift_can_meet_the_cutoff(changed: Callable[[Edits], Path]) -> None:
    """A warehouse that takes orders until nine at night, and on Sundays, when nobody works."""
    gate = "dwell_minutes,gate_calendar,gate_opens,gate_cutoff"
    path = changed({
        "calendars": (("delivery,Mon-Sat,ups", "delivery,Mon-Sat,ups\nalways,daily,none"),),
        "facilities": (
            ("dwell_minutes", gate),
            ("20,0,15,0,1,2", "20,0,15,always,06:00,21:00,0,1,2"),
            *[("20,0,20,1,0,2", "20,0,20,,,,1,0,2")] * 3,
        ),
        "shifts": (("17:00,01:00", "06:00,18:00"),),
    })  # fmt: skip
    assert told(path) == [
        "facilities.csv:2: gate_cutoff = '21:00': lies after the end of the day's last shift,"
        " 18:00 (allowed: a cutoff up to that time, 24:00, or a later shift)",
        "facilities.csv:2: gate_calendar = 'always': releases orders on days without a shift:"
        " Sun (allowed: a calendar within that of the shifts, 'linehaul')",
    ]


def test_a_market_that_must_be_served(changed: Callable[[Edits], Path]) -> None:
    with pytest.raises(InputError, match="Z021: no delivery station serves this market"):
        read_network(SMALL_SELLER, markets=("Z021", "Z900"))


def test_sheets_that_are_missing_unknown_or_damaged(changed: Callable[[Edits], Path]) -> None:
    path = changed({})
    (path / "lanes.csv").rename(path / "lane.csv")
    (path / "rounds.csv").write_bytes(b"station,leaves\n\x00")
    (path / "owners.csv").write_bytes("owner\nÄ".encode("utf-16"))
    (path / "shifts.csv").write_bytes(b"facility,starts\nWH-LA,\xff\n")
    (path / "markets.csv").write_text('market,station\n"Z900,ST-LA\n')
    (path / "stock.csv").mkdir()
    lines = [line.split(" (allowed")[0] for line in told(path)]
    assert lines == [
        "lane.csv: is not a known sheet; did you mean 'lanes.csv'?",
        "owners.csv: is written in UTF-16",
        "shifts.csv:2: has a character that is not UTF-8",
        "lanes.csv: this sheet is missing",
        "rounds.csv:2: has a NUL byte: it is damaged, or no text",
        "markets.csv:2: cannot be read as CSV: unexpected end of data",
        "stock.csv: is a folder, not a file",
    ]


def test_a_column_full_of_faults_is_told_in_brief(changed: Callable[[Edits], Path]) -> None:
    seller = "Z902,WH-LA,24,80,Mon-Fri,Mon-Fri,09:00,14:00,4,good\n"
    wrong = seller.replace("24", "many") * 5000
    lines = told(changed({"sellers": ((seller, wrong),)}))
    assert len(lines) == MOST_IN_A_COLUMN + 1
    assert any("4,900 more cells of this column have a fault" in line for line in lines)


@pytest.mark.parametrize(("sheet", "row", "wrong"), [
    ("sellers", "Z902,WH-LA,24", "Z902,Depot,24"),
    ("sellers", "Z902,WH-LA,24", "Z213,WH-LA,24"),
    ("sellers", "Mon-Fri,09:00", "Sun,09:00"),
])  # fmt: skip
def test_the_same_fault_in_very_many_rows_is_told_in_brief(
    changed: Callable[[Edits], Path], sheet: str, row: str, wrong: str
) -> None:
    """Of what refers to nothing, of markets, and of rules: as of cells."""
    path = changed({"owners": (("sellers,24", "sellers,12000"),)})
    file = path / f"{sheet}.csv"
    heading, line = file.read_text("utf-8").replace(row, wrong).splitlines()
    file.write_text("\n".join([heading, *[line] * 500]), "utf-8")
    lines = told(path)
    assert len(lines) == MOST_IN_A_COLUMN + 1
    assert any("400 more cells of this column have a fault" in one for one in lines)


def test_a_path_that_is_no_network(tmp_path: Path) -> None:
    (tmp_path / "lanes.csv").write_text("origin\n")
    assert not is_network(tmp_path)
    assert not is_network(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="there is no such file or folder"):
        read_network(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="is one file of several"):
        read_network(tmp_path / "lanes.csv")


@pytest.mark.slow
def test_any_cell_may_hold_anything(tmp_path: Path) -> None:
    """Whatever stands in a cell, the network is read or its faults are told."""
    odd = ("", "=1+1", "-1", "nan", "1e308", "Z999", "sellers", "9" * 20, "a\nb", "round", "24:00")
    for file in sorted(SMALL_SELLER.glob("*.csv")):
        with open(file, encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        for place in [(row, n) for row, cells in enumerate(rows) for n in range(len(cells))]:
            cell = odd[sum(place) % len(odd)]
            shutil.copytree(SMALL_SELLER, tmp_path, dirs_exist_ok=True)
            changed = [list(cells) for cells in rows]
            changed[place[0]][place[1]] = cell
            with open(tmp_path / file.name, "w", encoding="utf-8", newline="") as text:
                csv.writer(text).writerows(changed)
            with contextlib.suppress(InputError):
                assert read_network(tmp_path).network.facilities(), (file.name, place, cell)


# The page of the columns -------------------------------------------------------------------------


def test_the_reference_of_network_files_is_current() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "network-files.md"
    spec = importlib.util.spec_from_file_location(
        "make_network_reference", page.parents[1] / "make_network_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    told = page.read_text("utf-8")
    assert told == maker.page(), "run  python -m docs.make_network_reference"
    for sheet in SHEETS:
        assert all(f"| `{column.name}` |" in told for column in sheet.columns[2:])


def test_every_column_explains_itself() -> None:
    for sheet in SHEETS:
        assert sheet.about.endswith(".")
        for column in (*sheet.columns, *SETTINGS):
            assert column.comment.endswith("."), column
            column.read(column.example)
            if column.default not in (None, ""):
                column.read(column.default)
