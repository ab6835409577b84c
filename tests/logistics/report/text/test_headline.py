"""The answer comes first: which network, how long, how much damage, how sure, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from whole_comparisons import three_networks

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures import Definition, Measure, Section, register, unregister
from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.registry import Response, in_the_answer
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.sensitivity import Importance, Importances
from logistics.analysis.statistics.uncertainty import RangeOfAssumptions, TwoIntervals
from logistics.report.tables.terminal import print_answer
from logistics.report.text.headline import (
    NOT_KNOWN,
    answer_cells,
    headline,
    main_caveats,
    orders_words,
    why_lines,
)
from logistics.report.text.wording import estimate_parts

DRIVER = "risks.failed_attempt"


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Three made-up networks: next-day, platform, seller-direct."""
    return three_networks()


def screen(result: Comparison, width: int = 120) -> list[str]:
    """The lines of the answer on a terminal."""
    out = Console(file=StringIO(), width=width)
    print_answer(result, out)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue().splitlines()


def with_range(result: Comparison, metric: str, low: float, high: float) -> Comparison:
    """The comparison with an assumption range of the first network."""
    response = Response(result.names[0], metric)
    spread = RangeOfAssumptions((low + high) / 2, low, high, 0.9, 80)
    drivers = Importances((Importance(DRIVER, 0.6),), 0.7)
    both = TwoIntervals(result.metrics[response.who][metric], spread, drivers, 0)
    return replace(result, ranges={**result.ranges, response: both})


def labeled(result: Comparison, **labels: str) -> Comparison:
    """The comparison with labels."""
    networks = {
        name: {
            **result.run["networks"][name],
            "label": labels.get(name.replace("-", "_"), ""),
        }
        for name in result.names
    }
    return replace(result, run={**result.run, "networks": networks})


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_answer_fits_one_screen(compared: Comparison, width: int) -> None:
    lines = screen(compared, width)
    assert 12 <= len(lines) <= (24 if width < 110 else 20)
    assert all(len(line) <= width for line in lines)
    assert lines[0].startswith("Fastest: next-day, ")
    heads = next(line for line in lines if "P95" in line)
    assert heads.split("  ")[-5:] != []
    assert re.sub(r"\s{2,}", "|", heads.strip()) == "mean, days|P50, days|P95, days|on time|damaged"


def test_the_headline_has_every_figure_the_fastest_first(compared: Comparison) -> None:
    first, second = headline(compared).split(". Least damage: ")
    days = {name: compared.metrics[name]["delivery_days.mean"].estimate for name in compared.names}
    shown = [f"{days[name]:.1f}" for name in sorted(days, key=days.__getitem__)]
    assert re.findall(r"\d+\.\d", first) == shown
    assert re.fullmatch(r"next-day, 0\.\d+%\.", second)


def test_networks_that_are_too_close_are_not_ranked(compared: Comparison) -> None:
    names = compared.names[:2]
    pair = f"{names[0]} vs {names[1]}"
    open_ = {
        **compared.paired[pair],
        "difference_days.mean": Estimate(0.1, -0.1, 0.3),
        "damage_difference": Estimate(0.0, -0.1, 0.1),
    }
    two = replace(compared, names=names, simultaneous={}, warm_up={}, ranges={}, **{
        part: {name: getattr(compared, part)[name] for name in names}
        for part in ("metrics", "distributions", "cases")
    }, paired={pair: open_})  # fmt: skip
    assert headline(two).startswith("Fastest, not yet certain: ")
    none = dict.fromkeys(("difference_days.mean", "damage_difference"), np.zeros(4))
    same = replace(two, values={pair: none})
    assert headline(same).startswith("Equally fast: ")
    assert "Equal damage: " in headline(same)
    one_run = {**none, "difference_days.mean": np.array([0.0, 0.0, 0.1, 0.0])}
    assert headline(replace(two, values={pair: one_run})).startswith("Fastest, not yet certain: ")


def test_labels_stand_for_names_unless_two_are_alike(compared: Comparison) -> None:
    named = labeled(compared, next_day="Amazon", in_between="Hubs", seller_direct="Sellers")
    assert headline(named).startswith("Fastest: Amazon, ")
    assert named.label("next-day vs seller-direct") == "Amazon vs Sellers"
    alike = labeled(compared, next_day="Same", in_between="Same", seller_direct="Sellers")
    assert [alike.label(name) for name in alike.names][:2] == list(alike.names[:2])


def test_why_names_the_largest_causes_of_each_pair(compared: Comparison) -> None:
    lines = why_lines(compared)
    assert len(lines) == 3
    for line in lines:
        found = re.fullmatch(r"(\S+), (\d+) h slower than (.*)", line)
        assert found
        slow, hours, rest = found.groups()
        assert slow in compared.names
        steps = [int(one) for one in re.findall(r"\+(\d+) h", rest)]
        assert steps == sorted(steps, reverse=True)
        assert 1 <= len(steps) <= 3
        assert steps[0] <= int(hours) + 1


def test_both_ranges_stand_beside_each_figure(compared: Comparison) -> None:
    found = with_range(compared, "on_time_rate", 0.54, 0.93)
    cells = {cell.name: cell for cell in answer_cells(found, found.names[0])}
    assert list(cells) == list(in_the_answer())
    assert cells["on_time_rate"].assumed == "54.0 to 93.0"
    assert cells["delivery_days.mean"].assumed == NOT_KNOWN
    low, high = map(float, cells["delivery_days.mean"].random.split(" to "))
    assert low <= float(cells["delivery_days.mean"].value) <= high


def test_the_caveat_is_what_the_assumptions_move_most_beyond_random_variation(
    compared: Comparison,
) -> None:
    assert any("--assumptions 40" in line for line in main_caveats(compared))
    mean = compared.metrics[compared.names[0]]["delivery_days.mean"].estimate
    found = with_range(compared, "delivery_days.mean", mean, mean + 0.001)
    found = with_range(found, "on_time_rate", 0.54, 0.93)
    (line,) = [one for one in main_caveats(found) if "Assumptions move" in one]
    assert "next-day, on time, 54.0 to 93.0%, mostly failed attempt (60%)." in line
    assert f"Mid-range, mean days are next-day {mean:.1f}." in line
    assert len(main_caveats(found)) <= 2


def test_a_percentile_that_is_the_same_in_every_run_lies_within_a_quarter_hour() -> None:
    p50 = in_the_answer()["delivery_days.p50"]
    same = Estimate(1.0, 1.0, 1.0)
    assert estimate_parts(same, p50) == ("1.00 days", "(0.98 to 1.00)")
    assert estimate_parts(Estimate(1.0), p50) == ("1.0 days", "")


def test_orders_of_a_file_are_counted_and_not_called_a_sample() -> None:
    read = {"orders": 427, "parcels": 430}
    run = {"first_day": "2023-09-18", "days": 7, "orders_per_day": 15_000, "orders_read": read}
    words = "7 days of orders from Mon Sep 18, 2023 (427 orders in shop.csv)"
    assert orders_words({**run, "orders": "exports/shop.csv"}) == words


def _cost(o: Outcomes) -> dict[str, float]:
    return {"cost_per_order": 4.2}


def test_a_registered_metric_joins_the_answer(compared: Comparison) -> None:
    cost = Definition("USD", "cost per order", "Dollars an order costs.", short="cost")
    measure = Measure(_cost, (Section("Cost", "dollars an order.", {"cost_per_order": cost}),))
    estimates = {"cost_per_order": Estimate(4.2, 4.1, 4.3)}
    metrics = {name: {**one, **estimates} for name, one in compared.metrics.items()}
    register(measure)
    try:
        lines = screen(replace(compared, metrics=metrics))
    finally:
        unregister(measure)
    assert "cost, USD" in next(line for line in lines if "P95" in line)
    assert sum(line.rstrip().endswith("4.2") for line in lines) == 3
    assert sum(line.rstrip().endswith("4.1 to 4.3") for line in lines) == 3
