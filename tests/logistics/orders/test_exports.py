"""Exports as people have them, read into parcels: the right parcels, days, places and goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from logistics.options import ParcelRule
from logistics.orders.exports import Export, read_export
from logistics.orders.order_files import read_order_rows
from logistics.orders.order_maps import OrderMap
from logistics.orders.order_rows import OrderRows
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from networks.geography import load_markets
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import InputError

MARKETS = load_markets()
GOODS = Demand().products
HEADING = "order_id,ordered_at,market,product"
OWN = {"order_id": "order_id", "ordered_at": "ordered_at", "market": "market", "product": "product"}


def saved(folder: Path, text: str, encoding: str = "utf-8", name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def export(folder: Path, text: str, **options: Any) -> Export:
    return read_export(saved(folder, text), GOODS, **options)


def mapped(folder: Path, text: str, strict: bool = False, **fields: Any) -> OrderRows:
    """What a map makes of a table: columns and rules as in its file."""
    columns = OWN | fields.pop("columns", {})
    order_map = OrderMap.model_validate({"columns": columns, **fields})
    return read_order_rows(saved(folder, text), GOODS, order_map, strict=strict)


def parcels(rows: OrderRows) -> list[str]:
    """Minute on the customer's clock, market and class of each parcel."""
    times = rows.local_times().astype("datetime64[m]").astype(str)
    return [
        f"{time} {MARKETS.ids[market]} {rows.goods[product].name}"
        for time, market, product in zip(times, rows.market, rows.product, strict=True)
    ]


def left_out(rows: OrderRows) -> Mapping[str, int]:
    assert not rows.faults, rows.faults
    return dict(rows.left_out)


def problems(rows: OrderRows) -> list[str]:
    return [f"{one.line} {one.field} {one.problem}" for one in rows.faults if one.line]


# --- as shops export them ------------------------------------------------------------------------

SHOPIFY = (
    "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem requires shipping,Shipping Street,Shipping Zip,Shipping Province,Shipping Country,"
    "Cancelled at\n"
    "#1001,paid,2023-09-18 09:30:10 -0400,1,Blue glass vase,18.00,true,"
    '"1 Main St\nApt 2",\'07030,NJ,US,\n'
    "#1001,,2023-09-18 09:30:10 -0400,2,Red toy ball,6.00,true,,,,,\n"
    "#1002,refunded,2023-09-18 11:02:10 -0400,1,Blue glass vase,18.00,true,2 Oak Ave,"
    "'98101-1234,WA,US,2023-09-18 12:00:00 -0400\n"
    "#1002,,2023-09-18 11:02:10 -0400,1,Red toy ball,6.00,true,,,,,\n"
    "#1003,paid,2023-09-19 08:00:00 -0400,1,Red toy ball,6.00,true,3 Elm Rd,M5V 3A8,ON,CA,\n"
    "#1004,paid,2023-09-19 21:15:33 -0400,1,Gift card,50.00,false,4 Pine Ln,78701,TX,US,\n"
    "#1005,paid,2023-09-20 06:45:00 -0400,1,Red toy ball,6.00,true,5 Ash Ct,98101,WA,US,\n"
)


def test_a_shopify_export_has_an_orders_cells_in_its_first_row_only(tmp_path: Path) -> None:
    found = export(tmp_path, SHOPIFY)
    assert found.rows.order_map.format == "shopify"
    assert parcels(found.rows) == ["2023-09-18T09:30 Z070 glassware", "2023-09-20T03:45 Z981 toy"]
    # both lines of #1002 are canceled, though only its first row says so
    assert left_out(found.rows) == {"canceled": 2, "in Canada": 1, "not shipped": 1}
    assert found.first_parcels()[0] == ("#1001", "2023-09-18 09:30", "Z070 Clifton, NJ",
                                        "glassware")  # fmt: skip
    assert [name for name, _ in found.unused] == ["Lineitem quantity", "Shipping Street"]
    lines = export(tmp_path, SHOPIFY, parcels=ParcelRule.LINE).rows
    assert parcels(lines)[:2] == [
        "2023-09-18T09:30 Z070 glassware", "2023-09-18T09:30 Z070 toy",
    ]  # fmt: skip
    assert len(lines) == 3


TIKTOK = (
    "Order ID,Order Status,SKU ID,Product Name,Created Time,Cancelled Time,State,Zipcode,"
    "Package ID\n"
    "Platform unique order ID.,Status.,SKU ID.,Name.,When it was created.,When canceled.,State.,"
    "Zipcode.,Number 1 of the package.\n"
    "576400000000000752\t,Completed,1\t,Hair brush,09/18/2023 2:05:33 PM\t,,Virginia,23220,"
    "1150000000000000001\t\n"
    "576400000000000753\t,Completed,2\t,Phone case,09/18/2023 2:07:01 PM\t,,Massachusetts,02139,"
    "1150000000000000002\t\n"
    "576400000000000753\t,Completed,3\t,Glass vase,09/18/2023 2:07:01 PM\t,,Massachusetts,02139,"
    "1150000000000000002\t\n"
    "576400000000000754\t,Canceled,1\t,Hair brush,09/18/2023 3:05:33 PM\t,,Texas,78701,\n"
)


def test_a_tiktok_export_has_a_row_of_explanations_and_packages(tmp_path: Path) -> None:
    """Its 18 digits are followed by a tab, so that no spreadsheet rounds them."""
    found = export(tmp_path, TIKTOK).rows
    assert (found.order_map.format, found.order_map.parcels) == ("tiktok-shop", "package")
    assert parcels(found) == [
        "2023-09-18T14:05 Z232 detangling hairbrush",
        "2023-09-18T14:07 Z021 glassware",
    ]
    assert left_out(found)["canceled"] == 1
    assert len(set(found.order_id.tolist())) == len(set(found.parcel_id.tolist())) == 2


AMAZON = (
    "amazon-order-id\tshipment-id\tpurchase-date\tsku\tproduct-name\titem-price\tship-state\t"
    "ship-postal-code\tship-country\n"
    '111-1\tD1\t2023-09-18T13:30:10+00:00\tA\tGlass vase 5" café\t18.00\tVA\t23220-1234\tUS\n'
    "111-1\tD2\t2023-09-18T13:30:10+00:00\tB\tToy\t6.00\tVA\t23220-1234\tUS\n"
    "111-2\tD3\t2023-09-19T03:30:00+00:00\tB\tToy\t6.00\tWA\t98101\tUS\n"
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_amazons_report_has_tabs_and_offsets_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = saved(tmp_path, AMAZON, encoding, "report.txt")
    found = read_export(path, GOODS).rows
    assert found.order_map.format == "amazon-fulfilled-shipments"
    assert parcels(found) == [
        "2023-09-18T09:30 Z232 glassware", "2023-09-18T09:30 Z232 toy",
        "2023-09-18T20:30 Z981 toy",
    ]  # fmt: skip
    assert found.articles["glassware"] == ['Glass vase 5" café']


def test_a_dataco_file_has_months_first_and_blank_zip_codes(tmp_path: Path) -> None:
    text = (
        "Order Id,order date (DateOrders),Order Zipcode,Product Name,Order Status\n"
        "9001,9/18/2023 22:56,,Smart watch,COMPLETE\n9002,9/19/2023 0:12,23220,Toy,PENDING\n"
        "9003,9/19/2023 0:20,2139,Toy,CANCELED\n9004,9/19/2023 0:20,2139,Toy,COMPLETE\n"
    )
    found = export(tmp_path, text).rows
    assert parcels(found) == ["2023-09-19T00:12 Z232 toy", "2023-09-19T00:20 Z021 toy"]
    assert left_out(found) == {"without a ZIP code": 1, "canceled": 1}


def test_seven_ways_to_write_half_past_nine(tmp_path: Path) -> None:
    times = [
        "2023-09-18 09:30:10 -0400", "2023-09-18 13:30:10 UTC", "2023-09-18 9:30",
        "2023/09/18 09:30", "9/18/23 9:30", '"9/18/2023, 9:30:10 AM"', "9/18/2023 9:30am",
        "2023-09-18 09:30 EDT",
    ]  # fmt: skip
    rows = "\n".join(f"{n},{time},23220,toy" for n, time in enumerate(times))
    found = read_order_rows(saved(tmp_path, f"{HEADING}\n{rows}\n"), GOODS)
    assert parcels(found) == ["2023-09-18T09:30 Z232 toy"] * 8


def test_dates_with_the_day_first_are_asked_about_once(tmp_path: Path) -> None:
    rows = "".join(f"{day},0{day}/09/2023 14:05,23220,toy\n" for day in range(5, 9))
    path = saved(tmp_path, f"{HEADING}\n{rows}")
    (fault,) = read_order_rows(path, GOODS).faults
    assert "no row of the column tells which" in fault.problem
    days = read_order_rows(path, GOODS, dates=DateOrder.DAY_FIRST).dates()
    assert days.tolist() == [date(2023, 9, day) for day in range(5, 9)]
    assert len(mapped(tmp_path, f"{HEADING}\n{rows}", dates="day-first")) == 4


def test_a_row_outside_the_lower_48_is_left_out_by_kind_and_po_boxes_stay(tmp_path: Path) -> None:
    zips = "23220", "96813", "99501", "00907", "09012", "33255", "84201", "M5V 3A8", "96910"
    text = "\n".join([HEADING, *(f"{n},2023-09-18 09:30,{one},toy" for n, one in enumerate(zips))])
    found = read_order_rows(saved(tmp_path, text), GOODS)
    assert [MARKETS.names[row] for row in found.market] == [
        "Richmond, VA", "Miami, FL", "Ogden, UT",
    ]  # fmt: skip
    assert left_out(found) == {
        "in Hawaii": 1, "in Alaska": 1, "in Puerto Rico": 1, "military mail": 1, "in Canada": 1,
        "in Guam or other Pacific islands": 1,
    }  # fmt: skip


PLAIN = f"{HEADING}\n1,2023-09-18 09:30,23220,toy\n2,2023-09-18 10:30,02139,toy\n"


@pytest.mark.parametrize("text", [
    PLAIN, PLAIN.replace(",", ";"), PLAIN.replace(",", "\t"), "sep=,\n" + PLAIN,
    "Orders of September,,,\n,,,\n" + PLAIN, PLAIN.replace("toy\n", "toy,\n"),
    PLAIN.replace(HEADING, "Order ID,Ordered At,MARKET,Product"), PLAIN + "\nTotal,,,2\n",
    PLAIN + ",,,\n", PLAIN + "2 record(s) downloaded,,,\n",
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_one_table_in_the_ways_that_programs_save_it(
    tmp_path: Path, text: str, encoding: str
) -> None:
    found = read_order_rows(saved(tmp_path, text, encoding), GOODS)
    assert not found.faults
    assert parcels(found) == ["2023-09-18T09:30 Z232 toy", "2023-09-18T10:30 Z021 toy"]


@pytest.mark.parametrize("column", ["order_id", "parcel_id"])
def test_ids_that_excel_rounded_are_told_as_such(tmp_path: Path, column: str) -> None:
    book = openpyxl.Workbook()
    heading = [*HEADING.split(","), "parcel_id"]
    book.worksheets[0].append(heading)
    cells = ("7", "2023-09-18 09:30", "23220", "toy", "1")
    row = dict(zip(heading, cells, strict=True)) | {column: 576400000000000750}
    for _ in range(2):
        book.worksheets[0].append(list(row.values()))
    book.save(tmp_path / "long.xlsx")
    found = read_order_rows(tmp_path / "long.xlsx", GOODS)
    told = [one for one in problems(found) if "rounded" in one]
    assert told == [f"{line} {column} was rounded by a spreadsheet" for line in (2, 3)]
    assert "format the column as Text" in found.faults[0].allowed


# --- what is left out -----------------------------------------------------------------------------

STATES = (
    "order_id,ordered_at,market,product,state,status,canceled,ships\n"
    "1,2023-09-18 09:30,23220,toy,VA,paid,,yes\n"
    "2,2023-09-18 09:30,23220,toy,VA,Void,,yes\n"
    "3,2023-09-18 09:30,23220,toy,VA,paid,2023-09-19,yes\n"
    "4,2023-09-18 09:30,23220,toy,VA,paid,,No\n"
    "5,2023-09-18 09:30,96813,toy,HI,paid,,yes\n"
    "6,2023-09-18 09:30,,toy,,paid,,yes\n"
    "7,soon,23220,toy,VA,paid,,yes\n"
)
COLUMNS = {"state": "state", "status": "status", "canceled_at": "canceled", "ships": "ships"}


def test_each_kind_is_left_out_and_counted_or_refused_by_name(tmp_path: Path) -> None:
    rules = {"columns": COLUMNS, "canceled": ["void"]}
    found = mapped(tmp_path, STATES, unreadable="leave out", **rules)
    assert left_out(found) == {
        "canceled": 2, "not shipped": 1, "in Hawaii": 1, "without a ZIP code": 1, "unreadable": 1,
    }  # fmt: skip
    assert found.order_id.tolist() == [1]
    path = tmp_path / "orders.csv"
    assert found.notes == (
        f"{path}: of 7 rows, 6 left out: 2 canceled, 1 not shipped, 1 in Hawaii,"
        " 1 without a ZIP code, 1 unreadable.",
    )
    refused_rows = mapped(tmp_path, STATES, **rules)
    assert problems(refused_rows) == ["8 ordered_at is not a date and time"]
    assert refused_rows.faults[-1].problem == "1 row of 7 cannot be used"
    assert "'unreadable: leave out' in the map" in refused_rows.faults[-1].allowed
    refused = [
        "3 status is canceled", "4 canceled is canceled",
        "5 ships is not shipped", "6 market is in Hawaii",
        "7 market is without a ZIP code",
        "8 ordered_at is not a date and time",
    ]  # fmt: skip
    for unreadable in ("refuse", "leave out"):
        strict = mapped(tmp_path, STATES, strict=True, unreadable=unreadable, **rules)
        assert problems(strict) == refused
        assert len(strict.faults) == 6, "a map that leaves rows out is no remedy"
        assert strict.order_id.tolist() == [1]


def test_a_strict_reader_tells_all_that_is_wrong_with_a_row(tmp_path: Path) -> None:
    text = f"{HEADING}\n1,2023-09-18 09:30,23220,toy\n2,soon,96813,toy\n"
    strict = read_order_rows(saved(tmp_path, text), GOODS, strict=True)
    assert problems(strict) == [
        "3 market is in Hawaii",
        "3 ordered_at is not a date and time",
    ]


def test_a_file_of_which_nothing_is_left_is_refused_in_words(tmp_path: Path) -> None:
    text = f"{HEADING}\n1,2023-09-18 09:30,96813,toy\n2,2023-09-18 09:30,99501,toy\n"
    with pytest.raises(InputError, match=r"no orders are left: 1 in (Hawaii|Alaska), 1 in"):
        read_order_rows(saved(tmp_path, text), GOODS)


def test_an_order_of_which_one_line_was_canceled_keeps_the_other(tmp_path: Path) -> None:
    text = (
        "order_id,ordered_at,market,product,status\n1,2023-09-18 09:30,23220,glassware,canceled\n"
        "1,2023-09-18 09:30,23220,toy,shipped\n2,2023-09-18 09:30,23220,toy,shipped\n"
    )
    found = mapped(tmp_path, text, columns={"status": "status"}, canceled=["canceled"])
    assert parcels(found) == ["2023-09-18T09:30 Z232 toy"] * 2
    assert left_out(found) == {"canceled": 1}


def test_a_row_that_sums_up_its_order_is_no_article(tmp_path: Path) -> None:
    """eBay's report has the address there, and the articles below it."""
    text = (
        f"{HEADING}\n1,2023-09-18 09:30,98101,\n1,2023-09-18 09:30,,toy\n"
        "1,2023-09-18 09:30,,glassware\n2,2023-09-18 10:30,23220,toy\n3,2023-09-18 10:30,02139,\n"
    )
    found = mapped(tmp_path, text, parcels="line")
    assert parcels(found) == [
        "2023-09-18T09:30 Z981 toy", "2023-09-18T09:30 Z981 glassware",
        "2023-09-18T10:30 Z232 toy", "2023-09-18T10:30 Z021 other",
    ]  # fmt: skip
    assert left_out(found) == {"with order totals only": 1}


# --- parcels --------------------------------------------------------------------------------------

BOXES = (
    "order_id,ordered_at,market,product,box\n"
    "A,2023-09-18 09:30,23220,clothing,1\nA,2023-09-18 09:30,23220,glassware,1\n"
    "A,2023-09-18 09:30,23220,toy,2\nB,2023-09-18 10:30,02139,toy,1\n"
)


@pytest.mark.parametrize(("rule", "goods"), [
    ("order", ["glassware", "toy"]),
    ("line", ["clothing", "glassware", "toy", "toy"]),
    ("package", ["glassware", "toy", "toy"]),
])  # fmt: skip
def test_what_travels_in_a_parcel_is_as_fragile_as_its_most_fragile_article(
    tmp_path: Path, rule: str, goods: list[str]
) -> None:
    found = mapped(tmp_path, BOXES, columns={"parcel_id": "box"}, parcels=rule)
    assert [found.goods[row].name for row in found.product] == goods
    assert len(set(found.parcel_id.tolist())) == len(goods)
    assert len(set(found.order_id.tolist())) == 2


def test_rows_that_are_parcels_of_their_own_must_not_repeat(tmp_path: Path) -> None:
    found = mapped(tmp_path, BOXES, columns={"parcel_id": "box"}, parcels="row")
    assert problems(found) == ["3 box appears in more than one row"]


def test_two_orders_in_one_package_are_one_parcel(tmp_path: Path) -> None:
    text = BOXES.replace(",1\n", ",1Z999\n").replace(",2\n", ",1Z998\n").replace("02139", "23220")
    found = mapped(tmp_path, text, columns={"parcel_id": "box"}, parcels="package")
    assert [found.goods[row].name for row in found.product] == ["glassware", "toy"]


# --- clocks ---------------------------------------------------------------------------------------


def test_a_shops_clock_is_not_the_customers(tmp_path: Path) -> None:
    text = (
        f"{HEADING}\n1,2023-09-18 23:30,23220,toy\n2,2023-09-18 23:30,98101,toy\n"
        "3,2023-09-18T23:30Z,98101,toy\n"
    )
    assert parcels(mapped(tmp_path, text, time_zone="America/Los_Angeles")) == [
        "2023-09-19T02:30 Z232 toy", "2023-09-18T23:30 Z981 toy", "2023-09-18T16:30 Z981 toy",
    ]  # fmt: skip


@pytest.mark.parametrize(("written", "read"), [
    ("2023-11-05 01:30", "2023-11-05T01:30"),  # the first of the two: still daylight time
    ("2023-11-05 00:30", "2023-11-05T00:30"),
    ("2023-03-12 02:30", "2023-03-12T03:00"),  # this hour is left out
])  # fmt: skip
def test_the_hours_of_a_shop_that_come_twice_or_never(
    tmp_path: Path, written: str, read: str
) -> None:
    found = mapped(
        tmp_path, f"{HEADING}\n1,{written},23220,toy\n", time_zone="America/New_York"
    )  # fmt: skip
    assert parcels(found) == [f"{read} Z232 toy"]
    if written == "2023-11-05 01:30":
        assert str(found.placed.time[0]).startswith("2023-11-05T05:30")


def test_dates_alone_stay_dates_whatever_the_shops_clock(tmp_path: Path) -> None:
    rows = "".join(f"{n},9/{18 + n % 2}/2023,98101,toy\n" for n in range(400))
    zones = tuple(sorted(set(MARKETS.time_zones)))
    period = Period(date(2023, 9, 18), 0, 2, 0, 0, 1000, zones)
    demand = Demand()
    found = mapped(tmp_path, f"{HEADING}\n{rows}", time_zone="America/New_York")
    orders = found.orders(demand, period)
    assert np.bincount(orders.day).tolist() == [200, 200]
    # the same moments in any run and company, spread as the scenario's hours say
    few = mapped(tmp_path, f"{HEADING}\n0,9/18/2023,98101,toy\n1,9/19/2023,98101,toy\n")
    ticks = dict(zip(orders.order_id.tolist(), orders.tick.tolist(), strict=True))
    again = few.orders(demand, period)
    assert {one: ticks[one] for one in (0, 1)} == dict(
        zip(again.order_id.tolist(), again.tick.tolist(), strict=True)
    )
    zone = np.full(400, period.zone_number("America/Los_Angeles"))
    hours = (orders.tick - period.midnight(zone, orders.day)) // 3600
    share = sum(demand.hours[:12]) / sum(demand.hours)
    assert abs((hours < 12).mean() - share) < 0.08


# --- products -------------------------------------------------------------------------------------


def test_other_is_added_only_where_an_article_needs_it(tmp_path: Path) -> None:
    text = f"{HEADING}\n1,2023-09-18 09:30,23220,Red toy ball\n"
    plain = mapped(tmp_path, text, products={"toy": {"words": ["toy"]}})
    assert plain.goods == tuple(GOODS)
    found = mapped(tmp_path, text, products={"toy": {"titles": ["Blue ball"]}})
    assert [one.name for one in found.goods] == [*(one.name for one in GOODS), "other"]
    other = found.goods[-1]
    assert (other.share, parcels(found)) == (0, ["2023-09-18T09:30 Z232 other"])
    for name in ("weight", "price", "fragility"):
        mean = sum(one.share * getattr(one, name) for one in GOODS)
        assert getattr(other, name) == pytest.approx(mean, rel=0.01)


def test_a_scenario_with_its_own_other_keeps_it(tmp_path: Path) -> None:
    own = [*GOODS[:-1], GOODS[-1].model_copy(update={"name": "other"})]
    order_map = OrderMap.model_validate({"columns": OWN, "products": {"toy": {"words": ["toy"]}}})
    path = saved(tmp_path, f"{HEADING}\n1,2023-09-18 09:30,23220,Mystery\n")
    found = read_order_rows(path, own, order_map)
    assert found.goods == tuple(own)
    assert found.goods[found.product[0]] is own[-1]


def test_facts_are_those_of_the_parcels(tmp_path: Path) -> None:
    found = export(tmp_path, SHOPIFY).rows
    assert found.facts() == {
        "format": "shopify", "rows": 7, "orders": 2, "parcels": 2, "first_day": "2023-09-18",
        "last_day": "2023-09-20",
        "left_out": {"canceled": 2, "in Canada": 1, "not shipped": 1},
    }  # fmt: skip
    assert len(replace(found)) == 2
