"""The vocabulary of networks: texts that read back, graphs of plain values, samples."""

from __future__ import annotations

import io
from dataclasses import fields

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.cells import clock
from networks.origins import Origins, Sellers
from networks.scaling import at_scale, not_resolved, scaled
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
    lane_id,
)
from networks.timetables import (
    Departure,
    Shift,
    minute_of,
    parse_departures,
    parse_shifts,
    weekday_bits,
    write_departures,
    write_shifts,
)

DAY = 24 * 60


def hub(**more: object) -> Facility:
    given = {"kind": "hub", "owner": "us", "market": "Z232", "latitude": 37.5, "longitude": -77.4}
    return Facility(time_zone="America/New_York", **(given | more))


def truck(**more: object) -> Lane:
    given = {"departs": "20:00", "calendar": "every day", "capacity": 10, "transit_hours": 2.0}
    return Lane(owner="us", distance_km=100.0, **(given | more))


def one_street(**scale: float) -> Network:
    """A hub, a truck to a station, and a street of doors; sellers hand over at the hub."""
    graph = nx.MultiDiGraph()
    add_facility(graph, "STATION", hub(kind="delivery station", wave_times="10:00",
                                       round_capacity=400, round_hours=8.0))  # fmt: skip
    add_facility(graph, "HUB", hub(shifts="08:00-16:00 100; 16:00-24:00 20"))
    graph.add_node(SELLERS, kind=SELLERS)
    add_market(graph, "Z232", population=1000)
    add_lane(graph, "HUB", "STATION", "truck", truck(departs="20:00x3 04:00"))
    add_lane(graph, SELLERS, "HUB", PICKUP, truck(capacity=0))
    add_door(graph, "STATION", "Z232", Door(1.0, 5.0))
    volumes = {"us": 1000.0, SELLERS: 50.0}
    network = Network("street", graph, {"every day": Calendar()}, volumes)
    return network if not scale else Network(
        "street", graph, {"every day": Calendar()}, volumes, scale=scale
    )  # fmt: skip


# Texts -------------------------------------------------------------------------------------------


def test_shifts_are_read_in_minutes_of_the_day() -> None:
    assert parse_shifts("08:00-16:00 12; 22:00-06:30 5") == (
        Shift(480, 960, 12), Shift(1320, DAY + 390, 5),
    )  # fmt: skip
    assert parse_shifts("00:00-24:00 3") == (Shift(0, DAY, 3),)
    assert parse_shifts("16:00-00:00 3") == (Shift(960, DAY, 3),)
    assert parse_shifts("07:00-07:00 1") == (Shift(420, DAY + 420, 1),), "round the clock"
    assert parse_shifts("") == parse_shifts(" ; ") == ()


@pytest.mark.parametrize("text", [
    "8:00-16:00 12", "08:00-16:00", "08:00 - 16:00 12", "08:00-16:00 -1", "08:00-16:00 1.5",
    "25:00-26:00 3", "08:61-16:00 1", "08:00-24:01 1", "24:00-08:00 1", "all day",
])  # fmt: skip
def test_shifts_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"shift '{text}' is not of the form '08:00-16:00 12'"):
        parse_shifts(f"08:00-16:00 12; {text}")


shifts = st.builds(
    lambda start, length, workers: Shift(start, start + length, workers),
    st.integers(0, DAY - 1), st.integers(1, DAY), st.integers(0, 10_000),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(shifts, max_size=4).map(tuple))
def test_shifts_read_back_as_written(some: tuple[Shift, ...]) -> None:
    assert parse_shifts(write_shifts(some)) == some


def test_departures_are_read_in_time_order() -> None:
    at_four, at_eight = Departure(240), Departure(1200)
    assert parse_departures("22:30x3 04:00 20:00") == (at_four, at_eight, Departure(1350, 3))
    assert parse_departures("04:00 04:00x2") == (at_four, Departure(240, 2))
    assert parse_departures("18:00-20:00x2 04:00") == (at_four, Departure(1200, 2, 1080))
    assert parse_departures("") == ()


def test_in_a_window_full_vehicles_may_leave_every_quarter_hour_and_all_at_its_end() -> None:
    (one,) = parse_departures("18:00-18:40")
    assert list(one.instants()) == [(1080, True), (1095, True), (1110, True), (1120, False)]
    (other,) = parse_departures("18:00")
    assert list(other.instants()) == [(1080, False)]


@pytest.mark.parametrize("text", ["20:00-18:00", "18:00-18:00x2"])
def test_a_window_ends_after_it_begins(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}' does not end after it begins, on the same day"):
        parse_departures(text)


@pytest.mark.parametrize(
    "text", ["24:00", "7:00", "07:60", "07:00x", "07:00x-1", "noon", "25:00-26:00", "-07:00"]
)
def test_departures_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"departure '{text}' is not of the form"):
        parse_departures(f"20:00 {text}")


@st.composite
def departures(draw: st.DrawFn) -> Departure:
    minute = draw(st.integers(0, DAY - 1))
    early = draw(st.none() | st.integers(0, minute - 1)) if minute else None
    return Departure(minute, draw(st.integers(1, 99)), early)


@settings(deadline=None)
@given(st.lists(departures(), max_size=6))
def test_departures_read_back_as_written(some: list[Departure]) -> None:
    in_order = sorted(some, key=lambda one: (one.minute, one.vehicles))
    assert parse_departures(write_departures(some)) == tuple(in_order)


def test_departures_without_vehicles_are_not_written() -> None:
    assert write_departures((Departure(1200, 0), Departure(60, 2))) == "01:00x2"


def test_clock_texts_and_weekday_bits() -> None:
    assert [clock(minute) for minute in (0, 61, 1439, DAY)] == ["00:00", "01:01", "23:59", "24:00"]
    assert [minute_of(clock(minute)) for minute in range(DAY)] == list(range(DAY))
    assert minute_of("24:00") == DAY
    assert weekday_bits("daily") == 127
    assert weekday_bits("Mon Wed Fri") == 0b0010101


# Graphs ------------------------------------------------------------------------------------------


def test_what_goes_into_the_graph_comes_out_sorted() -> None:
    street = one_street()
    assert list(street.facilities()) == ["HUB", "STATION"], "markets and sellers are none"
    assert street.facilities()["HUB"] == hub(shifts="08:00-16:00 100; 16:00-24:00 20")
    ids = [lane_id("HUB", "STATION", "truck"), lane_id(SELLERS, "HUB", PICKUP)]
    assert list(street.lanes()) == ids == sorted(ids), "a door is no lane"
    assert street.lanes()[ids[1]] == (SELLERS, "HUB", truck(capacity=0))
    assert list(street.doors()) == [("STATION", "Z232", Door(1.0, 5.0))]


def test_attributes_are_plain_values_that_graphml_keeps() -> None:
    graph = one_street().graph
    file = io.BytesIO()
    nx.write_graphml(graph, file)
    file.seek(0)
    again = nx.read_graphml(file, force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(*ends, str(data)) for *ends, data in again.edges(keys=True, data=True)} == {
        (*ends, str(data)) for *ends, data in graph.edges(keys=True, data=True)
    }


# Samples -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "scale", "size"), [
    (30, 0.1, 3), (1500, 0.001, 2), (1, 1e-6, 1), (0, 0.5, 0), (100, 1.0, 100), (7, 3.0, 21),
    (10, 1 / 3, 4), (3, 1 / 3, 1), (1_000_000_007, 0.1, 100_000_001), (300, 0.7, 210),
])  # fmt: skip
def test_a_number_at_scale_is_rounded_up_from_its_exact_value(
    number: int, scale: float, size: int
) -> None:
    assert at_scale(number, scale) == size


@settings(deadline=None)
@given(number=st.integers(0, 10**6), parts=st.integers(1, 1000), of=st.integers(1, 1000))
def test_a_number_at_a_scale_that_is_a_fraction_is_exact(number: int, parts: int, of: int) -> None:
    assert at_scale(number, parts / of) == -(-number * parts // of)


def sellers(count: int) -> Sellers:
    row = np.arange(count)
    columns = {f.name: row for f in fields(Sellers) if "NDArray" in str(f.type)}
    others = {f.name: 1 for f in fields(Sellers) if f.name not in columns}
    return Sellers(**{**others, **columns, "stations": ("HUB",)})


def test_a_sample_scales_owners_and_samples_sellers_whole() -> None:
    street = Network(**{**vars(one_street()), "origins": Origins(sellers=sellers(10))})
    assert street.scale["anybody"] == 1.0, "full size unless sampled"
    tenth = scaled(street, 5.0)
    assert dict(tenth.scale) == {"us": 0.005, SELLERS: 0.1}
    assert tenth.origins.sellers.volume.tolist() == [0]
    assert len(scaled(street, 0.01).origins.sellers) == 1, "never without a seller"
    double = scaled(street, 100.0).origins.sellers
    assert double.volume.tolist() == [*range(10), *range(10)], "the table again, each whole"
    assert double.stations == ("HUB",)
    assert len(street.origins.sellers) == 10, "nothing is written into the input"
    assert tenth.graph is street.graph


def test_what_is_too_coarse_is_named() -> None:
    assert not_resolved(one_street()) == (), "full size is as coarse as it really is"
    assert not_resolved(one_street(us=0.3)) == (
        "hub workers: 1 of 2 below 30",
        "truck departures: 2 of 2 below 30",
    )
    assert not_resolved(one_street(us=0.05)) == (
        "delivery station routes: 1 of 1 below 30",
        "hub workers: 2 of 2 below 30",
        "truck departures: 2 of 2 below 30",
    ), "a lane without a limit is always resolved"
