"""Build `networks/data/po_box_areas.csv`: where mail goes whose ZIP3 area has no street delivery.

Run `python -m benchmarks make_po_box_areas` after `make_markets`, with the same `zipcodes`.

Some ZIP3 areas of the lower 48 states have P.O. boxes, single firms or offices alone, and so are no
markets. Each belongs to the city that most of its ZIP Codes name, and goes to the market that has
most of that city's street delivery ZIPs; where the city has none, to the market of the nearest
street delivery ZIP of the state. Areas of ZIP Codes that lie nowhere (88888, Santa's) are left out.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import zipcodes

from benchmarks.make_markets import STATE_POPULATION, Zip, read_zips
from networks.geography import great_circle_km

TABLE = Path(__file__).parent.parent / "networks/data/po_box_areas.csv"
COLUMNS = ("area", "market", "city")
Name = TypeVar("Name", str, tuple[str, str])
MILITARY = ("09", "340", "96")


def area_rows() -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the table in the order of `COLUMNS`, sorted by area."""
    street = read_zips()
    markets = {each.code[:3] for each in street}
    areas = defaultdict[str, list[Zip]](list)
    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        code, point = row["zip_code"], (float(row["lat"]), float(row["long"]))
        inside = row["state"] in STATE_POPULATION and not code.startswith(MILITARY)
        if inside and code[:3] not in markets and any(point):
            areas[code[:3]].append(Zip(code, row["city"], row["state"], row["timezone"], *point))
    for area, zips in sorted(areas.items()):
        city, state = _most_common([(each.city, each.state) for each in zips])
        of_city = [each.code[:3] for each in street if (each.city, each.state) == (city, state)]
        market = _most_common(of_city) if of_city else _nearest(zips[0], street)
        yield f"Z{area}", f"Z{market}", f"{city}, {state}"


def areas_csv() -> str:
    """Return the whole table as CSV text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *area_rows()])
    return text.getvalue()


def _most_common(names: Sequence[Name]) -> Name:
    """Return what occurs most often, of equals the first in order."""
    return min(Counter(names).items(), key=lambda item: (-item[1], item[0]))[0]


def _nearest(here: Zip, street: list[Zip]) -> str:
    """Return the area of the nearest street delivery ZIP of the same state."""

    def km(other: Zip) -> float:
        point = here.latitude, here.longitude, other.latitude, other.longitude
        return float(great_circle_km(*point))

    return min((each for each in street if each.state == here.state), key=km).code[:3]


if __name__ == "__main__":
    TABLE.write_text(areas_csv(), encoding="utf-8")
