"""Amounts as exports write them: one column, one kind of comma."""

from __future__ import annotations

from time import process_time

import numpy as np
import pandas as pd
import pytest

from networks.inputs.amounts import amounts

NAN = float("nan")


@pytest.mark.parametrize(("cells", "read"), [
    (["18.00", "6", "", ".5", "5."], [18, 6, NAN, 0.5, 5]),
    (["1,030.00", "1,035", "9.99"], [1030, 1035, 9.99]),
    (["1.030,00", "1.035", "1,035", "9,99"], [1030, 1035, 1.035, 9.99]),
    (["1,8", "0,95", "2"], [1.8, 0.95, 2]),
    (["0,875", "1,125"], [0.875, 1.125]),  # no thousands begin with 0
    (["1,030", "5"], [1030, 5]),  # nothing decides: as in the United States
    (["1.125"], [1.125]),
    (["18,00", "18.00", "1,030"], [18, 18, NAN]),  # both kinds: which is 1,030?
    (["1,030,000"], [1_030_000]), (["1.030.000"], [1_030_000]),
    (["1'030.50", "1 030.50", "1\u00a0030.50"], [1030.5] * 3),
    (["$18.00", "US$ 9.99", "9.99 USD", "CA$12", "-$5", "$-5", "'9.99"],
     [18, 9.99, 9.99, 12, -5, -5, 9.99]),
    (["18,00 €", "R$ 1.234,56", "EUR 5"], [18, 1234.56, 5]),
    (["180%", "140 %", "1.4"], [1.8, 1.4, 1.4]),
    (["(5.00)", "free", "nan", "inf", "1,03,000", ",", "5 for 2", "٥"], [NAN] * 8),
    ([], []),
])  # fmt: skip
def test_a_column_of_amounts(cells: list[str], read: list[float]) -> None:
    np.testing.assert_array_equal(amounts(pd.Series(cells, dtype=object)), read)
    np.testing.assert_array_equal(amounts(pd.Series(cells, dtype=str)), read)


def test_a_million_prices_take_little() -> None:
    prices = np.random.default_rng(1).integers(100, 20_000, 1_000_000) / 100
    texts = pd.Series(prices).astype(str)
    texts[0] = "$" + texts[0]
    begin = process_time()
    assert (amounts(texts) == prices).all()
    assert process_time() - begin < 2
