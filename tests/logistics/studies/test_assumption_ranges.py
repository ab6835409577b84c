"""The wide interval of a comparison: every assumed figure drawn from its range, in one world."""

from __future__ import annotations

import pytest

from logistics import InputError
from logistics.experiments.plan import plan
from logistics.experiments.workers.pool import worker_pool
from logistics.jobs import experiment
from logistics.report.page import page
from logistics.report.summary import summary
from logistics.report.tables.provenance import Background
from logistics.report.text.ranges import headlines
from logistics.studies.assumption_ranges import draws_of, with_ranges
from networks.files import EXAMPLES

FEW = {"replications": 2, "days": 3, "warm_up_days": 2, "later_order_days": 9}


def test_the_wide_interval_stands_first_and_holds_the_narrow_one() -> None:
    what = plan([EXAMPLES["small-seller"]], **FEW)
    draws = draws_of(what, 19)
    assert len({one.plan.scenarios[0].risks.failed_attempt for one in draws}) == 19
    found = experiment(what, {"workers": 1, "assumptions": 19}).comparison
    for both in found.ranges.values():
        assert both.range.low <= both.narrow.low
        assert both.narrow.high <= both.range.high
    mean = summary(found)["ranges"]["small-seller"]["delivery_days.mean"]
    assert mean["wide"]["draws"] == 19
    first, *_ = headlines(found)
    assert first.startswith("small-seller, mean delivery time: ")
    text = page(found, [], Background())
    assert text.index(first.split(" in 90%")[0]) < text.index("Two intervals, not to be")


def test_without_draws_a_comparison_stays_as_it_is() -> None:
    what = plan([EXAMPLES["small-seller"]], **FEW)
    result = experiment(what, {"workers": 1})
    with worker_pool(1) as pool:
        assert with_ranges(result, draws_of(what, 0), pool) is result
    assert headlines(result.comparison) == []


def test_too_few_draws_are_refused_before_anything_is_run() -> None:
    with pytest.raises(InputError, match=r"assumptions: 5 is too few .*allowed: 0, or 19 or more"):
        draws_of(plan([EXAMPLES["small-seller"]], **FEW), 5)


def test_a_budget_of_seconds_gives_whole_batches_of_draws() -> None:
    what = plan([EXAMPLES["small-seller"]], **FEW)
    found = experiment(what, {"workers": 1, "assumptions_seconds": 1}).comparison
    ((_, one), *_) = found.ranges.items()
    assert one.range.draws >= 20
    assert one.range.draws % 20 == 0
    with pytest.raises(InputError, match=r"--assumptions and --assumptions-seconds: give one"):
        experiment(what, {"workers": 1, "assumptions": 19, "assumptions_seconds": 1})
