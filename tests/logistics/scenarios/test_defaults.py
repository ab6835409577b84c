"""What the built-in scenarios must show, out of mechanism: nothing here is a parameter.

Each network is run once, with the same orders: a week of them, one run. The bounds are those of
the claims, not of what was found; the numbers found are in `docs/background`.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.transit import transit_by_group, transit_of
from benchmarks.transit_by_zone import Journeys, journeys
from logistics.analysis.measures.network import measure
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.scenario.load import load_scenario
from logistics.vocabulary import Status
from networks.geography import load_markets

AMAZON, PLATFORM, SELLERS = (
    "amazon-fulfillment",
    "tiktok-platform-fulfilled",
    "tiktok-seller-direct",
)
ORDERS_PER_DAY = 20_000
COOL_DOWN_DAYS = {AMAZON: 7, PLATFORM: 10, SELLERS: 16}
WEEK = 7
TUESDAY, THURSDAY = 1, 3

Bools = NDArray[np.bool_]


def one_run(name: str) -> Run:
    return simulate(
        load_scenario(name), 1, orders_per_day=ORDERS_PER_DAY, days=7, warm_up_days=7,
        later_order_days=COOL_DOWN_DAYS[name],
    )  # fmt: skip


@pytest.fixture(scope="session")
def amazon() -> Run:
    return one_run(AMAZON)


@pytest.fixture(scope="session")
def platform() -> Run:
    return one_run(PLATFORM)


@pytest.fixture(scope="session")
def sellers() -> Run:
    return one_run(SELLERS)


@pytest.fixture(scope="session")
def figures(amazon: Run, platform: Run, sellers: Run) -> dict[str, dict[str, float]]:
    runs = {AMAZON: amazon, PLATFORM: platform, SELLERS: sellers}
    return {name: measure(run.outcomes()).values for name, run in runs.items()}


def test_all_three_got_the_same_orders(amazon: Run, platform: Run, sellers: Run) -> None:
    ids = [run.outcomes().order_id.tolist() for run in (amazon, platform, sellers)]
    assert ids[0] == ids[1] == ids[2]


# --- from the fulfillment centers -------------------------------------------------------------


def moves(run: Run, movement: str) -> Bools:
    """Tell which parcels hold a product that moves fast, or otherwise."""
    products = run.scenario.orders.products
    chosen = np.array([product.movement == movement for product in products])
    return np.asarray(chosen[run.columns["product"]])


def within_dates(run: Run, dates: int) -> Bools:
    """Tell which parcels were delivered at most so many local dates after the order's."""
    zones = np.array([run.period.zone_number(zone) for zone in load_markets().time_zones])
    delivered = run.period.local_days(zones[run.columns["market"]], run.columns["ended"])
    in_time = delivered - run.columns["day"] <= dates
    return np.asarray((run.columns["status"] == Status.DELIVERED) & in_time)


def test_fast_movers_reach_95_of_100_people_within_two_dates(amazon: Run) -> None:
    fast = amazon.measured & moves(amazon, "fast")
    assert within_dates(amazon, 2)[fast].mean() >= 0.95


def test_what_few_centers_hold_takes_longer(amazon: Run) -> None:
    next_date = within_dates(amazon, 1)
    shares = [
        next_date[amazon.measured & moves(amazon, m)].mean() for m in ("fast", "medium", "slow")
    ]
    assert shares[0] > shares[1] > shares[2]


def hour_of_the_day(run: Run) -> NDArray[np.float64]:
    """Return the local hour at which each order was placed."""
    zones = np.array([run.period.zone_number(zone) for zone in load_markets().time_zones])
    midnight = run.period.midnight(zones[run.columns["market"]], run.columns["day"])
    return np.asarray((run.columns["ordered"] - midnight) * (run.scenario.days.tick_ms / 3.6e6))


def cutoff_hour(run: Run, here: Bools) -> float:
    """Return the latest hour at which the market's own center still promises the next date.

    Its own center is the one that ships most to it; the promise is the timetable's.
    """
    own = here & (run.columns["source"] == np.bincount(run.columns["source"][here]).argmax())
    next_date = run.columns["promised_day"] == run.columns["day"] + 1
    return float(hour_of_the_day(run)[own & next_date].max())


def test_to_richmond_half_arrive_the_next_date_when_ordered_before_the_cutoff(amazon: Run) -> None:
    richmond = amazon.columns["market"] == load_markets().index("Z232")
    cutoff = cutoff_hour(amazon, richmond)
    assert 17 < cutoff < 24  # an evening cutoff
    weekday = (amazon.period.first_date.weekday() + amazon.columns["day"]) % WEEK
    midweek = (weekday >= TUESDAY) & (weekday <= THURSDAY)
    # whatever was ordered, and wherever it was shipped from
    counted = amazon.measured & richmond & midweek & (hour_of_the_day(amazon) < cutoff)
    assert counted.sum() >= 50
    assert within_dates(amazon, 1)[counted].mean() >= 0.5


# --- how long the three take ------------------------------------------------------------------


def test_from_sellers_a_week_is_an_ordinary_outcome(figures: dict[str, dict[str, float]]) -> None:
    found = figures[SELLERS]
    assert found["delivery_days.p50"] < WEEK < found["delivery_days.p90"]


def test_5_to_10_of_100_orders_miss_three_business_days(
    figures: dict[str, dict[str, float]],
) -> None:
    assert 0.90 <= figures[SELLERS]["dispatched_in_time_rate"] <= 0.95


@pytest.mark.parametrize("figure", ["delivery_days.p50", "delivery_days.p95"])
def test_the_platforms_own_warehouses_lie_in_between(
    figures: dict[str, dict[str, float]], figure: str
) -> None:
    assert figures[AMAZON][figure] < figures[PLATFORM][figure] < figures[SELLERS][figure]


def test_almost_nothing_is_under_way_at_the_end(figures: dict[str, dict[str, float]]) -> None:
    assert figures[AMAZON]["under_way_rate"] < 0.001
    assert figures[PLATFORM]["under_way_rate"] < 0.001
    assert figures[SELLERS]["under_way_rate"] < 0.02


# --- what arrives damaged, and what does not arrive -------------------------------------------


def test_about_half_a_percent_is_damaged_on_the_carriers_path(
    figures: dict[str, dict[str, float]],
) -> None:
    assert 0.0035 <= figures[PLATFORM]["damage_rate"] <= 0.007


def test_more_is_damaged_in_sellers_packaging(figures: dict[str, dict[str, float]]) -> None:
    assert figures[SELLERS]["damage_rate"] > figures[PLATFORM]["damage_rate"]
    assert figures[SELLERS]["damage_expected.packaging"] > 0
    assert figures[PLATFORM]["damage_expected.packaging"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", [AMAZON, PLATFORM, SELLERS])
def test_1_to_6_of_1000_are_lost_or_stolen(figures: dict[str, dict[str, float]], name: str) -> None:
    assert 0.001 <= figures[name]["loss_rate"] <= 0.006


# --- the carrier ------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=["platform", "sellers"])
def carried(request: pytest.FixtureRequest) -> Journeys:
    return journeys(request.getfixturevalue(request.param))


def test_the_carrier_takes_about_a_day_within_200_miles(carried: Journeys) -> None:
    near = transit_of(carried.days[carried.miles <= 200])
    assert near.median == 1
    assert near.within[2] >= 0.95


def test_the_carrier_takes_1_to_5_business_days(carried: Journeys) -> None:
    by_zone = transit_by_group(carried.days, carried.zone)
    assert list(by_zone) == [2, 3, 4, 5, 6, 7, 8]
    assert all(1 <= transit.median <= 5 for transit in by_zone.values())
    assert all(transit.within[5] >= 0.95 for transit in by_zone.values())


def test_farther_zones_take_longer(carried: Journeys) -> None:
    means = [transit.mean for transit in transit_by_group(carried.days, carried.zone).values()]
    assert means == sorted(means)
