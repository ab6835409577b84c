"""What a cell means, however a person or Excel wrote it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from networks.inputs.cells import (
    departure_of,
    excel_time,
    free_text,
    hour_of,
    id_of,
    name_of,
    number_of,
    printed_text,
    share_of,
    spreadsheet_text,
    text_of,
    times_of,
    weekdays_of,
    whole_of,
    yes_no,
)


@pytest.mark.parametrize(
    ("cell", "minute"),
    [
        ("20:00", 1200), ("8:00", 480), ("8:00 PM", 1200), ("8 pm", 1200), ("12:15 a.m.", 15),
        ("12:00 PM", 720), ("00:00", 0), ("24:00", 1440), ("20:00:00", 1200),
        (time(6, 30), 390), (timedelta(hours=24), 1440), (timedelta(minutes=90), 90),
        (0.8125, 1170), (0.33333333, 480), (0, 0), (1, 1440), ("0.5", 720),
        (datetime(1899, 12, 30, 7, 5), 425), (datetime(1900, 1, 1), 1440),
    ],
)  # fmt: skip
def test_a_time_of_the_day(cell: object, minute: int) -> None:
    assert excel_time(cell) == minute


@pytest.mark.parametrize("cell", [
    "", "noon", "25:00", "24:01", "8:60", "13:00 PM", "0:30 AM", "8", 8, -0.1, 1.5, True,
    "20:00:30", "8.30", time(6, 30, 15), timedelta(hours=25), timedelta(hours=-1),
    datetime(2026, 10, 23, 8),
])  # fmt: skip
def test_what_is_no_time(cell: object) -> None:
    with pytest.raises(ValueError, match=r"is |has "):
        excel_time(cell)


def test_numbers() -> None:
    assert number_of("0.1") == number_of(0.1) == 0.1
    assert number_of(" 1e3 ") == 1000
    assert whole_of("12.0") == whole_of(12.0) == 12
    assert share_of("5%") == share_of(0.05) == 0.05
    for comma in ("0,5", "1,500", "1.500,00"):
        with pytest.raises(ValueError, match=r"has a comma: write 1500 for thousands, 0\.5"):
            number_of(comma)
    for none in ("", "ten", "nan", "inf", "1_000", "١٢", True, date(2026, 1, 2), "0x10", "1e999"):
        with pytest.raises(ValueError, match="is not a number"):
            number_of(none)
    with pytest.raises(ValueError, match="is not a whole number"):
        whole_of(12.5)


@pytest.mark.parametrize("cell", ["24:00", 1.0, timedelta(hours=24), datetime(1900, 1, 1)])
def test_nothing_departs_at_24(cell: object) -> None:
    """The end of a day is the beginning of the next one: which is meant is not guessed."""
    for read in (departure_of, times_of):
        with pytest.raises(ValueError, match="is not from 00:00 to 23:59: midnight is 00:00"):
            read(cell)
    assert departure_of("12:00 AM") == "00:00"


def test_words() -> None:
    assert [yes_no(cell) for cell in ("Yes", True, "TRUE", "no", False)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert times_of("10:00 2:00 PM") == times_of("10:00, 14:00") == "10:00 14:00"
    assert times_of(time(9, 15)) == "09:15"
    assert hour_of("9:00 AM") == 9
    assert weekdays_of("Mon-Fri") == "Mon-Fri"
    assert name_of("every day") == "every day"
    assert id_of("WH-LA_1.b") == "WH-LA_1.b"
    assert (text_of(7.0), text_of(True), text_of(timedelta(hours=2))) == ("7", "yes", "2 h")
    assert free_text("'tis") == "'tis"


@pytest.mark.parametrize(("text", "cell"), [
    ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("@SUM(1+1)", "'@SUM(1+1)"),
    ("-2+3", "'-2+3"), ("'=1+1", "''=1+1"), ("''=1+1", "'''=1+1"), ("\uff1d1+1", "'\uff1d1+1"),
    ("-5", "-5"), ("+0.5", "+0.5"), ("-5%", "-5%"), ("-1e-3", "-1e-3"),
    ("vinyl album", "vinyl album"), ("'tis", "'tis"), ("a=b", "a=b"), ("", ""),
])  # fmt: skip
def test_text_that_a_spreadsheet_would_work_out_comes_back_as_it_was(text: str, cell: str) -> None:
    assert spreadsheet_text(text) == cell
    assert free_text(cell) == text


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_what_starts_with_a_tab_or_a_line_break_is_text(start: str) -> None:
    assert spreadsheet_text(f"{start}=1+1") == f"'{start}=1+1"


@pytest.mark.parametrize(("read", "cell"), [
    (yes_no, "maybe"), (times_of, "at ten"), (times_of, ""), (times_of, "10:00 or so"),
    (hour_of, "9:30"), (weekdays_of, "Funday"), (name_of, "=cmd"), (id_of, "two words"),
    (id_of, "@x"), (id_of, "1A"), (id_of, "../x"), (id_of, "Ä1"),
])  # fmt: skip
def test_words_that_are_refused(read: Callable[[object], object], cell: str) -> None:
    with pytest.raises(ValueError, match=r"is |names "):
        read(cell)


def test_free_text_steers_no_terminal() -> None:
    assert printed_text("two\nlines") == "two\nlines"
    with pytest.raises(ValueError, match="has a character that cannot be printed"):
        printed_text("a\x1b[2J")
