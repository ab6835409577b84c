"""The demand that all networks share: made up as the scenario says, or read from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats

from logistics.orders.order_files import read_order_rows, read_orders
from logistics.orders.orders import Orders, generate_orders
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from logistics.streams import Streams
from networks.geography import load_markets
from networks.inputs.faults import InputError

MARKETS = load_markets()
ZONES = tuple(sorted(set(MARKETS.time_zones)))
TINY = 1e-4
"""What chance alone gives once in ten thousand tries; the seeds are fixed."""

TWO_GOODS = Demand.model_validate(
    {
        "products": [
            {"name": "comb", "share": 0.75, "weight": "0.1 kg", "price": 5.0, "fragility": 1.0,
             "movement": "fast"},
            {"name": "cup", "share": 0.25, "weight": "0.3 kg", "price": 9.0, "fragility": 4.0,
             "movement": "slow"},
        ],
    }
)  # fmt: skip
"""Three combs for one cup."""


def days_of(
    first: str = "2023-09-18",
    warm_up: int = 0,
    days: int = 7,
    later: int = 0,
    tick_ms: int = 10,
) -> Period:
    return Period(date.fromisoformat(first), warm_up, days, later, later, tick_ms, ZONES)


def generated(period: Period, orders_per_day: int = 20_000, seed: int = 1, **demand: Any) -> Orders:
    rule = TWO_GOODS.model_copy(update={"orders_per_day": orders_per_day, **demand})
    return generate_orders(rule, period, Streams(seed))


# Generated orders --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def week() -> tuple[Orders, Period]:
    """A Monday to Sunday with 20,000 orders on a mean day."""
    period = days_of()
    return generated(period), period


def test_a_weekday_has_its_share_of_a_mean_days_orders(week: tuple[Orders, Period]) -> None:
    orders, _ = week
    mean = sum(TWO_GOODS.weekday) / 7
    expected = [round(20_000 * factor / mean) for factor in TWO_GOODS.weekday]
    assert np.bincount(orders.day).tolist() == expected
    # Weekdays go by the date: a period that starts on Thursday begins with Thursday's orders.
    thursday = generated(days_of("2023-09-21", days=1), 1000)
    assert len(thursday) == round(1000 * TWO_GOODS.weekday[3] / mean)


def test_hours_markets_and_products_have_their_shares(week: tuple[Orders, Period]) -> None:
    orders, period = week
    expected = np.array(TWO_GOODS.hours) / np.sum(TWO_GOODS.hours) * len(orders)
    found = np.bincount(local_hours(orders, period), minlength=24)
    assert stats.chisquare(found, expected).pvalue > TINY
    in_market = np.bincount(orders.market, minlength=len(MARKETS))
    expected = MARKETS.share * len(orders)
    assert stats.chisquare(in_market[expected > 5], _rescaled(expected, in_market)).pvalue > TINY
    combs = int((orders.product == 0).sum())
    assert stats.binomtest(combs, len(orders), 0.75).pvalue > TINY


def _rescaled(expected: np.ndarray, found: np.ndarray) -> np.ndarray:
    large = expected > 5
    return expected[large] * (found[large].sum() / expected[large].sum())


def local_hours(orders: Orders, period: Period) -> np.ndarray:
    """The hour on the customer's clock; on days whose clock does not change."""
    zone = np.array([period.zone_number(zone) for zone in MARKETS.time_zones])[orders.market]
    since_midnight = orders.tick - period.midnight(zone, orders.day)
    return since_midnight * period.tick_ms // 3_600_000


def test_what_where_and_when_have_nothing_to_do_with_each_other(
    week: tuple[Orders, Period],
) -> None:
    orders, period = week
    late = local_hours(orders, period) >= 18
    east = np.array([zone == "America/New_York" for zone in MARKETS.time_zones])[orders.market]
    for one, other in ((orders.product, late), (orders.product, east), (late, east)):
        table = np.bincount(2 * one.astype(int) + other, minlength=4).reshape(2, 2)
        assert stats.chi2_contingency(table).pvalue > TINY


def test_no_orders_at_hours_and_on_weekdays_without_weight() -> None:
    hours = [0.0] * 8 + [1.0] * 4 + [0.0] * 12
    period = days_of(days=7)
    orders = generated(period, 1000, hours=hours, weekday=[0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    assert np.bincount(orders.day, minlength=7).tolist() == [0, 3500, 0, 3500, 0, 0, 0]
    assert set(local_hours(orders, period).tolist()) == {8, 9, 10, 11}


def test_orders_are_sorted_by_instant_and_id_and_lie_in_the_period(
    week: tuple[Orders, Period],
) -> None:
    coarse = days_of(tick_ms=60_000)
    for orders, period in (week, (generated(coarse), coarse)):
        keys = list(zip(orders.tick.tolist(), orders.order_id.tolist(), strict=True))
        assert all(one < other for one, other in pairwise(keys))
        assert orders.tick.min() >= 0
        assert orders.tick.max() < period.horizon
        zone = np.array([period.zone_number(zone) for zone in MARKETS.time_zones])[orders.market]
        assert (period.local_days(zone, orders.tick) == orders.day).all()
    assert len(np.unique(orders.order_id)) == len(orders) == len(np.unique(orders.parcel_id))


def as_placed(orders: Orders, period: Period, day: date) -> set[tuple[Any, ...]]:
    """Everything about the orders of one date, with times as times."""
    rows = orders.day == (day - period.first_date).days
    columns = (
        orders.order_id, orders.parcel_id, orders.market, orders.product,
        period.times(orders.tick).astype(np.int64),
    )  # fmt: skip
    return set(zip(*(column[rows].tolist() for column in columns), strict=True))


@pytest.mark.parametrize("day", ["2023-09-20", "2023-11-05", "2023-03-12"])
def test_a_dates_orders_do_not_depend_on_warm_up_and_later_days(day: str) -> None:
    alone, amid = days_of(day, days=1), days_of(day, warm_up=9, days=2, later=4)
    orders = generated(alone, 3000)
    assert as_placed(orders, alone, date.fromisoformat(day)) == as_placed(
        generated(amid, 3000), amid, date.fromisoformat(day)
    )
    assert len(orders) > 2500


@pytest.mark.parametrize(("days", "tick_ms"), [(39, 1), (480, 10)])
def test_the_longest_runs_are_sorted_too(days: int, tick_ms: int) -> None:
    period = days_of(days=days, tick_ms=tick_ms)
    orders = generated(period, 50)
    assert (np.diff(orders.tick) >= 0).all()
    zone = np.array([period.zone_number(zone) for zone in MARKETS.time_zones])[orders.market]
    assert (period.local_days(zone, orders.tick) == orders.day).all()


def test_a_larger_sample_has_the_smaller_ones_orders_and_another_seed_has_others() -> None:
    period = days_of(days=1)
    day = period.first_date
    small, large = (as_placed(generated(period, n), period, day) for n in (1000, 3000))
    assert small < large
    other = as_placed(generated(period, 1000, seed=2), period, day)
    assert len(small & other) < 10


def test_orders_around_a_clock_change_are_placed_at_times_that_exist() -> None:
    only_at_two = [0.0, 0.0, 1.0, *[0.0] * 21]
    for day, gap in (("2023-03-12", 1), ("2023-11-05", 1)):
        period = days_of(day, days=1, tick_ms=1000)
        orders = generated(period, 500, hours=only_at_two)
        for time, market in zip(period.times(orders.tick), orders.market, strict=True):
            utc = datetime.fromisoformat(str(time) + "+00:00")
            local = utc.astimezone(ZoneInfo(MARKETS.time_zones[market]))
            jumps = day == "2023-03-12" and MARKETS.time_zones[market] != "America/Phoenix"
            assert local.hour == (3 if jumps else 2), (local, gap)
            assert local.date().isoformat() == day


# Orders from a file ------------------------------------------------------------------------------


PERIOD = days_of(warm_up=1, days=3, later=1, tick_ms=1000)
COLUMNS = ("order_id", "ordered_at", "market", "product")
ALBUM_TO_RICHMOND = ("7", "2023-09-18 14:05", "23220", "cup")
COMB_TO_SEATTLE = ("8", "2023-09-18 11:05", "98101", "comb")


def csv_of(folder: Path, *rows: Sequence[str], columns: Sequence[str] = COLUMNS) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join(",".join(row) for row in (columns, *rows)) + "\n", encoding="utf-8")
    return path


def read_rows(
    folder: Path, *rows: Sequence[str], columns: Sequence[str] = COLUMNS
) -> list[dict[str, Any]]:
    """Read orders and tell them by name, in their order."""
    return told(read_orders(csv_of(folder, *rows, columns=columns), TWO_GOODS, PERIOD))


def told(orders: Orders) -> list[dict[str, Any]]:
    return [
        {
            "order": order, "parcel": parcel, "utc": str(time), "day": day,
            "market": MARKETS.ids[market], "product": TWO_GOODS.products[product].name,
        }
        for order, parcel, time, day, market, product in zip(
            orders.order_id.tolist(), orders.parcel_id.tolist(), PERIOD.times(orders.tick),
            orders.day.tolist(), orders.market, orders.product, strict=True,
        )
    ]  # fmt: skip


def refusal(table: Path | pd.DataFrame, strict: bool = False) -> list[str]:
    """The lines of the error with which orders are refused, without the file's folder."""
    with pytest.raises(InputError) as caught:
        read_order_rows(table, TWO_GOODS.products, strict=strict).orders(TWO_GOODS, PERIOD)
    folder = str(table.parent) + "/" if isinstance(table, Path) else ""
    return str(caught.value).replace(folder, "").splitlines()


def test_two_orders_of_a_file(tmp_path: Path) -> None:
    assert read_rows(tmp_path, COMB_TO_SEATTLE, ALBUM_TO_RICHMOND) == [
        {"order": 7, "parcel": 701, "utc": "2023-09-18T18:05:00.000", "day": 1, "market": "Z232",
         "product": "cup"},
        {"order": 8, "parcel": 801, "utc": "2023-09-18T18:05:00.000", "day": 1, "market": "Z981",
         "product": "comb"},
    ]  # fmt: skip


def test_parquet_and_tables_read_as_csv_does(tmp_path: Path) -> None:
    rows = read_rows(tmp_path, ALBUM_TO_RICHMOND, COMB_TO_SEATTLE)
    typed = pd.DataFrame(
        {
            "order_id": [7, 8],
            "ordered_at": pd.to_datetime(["2023-09-18 14:05", "2023-09-18 11:05"]),
            "market": pd.Categorical(["23220", "98101"]),
            "product": ["cup", "comb"],
        }
    )
    typed.to_parquet(tmp_path / "orders.parquet")
    assert told(read_orders(tmp_path / "orders.parquet", TWO_GOODS, PERIOD)) == rows
    assert told(read_orders(typed, TWO_GOODS, PERIOD)) == rows
    numbers = typed.assign(market=[23220, 98101])
    assert told(read_orders(numbers, TWO_GOODS, PERIOD)) == rows
    assert told(read_orders(numbers.assign(market=[23220.0, 98101.0]), TWO_GOODS, PERIOD)) == (rows)


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [(str(n), f"2023-09-{17 + n % 5} 0{n % 9}:30", "606", "comb") for n in range(40)]
    shuffled = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    assert read_rows(tmp_path, *rows) == read_rows(tmp_path, *shuffled)


@pytest.mark.parametrize("written", [
    "2023-09-18 14:05", "2023-09-18T14:05", "2023-09-18 14:05:00", "2023-09-18T14:05:00.000",
    "2023-09-18T18:05Z", "2023-09-18 14:05-04:00", "2023-09-18T14:05-0400", "2023-09-18 14:05-04",
    "2023-09-18 23:35+05:30", "20230918T1405", "20230918T1405-0400", " 2023-09-18 14:05 ",
])  # fmt: skip
def test_spellings_of_one_instant_local_or_with_an_offset(tmp_path: Path, written: str) -> None:
    (row,) = read_rows(tmp_path, ("7", written, "23220", "cup"))
    assert (row["utc"], row["day"]) == ("2023-09-18T18:05:00.000", 1)


def test_the_day_is_the_customers_whatever_the_offset(tmp_path: Path) -> None:
    late = ("7", "2023-09-19T03:30Z", "98101", "comb")  # 20:30 of the day before in Seattle
    assert [row["day"] for row in read_rows(tmp_path, late)] == [1]
    zoned = pd.DataFrame([late], columns=COLUMNS).assign(
        ordered_at=pd.to_datetime(["2023-09-18 23:30"]).tz_localize("America/New_York")
    )
    assert read_orders(zoned, TWO_GOODS, PERIOD).day.tolist() == [1]


def test_local_times_that_do_not_exist_or_come_twice(tmp_path: Path) -> None:
    spring = days_of("2023-03-12", days=1, tick_ms=1000)
    autumn = days_of("2023-11-05", days=1, tick_ms=1000)
    for period, written, utc in (
        (spring, "2023-03-12 02:30", "2023-03-12T07:00"),
        (autumn, "2023-11-05 01:30", "2023-11-05T05:30"),
        (autumn, "2023-11-05 01:30-05:00", "2023-11-05T06:30"),
    ):
        path = csv_of(tmp_path, ("7", written, "23220", "cup"))
        orders = read_orders(path, TWO_GOODS, period)
        assert str(period.times(orders.tick)[0]) == f"{utc}:00.000"


@pytest.mark.parametrize(("written", "market"), [
    ("02139", "Z021"), ("2139", "Z021"), ("021", "Z021"), ("21", "Z021"), ("Z021", "Z021"),
    ("02139-1234", "Z021"), ("2139-1234", "Z021"), ("021391234", "Z021"), ("21391234", "Z021"),
    ("2139.0", "Z021"), ("23220", "Z232"), (" 232 ", "Z232"), ("5401", "Z054"),
])  # fmt: skip
def test_zip_codes_that_a_spreadsheet_shortened(tmp_path: Path, written: str, market: str) -> None:
    assert [
        r["market"] for r in read_rows(tmp_path, ("7", "2023-09-18 14:05", written, "cup"))
    ] == [market]


def test_every_kind_of_fault_at_once_with_its_row(tmp_path: Path) -> None:
    path = csv_of(
        tmp_path,
        ("1", "2023-09-18 14:05", "23220", "cup"),
        ("2", "2023-09-18 14:05", "99501", "cup"),  # Anchorage: left out
        ("3", "2023-09-18 14:05", "51999", "saucer"),
        ("4", "32/09/2023 14:05", "23220", "cup"),
        ("5", "2023-09-22 00:00", "23220", "cup"),
        ("6", "2023-09-16 23:59", "23220", "cup"),
        ("", "2023-09-18 14:05", "23220", "cup"),
        ("1", "2023-09-19 10:00", "98101", "comb"),
    )
    zips = "(allowed: a ZIP code or ZIP3 of the lower 48 states)"
    days = "(allowed: 2023-09-17 to 2023-09-21, warm-up and later days included; or --history FILE)"
    assert refusal(path) == [
        "orders.csv:4: market = 51999: is in no market: there are no ZIP codes that begin with 519"
        f" {zips}",
        "orders.csv:4: product = saucer: is not a product of the scenario (allowed: comb, cup,"
        " other; or, for titles of articles, --map own)",
        "orders.csv:5: ordered_at = 32/09/2023 14:05: is not a date and time "
        "(allowed: 2023-09-18 14:05)",
        "orders.csv:8: order_id: is empty (allowed: a whole number or a text)",
        "orders.csv:9: order_id = 1: appears in more than one row "
        "(allowed: one row per parcel; name the boxes in parcel_id)",
        f"orders.csv:6: ordered_at = 2023-09-22 00:00: is outside the days of the run {days}",
        f"orders.csv:7: ordered_at = 2023-09-16 23:59: is outside the days of the run {days}",
    ]


def test_the_first_and_last_minute_of_the_period_are_inside(tmp_path: Path) -> None:
    rows = read_rows(
        tmp_path,
        ("1", "2023-09-17 00:00", "23220", "cup"),
        ("2", "2023-09-17 00:00", "98101", "cup"),
        ("3", "2023-09-21 23:59:59", "23220", "cup"),
        ("4", "2023-09-21 23:59:59", "98101", "cup"),
    )
    assert [row["day"] for row in rows] == [0, 0, 4, 4]
    far = [("1", f"{year}-01-01 10:00", "23220", "cup") for year in ("0001", "1969", "9999")]
    for row in far:
        assert len(refusal(csv_of(tmp_path, row))) == 1


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    rows = [(str(n), "2023-09-18 14:05", "99999", "cup") for n in range(1025)]
    lines = refusal(csv_of(tmp_path, *rows), strict=True)
    assert len(lines) == 21
    assert lines[-1].startswith("orders.csv: market: 1,005 more rows: is in Alaska")
    assert refusal(csv_of(tmp_path, *rows)) == ["orders.csv: no orders are left: 1,025 in Alaska"]


def test_what_is_missing_in_a_table_is_a_fault_not_a_name() -> None:
    table = pd.DataFrame([ALBUM_TO_RICHMOND, COMB_TO_SEATTLE], columns=COLUMNS).astype(object)
    for column in COLUMNS:
        for nothing in (None, np.nan, pd.NA, "", "  "):
            holed = table.copy()
            holed.loc[1, column] = nothing
            (line,) = refusal(holed, strict=True)
            assert line.startswith(f"orders:3: {column}: is ")
    dates = pd.DataFrame([ALBUM_TO_RICHMOND], columns=COLUMNS).assign(ordered_at=[pd.NaT])
    assert refusal(dates)[0].startswith("orders:2: ordered_at: is not a date")


def test_files_that_are_no_orders(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == ["none.csv: there is no such file"]
    assert refusal(csv_of(tmp_path))[0].startswith("orders.csv: there are no orders")
    lines = refusal(csv_of(tmp_path, ("1", "232"), columns=("order_id", "market")))
    assert lines == [
        "orders.csv: columns missing: ordered_at, product; it has order_id, market (allowed:"
        " order_id, ordered_at, market, product, or a map of its columns:"
        "  logistics orders read orders.csv)"
    ]
    for name, content in (("a.parquet", b"no"), ("b.csv", b"order_id\n\xff\n")):
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name)[0].startswith(f"{name}: ")
    (tmp_path / "a.csv").write_bytes(b"")
    assert refusal(tmp_path / "a.csv") == ["a.csv: the file is empty"]


def test_a_file_that_excel_saved_as_utf_8(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ALBUM_TO_RICHMOND)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_orders(path, TWO_GOODS, PERIOD)) == 1


def test_an_order_in_several_boxes_is_one_order_of_several_parcels(tmp_path: Path) -> None:
    columns = (*COLUMNS, "parcel_id")
    boxes = [(*ALBUM_TO_RICHMOND, "70"), (*ALBUM_TO_RICHMOND, "71"), (*COMB_TO_SEATTLE, "80")]
    rows = read_rows(tmp_path, *boxes, columns=columns)
    assert [(row["order"], row["parcel"]) for row in rows] == [(7, 70), (7, 71), (8, 80)]
    path = csv_of(tmp_path, boxes[0], boxes[0], (*COMB_TO_SEATTLE, ""), columns=columns)
    assert [line.split(" (")[0] for line in refusal(path)] == [
        "orders.csv:3: parcel_id = 70: appears in more than one row",
        "orders.csv:4: parcel_id: is empty",
    ]


def test_ids_may_be_text_and_name_the_same_luck_in_any_company(tmp_path: Path) -> None:
    text = ("US-2023/0007", *ALBUM_TO_RICHMOND[1:])
    alone = read_rows(tmp_path, text)[0]
    both = read_rows(tmp_path, text, COMB_TO_SEATTLE)
    assert alone in both, "another row does not change an order's id"
    assert {row["order"] for row in both} >= {8}, "nor does a text change a number"
    many = read_rows(tmp_path, *((f"A{n}", *ALBUM_TO_RICHMOND[1:]) for n in range(500)))
    assert len({row["order"] for row in many}) == 500
    assert all(0 < row["order"] < 2**55 and row["parcel"] > 0 for row in many)
    long_number = read_rows(tmp_path, ("9" * 30, *ALBUM_TO_RICHMOND[1:]))
    assert 0 < long_number[0]["parcel"] < 2**63


def test_ids_with_leading_zeros_are_ids_of_their_own(tmp_path: Path) -> None:
    rest = ALBUM_TO_RICHMOND[1:]
    rows = read_rows(tmp_path, ("7", *rest), ("007", *rest), ("0", *rest))
    assert len({row["order"] for row in rows}) == len({row["parcel"] for row in rows}) == 3
    assert {0, 7} < {row["order"] for row in rows}


@pytest.mark.parametrize("written", ["nan", "-inf", "NULL", "None", "<NA>", "a\x07b"])
def test_what_programs_write_for_nothing_is_no_id(tmp_path: Path, written: str) -> None:
    (line,) = refusal(csv_of(tmp_path, (written, *ALBUM_TO_RICHMOND[1:])))
    assert "is not an id (allowed: a whole number or a text)" in line


@pytest.mark.parametrize("value", [True, 7.5, float("inf"), date(2023, 9, 18)])
def test_an_id_in_a_table_is_a_whole_number_or_a_text(value: object) -> None:
    table = pd.DataFrame([ALBUM_TO_RICHMOND], columns=COLUMNS)
    for column in ([value], pd.Series([value], dtype=object)):
        (line,) = refusal(table.assign(order_id=column))
        assert "is not an id" in line
    assert told(read_orders(table.assign(order_id=[7.0]), TWO_GOODS, PERIOD))[0]["order"] == 7


@pytest.mark.parametrize("written", [
    "2023-09", "2023", "169504590", "2023-09-18 14", "2023-09-18 24:00",
    "2023-09-18 14:05 IST", "2023-09-18 14:05+99:99", "２０２３-09-18 14:05", "2023-W38-1 14:05",
])  # fmt: skip
def test_what_is_no_date_and_no_time_is_refused(tmp_path: Path, written: str) -> None:
    (line,) = refusal(csv_of(tmp_path, ("7", written, "23220", "cup")))
    assert line.startswith(f"orders.csv:2: ordered_at = {written}: is not a date and time")


@pytest.mark.parametrize("written", ["23220-1", "23220-abcd", "232201", "2322012", "²³²",
                                     "٢٣٢", "-232", "232.5", "1e3", "z23"])  # fmt: skip
def test_what_only_begins_like_a_zip_code_is_refused(tmp_path: Path, written: str) -> None:
    (line,) = refusal(csv_of(tmp_path, ("7", "2023-09-18 14:05", written, "cup")))
    assert line.startswith(f"orders.csv:2: market = {written}: is not a market")


def test_lines_are_those_of_the_file_whatever_stands_between(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "\n\norder_id, ordered_at,market,product,remark\n"
        '1,2023-09-18 14:05,23220,cup,"two\nlines"\n\n,,,,\n'
        "2,2023-09-18 14:05,51999,cup,\n"
        '"3\n",2023-09-18 14:05,51999,cup,\n'
        "4,2023-09-18 14:05,51999,cup,\n"
    )
    assert [line.split(" = ")[0] for line in refusal(path)] == [
        "orders.csv:8: market", "orders.csv:9: market", "orders.csv:11: market",
    ]  # fmt: skip


def test_columns_that_are_nearly_right_or_stand_twice(tmp_path: Path) -> None:
    rows = (*ALBUM_TO_RICHMOND, "1")
    (near,) = read_rows(tmp_path, rows, columns=("Order ID", *COLUMNS[1:], "Parcel-Id"))
    assert (near["order"], near["parcel"]) == (7, 1)
    twice = refusal(csv_of(tmp_path, rows, columns=(*COLUMNS, "Market")))
    assert twice == [
        "columns.market = 'market': 2 columns of orders.csv are called that",
        "orders.csv: its columns are order_id, ordered_at, market, product, Market",
    ]


def test_a_row_with_more_cells_than_the_heading_is_told_with_its_line(tmp_path: Path) -> None:
    (line,) = refusal(csv_of(tmp_path, ALBUM_TO_RICHMOND, (*COMB_TO_SEATTLE, "x")))
    assert line.startswith("orders.csv:3: has more cells than the heading (allowed: up to 4 cells")
    all_longer = csv_of(tmp_path, (*ALBUM_TO_RICHMOND, ""), (*COMB_TO_SEATTLE, ""))
    assert len(read_orders(all_longer, TWO_GOODS, PERIOD)) == 2, "a comma at the end of each row"


# Workbooks ---------------------------------------------------------------------------------------


def workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return path


HEADING = ("order_id", "ordered_at", "market", "product")


def test_a_workbook_of_orders_is_read_as_its_csv_file_would_be(tmp_path: Path) -> None:
    """Excel's own dates, ZIP codes it took for numbers, blank rows and columns between."""
    book = workbook(
        tmp_path / "orders.xlsx",
        [
            (*HEADING, None, "note"),
            (7, datetime(2023, 9, 18, 14, 5), 2139, "comb", None, "by phone"),
            (),
            ("A-8", "9/18/2023 2:05 PM", "60601", "cup"),
            (9.0, "2023-09-18T14:05", "Z900", "cup"),
        ],
    )
    csv = tmp_path / "orders.csv"
    csv.write_text(
        "order_id,ordered_at,market,product\n7,2023-09-18 14:05,02139,comb\n"
        "A-8,2023-09-18 14:05,60601,cup\n9,2023-09-18 14:05,Z900,cup\n"
    )
    period = days_of()
    ours, theirs = (read_orders(file, TWO_GOODS, period) for file in (book, csv))
    for name, column in vars(theirs).items():
        assert np.array_equal(getattr(ours, name), column), name


def test_faults_of_a_workbook_have_the_rows_of_excel(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "orders.xlsx",
        [(), HEADING, (), (1, "2023-09-18 14:05", "606", "comb"), (2, "noon", "606", "comb")],
    )
    with pytest.raises(InputError) as caught:
        read_orders(book, TWO_GOODS, days_of())
    assert [(fault.line, fault.field, fault.value) for fault in caught.value.faults] == [
        (5, "ordered_at", "noon")
    ]


def test_formulas_of_a_workbook_are_refused_not_worked_out(tmp_path: Path) -> None:
    rows = [HEADING, (1, "2023-09-18 14:05", "606", '=CONCATENATE("co","mb")')]
    with pytest.raises(InputError, match=r"product = .*is a formula .* paste its value"):
        read_orders(workbook(tmp_path / "orders.xlsx", rows), TWO_GOODS, days_of())


def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(InputError, match="is damaged, or is no Excel workbook"):
        read_orders(tmp_path / "orders.xlsx", TWO_GOODS, days_of())


# Files as people have them ------------------------------------------------------------------------

PLACED = (HEADING, (1, "2023-09-18 14:05", "23220", "comb"))


def as_file(folder: Path, rows: Sequence[Sequence[Any]], kind: str) -> Path:
    """The same rows as CSV, as a workbook and as Parquet."""
    path = folder / f"shop.{kind}"
    if kind == "xlsx":
        return workbook(path, list(rows))
    table = pd.DataFrame(list(rows[1:]), columns=list(rows[0]))
    table.to_csv(path, index=False) if kind == "csv" else table.to_parquet(path)
    return path


KINDS = pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])


@KINDS
def test_dates_alone_are_spread_over_the_day_in_any_file(tmp_path: Path, kind: str) -> None:
    """Whether text, a cell of Excel or a column of dates, and as the hours of the scenario say."""
    rows = [HEADING, *((n, date(2023, 9, 18), "23220", "comb") for n in range(40))]
    path = as_file(tmp_path, rows, kind)
    at_night = TWO_GOODS.model_copy(update={"hours": [0.0] * 22 + [1.0, 1.0]})
    orders = read_orders(path, at_night, days_of())
    assert set(orders.day.tolist()) == {0}
    assert set(local_hours(orders, days_of()).tolist()) == {22, 23}
    assert len(set(orders.tick.tolist())) == 40
    assert (
        f"{path}: ordered_at has dates only: orders are spread over each day, as orders.hours says."
    ) in notes_of(path, at_night, days_of())


@KINDS
def test_a_date_without_a_time_among_times_is_a_fault(tmp_path: Path, kind: str) -> None:
    times = ["2023-09-18 14:05", "2023-09-18"]
    rows = [HEADING, *((n, time, "23220", "comb") for n, time in enumerate(times))]
    with pytest.raises(InputError, match=r"shop.*:3: ordered_at = 2023-09-18: is not a date and"):
        read_orders(as_file(tmp_path, rows, kind), TWO_GOODS, days_of())


@KINDS
def test_midnight_is_a_time_where_it_is_written(tmp_path: Path, kind: str) -> None:
    moment = datetime(2023, 9, 18) if kind != "csv" else "2023-09-18 00:00:00"
    later = (
        moment.replace("00:00:", "00:01:") if isinstance(moment, str) else moment.replace(minute=1)
    )
    rows = [HEADING, *((n, at, "23220", "comb") for n, at in enumerate((moment, later)))]
    orders = read_orders(as_file(tmp_path, rows, kind), TWO_GOODS, days_of())
    assert local_hours(orders, days_of()).tolist() == [0, 0]
    # where every row says so, it is how spreadsheets write a date alone
    path = as_file(tmp_path, rows[:2], kind)
    assert any("has dates only" in note for note in notes_of(path, TWO_GOODS, days_of()))


@KINDS
def test_an_id_that_a_spreadsheet_rounded_is_refused(tmp_path: Path, kind: str) -> None:
    rows = [HEADING, *((5.764000000000008e17, *PLACED[1][1:]) for _ in range(2))]
    with pytest.raises(InputError) as caught:
        read_orders(as_file(tmp_path, rows, kind), TWO_GOODS, days_of())
    assert len(caught.value.faults) == 2
    assert "order_id = 5.764000000000008e+17: was rounded by a spreadsheet" in str(caught.value)


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_number_beyond_the_digits_that_are_kept_is_refused(tmp_path: Path, kind: str) -> None:
    number = 1234567890123456 if kind == "xlsx" else 9007199254740993.0
    path = as_file(tmp_path, [HEADING, (number, *PLACED[1][1:])], kind)
    with pytest.raises(InputError, match="was rounded by a spreadsheet"):
        read_orders(path, TWO_GOODS, days_of())


@KINDS
def test_yes_and_dates_are_no_ids(tmp_path: Path, kind: str) -> None:
    for value in (True, datetime(2023, 3, 5)) if kind != "csv" else (True,):
        path = as_file(tmp_path, [HEADING, (value, *PLACED[1][1:])], kind)
        with pytest.raises(InputError, match="is not an id"):
            read_orders(path, TWO_GOODS, days_of())


@KINDS
def test_a_number_with_a_point_and_zeros_is_the_number(tmp_path: Path, kind: str) -> None:
    path = as_file(tmp_path, [HEADING, (7.0, *PLACED[1][1:])], kind)
    assert read_orders(path, TWO_GOODS, days_of()).order_id.tolist() == [7]


def test_rows_of_a_workbook_are_numbered_as_excel_does(tmp_path: Path) -> None:
    rows = [(*HEADING, "note"), (*PLACED[1], "two\nlines"), (2, "soon", "23220", "comb", "")]
    with pytest.raises(InputError, match=r"shop.xlsx:3: ordered_at = soon"):
        read_orders(as_file(tmp_path, rows, "xlsx"), TWO_GOODS, days_of())


def test_zip_codes_that_lost_two_zeros_are_outside_the_lower_48(tmp_path: Path) -> None:
    zips = "23220", "2139", "907", "601"
    rows = [HEADING, *((n, "2023-09-18 14:05", one, "comb") for n, one in enumerate(zips))]
    found = read_order_rows(as_file(tmp_path, rows, "csv"), TWO_GOODS.products)
    assert dict(found.left_out) == {"in Puerto Rico": 2}
    assert [MARKETS.ids[row] for row in found.market] == ["Z232", "Z021"]
    areas = [HEADING, *((n, "2023-09-18 14:05", one, "comb") for n, one in enumerate(zips[:1:-1]))]
    orders = read_orders(as_file(tmp_path, areas, "csv"), TWO_GOODS, days_of())
    assert [MARKETS.ids[row] for row in orders.market] == ["Z601", "Z907"]


@pytest.mark.parametrize(("text", "kind"), [
    ("96813", "in Hawaii"), ("99501", "in Alaska"), ("09012", "military mail"),
    ("M5V 3A8", "in Canada"), ("00907", "in Puerto Rico"), ("", "without a ZIP code"),
])  # fmt: skip
def test_what_lies_outside_the_lower_48_is_left_out_or_refused(
    tmp_path: Path, text: str, kind: str
) -> None:
    rows = [HEADING, (2, "2023-09-18 14:05", text, "comb"), *PLACED[1:]]
    path = as_file(tmp_path, rows, "csv")
    found = read_order_rows(path, TWO_GOODS.products)
    assert (dict(found.left_out), found.order_id.tolist()) == ({kind: 1}, [1])
    assert found.notes == (f"{path}: of 2 rows, 1 left out: 1 {kind}.",)
    strict = read_order_rows(path, TWO_GOODS.products, strict=True)
    assert [f"{one.line} {one.problem}" for one in strict.faults] == [f"2 is {kind}"]


def test_what_is_no_place_at_all_is_a_fault(tmp_path: Path) -> None:
    rows = [*PLACED, (2, "2023-09-18 14:05", "SW1A 1AA", "comb")]
    with pytest.raises(InputError) as caught:
        read_orders(as_file(tmp_path, rows, "csv"), TWO_GOODS, days_of())
    assert [one.problem for one in caught.value.faults] == ["is not a market"]


def test_boxes_numbered_within_their_order(tmp_path: Path) -> None:
    rows = [(*HEADING, "parcel_id"), *((o, *PLACED[1][1:], b) for o in (7, 8) for b in (1, 2))]
    orders = read_orders(as_file(tmp_path, rows, "csv"), TWO_GOODS, days_of())
    assert orders.order_id.tolist() == [7, 7, 8, 8]
    assert len(set(orders.parcel_id.tolist())) == 4
    rows.append(rows[-1])
    with pytest.raises(InputError, match="appears in more than one row"):
        read_orders(as_file(tmp_path, rows, "csv"), TWO_GOODS, days_of())


def notes_of(path: Path, demand: Demand, period: Period) -> list[str]:
    rows = read_order_rows(path, demand.products)
    return [*rows.taken(demand, period), *rows.notes]


def test_days_and_orders_that_a_file_brings_are_told(tmp_path: Path) -> None:
    rows = [HEADING, *((n, f"{18 + n}/09/2023 14:05", "232", "comb") for n in range(3))]
    path = as_file(tmp_path, rows, "csv")
    period = days_of(warm_up=0, days=2, later=2)
    notes = notes_of(path, TWO_GOODS, period)
    assert [note.replace(str(path), "shop.csv") for note in notes] == [
        "shop.csv: 3 parcels ordered from 2023-09-18 to 2023-09-20; 2 of them on the measured"
        " days, 2023-09-18 to 2023-09-19.",
        "shop.csv: dates in ordered_at were read day first, as line 2 (18/09/2023 14:05) shows.",
    ]


def test_a_product_that_looks_like_a_formula_is_found_again(tmp_path: Path) -> None:
    """Tables are written with a ' before it, so that no spreadsheet computes it."""
    formula = [{**one.model_dump(mode="json"), "name": f"=1+{n}"}
               for n, one in enumerate(TWO_GOODS.products)]  # fmt: skip
    rows = [
        HEADING,
        *((n, "2023-09-18 14:05", "232", name) for n, name in enumerate(("=1+0", "'=1+1"))),
    ]
    orders = read_orders(
        as_file(tmp_path, rows, "csv"), Demand.model_validate({"products": formula}), days_of()
    )
    assert sorted(orders.product.tolist()) == [0, 1]
