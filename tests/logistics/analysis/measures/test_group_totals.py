"""Counts and sums by group, from parcels typed by hand."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from outcomes_by_hand import (
    ALBUM,
    HAIRBRUSH,
    NEW_YORK,
    RICHMOND,
    SEATTLE,
    many_outcomes,
    outcomes_of,
)

from logistics.analysis.measures.group_totals import (
    BINS,
    GroupTotals,
    group_totals,
    totals_by,
)
from logistics.analysis.measures.outcomes import NO_DEADLINE, Causes, Outcomes, together
from logistics.vocabulary import CAUSES, TOUCH_KINDS

SECOND = 3600
"""Ticks of a second to an hour."""


def causes_for(o: Outcomes, dates: int = 1, first_weekday: int = 0, **columns: Any) -> Causes:
    """All time is on the road, and every order of a Monday, unless a column says otherwise."""
    ticks = np.zeros((len(CAUSES), len(o)), np.int32)
    days = np.where(o.delivered, o.delivery_days, 0)
    ticks[CAUSES.index("transit")] = np.rint(days * 24 * SECOND)
    values: dict[str, Any] = {
        "ticks": ticks,
        "allowed": np.full(len(o), NO_DEADLINE),
        "date": np.zeros(len(o), np.int16),
        **columns,
    }
    return Causes(dates=dates, first_weekday=first_weekday, ticks_per_hour=SECOND, **values)


def equal(one: GroupTotals, other: GroupTotals) -> bool:
    return all(
        np.allclose(getattr(one, f.name), getattr(other, f.name)) for f in fields(GroupTotals)
    )


def test_parcels_are_counted_by_group() -> None:
    o = outcomes_of(
        [1.5, 2.0, "lost", 0.5], market=[RICHMOND, SEATTLE, RICHMOND, RICHMOND],
        late_days=[0.0, 1.0, np.inf, -1.0], damaged=["", "road", "", "door step"],
    )  # fmt: skip
    by_market = totals_by(o, causes_for(o), o.market, 3)
    assert by_market.parcels.tolist() == [0, 3, 1]
    assert by_market.delivered.tolist() == [0, 2, 1]
    assert by_market.on_time.tolist() == [0, 2, 0]
    assert by_market.damaged.tolist() == [0, 1, 1]
    assert by_market.damaged_by[TOUCH_KINDS.index("road")].tolist() == [0, 0, 1]
    assert by_market.within_dates[:, RICHMOND].tolist() == [1, 2, 2, 2, 2, 2, 2, 2]
    assert by_market.within_dates[:, SEATTLE].tolist() == [0, 0, 1, 1, 1, 1, 1, 1]
    assert by_market.hours[CAUSES.index("transit")].tolist() == [0, 48, 48]
    assert np.isnan(by_market.mean_hours()[:, NEW_YORK]).all()


def test_damage_to_be_expected_is_split_into_touches_and_packaging() -> None:
    o = outcomes_of([1.0, 1.0], hazard_handling=[0.5, 0.5], hazard_packaging=[0.5, -0.25])
    one = totals_by(o, causes_for(o), np.zeros(2, np.int64), 1)
    neutral, each = 1 - np.exp(-0.5), [1 - np.exp(-1.0), 1 - np.exp(-0.25)]
    assert one.expected_handling[0] == pytest.approx(2 * neutral)
    assert one.expected_packaging[0] == pytest.approx(sum(each) - 2 * neutral)


def test_a_negative_code_is_in_no_group() -> None:
    o = outcomes_of([1.0, 2.0, 3.0])
    some = totals_by(o, causes_for(o), np.array([-1, 0, 0]), 1)
    assert (some.parcels.tolist(), some.delivered.tolist(), some.days.sum()) == ([2], [2], 2)


def test_a_quantile_counts_what_never_came() -> None:
    """Four of five came, after 10 minutes, exactly 3 hours, 5 hours and 40 days."""
    o = outcomes_of([10 / 1440, 3 / 24, 5 / 24, 40.0, "lost"])
    one = totals_by(o, causes_for(o), np.zeros(5, np.int64), 2)
    assert one.quantile(0.2).tolist()[0] == 1 / 24
    assert one.quantile(0.4).tolist()[0] == 3 / 24
    assert one.quantile(0.6).tolist()[0] == 5 / 24
    assert one.quantile(0.7).tolist()[0] == np.inf
    assert np.isnan(one.quantile(0.5)[1])
    assert one.days.sum() == 3
    with pytest.raises(ValueError, match="q = 1"):
        one.quantile(1)


def test_every_grouping_has_every_parcel() -> None:
    o = many_outcomes(5_000, seed=1)
    causes = causes_for(o, dates=10, date=(np.arange(len(o)) % 10).astype(np.int16))
    made = group_totals(o, causes)
    whole = made["all"]
    for name in ("market", "order_date", "weekday", "product", "touches"):
        one = made[name]
        assert one.parcels.sum() == whole.parcels[0] == len(o), name
        assert one.hours.sum(axis=1) == pytest.approx(whole.hours[:, 0]), name
        assert (one.days.sum(axis=1) == whole.days[:, 0]).all(), name
    assert made["speed"].delivered.sum() == whole.delivered[0] == o.delivered.sum()


@pytest.mark.parametrize("most_cells", [100_000, 1])
def test_groupings_are_what_tally_says_of_their_codes(
    most_cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether sums are made once for all groupings, or grouping by grouping to save memory."""
    monkeypatch.setattr("logistics.analysis.measures.group_totals._MOST_CELLS", most_cells)
    o = many_outcomes(2_000, seed=2)
    date = (np.arange(len(o)) % 9).astype(np.int16)
    causes = causes_for(o, dates=9, date=date, first_weekday=3)
    made = group_totals(o, causes)
    assert equal(made["market"], totals_by(o, causes, o.market, 3))
    assert equal(made["product"], totals_by(o, causes, o.product, 2))
    assert equal(made["order_date"], totals_by(o, causes, date, 9))
    assert equal(made["weekday"], totals_by(o, causes, (date + 3) % 7, 7))
    assert equal(made["touches"], totals_by(o, causes, o.touches, 15))
    assert equal(made["all"], totals_by(o, causes, np.zeros(len(o), np.int64), 1))


def test_the_slowest_are_a_twentieth_of_those_delivered() -> None:
    o = outcomes_of([*np.arange(1.0, 41.0), "lost", "returned"])
    slow = group_totals(o, causes_for(o))["speed"]
    assert slow.parcels.tolist() == [38, 2]
    assert slow.mean_hours()[CAUSES.index("transit"), 1] == 24 * 39.5


def test_one_parcel_has_no_slowest() -> None:
    o = outcomes_of([1.0])
    assert group_totals(o, causes_for(o))["speed"].parcels.tolist() == [1, 0]


def test_nobody_ordered() -> None:
    made = group_totals(outcomes_of([]), causes_for(outcomes_of([])))
    assert {name: int(one.parcels.sum()) for name, one in made.items()} == dict.fromkeys(made, 0)
    assert np.isnan(made["all"].quantile(0.5)).all()


def test_runs_add_up_whatever_their_most_touches() -> None:
    """One run has a parcel of 12 touches, the other none above 10."""
    one = outcomes_of([1.0, 2.0], touches=[3, 12], product=[HAIRBRUSH, ALBUM])
    other = outcomes_of([3.0])
    both = together(group_totals(one, causes_for(one)), group_totals(other, causes_for(other)))
    assert both["touches"].parcels.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert both["all"].parcels.tolist() == [3]
    assert both["product"].parcels.tolist() == [2, 1]
    assert both["market"].days.shape == (BINS, 3)
    assert equal(
        both["touches"],
        group_totals(other, causes_for(other))["touches"]
        + group_totals(one, causes_for(one))["touches"],
    )


def test_counts_of_many_runs_do_not_overflow() -> None:
    """A bin that is full in 16 bits, added to itself."""
    o = many_outcomes(70_000, seed=1)
    quick = outcomes_of([0.01] * 70_000)
    one = totals_by(quick, causes_for(quick), np.zeros(len(o), np.int64), 1)
    assert one.days.max() == 70_000
    small = totals_by(o, causes_for(o), o.market, 3)
    assert small.days.dtype == np.uint16
    assert ((small + small).days.sum()) == 2 * small.days.sum(dtype=np.int64)


def test_many_runs_of_a_whole_country_do_not_overflow_either() -> None:
    o = outcomes_of([1.0])
    one = totals_by(o, causes_for(o), o.market, 1)
    hour = one.days.argmax()
    country = replace(one, days=(one.days.astype(np.int64) * 2_000_000_000))
    assert (country + country).days[hour, 0] == 4_000_000_000
    assert (one + one).days.dtype == np.int32


def test_shares_are_of_the_delivered_for_damage_else_of_all() -> None:
    o = outcomes_of([1.0, "lost", 2.0, 2.0], damaged=["road", "", "", ""])
    one = totals_by(o, causes_for(o), np.zeros(4, np.int64), 2)
    assert one.share("damaged")[0] == 1 / 3
    assert one.share("on_time")[0] == 3 / 4
    assert np.isnan(one.share("on_time")[1])
