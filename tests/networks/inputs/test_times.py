"""Times as exports write them: what means one time is read, and the column decides the rest."""

from __future__ import annotations

from time import process_time

import numpy as np
import pandas as pd
import pytest

from networks.inputs.columns import Decided, Place
from networks.inputs.date_order import DateOrder
from networks.inputs.times import read_times

DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def times(*cells: str, order: DateOrder | None = None) -> list[str]:
    read = read_times(pd.Series(cells, dtype=object), order)
    return [str(one)[:16] for one in read.time]


def place(*cells: str) -> Place:
    return Place("shop.csv", "ordered_at", pd.Series(cells, dtype=object), lambda row: row + 2)


@pytest.mark.parametrize("cell", [
    "2023-09-18 14:05", "2023-09-18T14:05:00", "20230918 1405", "2023/09/18 14:05",
    "9/18/2023 14:05", "09/18/2023, 2:05:00 PM", "9/18/2023 2:05pm", "9/18/23 14:05",
    "18.9.2023 14:05", "18/09/2023 14:05", "2023-9-18 14:05", "45187.586805556",
    "45187,586805556", "9/18/2023 2:05 p.m.", "9/18/2023, 2:05:00\u202fPM", "18 Sep 2023 14:05",
    "18-Sep-23 2:05 PM", "Sep-18-23 14:05:00", "September 18, 2023 at 2:05 PM",
    "Monday, September 18, 2023 2:05:00 PM", "Mon 9/18/2023 14:05", "Sept. 18th, 2023, 14:05",
    "2023-Sep-18 14:05:00,000",
])  # fmt: skip
def test_one_instant_as_exports_write_it(cell: str) -> None:
    read = read_times(pd.Series([cell], dtype=object))
    assert str(read.time[0]) == "2023-09-18T14:05:00.000"
    assert read.has_clock[0]
    assert not read.has_offset[0]


@pytest.mark.parametrize("cell", [
    "2023-09-18T18:05:00Z", "2023-09-18 14:05 -0400", "2023-09-18 14:05:00 -04:00",
    "2023-09-18 18:05 UTC", "2023-09-18T14:05:00-04", "20230918T180500Z", "2023-09-18 18:05 (GMT)",
    "Sep 18, 2023 11:05:00 AM PDT", "9/18/2023 2:05 PM EDT", "18 Sep 2023 13:05 CDT",
    "9/18/2023 13:05 EST", "9/18/2023 12:05 MDT", "9/18/2023 10:05 PST", "9/18/2023 10:05 AKDT",
    "9/18/2023 8:05 HST", "2023-09-18 14:05 UTC-4", "2023-09-18 14:05 GMT-04:00",
    "Mon, 18 Sep 2023 14:05:00 -0400",
    "Mon Sep 18 2023 14:05:00 GMT-0400 (Eastern Daylight Time)", "1695060300", "1695060300.0",
    "1695060300000",
])  # fmt: skip
def test_one_instant_with_its_time_zone(cell: str) -> None:
    read = read_times(pd.Series([cell], dtype=object))
    assert str(read.time[0]) == "2023-09-18T18:05:00.000"
    assert read.has_clock[0]
    assert read.has_offset[0]


def test_decimals_of_seconds() -> None:
    read = read_times(pd.Series(["2023-09-18 14:05:10.123456789", "2023-09-18 14:05:10,5"]))
    assert [str(one)[-6:] for one in read.time] == ["10.123", "10.500"]
    # rounded to seconds: Excel's part of a day is a rounded number
    assert str(read_times(pd.Series(["45187.58681712963"])).time[0])[-12:] == "14:05:01.000"


@pytest.mark.parametrize("cell", [
    "", "soon", "31/02/2023 9:00", "13/13/2023 9:00", "9/18/2023 25:00", "9/18/2023 13:00 PM",
    "9/18/2023 0:30 AM", "9/18/2023 9:60", "2023-02-30 9:00", "9/18/203 9:00", "9-18/2023 9:00",
    "2023-09-18 9:00 IST", "2023-09-18 9:00 CET", "2023-09-18 9:00 ET", "2023-09-18 9.30", "2023",
    "2023-09-18T09:00+15:00", "9/18/2023 9:00 +30:00", "2023-09-18 9:00 -04:75", "٩/١٨/2023 9:00",
    "Foo 18, 2023", "Mon 18, 2023", "123456", "9999999999", "0000-00-00 00:00", "2023-09-18 9:00-4",
    "12 Main St, Apt 2023", "2023-09-18 09:00" + 60 * " " + "PM",
])  # fmt: skip
def test_what_is_no_time(cell: str) -> None:
    assert times(cell) == ["NaT"]


@pytest.mark.parametrize("cell", [
    "2023-09-18", "20230918", "9/18/2023", "9/18/23", "18.09.2023", "Sep-18-23", "18-Sep-2023",
    "18Sep2023", "September 18, 2023", "Monday, September 18, 2023", "45187", "9/18/2023 0:00",
    "2023-09-18 00:00:00", "9/18/2023 12:00 AM", "45187.0",
])  # fmt: skip
def test_a_date_alone_has_no_time_of_day(cell: str) -> None:
    read = read_times(pd.Series([cell, cell]))
    assert [str(one) for one in read.time] == ["2023-09-18T00:00:00.000"] * 2
    assert read.has_clock.tolist() == [False, False]


def test_midnight_is_a_time_where_another_row_has_one_or_it_has_an_offset() -> None:
    read = read_times(pd.Series(["2023-09-18 00:00", "2023-09-18 00:01", "2023-09-18"]))
    assert read.has_clock.tolist() == [True, True, False]
    read = read_times(pd.Series(["2023-09-18 00:00", "2023-09-18 00:00Z"]))
    assert read.has_clock.tolist() == [False, True]


@pytest.mark.parametrize(("cells", "told"), [
    (("45187", "2023-09-18", "45188"), ":2: ordered_at = '45187': counts days or seconds, and"
     " line 3 (2023-09-18) is written another way (allowed: one way to write times in a column)"),
    (("2023-09-18 9:00", "", "1695060300"), ":4: ordered_at = '1695060300': counts days or"
     " seconds, and line 2 (2023-09-18 9:00) is written another way"),
    (("45187.5", "1695060300"), ":2: ordered_at = '45187.5': counts"),
    (("1695060300", "1695060300000"), ":2: ordered_at = '1695060300': counts"),
])  # fmt: skip
def test_numbers_are_times_only_where_the_whole_column_counts(
    cells: tuple[str, ...], told: str
) -> None:
    read = read_times(pd.Series(cells))
    (fault,) = read.decided.faults(place(*cells))
    assert told in str(fault)
    dates = [cell.startswith("2023") for cell in cells]
    assert (~np.isnat(read.time)).tolist() == dates
    # a cell that is no time at all does not keep the others from being read
    assert read_times(pd.Series(["45187", "soon", ""])).decided == Decided()


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
    assert read_times(pd.Series(["09/09/2023 14:05"])).decided == Decided()


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


def test_a_weekday_does_not_hide_what_can_be_read_in_two_ways() -> None:
    cells = ("Tue, 05/09/2023 14:05",)
    (fault,) = read_times(pd.Series(cells)).decided.faults(place(*cells))
    assert "is May 9 or September 5: no row of the column tells which" in str(fault)


def test_a_million_times_take_little() -> None:
    moments = pd.Series(pd.date_range("2023-09-01", periods=200_000, freq="7s"))
    texts = moments.dt.strftime("%m/%d/%Y %I:%M:%S %p")
    begin = process_time()
    read = read_times(texts)
    assert process_time() - begin < 2.5  # five times as many, on a slow machine
    assert (read.time == moments.to_numpy().astype("datetime64[ms]")).all()


def test_a_column_without_rows() -> None:
    assert len(read_times(pd.Series([], dtype=object)).time) == 0
