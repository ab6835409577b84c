"""Where do the answers settle as the sample grows?

    python -m benchmarks sample_size [-- --largest 1300000]

Runs the three built-in networks at orders a day from the smallest allowed sample upwards, all
with the same days and seed, and writes `docs/background/sample-size.md`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from logistics.analysis.measures.network import measure
from logistics.running import simulate
from logistics.scenario.load import builtin_scenarios, load_scenario

SIZES = (15_000, 22_500, 30_000, 45_000, 60_000, 120_000, 300_000, 1_300_000)
DAYS = {"days": 7, "warm_up_days": 7, "later_order_days": 14}
FIGURES = {
    "P50, days": "delivery_days.p50",
    "P95, days": "delivery_days.p95",
    "on time": "on_time_rate",
    "within 2 dates": "within_dates.2",
    "damaged": "damage_rate",
}
PAGE = Path(__file__).parent.parent / "docs" / "background" / "sample-size.md"

HEAD = """# How large a sample is large enough?

A run simulates `orders_per_day` of a network's real volume, with capacities scaled alike. In a
small sample a trailer of 1,500 parcels becomes one of five, and rounding and chance make it behave
differently. This table shows where the results settle: {days} measured days, seed 1, one run per
row, so the last digit is random variation. Made by `python -m benchmarks sample_size`.

The default sample is {default:,} orders a day.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="orders a day to stop at")
    largest = parser.parse_args().largest
    default = load_scenario("amazon-fulfillment").orders.orders_per_day
    page = [HEAD.format(days=DAYS["days"], default=default)]
    for name in builtin_scenarios():
        scenario = load_scenario(name)
        page += [f"\n## {name}\n", f"| orders a day | {' | '.join(FIGURES)} | not resolved |",
                 "|---:|" + "---:|" * len(FIGURES) + "---|"]  # fmt: skip
        for size in (size for size in SIZES if size <= largest):
            started = time.perf_counter()
            run = simulate(scenario, 1, orders_per_day=size, **DAYS)
            figures = measure(run.outcomes()).values
            cells = [_cell(figures[key]) for key in FIGURES.values()]
            coarse = "; ".join(run.facts["not_resolved"]) or "all resolved"
            page.append(f"| {size:,} | {' | '.join(cells)} | {coarse} |")
            print(f"{name} {size:,}: {cells} {time.perf_counter() - started:.0f} s", flush=True)
            del run
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(page) + "\n")


def _cell(value: float) -> str:
    return f"{value:.2f}" if value > 1 else f"{100 * value:.2f}%"


if __name__ == "__main__":
    main()
