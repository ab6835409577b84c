"""What the hours of groups are made of."""

from __future__ import annotations

import numpy as np
import pytest
from small_scenarios import centers, sellers

from logistics import compare
from logistics.analysis.comparison import Comparison
from logistics.report.breakdowns import By, hours_by_group
from networks.geography import load_markets

GROUPS: list[By] = ["market", "product", "order_date", "weekday", "speed", "touches"]


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare([centers(), sellers()], replications=2, workers=1)


def test_all_together_are_the_mean_delivery_time(compared: Comparison) -> None:
    table = hours_by_group(compared).set_index("network")
    for name in compared.names:
        mean = compared.metrics[name]["delivery_days.mean"].estimate
        assert table.loc[name, "delivery_hours"] == pytest.approx(24 * mean, rel=0.01)
        assert table.loc[name, "parcels"] == compared.metrics[name]["parcels"].estimate


@pytest.mark.parametrize("by", GROUPS)
def test_groups_add_up_to_all_and_to_nothing_against_the_typical(
    by: By, compared: Comparison
) -> None:
    whole = hours_by_group(compared).set_index("network")
    plain, against = hours_by_group(compared, by), hours_by_group(compared, by, True)
    for name, one in plain.groupby("network"):
        weights = one["delivered"] / one["delivered"].sum()
        assert one["delivered"].sum() == whole.loc[name, "delivered"]
        total = float((weights * one["delivery_hours"]).sum())
        assert total == pytest.approx(whole.loc[name, "delivery_hours"])
        rest = against[against["network"] == name]
        assert float((weights * rest["delivery_hours"]).sum()) == pytest.approx(0, abs=1e-9)


def test_groups_have_names(compared: Comparison) -> None:
    products = [product.name for product in centers().orders.products]
    assert set(hours_by_group(compared, "product")["product"]) == set(products)
    assert set(hours_by_group(compared, "market")["market"]) <= set(load_markets().ids)
    assert set(hours_by_group(compared, "speed")["speed"]) == {"the other 95%", "the slowest 5%"}
    dates = hours_by_group(compared, "order_date")["order_date"]
    assert sorted(set(dates.map(str))) == ["2023-09-18", "2023-09-19"]
    assert set(hours_by_group(compared, "weekday")["weekday"]) == {"Mon", "Tue"}


def test_the_slowest_are_slower_in_every_network(compared: Comparison) -> None:
    table = hours_by_group(compared, "speed", against_typical=True)
    slow = table["speed"] == "the slowest 5%"
    assert (table.loc[slow, "delivery_hours"] > 0).all()
    assert (table.loc[~slow, "delivery_hours"] < 0).all()
    assert np.isfinite(table.filter(like="_hours").to_numpy()).all()
