"""What a field takes, read in the documentation and decided without the code under test.

`docs/reference/scenario.md` has a row for each field, with words such as `whole number, 1 to 800`.
Here these words are turned into yes or no for a value that YAML gave.
"""

from __future__ import annotations

import csv
import math
import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path as File
from typing import Any

PAGE = File(__file__).parents[2] / "docs" / "reference" / "scenario.md"

_AMOUNT = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"

_SECTIONS = {
    "At the top": "",
    "network, kind: fulfillment-center": "network[fulfillment-center].",
    "network, kind: platform-fulfilled": "network[platform-fulfilled].",
    "network, kind: seller-direct": "network[seller-direct].",
    "network, kind: own": "network[own].",
    "network.carrier, of seller-direct and platform-fulfilled": "carrier.",
    "orders": "orders.",
    "promise, rule: business days": "promise[business days].",
    "promise, rule: timetable": "promise[timetable].",
    "risks": "risks.",
    "days": "days.",
    "closures, one entry each": "closures[].",
    "runs": "runs.",
}


@cache
def takes() -> dict[str, str]:
    """Return what each field takes, in the words of the page, by its name there."""
    found: dict[str, str] = {}
    parts = re.split(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        if title in _SECTIONS:
            for row in re.findall(r"^\| `(.*)$", text, flags=re.M):
                cells = [cell.strip() for cell in f"`{row}".split(" | ")]
                found[_SECTIONS[title] + cells[0].strip("`")] = cells[2]
    return found


def words_for(told: str) -> str:
    """Return what a field of this name takes; an entry of a list takes what the list is of."""
    name = re.sub(r"^network\[[^]]*\]\.carrier\.", "carrier.", told)
    rows = takes()
    if name in rows:
        return rows[name]
    listed = rows[name.removesuffix("[]")]
    match = re.fullmatch(r"list of (?:[0-9]+(?: to [0-9]+| or more)? )?(.*)", listed)
    assert match, f"{told} is in no row of {PAGE.name}"
    return match[1]


def allows(words: str, value: Any) -> bool:
    """Tell whether a field that takes this, in the words of the page, takes a value."""
    if words.endswith(", or null"):
        return value is None or allows(words.removesuffix(", or null"), value)
    if words.startswith("list of "):
        return _list(words.removeprefix("list of "), value)
    if words.startswith("`"):
        return isinstance(value, str) and value in re.findall(r"`([^`]*)`", words)
    kind = re.split(r", | such as ", words)[0]
    size = _SIZES[kind](value)
    return size is not None and _within(words, size)


def _list(words: str, value: Any) -> bool:
    match = re.fullmatch(r"(?:([0-9]+)(?: to ([0-9]+)| (or more))? )?(.*)", words)
    assert match
    least, most, more, each = match[1], match[2], match[3], match[4]
    if not isinstance(value, list) or not all(allows(each, part) for part in value):
        return False
    highest = math.inf if more or not least else int(most or least)
    return int(least or 0) <= len(value) <= highest


def _within(words: str, size: Decimal) -> bool:
    """Tell whether a size lies within bounds such as `above 0, at most 1` or `1 to 800`."""
    if span := re.search(r", ([0-9][^ ,`]*(?: [a-z]+)?) to ([^,`]+)", words):
        return _bound(span[1]) <= size <= _bound(span[2])
    signs = {
        "at least": lambda limit: size >= limit,
        "above": lambda limit: size > limit,
        "at most": lambda limit: size <= limit,
        "below": lambda limit: size < limit,
        "up to": lambda limit: size <= limit,
    }
    found = re.findall(rf"({'|'.join(signs)}) ([^,`]+)", words)
    return all(signs[sign](_bound(limit)) for sign, limit in found)


def _bound(text: str) -> Decimal:
    text = text.strip().removesuffix(" characters")
    size = _duration(text)
    for read in (_date, _distance, _weight, _local_time):
        if size is None:
            size = read(text)
    return Decimal(text) if size is None else size


def _whole(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(value) if abs(value) <= 1.7e308 else None


@cache
def _places() -> frozenset[str]:
    """Return the ids of all markets and the states in which they lie."""
    with (File(__file__).parents[2] / "networks" / "data" / "markets.csv").open() as file:
        rows = list(csv.DictReader(file))
    return frozenset(row[name] for row in rows for name in ("market", "state"))


def _place(value: Any) -> Decimal | None:
    """Return 0 for a market or a state; ZIP codes may have lost zeros in front."""
    text = str(value).strip() if isinstance(value, str | int) and value is not True else ""
    if match := re.fullmatch(r"([0-9]{1,5}|[0-9]{8,9})(-[0-9]{4})?(\.0)?", text):
        digits, whole = match[1], 9 if len(match[1]) > 5 else 5
        if len(digits) > 5 and match[2]:
            return None
        text = "Z" + (digits.zfill(3) if len(digits) <= 3 else digits.zfill(whole)[:3])
    return Decimal(0) if text.upper() in _places() else None


def _share(value: Any) -> Decimal | None:
    size = _number(value)
    if isinstance(value, str) and (match := re.fullmatch(rf"\s*({_AMOUNT})\s*%\s*", value)):
        size = Decimal(match[1]) / 100
    return size if size is not None and 0 <= size <= 1 else None


_SECONDS = {
    "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1,
    "week": 604800, "day": 86400, "hr": 3600, "hour": 3600, "min": 60, "minute": 60,
    "sec": 1, "second": 1, "ms": Decimal("0.001"), "millisecond": Decimal("0.001"),
}  # fmt: skip


def _duration(value: Any) -> Decimal | None:
    """Return seconds, to the millisecond; a unit must be smaller than the one before."""
    if not isinstance(value, str):
        return None
    text, total, last = value.strip().lower(), Decimal(0), Decimal("inf")
    if not re.fullmatch(rf"(?:\s*{_AMOUNT}\s*[a-z]+)+", text):
        return None
    for amount, unit in re.findall(rf"({_AMOUNT})\s*([a-z]+)", text):
        length = _SECONDS.get(unit, _SECONDS.get(unit.removesuffix("s")) if len(unit) > 2 else None)
        if length is None or length >= last:
            return None
        last = Decimal(length)
        total += Decimal(amount) * last
    return total.quantize(Decimal("0.001")) if total < 3653 * 86400 + 1 else None


def _local_time(value: Any) -> Decimal | None:
    text = value.strip() if isinstance(value, str) else ""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    if match is None or int(match[2]) > 59:
        return None
    minute = Decimal(60 * int(match[1]) + int(match[2]))
    return minute if minute <= 24 * 60 else None


_DAYS = "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|(?:fri|sun)(?:day)?|sat(?:urday)?"


def _weekdays(value: Any) -> Decimal | None:
    days = rf"(?:{_DAYS})(?:\s*-\s*(?:{_DAYS}))?"
    pattern = rf"\s*(?:daily|{days}(?:[\s,]+{days})*)[\s,]*"
    text = value.lower() if isinstance(value, str) else ""
    return Decimal(1) if re.fullmatch(pattern, text) else None


def _quantity(units: dict[str, str], value: Any) -> Decimal | None:
    text = value.strip().lower() if isinstance(value, str) else ""
    match = re.fullmatch(rf"({_AMOUNT}(?:e[+-]?[0-9]{{1,3}})?)\s*([a-z]+)", text)
    return Decimal(match[1]) * Decimal(units[match[2]]) if match and match[2] in units else None


def _distance(value: Any) -> Decimal | None:
    mile = "1.609344"
    return _quantity({"km": "1", "mi": mile, "mile": mile, "miles": mile}, value)


def _weight(value: Any) -> Decimal | None:
    pound = "0.45359237"
    units = {"kg": "1", "g": "0.001", "lb": pound, "lbs": pound, "oz": "0.028349523125"}
    return _quantity(units, value)


def _date(value: Any) -> Decimal | None:
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*", value):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            return None
    plain = isinstance(value, date) and not isinstance(value, datetime)
    return Decimal(value.toordinal()) if plain else None


def _moment(value: Any) -> Decimal | None:
    """Return a local date and time as a number that grows with it: whole minutes, no time zone."""
    pattern = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?\s*"
    if isinstance(value, str) and re.fullmatch(pattern, value):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo or value.second or value.microsecond:
        return None
    return Decimal(value.toordinal())


def _plain_text(value: Any) -> Decimal | None:
    """Return the length of a text of one printable line without blanks around it."""
    if not isinstance(value, str) or value != value.strip() or not value.isprintable():
        return None
    return Decimal(len(value))


_SIZES = {
    "market or state": _place,
    "whole number": _whole,
    "number": _number,
    "share": _share,
    "duration": _duration,
    "local time": _local_time,
    "weekdays": _weekdays,
    "distance": _distance,
    "weight": _weight,
    "date": _date,
    "local date and time": _moment,
    "true or false": lambda value: Decimal(1) if isinstance(value, bool) else None,
    "text": _plain_text,
}
