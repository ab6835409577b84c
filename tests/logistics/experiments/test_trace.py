"""Which order a trace is about, however its product and market are written."""

import pytest
from small_scenarios import sellers

from logistics.experiments.trace import wanted_order
from networks.inputs.faults import InputError


@pytest.mark.parametrize("market", ["981", "98101", "Z981", "Seattle", "seattle, wa"])
@pytest.mark.parametrize("product", ["detangling hairbrush", "hairbrush", "Detangling"])
def test_a_product_may_be_cut_short_and_a_market_be_a_city(product: str, market: str) -> None:
    wanted = wanted_order(sellers(), product, market)
    assert (wanted.product, wanted.market) == ("detangling hairbrush", "Z981")


def test_what_is_not_clear_is_refused_with_what_it_may_be() -> None:
    with pytest.raises(InputError) as caught:
        wanted_order(sellers(), "hairbursh", "Dallas")
    product, market = caught.value.faults
    assert "is not a product of the scenario" in product.problem
    assert (market.problem, market.allowed) == (
        "is the name of several markets", "752 (Dallas, TX), 753 (Dallas, TX)",
    )  # fmt: skip
