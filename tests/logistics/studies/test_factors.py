"""Factors: their values at places from 0 to 1, in the units in which they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.scenario.value_scales import scale_of
from logistics.studies.factor_syntax import LogNormal, Normal, Range, Triangular, Uniform
from logistics.studies.factors import listed, spread_of, stated

PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)


def assumed(low, value, high, current=None):
    return stated(
        low, value, high, scale_of(value if current is None else current, (low, value, high))
    )


def at(spread, places=PLACES):
    return [spread.at(place) for place in places]


@pytest.mark.parametrize(
    ("low", "value", "high", "current", "expected"),
    [
        ("2 h", "4 h", "8 h", None, ["2 h", "3 h", "4 h", "6 h", "8 h"]),
        ("12:00", "16:00", "20:00", None, ["12:00", "14:00", "16:00", "18:00", "20:00"]),
        ("2%", "5%", "13%", 0.05, ["2%", "3.5%", "5%", "9%", "13%"]),
        (0.1, 0.2, 0.6, None, [0.1, 0.15, 0.2, 0.4, 0.6]),
        (6, 12, 20, None, [6, 9, 12, 16, 20]),
        ("1000 km", "1500 km", "2500 km", None,
         ["1000 km", "1250 km", "1500 km", "2000 km", "2500 km"]),
    ],
)  # fmt: skip
def test_half_of_an_assumed_range_lies_below_the_assumed_value(low, value, high, current, expected):
    assert at(assumed(low, value, high, current)) == expected


def test_an_assumed_value_at_an_end_gives_an_even_range() -> None:
    assert at(assumed(10, 10, 50)) == [10, 20, 30, 40, 50]


def test_what_has_no_order_is_low_value_or_high_in_thirds() -> None:
    days = assumed("Mon-Fri", "Mon-Sat", "daily")
    assert at(days, (0, 0.33, 0.34, 0.66, 0.67, 1)) == [
        "Mon-Fri", "Mon-Fri", "Mon-Sat", "Mon-Sat", "daily", "daily",
    ]  # fmt: skip
    holidays = assumed("none", "federal", "federal")
    assert at(holidays, (0, 0.49, 0.51, 1)) == ["none", "none", "federal", "federal"]
    assert [one.value for one in holidays.ends] == ["none", "federal"]


def test_the_places_of_a_screening_reach_all_three_thirds() -> None:
    times = assumed(["21:00"], ["22:00"], ["21:00", "23:00"])
    assert at(times, (0, 1 / 3, 2 / 3, 1)) == [
        ["21:00"], ["22:00"], ["21:00", "23:00"], ["21:00", "23:00"],
    ]  # fmt: skip


def test_a_range_is_a_grid_of_even_steps_with_both_ends() -> None:
    cutoff = spread_of(Range(low="12:00", high="20:00", steps=3), scale_of("16:00", ["12:00"]))
    assert cutoff.levels == (("12:00", 0.0), ("16:00", 0.5), ("20:00", 1.0))
    assert cutoff.ends == (("12:00", 0.0), ("20:00", 1.0))


def test_the_grid_of_a_distribution_has_values_of_equal_chance() -> None:
    load = spread_of(Uniform(law="uniform", low=0, high=1, steps=2), scale_of(0.8, [0, 1]))
    assert load.levels == ((0.25, 0.25), (0.75, 0.75))


def test_a_triangular_distribution_has_its_known_quantiles() -> None:
    # the distribution function of low 0, mode 2, high 6 is x^2 / 12 up to 2
    law = Triangular(law="triangular", low=0, mode=2, high=6)
    spread = spread_of(law, scale_of(1.0, [0, 2, 6]))
    assert spread.at(0) == 0
    assert spread.at(1 / 3) == pytest.approx(2, abs=0.01)
    assert spread.at(1 / 12) == pytest.approx(1, abs=0.01)
    assert spread.at(1) == 6


def test_a_normal_distribution_is_cut_off_where_it_is_said() -> None:
    law = Normal(law="normal", mean="16:00", sd="1 h", low="15:00")
    spread = spread_of(law, scale_of("16:00", ["16:00", "15:00"]))
    # a sixth of the whole lies below 15:00; half of the rest below the quantile of 0.579
    assert spread.at(0) == "15:00"
    assert spread.at(0.5) == "16:12"
    assert [level.place for level in spread.ends] == [0.0, 0.95]
    assert spread.at(1) == "18:35"  # 99.5%, where nothing is tried beyond


def test_a_lognormal_distribution_has_its_median_and_a_long_tail() -> None:
    law = LogNormal(law="lognormal", median="10 h", log_sd=1.0, low="5 h", high="20 h")
    spread = spread_of(law, scale_of("15 h", ["10 h", "5 h", "20 h"]))
    assert at(spread, (0, 0.5, 1)) == ["5 h", "10 h", "20 h"]


@pytest.mark.parametrize(
    ("law", "problem"),
    [
        (Range(low=2, high=1), "low must be below high"),
        (Range(low=2, high=2), "low must be below high"),
        (Triangular(law="triangular", low=1, mode=5, high=3), "mode must lie between"),
        (Normal(law="normal", mean=1, sd=0), "sd must be above 0"),
        (Normal(law="normal", mean=1, sd="wide"), "sd must be a length"),
        (Normal(law="normal", mean=1, sd=1, low=100, high=101), "next to nothing"),
        (LogNormal(law="lognormal", median=0, log_sd=1), "above 0"),
    ],
)
def test_numbers_that_make_no_distribution_are_refused(law, problem) -> None:
    with pytest.raises(ValueError, match=problem):
        spread_of(law, scale_of(1.0, [1]))


def test_a_list_stands_in_the_order_in_which_it_is_written_and_is_drawn_from_in_its_own() -> None:
    trailers = listed([1500, 1000, 2000], scale_of(1500, [1500, 1000, 2000]))
    assert trailers.levels == ((1500, 0.5), (1000, 0.0), (2000, 1.0))
    assert at(trailers, (0, 0.5, 1)) == [1000, 1500, 2000]
    assert trailers.ordered
    assert not listed(["daily", "Mon-Fri"], None).ordered


@pytest.mark.parametrize(
    ("current", "given"),
    [(True, [False]), ("Mon-Fri", ["daily"]), (["22:00"], [["20:00"]]), (5, [5.5]),
     ("300 km", ["300 km", "10 mi"]), ("16:00", ["2 h"])],
)  # fmt: skip
def test_what_is_no_number_has_no_scale(current, given) -> None:
    assert scale_of(current, given) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_values_rise_with_their_places_and_stay_within_their_ends(low, span, one, other) -> None:
    spread = spread_of(Range(low=low, high=low + span), scale_of(1, [low]))
    first, last = spread.at(min(one, other)), spread.at(max(one, other))
    assert low <= first <= last <= low + span


def test_a_grid_has_as_many_points_as_steps() -> None:
    """Values are rounded for the eye, never so far that two of them become one."""
    share = spread_of(Range(low=0.1, high=0.5, steps=3000), scale_of(0.2, [0.1, 0.5]))
    assert len({level.value for level in share.levels}) == 3000
    assert [level.value for level in share.levels][:3] == [0.1, 0.10013, 0.10027]
