"""Makes the pictures of the documentation.

python -m docs.make_pictures

`answer.svg` is `pictures/delivery_times.svg` of the results of  logistics compare.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from logistics import compare
from logistics.analysis.comparison import Comparison
from logistics.report.pictures.causes import plot_hours_by_cause, plot_hours_waterfall
from logistics.report.pictures.drawing import Picture, svg_of
from networks.files import EXAMPLES, read_network, write_network
from networks.origins import Origins
from networks.schema import Calendar, Network
from networks.timetables import weekday_bits

PICTURES = Path(__file__).parent / "pictures"
BASED_ON = "tiktok-seller-direct"


def main() -> None:
    """Write every picture as SVG."""
    PICTURES.mkdir(exist_ok=True)
    for name, picture in pictures().items():
        (PICTURES / f"{name}.svg").write_text(svg_of(picture), encoding="utf-8")


def pictures() -> dict[str, Picture]:
    """Return the pictures by name."""
    ideas = compared(ideas_of_a_small_seller())
    return {
        "small-seller-causes": plot_hours_by_cause(ideas),
        "small-seller-waterfall": plot_hours_waterfall(ideas, "small", "saturday-pickup"),
    }


def ideas_of_a_small_seller() -> dict[str, Network]:
    """Return the networks of the tutorial `docs/small-seller.md`, by name."""
    small = read_network(EXAMPLES["small-seller"]).network
    sellers = small.origins.sellers
    saturday = np.full_like(sellers.working_days, weekday_bits("Mon-Sat"))
    longer = replace(sellers, working_days=saturday)

    def with_calendars(network: Network, **weekdays: str) -> Network:
        changed = {name: replace(small.calendars[name], weekdays=w) for name, w in weekdays.items()}
        calendars: dict[str, Calendar] = {**network.calendars, **changed}
        return replace(network, calendars=calendars)

    quick = replace(sellers, handling_hours=sellers.handling_hours / 4)
    return {
        "small": small,
        "quicker": replace(small, origins=Origins(sellers=quick)),
        "saturday": replace(small, origins=Origins(sellers=longer)),
        "saturday-pickup": with_calendars(
            replace(small, origins=Origins(sellers=replace(longer, pickup_days=saturday))),
            pickup="Mon-Sat",
        ),
        "daily-carrier": with_calendars(small, linehaul="daily", delivery="daily"),
    }


def compared(networks: dict[str, Network], runs: int = 10, days: int = 28) -> Comparison:
    """Return the networks compared as the tutorial's command compares them."""
    with TemporaryDirectory() as folder:
        for name, network in networks.items():
            write_network(replace(network, name=name), Path(folder) / name, BASED_ON)
        paths = [Path(folder) / name for name in networks]
        return compare(paths, replications=runs, days=days, workers=1)


if __name__ == "__main__":
    main()
