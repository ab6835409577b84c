"""What is each part of the mechanism good for? Take it away and see.

    python -m benchmarks ablations [-- --orders-per-day 15000 --page PATH]

Each network is run with and without a part, on the same orders with the same luck, and compared
order by order; the sign was stated before the first run. Writes `docs/background/ablations.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from logistics.analysis.measures.network import measure
from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.paired import pair
from logistics.model.network import build_network
from logistics.running import simulate
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from networks.origins import Origins
from networks.schema import PACKAGING_GRADES, Network

ORDERS_PER_DAY = 15_000
DAYS = {"days": 7, "warm_up_days": 7, "later_order_days": 14}
PAGE = Path(__file__).parent.parent / "docs" / "background" / "ablations.md"

EVERY_DAY = 0b1111111
NO_LIMIT = 10**8

HEAD = """# What each part contributes

Take a part of the model away, and the results must move as it is thought to work. What is
stated beforehand was written down before the first run. Each network runs with and without the
part, same orders, same random draws: {days} measured days, {orders:,} orders a day, seed 1.
Times are in days, and "difference" is the mean over orders delivered both ways, without the part
minus with it, with a standard error that treats the orders as independent. A single order can also
get slower where the mean gets faster: a parcel that joins a delivery
route earlier may be dropped off later on it, and one that waits less at one place may just miss the
next truck. Made by
`python -m benchmarks ablations`.
"""


def _same(network: Network) -> Network:
    return network


@dataclass(frozen=True)
class Ablation:
    """A part that is taken away from a scenario.

    `parameters`: by dotted name, the values that replace the scenario's. `change`: what is done to
    the built network where no parameter does it.
    """

    name: str
    scenario: str
    how: str
    stated: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    change: Callable[[Network], Network] = _same


@dataclass(frozen=True, eq=False)
class Found:
    """The same orders with a part and without it."""

    ablation: Ablation
    before: Outcomes
    after: Outcomes

    def figures(self) -> tuple[dict[str, float], dict[str, float]]:
        """Return the figures with the part and without it."""
        return measure(self.before).values, measure(self.after).values

    def difference_days(self) -> tuple[float, float]:
        """Return the mean difference in delivery time, order by order, and its standard error.

        Raises ValueError if the two did not get the same orders.
        """
        mean = pair(self.before, self.after).values["difference_days.mean"]
        both = self.before.delivered & self.after.delivered
        days = self.after.delivery_days[both] - self.before.delivery_days[both]
        return mean, float(days.std() / np.sqrt(max(1, len(days))))


def every_day(network: Network) -> Network:
    """Let sellers work and hand over on every day."""
    sellers = network.origins.sellers
    always = np.full(len(sellers), EVERY_DAY, np.uint8)
    sellers = replace(sellers, working_days=always, pickup_days=always)
    return replace(network, origins=Origins(sellers=sellers))


def without_limits(network: Network) -> Network:
    """Let every vehicle and round take what is there, every worker be free, sellers pack it all.

    The timetables stay: more vehicles would also leave at more times.
    """
    graph = nx.MultiDiGraph(network.graph)
    for _, attributes in graph.nodes(data=True):
        if "shifts" in attributes:
            attributes |= {"shifts": "", "gate_daily_capacity": 0}
            attributes["round_capacity"] = NO_LIMIT if attributes["wave_times"] else 0
    for _, _, attributes in graph.edges(data=True):
        if "departs" in attributes:
            attributes["capacity"] = 0
    sellers = network.origins.sellers
    sellers = replace(sellers, daily_capacity=np.zeros_like(sellers.daily_capacity))
    return replace(network, graph=graph, origins=replace(network.origins, sellers=sellers))


ABLATIONS = (
    Ablation(
        "no weekends", "tiktok-seller-direct",
        "every calendar daily, no holidays: sellers, pickups, linehauls, deliveries",
        "faster, and dispatched sooner",
        {
            "network.sellers.weekdays_only": 0.0, "network.sellers.every_pickup": 1.0,
            "network.sellers.holidays": "none", "network.carrier.holidays": "none",
            "network.carrier.pickup_days": "daily", "network.carrier.linehaul_days": "daily",
            "network.carrier.delivery_days": "daily",
        },
        every_day,
    ),
    Ablation(
        "no handling", "tiktok-seller-direct",
        "sellers pack in a minute (median) instead of 15 hours; opening hours and pickups stay",
        "faster; what is left of dispatch is waiting for opening hours and the pickup",
        {"network.sellers.handling": "1 min"},
    ),
    Ablation(
        "one center", "amazon-fulfillment",
        "one fulfillment center instead of 390",
        "slower, and more kilometers",
        {"network.fulfillment_centers": 1},
    ),
    *(
        Ablation(
            "unlimited capacity", name,
            "the same timetables; every vehicle, round, shift and seller takes all there is",
            "never slower on average",
            change=without_limits,
        )
        for name in builtin_scenarios()
    ),
    Ablation(
        "packaging is all alike", "tiktok-seller-direct",
        "every packaging multiplier is 1",
        "the same times; damage falls to what handlings and distance cause",
        {f"risks.packaging.{grade}": 1.0 for grade in PACKAGING_GRADES},
    ),
)  # fmt: skip


def changed(scenario: Scenario, parameters: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some fields changed, by dotted name.

    Raises InputError when the result is not a valid scenario, KeyError for a part it has not.
    """
    data = scenario.model_dump(mode="json")
    for path, value in parameters.items():
        *parts, last = path.split(".")
        inner = data
        for part in parts:
            inner = inner[part]
        inner[last] = value
    return scenario.replace(**{path.split(".")[0]: data[path.split(".")[0]] for path in parameters})


def sized(name: str, orders_per_day: int, days: Mapping[str, int]) -> Scenario:
    """Return a built-in scenario at the size of these runs."""
    return load_scenario(name).replace(orders={"orders_per_day": orders_per_day}, days=days)


def without(ablation: Ablation, scenario: Scenario, seed: int = 1) -> Outcomes:
    """Run a scenario without a part."""
    scenario = changed(scenario, ablation.parameters)
    network = ablation.change(build_network(scenario))
    return simulate(scenario, seed, network=network).outcomes()


def found(
    ablations: Sequence[Ablation] = ABLATIONS,
    orders_per_day: int = ORDERS_PER_DAY,
    days: Mapping[str, int] = DAYS,
) -> list[Found]:
    """Run every ablation beside its scenario, each scenario once."""
    results, before = [], {}
    for ablation in ablations:
        scenario = sized(ablation.scenario, orders_per_day, days)
        if ablation.scenario not in before:
            before[ablation.scenario] = simulate(scenario, 1).outcomes()
        after = without(ablation, scenario)
        results.append(Found(ablation, before[ablation.scenario], after))
    return results


COLUMNS: dict[str, Callable[[dict[str, float]], str]] = {
    "mean, days": lambda f: f"{f['delivery_days.mean']:.2f}",
    "P50, days": lambda f: f"{f['delivery_days.p50']:.2f}",
    "P95, days": lambda f: f"{f['delivery_days.p95']:.2f}",
    "dispatch P50, days": lambda f: f"{f['dispatch_days.p50']:.2f}",
    "on time": lambda f: f"{100 * f['on_time_rate']:.1f}%",
    "damaged": lambda f: f"{100 * f['damage_rate']:.2f}%",
    "km": lambda f: f"{f['distance_km_mean']:,.0f}",
}


def section(one: Found) -> list[str]:
    """Return the lines about one ablation."""
    mean, error = one.difference_days()
    figures = pair(one.before, one.after).values
    handling, packaging = (
        100 * measure(one.before).values[f"damage_expected.{part}"]
        for part in ("handling", "packaging")
    )
    lines = [
        f"\n## {one.ablation.name}: {one.ablation.scenario}\n",
        f"Taken away: {one.ablation.how}. Stated beforehand: **{one.ablation.stated}**.\n",
        f"| | {' | '.join(COLUMNS)} |",
        "|---|" + "---:|" * len(COLUMNS),
        *(
            f"| {label} | {' | '.join(cell(row) for cell in COLUMNS.values())} |"
            for label, row in zip(("with", "without"), one.figures(), strict=True)
        ),
        f"\nDifference: {mean:+.3f} days (standard error {error:.3f}). Faster without it:"
        f" {100 * figures['faster.second']:.1f}% of the orders; slower:"
        f" {100 * figures['faster.first']:.1f}%.",
    ]
    if "risks" in " ".join(one.ablation.parameters):
        lines.append(
            f"Before, the parcels' routes explained {handling:.2f}% and the packaging"
            f" {packaging:.2f}%."
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders-per-day", type=int, default=ORDERS_PER_DAY)
    parser.add_argument("--days", type=int, default=DAYS["days"], help="measured days")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    lines = [HEAD.format(days=given.days, orders=given.orders_per_day).rstrip()]
    for one in found(ABLATIONS, given.orders_per_day, DAYS | {"days": given.days}):
        lines += section(one)
        print(f"{one.ablation.name}, {one.ablation.scenario}: {one.difference_days()[0]:+.3f} days")
    given.page.parent.mkdir(parents=True, exist_ok=True)
    given.page.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
