"""How many business days does the carrier take, beside what carriers publish?

    python -m benchmarks transit_by_zone [-- --orders-per-day 60000 --page PATH]

Runs the two networks that use the carrier and writes `docs/background/transit-by-zone.md`.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.transit import WITHIN, Transit, business_days, transit_by_group, transit_of
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.scenario.load import load_scenario
from logistics.vocabulary import Status
from networks.geography import CARRIER_ZONE_MILES, KM_PER_MILE, great_circle_km, load_markets
from networks.schema import Calendar

NETWORKS = ("tiktok-seller-direct", "tiktok-platform-fulfilled")
DAYS = {"days": 7, "warm_up_days": 7, "later_order_days": 21}
NEAR_MILES = 200
CARRIER_DAYS = Calendar("Mon-Fri", "ups")
PAGE = Path(__file__).parent.parent / "docs" / "background" / "transit-by-zone.md"

HEAD = """# The carrier's transit in business days

No table of transit times goes into the carrier: parcels wait for trailers, trailers drive, hubs
sort, couriers leave in the morning. The result can be compared with what carriers publish for
ground parcels: **1 to 5 business days, about 1 within 200 miles** (UPS Ground).

Transit is counted from the acceptance scan to delivery, in the carrier's business days: Monday to
Friday, except its six holidays. The day of the scan is day 0. A delivery on a Saturday counts as
Monday, so that a weekend never makes the carrier look faster than it is. Failed attempts at the
door count too; published transit ends at the first attempt. Zones are by the miles between the
markets of sender and customer, as in the carriers' rate tables.

A few parcels cross half the country in "one" business day: trailers also drive on Saturday, so what
is scanned on Friday has the weekend to get there by Monday. The rows by weekday show it.

Measured: {days} days, {orders:,} orders a day, seed 1, one run. Made by
`python -m benchmarks transit_by_zone`."""

SECTIONS = {
    "tiktok-seller-direct": "from the seller, who is collected in the afternoon",
    "tiktok-platform-fulfilled": "from the warehouse, whose trailers bring parcels to a hub",
}


@dataclass(frozen=True)
class Journeys:
    """What became of the measured, delivered parcels of a run.

    `days`: business days from first scan to delivery. `zone`: the carrier's. `miles`: between the
    markets of sender and customer, as the crow flies. `first_attempt`: delivered at the first.
    `weekday`: of the first scan, Monday is 0.
    """

    days: NDArray[np.int64]
    zone: NDArray[np.int8]
    miles: NDArray[np.float64]
    first_attempt: NDArray[np.bool_]
    weekday: NDArray[np.int64]


def journeys(run: Run) -> Journeys:
    """Count the business days of a run's measured, delivered parcels."""
    rows = np.flatnonzero(run.measured & (run.columns["status"] == Status.DELIVERED))
    markets, period = load_markets(), run.period
    zones = np.array([period.zone_number(zone) for zone in markets.time_zones])
    sender, customer = _sender_markets(run)[rows], run.columns["market"][rows]
    scanned = period.local_days(zones[sender], run.first_scan()[rows])
    delivered = period.local_days(zones[customer], run.columns["ended"][rows])
    lat, lon = markets.latitude, markets.longitude
    km = great_circle_km(lat[sender], lon[sender], lat[customer], lon[customer])
    return Journeys(
        days=business_days(scanned, delivered, period.working_days(CARRIER_DAYS, after=14)),
        zone=run.columns["zone"][rows],
        miles=km / KM_PER_MILE,
        first_attempt=run.columns["attempts"][rows] == 1,
        weekday=(scanned + period.first_date.weekday()) % 7,
    )


def _sender_markets(run: Run) -> NDArray[np.int64]:
    """Return (parcels,) the market in which each parcel is first scanned."""
    if run.places["sellers"]:
        of_source = np.array(run.places["seller_markets"])
    else:
        ids = np.array(run.places["facility_markets"])[run.places["source_facility"]]
        of_source = np.array([load_markets().index(market) for market in ids])
    return np.asarray(of_source[run.columns["source"]], np.int64)


def section(name: str, found: Journeys) -> list[str]:
    """Return the lines of a network's table."""
    near = transit_of(found.days[found.miles <= NEAR_MILES])
    zones: Mapping[int, Transit] = transit_by_group(found.days, found.zone)
    first = found.first_attempt
    miles = ("", "", *(f"{low:,} to {high:,} miles" for low, high in _zone_ends()))
    return [
        f"\n## {name}: {SECTIONS[name]}\n",
        "| | parcels | median | mean | "
        + " | ".join(f"within {k} day{'s' * (k > 1)}" for k in WITHIN)
        + " |",
        "|---|" + "---:|" * (3 + len(WITHIN)),
        _row(f"up to {NEAR_MILES} miles", near),
        *(_row(f"zone {zone}: {miles[zone]}", transit) for zone, transit in zones.items()),
        _row("all", transit_of(found.days)),
        _row("all, delivered at the first attempt", transit_of(found.days[first])),
        *(
            _row(f"all, first attempt, scanned on a {day}", transit_of(found.days[chosen]))
            for number, day in enumerate(("Monday", "Wednesday", "Friday"))
            if (chosen := first & (found.weekday == 2 * number)).any()
        ),
    ]


def _zone_ends() -> list[tuple[int, int]]:
    ends = (0, *CARRIER_ZONE_MILES, 2_800)
    return list(itertools.pairwise(ends))


def _row(label: str, transit: Transit) -> str:
    shares = " | ".join(f"{100 * share:.1f}%" for share in transit.within.values())
    return f"| {label} | {transit.parcels:,} | {transit.median:g} | {transit.mean:.2f} | {shares} |"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders-per-day", type=int, default=60_000)
    parser.add_argument("--days", type=int, default=DAYS["days"], help="measured days")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    lines = [HEAD.format(days=given.days, orders=given.orders_per_day)]
    for name in NETWORKS:
        run = simulate(
            load_scenario(name), 1, orders_per_day=given.orders_per_day,
            **(DAYS | {"days": given.days}),
        )  # fmt: skip
        lines += section(name, journeys(run))
    given.page.parent.mkdir(parents=True, exist_ok=True)
    given.page.write_text("\n".join(lines) + "\n")
    print(f"wrote {given.page}")


if __name__ == "__main__":
    main()
