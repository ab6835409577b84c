"""What a cell of a table means: numbers, times, dates, as people and Excel write them.

A cell comes as text (from a CSV file) or as Excel's own number, time, date or yes/no. Each
function returns the meaning, or raises ValueError with what is wrong, to be read after the value.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from networks.inputs.local_times import weekday_numbers

DAY_MINUTES = 1440

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_. -]{0,58}[A-Za-z0-9_.-])?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ONE_TIME = re.compile(r"[0-9][0-9:]*(?:\s*[AaPp]\.?[Mm]\.?(?![A-Za-z]))?")
# as OWASP lists what spreadsheets take for a formula; behind some ' it is a text that was one
FORMULA = r"^'*[=+\-@\t\r\n＝＋－＠]"
_EXCEL_EPOCH = date(1899, 12, 30)


def text_of(value: object) -> str:
    """Return a cell as the text a planner sees, without blanks around it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, timedelta):
        return f"{value / timedelta(hours=1):g} h"
    return str(value).strip()


def spreadsheet_text(text: str) -> str:
    """Return a text as a cell of a CSV file: with ' in front of what would be a formula.

    `free_text` takes it away again. Numbers stay what they are.

    >>> spreadsheet_text("=1+1"), spreadsheet_text("'=1+1"), spreadsheet_text("-5%")
    ("'=1+1", "''=1+1", '-5%')
    """
    is_number = _NUMBER.fullmatch(text.removesuffix("%"))
    return f"'{text}" if re.match(FORMULA, text) and not is_number else text


def free_text(value: object) -> str:
    """Return a cell as written: see `spreadsheet_text`."""
    text = text_of(value)
    return text[1:] if text.startswith("'") and re.match(FORMULA, text) else text


def printed_text(value: object) -> str:
    """Return free text, which must not hold what would steer a terminal."""
    text = free_text(value)
    if not "".join(re.split(r"[\n\t]", text)).isprintable():
        raise ValueError("has a character that cannot be printed")
    return text


def id_of(value: object) -> str:
    """Return an id: a letter, then letters, digits, '_', '.', '-'."""
    text = text_of(value)
    if not _ID.fullmatch(text):
        raise ValueError("is not an id: a letter, then letters, digits, '_', '.' or '-'")
    return text


def name_of(value: object) -> str:
    """Return a name: as an id, with blanks between its words."""
    text = text_of(value)
    if not _NAME.fullmatch(text):
        raise ValueError("is not a name: a letter, then letters, digits, blanks, '_', '.' or '-'")
    return text


def number_of(value: object) -> float:
    """Return a number, written with a decimal point."""
    if isinstance(value, bool | date | time | timedelta):
        raise ValueError("is not a number")
    text = text_of(value)
    if isinstance(value, int | float):
        number = float(value)
    elif _NUMBER.fullmatch(text):
        number = float(text)
    elif re.fullmatch(r"[+-]?[0-9.,\s']*,[0-9.,\s']*", text):
        raise ValueError("has a comma: write 1500 for thousands, 0.5 with a decimal point")
    else:
        raise ValueError("is not a number")
    if not math.isfinite(number):
        raise ValueError("is not a number")
    return number


def share_of(value: object) -> float:
    """Return a share, written as 0.05 or 5%."""
    text = text_of(value)
    if text.endswith("%"):
        return number_of(text[:-1]) / 100
    return number_of(value)


def whole_of(value: object) -> int:
    """Return a whole number; 12.0 is one."""
    number = number_of(value)
    if not number.is_integer():
        raise ValueError("is not a whole number")
    return int(number)


def yes_no(value: object) -> bool:
    """Return whether a cell says yes."""
    known = {"yes": True, "true": True, "no": False, "false": False}
    text = text_of(value).lower()
    if text not in known:
        raise ValueError("is neither yes nor no")
    return known[text]


def weekdays_of(value: object) -> str:
    """Return weekdays such as 'Mon-Fri', 'Mon Wed Fri' or 'daily', as they are written."""
    text = text_of(value)
    try:
        weekday_numbers(text)
    except ValueError:
        raise ValueError("names no weekdays") from None
    return text


def excel_time(value: object) -> int:
    """Return a local time as a minute of the day, 0 to 1440.

    Takes '20:00', '8:00 PM', Excel's times, date-times of its day 0, lengths and parts of a day.
    Raises ValueError for what is no time of a day, or has seconds.

    >>> excel_time("20:00"), excel_time("8:00 PM"), excel_time(0.8125), excel_time("24:00")
    (1200, 1200, 1170, 1440)
    """
    seconds = _seconds_of(value)
    minute = round(seconds / 60)
    if not 0 <= minute <= DAY_MINUTES:
        raise ValueError("is not a time of the day")
    if abs(seconds - 60 * minute) > 0.5:  # a part of a day is a rounded number
        raise ValueError("has seconds: times are whole minutes")
    return minute


def _seconds_of(value: object) -> float:
    if isinstance(value, date) and not isinstance(value, datetime):
        raise ValueError("is a date, not a time of the day")
    if isinstance(value, datetime):
        days = (value.date() - _EXCEL_EPOCH).days
        if days not in (0, 1, 2):  # 0 and, as '24:00', 1; two days where Excel knows a false leap
            raise ValueError("is a date, not a time of the day")
        late = DAY_MINUTES * 60 if days and value.time() == time() else 0
        return late + _seconds_of(value.time())
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, int | float) and (isinstance(value, float) or value in (0, 1)):
        return _part_of_day(math.nan if isinstance(value, bool) else value)
    text = text_of(value)
    if _NUMBER.fullmatch(text) and "." in text:
        return _part_of_day(float(text))
    match = _CLOCK.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        raise ValueError("is not a local time")
    return _clock_seconds(match)


def _part_of_day(number: float) -> float:
    if not 0 <= number <= 1:
        raise ValueError("is not a local time")
    return number * 86_400


def _clock_seconds(match: re.Match[str]) -> float:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("is not a local time")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    if minute > 59 or second > 59 or 60 * hour + minute > DAY_MINUTES:
        raise ValueError("is not a time of the day")
    return 3600 * hour + 60 * minute + second


def clock(minute: int) -> str:
    """Return a minute of the day, 0 to 1440, as 'HH:MM'."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def time_of(value: object) -> str:
    """Return a local time as 'HH:MM', '00:00' to '24:00'."""
    return clock(excel_time(value))


def departure_of(value: object) -> str:
    """Return the local time of a departure, '00:00' to '23:59'."""
    minute = excel_time(value)
    if minute == DAY_MINUTES:
        raise ValueError("is not from 00:00 to 23:59: midnight is 00:00")
    return clock(minute)


def hour_of(value: object) -> int:
    """Return a local time that is a whole hour, as a number 0 to 24."""
    minute = excel_time(value)
    if minute % 60:
        raise ValueError("is not a whole hour")
    return minute // 60


def times_of(value: object) -> str:
    """Return one or more local times, such as '10:00 14:00', in one spelling."""
    if not isinstance(value, str):
        return departure_of(value)
    parts = _ONE_TIME.findall(value)
    if not parts or re.sub(r"[\s,;]", "", _ONE_TIME.sub("", value)):
        raise ValueError("is not a local time, or several with blanks between")
    return " ".join(departure_of(part) for part in parts)
