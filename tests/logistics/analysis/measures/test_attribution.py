"""Waterfalls: the steps add up, order by order, to what they explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes_by_hand import outcomes_of, waterfall
from test_group_totals import causes_for

from logistics.analysis.measures.attribution import PairSums, pair_sums
from logistics.analysis.measures.group_totals import totals_by
from logistics.analysis.measures.outcomes import NO_DEADLINE, Causes, Outcomes
from logistics.analysis.measures.registry import CAUSE_METRICS, LATE_STEPS
from logistics.analysis.statistics.intervals import share_over_runs
from logistics.vocabulary import CAUSES

HOUR = 3600
Told = tuple[Outcomes, Causes]


def network(parcels: list[dict[str, Any]]) -> Told:
    """Parcels by their hours of each cause; `allowed`: hours until late; `end`: if not delivered.

    A parcel is late exactly if its hours reach what is allowed.
    """
    hours = np.array([[one.get(cause, 0) for cause in CAUSES] for one in parcels]).reshape(-1, 11)
    total = hours.sum(axis=1)
    allowed = np.array([one.get("allowed", NO_DEADLINE / HOUR) for one in parcels])
    late = np.where(total >= allowed, 1.0, 0.0)
    gone = np.array(["end" in one for one in parcels], np.bool_)
    o = outcomes_of(
        [one.get("end", t / 24) for one, t in zip(parcels, total, strict=True)],
        late_days=np.where(gone, np.inf, late),
        market=[one.get("market", 0) for one in parcels],
    )
    ticks = np.rint(hours.T * HOUR).astype(np.int32)
    return o, causes_for(o, ticks=ticks, allowed=np.rint(allowed * HOUR).astype(np.int64))


def sums(first: dict[str, Any], second: dict[str, Any]) -> PairSums:
    return pair_sums(network([first]), network([second]))


def late_steps(first: dict[str, Any], second: dict[str, Any]) -> dict[str, float]:
    """The steps of one order that are not 0, in orders."""
    steps = sums(first, second).late_steps
    assert list(steps) == list(LATE_STEPS)
    return {name: twice / 2 for name, twice in steps.items() if twice}


# Hours ------------------------------------------------------------------------------------------


def test_the_steps_are_the_differences_by_cause() -> None:
    first = network([{"transit": 5, "queue": 2}, {"transit": 7}])
    second = network([{"transit": 9, "round": 4}, {"transit": 8, "closed": 1}])
    found = waterfall([pair_sums(first, second)])
    assert (found.first_hours.estimate, found.second_hours.estimate) == (7, 11)
    steps = {name: one.estimate for name, one in found.steps.items() if one.estimate}
    assert steps == {"transit": 2.5, "queue": -1, "round": 2, "closed": 0.5}
    assert list(found.steps) == list(CAUSES)


def test_only_what_both_deliver_counts() -> None:
    first = network([{"transit": 5}, {"transit": 50}])
    second = network([{"transit": 6}, {"transit": 3, "end": "lost"}])
    assert waterfall([pair_sums(first, second)]).steps["transit"].estimate == 1


def test_markets_have_their_own_difference() -> None:
    first = network([{"transit": 24, "market": 1}, {"transit": 24}, {"transit": 24, "market": 1}])
    second = network([{"transit": 48}, {"transit": 12}, {"transit": 24}])
    days = waterfall([pair_sums(first, second)]).market_days
    assert days[:2].tolist() == [-0.5, 0.5]
    assert np.isnan(days[2])


def test_runs_give_intervals_and_the_steps_still_add_up() -> None:
    runs = [sums({"transit": 5, "queue": q}, {"transit": 9, "full": q / 2}) for q in (1, 2, 4)]
    found = waterfall(runs)
    assert found.steps["queue"].has_interval
    total = sum(one.estimate for one in found.steps.values())
    assert total == pytest.approx(found.second_hours.estimate - found.first_hours.estimate)


def test_without_runs_or_with_other_orders_it_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        waterfall([])
    with pytest.raises(ValueError, match="same orders"):
        pair_sums(network([{"transit": 1}]), network([{"transit": 1}, {"transit": 1}]))


def test_nothing_delivered_gives_no_hours() -> None:
    found = waterfall([sums({"end": "lost"}, {"end": "lost"})])
    assert np.isnan(found.first_hours.estimate)
    assert (found.first_late.estimate, found.second_late.estimate) == (1, 1)


# Late -------------------------------------------------------------------------------------------


def test_one_cause_that_makes_it_late_has_all_of_it() -> None:
    assert late_steps({"transit": 5, "allowed": 8}, {"transit": 9, "allowed": 8}) == {"transit": 1}


def test_steps_of_the_share_late_add_up_and_none_has_no_width() -> None:
    """Two runs, of 3 parcels and of 1: the road makes one of 3 late, and the one of the other."""
    quick, late = {"transit": 5, "allowed": 8}, {"transit": 9, "allowed": 8}
    runs = [([quick] * 3, [late, quick, quick]), ([quick], [late])]
    found = waterfall(pair_sums(network(a), network(b)) for a, b in runs)
    assert found.first_late == share_over_runs([0, 0], [3, 1])
    assert found.second_late == share_over_runs([1, 1], [3, 1])
    steps = {name: one.estimate for name, one in found.late_steps.items()}
    assert steps.pop("transit") == found.second_late.estimate == 0.5
    assert not any(steps.values())
    assert all(one.low < one.high for one in found.late_steps.values())


def test_delivered_on_the_stroke_of_midnight_is_late() -> None:
    assert late_steps({"transit": 7, "allowed": 8}, {"transit": 8, "allowed": 8}) == {"transit": 1}


def test_a_shorter_promise_alone() -> None:
    assert late_steps({"transit": 5, "allowed": 8}, {"transit": 5, "allowed": 4}) == {"promise": 1}


def test_two_causes_of_which_each_would_do_share_it() -> None:
    """In the order of the way the queue comes first, in the reverse order the road."""
    shared = late_steps({"allowed": 5}, {"queue": 6, "transit": 6, "allowed": 5})
    assert shared == {"queue": 0.5, "transit": 0.5}


def test_a_cause_that_helps_has_a_negative_part() -> None:
    """A slower road, made up for by a shorter wait: on time in both."""
    first, second = {"next_round": 6, "transit": 1}, {"next_round": 0, "transit": 6}
    assert late_steps(first | {"allowed": 8}, second | {"allowed": 8}) == {
        "transit": 0.5, "next_round": -0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "step"),
    [
        ({"transit": 5, "allowed": 8}, {"end": "lost"}, 1),
        ({"end": "lost"}, {"transit": 5, "allowed": 8}, -1),
        ({"transit": 9, "allowed": 8}, {"end": "lost"}, 0),
        ({"end": "returned"}, {"end": "lost"}, 0),
    ],
)
def test_what_one_network_never_delivers_is_a_step_of_its_own(
    first: dict[str, Any], second: dict[str, Any], step: int
) -> None:
    assert late_steps(first, second) == ({"never delivered": step} if step else {})


def test_without_a_promise_nothing_delivered_is_late() -> None:
    assert late_steps({"transit": 1}, {"transit": 5_000}) == {}


routes = st.fixed_dictionaries(
    {cause: st.integers(0, 3) for cause in CAUSES}, optional={"end": st.sampled_from(["lost"])}
)
without_deadline = settings(deadline=None)
promises = st.one_of(st.just(NO_DEADLINE / HOUR), st.integers(0, 30))


@without_deadline
@given(routes, routes, promises, promises)
def test_the_steps_of_every_order_add_up(
    first: dict[str, Any], second: dict[str, Any], allowed: float, other: float
) -> None:
    found = sums(first | {"allowed": allowed}, second | {"allowed": other})
    assert sum(found.late_steps.values()) == 2 * (found.late[1] - found.late[0])
    assert found.late[0] in (0, 1)
    if found.both:
        hours = [sum(v for k, v in way.items() if k in CAUSES) for way in (first, second)]
        assert (found.second - found.first).sum() == HOUR * (hours[1] - hours[0])
        assert found.late == (hours[0] >= allowed, hours[1] >= other)


@without_deadline
@given(routes, routes, promises, promises)
def test_the_other_way_round_every_step_is_the_opposite(
    first: dict[str, Any], second: dict[str, Any], allowed: float, other: float
) -> None:
    one, two = first | {"allowed": allowed}, second | {"allowed": other}
    there, back = sums(one, two).late_steps, sums(two, one).late_steps
    assert {name: -value for name, value in there.items()} == back


@without_deadline
@given(st.lists(st.tuples(routes, routes, promises, promises), min_size=1, max_size=6))
def test_many_orders_are_the_sum_of_each(orders: list[tuple[Any, Any, Any, Any]]) -> None:
    pairs = [(one | {"allowed": a}, two | {"allowed": b}) for one, two, a, b in orders]
    together = pair_sums(network([p[0] for p in pairs]), network([p[1] for p in pairs]))
    alone = [sums(*p).late_steps for p in pairs]
    assert together.late_steps == {n: sum(one[n] for one in alone) for n in LATE_STEPS}


# Groups -----------------------------------------------------------------------------------------


def test_a_group_is_told_against_everybody() -> None:
    o, causes = network([{"transit": 10, "queue": 1}, {"transit": 20, "queue": 1}])
    groups = totals_by(o, causes, np.array([0, 1]), 2)
    everyone = totals_by(o, causes, np.array([0, 0]), 1)
    difference = groups.mean_hours() - everyone.mean_hours()
    assert difference[CAUSES.index("transit")].tolist() == [-5, 5]
    assert difference[CAUSES.index("queue")].tolist() == [0, 0]


def test_every_cause_is_defined_in_the_order_of_the_way() -> None:
    assert list(CAUSE_METRICS) == list(CAUSES)
    assert list(LATE_STEPS) == ["promise", *CAUSES, "never delivered"]
