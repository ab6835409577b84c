"""Take a part of the mechanism away: the sign was stated before the first run.

`benchmarks/ablations.py` says what is taken away and how; the page it writes has the numbers.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.ablations import ABLATIONS, Found, found

pytestmark = pytest.mark.slow

DAYS = {"days": 4, "warm_up_days": 4, "later_order_days": 10}
CLEAR = 6
"""Standard errors: the orders share trucks, so the error is somewhat larger than stated."""


def all_of(name: str) -> list[Found]:
    return found([ablation for ablation in ABLATIONS if ablation.name == name], days=DAYS)


def one_of(name: str) -> Found:
    (one,) = all_of(name)
    return one


def clearly_faster(one: Found) -> bool:
    mean, error = one.difference_days()
    return mean < -CLEAR * error


def test_without_weekends_sellers_parcels_are_faster() -> None:
    one = one_of("no weekends")
    before, after = one.figures()
    assert clearly_faster(one)
    assert after["dispatch_days.mean"] < before["dispatch_days.mean"]


def test_without_handling_only_gates_and_pickups_are_left_of_dispatch() -> None:
    one = one_of("no handling")
    before, after = one.figures()
    assert clearly_faster(one)
    assert after["hours.work"] < 3 < before["hours.work"]  # what is left is the carrier's
    assert after["dispatch_days.p50"] <= 1 < before["dispatch_days.p50"]
    assert after["dispatched_in_time_rate"] > 0.99


def test_from_a_single_center_parcels_are_slower_and_travel_farther() -> None:
    one = one_of("one center")
    mean, error = one.difference_days()
    before, after = one.figures()
    assert mean > CLEAR * error
    assert after["distance_km_mean"] > 2 * before["distance_km_mean"]
    assert after["delivery_days.p95"] > before["delivery_days.p95"]


def test_unlimited_capacity_never_slows_a_network_down() -> None:
    ones = all_of("unlimited capacity")
    assert len(ones) == 3
    for one in ones:
        before, after = one.figures()
        assert one.difference_days()[0] <= 0, one.ablation.scenario
        assert after["on_time_rate"] >= before["on_time_rate"], one.ablation.scenario


def test_in_packaging_all_alike_damage_falls_to_what_the_way_causes() -> None:
    one = one_of("packaging is all alike")
    before, after = one.figures()
    assert np.array_equal(one.before.delivery_days, one.after.delivery_days)
    assert after["damage_expected.packaging"] == pytest.approx(0, abs=1e-6)
    way = before["damage_expected.handling"]
    assert after["damage_expected.handling"] == pytest.approx(way, rel=1e-3)
    luck = math.sqrt(way / len(one.after))
    assert after["damage_rate"] == pytest.approx(way, abs=4 * luck)
    assert before["damage_rate"] > after["damage_rate"]


def test_every_ablation_is_tested() -> None:
    assert {ablation.name for ablation in ABLATIONS} == {
        "no weekends",
        "no handling",
        "one center",
        "unlimited capacity",
        "packaging is all alike",
    }
