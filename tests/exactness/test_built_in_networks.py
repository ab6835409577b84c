"""Both engines agree on the built-in networks, around holidays and clock changes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from diff import difference

from logistics.model.draws import Drawn, draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.scenario.load import load_scenario
from logistics.simulation import textbook
from logistics.simulation.batch import engine as batch
from logistics.streams import Streams
from logistics.vocabulary import Status

AMAZON, PLATFORM, SELLERS = (
    "amazon-fulfillment",
    "tiktok-platform-fulfilled",
    "tiktok-seller-direct",
)
SMALLEST = {AMAZON: 13_200, PLATFORM: 15_000, SELLERS: 15_000}

# Every period has a Saturday and a Sunday, or the holiday and the days beside it.
AUTUMN = "2023-11-04"
"""Saturday; on Sunday an hour comes twice, and orders and trucks with it."""
SPRING = "2024-03-09"
"""Saturday; on Sunday an hour is left out."""
THANKSGIVING = "2023-11-22"
"""Wednesday; nobody collects or sorts on Thursday."""
MEMORIAL_DAY = "2024-05-25"
"""Saturday; Monday is the holiday."""
CHRISTMAS = "2021-12-23"
"""Thursday; the holiday is a Saturday, a day off for those who work on Saturdays."""

HOURS = {AUTUMN: 76, SPRING: 74, THANKSGIVING: 75, MEMORIAL_DAY: 75, CHRISTMAS: 75}
"""Of three days; midnight comes three hours later in the far west."""

BY_DEFAULT = [(AMAZON, SPRING, 3), (PLATFORM, THANKSGIVING, 3), (SELLERS, AUTUMN, 5)]


@cache
def drawn(name: str, first_day: str, days: int) -> Drawn:
    scenario = load_scenario(name).replace(
        orders={"orders_per_day": SMALLEST[name]},
        days={
            "first_day": first_day,
            "warm_up_days": 0,
            "days": days,
            "later_order_days": 0,
            "follow_days": 0,
        },
    )
    model, streams = prepare(scenario), Streams(seed=4)
    return draw(model, generate_orders(scenario.orders, model.period, streams), streams)


@pytest.mark.usefixtures("_no_garbage_collector")
@pytest.mark.parametrize(("name", "first_day", "days"), BY_DEFAULT)
def test_both_engines_agree(name: str, first_day: str, days: int) -> None:
    problem = drawn(name, first_day, days).problem
    columns = batch.run(problem)
    assert difference(problem, textbook.run(problem), columns) is None
    assert (columns.load > 0).sum() > 1_000
    assert (columns.status == Status.DELIVERED).sum() > 1_000


@pytest.mark.slow
@pytest.mark.usefixtures("_no_garbage_collector")
@pytest.mark.parametrize("first_day", HOURS)
@pytest.mark.parametrize("name", SMALLEST)
def test_both_engines_agree_for_a_week(name: str, first_day: str) -> None:
    test_both_engines_agree(name, first_day, days=7)


@pytest.mark.parametrize("first_day", HOURS)
def test_the_clock_is_changed_where_it_is_said_to_be(first_day: str) -> None:
    horizon = drawn(PLATFORM, first_day, 3).problem.horizon
    assert horizon * drawn(PLATFORM, first_day, 3).problem.tick_ms == HOURS[first_day] * 3_600_000


def test_the_carrier_hardly_moves_on_thanksgiving() -> None:
    problem = drawn(PLATFORM, THANKSGIVING, 3).problem
    by_day = np.bincount(problem.departures.tick // (86_400_000 // problem.tick_ms))
    assert by_day[1] < by_day[0] / 2
