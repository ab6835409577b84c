"""The page says no more than what is tried."""

from __future__ import annotations

import re
from collections import Counter

from . import tables
from .files import ODD
from .injecting import all_trials
from .report import PAGE, planned


def table() -> dict[str, list[int]]:
    rows = re.findall(
        r"^\| \**([a-zA-Z ]+?)\** \| ([0-9,]+) \| ([0-9,]+) \|$", PAGE.read_text(), re.M
    )
    return {row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in rows}


def test_the_page_tells_no_more_faults_than_there_are() -> None:
    told, there = table(), planned()
    orders = Counter(one.kind for one in tables.cells())
    assert len(told) > 20
    assert told.pop("all") == [sum(column) for column in zip(*told.values(), strict=True)]
    for kind, (in_fields, in_orders) in told.items():
        assert there[kind] >= in_fields, kind
        assert orders[kind] >= in_orders, kind
    assert told.keys() == there.keys()


def test_the_page_tells_no_more_places_than_there_are() -> None:
    (places,) = re.findall(r"^([0-9,]+) places in scenario files", PAGE.read_text(), re.M)
    found = {one.place.once for one in all_trials()}
    assert len(found) >= int(places.replace(",", ""))
    assert f"and {len(ODD)} odd files" in PAGE.read_text().replace("\n", " ")
