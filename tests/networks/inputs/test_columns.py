"""Columns whose cells can be read in two ways: the column decides, or somebody is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from networks.inputs.columns import Place, market_ids, read_times, whole_zips
from networks.inputs.date_order import DateOrder

DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def times(*cells: str, order: DateOrder | None = None) -> list[str]:
    read = read_times(pd.Series(cells, dtype=object), order)
    return [str(one)[:16] for one in read.time]


def place(*cells: str) -> Place:
    return Place("shop.csv", "ordered_at", pd.Series(cells, dtype=object), lambda row: row + 2)


@pytest.mark.parametrize("cell", [
    "2023-09-18 14:05", "2023-09-18T14:05:00", "2023-09-18T18:05:00Z", "2023-09-18 14:05 -0400",
    "2023-09-18 14:05:00 -04:00", "2023-09-18 18:05 UTC", "2023/09/18 14:05", "9/18/2023 14:05",
    "09/18/2023, 2:05:00 PM", "9/18/2023 2:05pm", "9/18/23 14:05", "18.9.2023 14:05",
    "18/09/2023 14:05", "2023-9-18 14:05", "45187.586805556", "9/18/2023 2:05 p.m.",
])  # fmt: skip
def test_one_instant_as_exports_write_it(cell: str) -> None:
    read = read_times(pd.Series([cell], dtype=object))
    hour = "18:05" if read.has_offset[0] else "14:05"
    assert str(read.time[0])[:16] == f"2023-09-18T{hour}"
    assert read.has_clock[0]


@pytest.mark.parametrize("cell", [
    "", "soon", "31/02/2023 9:00", "13/13/2023 9:00", "9/18/2023 25:00", "9/18/2023 13:00 PM",
    "9/18/2023 0:30 AM", "9/18/2023 9:60", "2023-02-30 9:00", "9/18/203 9:00", "9-18/2023 9:00",
    "2023-09-18 9:00 EST", "2023", "2023-09-18T09:00+15:00", "9/18/2023 9:00 +30:00",
    "٩/١٨/2023 9:00",
])  # fmt: skip
def test_what_is_no_time(cell: str) -> None:
    assert times(cell) == ["NaT"]


def test_a_bare_date_has_no_time_of_day() -> None:
    read = read_times(pd.Series(["2023-09-18", "9/18/2023", "45187", "2023-09-18 00:00"]))
    assert read.has_clock.tolist() == [False, False, False, True]
    assert len(set(read.time.tolist())) == 1


def test_leap_days_and_ends_of_months() -> None:
    assert times("2/29/2024 0:00", "12/31/1999 23:59") == ["2024-02-29T00:00", "1999-12-31T23:59"]
    assert times("2/29/2023 0:00") == ["NaT"]


def test_one_date_decides_for_its_column() -> None:
    assert times("05/09/2023", "13/09/2023") == ["2023-09-05T00:00", "2023-09-13T00:00"]
    assert times("05/09/2023", "09/13/2023") == ["2023-05-09T00:00", "2023-09-13T00:00"]
    read = read_times(pd.Series(["05/09/2023", "13/09/2023"]))
    (note,) = read.decided.notes(place("05/09/2023", "13/09/2023"))
    assert note == (
        "shop.csv: dates in ordered_at were read day first, as line 3 (13/09/2023) shows."
    )


def test_a_column_that_decides_nothing_is_asked_about() -> None:
    cells = "2023-09-01", "05/09/2023 14:05", "06/09/2023 14:05"
    read = read_times(pd.Series(cells))
    (fault,) = read.decided.faults(place(*cells))
    assert str(fault) == (
        "shop.csv:3: ordered_at = '05/09/2023 14:05': is May 9 or September 5: no row of the"
        " column tells which (allowed: --dates month-first or --dates day-first)"
    )
    assert times(*cells, order=DAY_FIRST)[1] == "2023-09-05T14:05"
    assert times(*cells, order=MONTH_FIRST)[1] == "2023-05-09T14:05"
    # day and month alike: both readings are one
    assert read_times(pd.Series(["09/09/2023 14:05"])).decided.is_sure


def test_dots_have_the_day_first_and_decide_nothing_else() -> None:
    assert times("05.09.2023") == ["2023-09-05T00:00"]
    assert read_times(pd.Series(["05.09.2023", "05/09/2023"])).decided.undecided == 1


def test_a_column_with_both_orders_is_refused() -> None:
    cells = "13/09/2023", "09/14/2023"
    (fault,) = read_times(pd.Series(cells)).decided.faults(place(*cells))
    assert str(fault) == (
        "shop.csv:3: ordered_at = '09/14/2023': has the month first, and line 2 (13/09/2023) the"
        " day (allowed: one order of day and month in a column)"
    )
    # with an order given, what does not follow it is no date
    assert times(*cells, order=DAY_FIRST) == ["2023-09-13T00:00", "NaT"]


def test_short_zip_codes_mean_what_their_column_says() -> None:
    assert market_ids(pd.Series(["23220", "2139", "907"])).tolist() == ["Z232", "Z021", "Z009"]
    assert market_ids(pd.Series(["23220-1234", "21"])).tolist() == ["Z232", "Z000"]
    assert market_ids(pd.Series(["232", "21", "907"])).tolist() == ["Z232", "Z021", "Z907"]
    assert market_ids(pd.Series(["23220", "Z907", ""])).tolist() == ["Z232", "Z907", ""]
    assert whole_zips([10001, 907.0, None]) == [10001, "00907", None]
    assert whole_zips([100, 907.0]) == [100, 907.0]


def test_many_random_times_are_those_of_the_calendar() -> None:
    rng = np.random.default_rng(20)
    moments = pd.Series(pd.to_datetime(rng.integers(0, 4_000_000_000, 2_000), unit="s"))
    for form, order in (("%m/%d/%Y %I:%M:%S %p", MONTH_FIRST), ("%d/%m/%Y %H:%M:%S", DAY_FIRST)):
        read = read_times(moments.dt.strftime(form), order)
        assert (read.time == moments.to_numpy().astype("datetime64[ms]")).all()


def test_a_year_of_two_digits_may_come_first() -> None:
    cells = "23-09-18 10:30", "23-09-19 10:30"
    read = read_times(pd.Series(cells))
    (fault,) = read.decided.faults(place(*cells))
    assert "may begin with its day or with its year (allowed: years of four digits" in str(fault)
    assert times(*cells, order=DAY_FIRST)[0] == "2018-09-23T10:30"
    # another date of the column decides
    assert times("18/09/23", "18/09/2023") == ["2023-09-18T00:00"] * 2
    assert times("9/18/23") == ["2023-09-18T00:00"]


def test_a_zip_plus_four_is_never_an_area() -> None:
    assert market_ids(pd.Series(["907-0001"])).tolist() == ["Z009"]
    assert market_ids(pd.Series(["10001-0001", "2139-0001"])).tolist() == ["Z100", "Z021"]
    assert whole_zips(["907-0001", 907]) == ["907-0001", "00907"]
