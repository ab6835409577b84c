"""Which date may be quoted: from counts typed by hand, and from worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from logistics.analysis.quotes import (
    MOST_DAYS,
    NO_DATE,
    Counts,
    DateCounts,
    falling,
    kept_shares,
)

ONE_CLASS = (np.zeros(3, np.int64),)


def counts_of(*markets: dict[int, int]) -> Counts:
    """Parcels by days until delivered, in markets with one weekday and one time of day."""
    found = np.zeros((len(markets), 1, 1, MOST_DAYS + 2), np.int64)
    for row, days in enumerate(markets):
        for day, parcels in days.items():
            found[row, 0, 0, day] = parcels
    return found


def test_the_quote_is_the_fewest_days_that_are_kept() -> None:
    counts = counts_of({2: 900, 3: 99, MOST_DAYS + 1: 1}, {2: 960, 3: 40}, {5: 1000})
    kept = kept_shares(counts, ONE_CLASS)
    assert kept.quoted(0.95)[:, 0, 0].tolist() == [3, 2, 5]
    assert kept.quoted(0.89)[:, 0, 0].tolist() == [2, 2, 5]
    assert kept.parcels[:, 0, 0].tolist() == [1000, 1000, 1000]


def test_where_cells_are_alike_a_small_one_takes_the_class() -> None:
    # 0 of 4 were late, but 1 in 10 is late everywhere else: no reason to believe the 4
    counts = counts_of({2: 4}, {2: 900, 4: 100}, {2: 900, 4: 100})
    assert kept_shares(counts, ONE_CLASS).quoted(0.95)[0, 0, 0] == 4


def test_where_cells_differ_each_decides_for_itself() -> None:
    counts = counts_of({2: 30}, {5: 1000}, {2: 1000})
    kept = kept_shares(counts, ONE_CLASS)
    assert kept.quoted(0.95)[:, 0, 0].tolist() == [2, 5, 2]


def test_a_market_without_parcels_takes_the_next_wider_class_that_has_some() -> None:
    counts = counts_of({}, {3: 500}, {7: 500})
    narrow, wide = np.array([0, 1, 2]), np.array([0, 0, 1])
    kept = kept_shares(counts, (narrow, wide))
    assert kept.quoted(0.95)[:, 0, 0].tolist() == [3, 3, 7]
    everywhere = kept_shares(counts, (narrow,))
    assert everywhere.quoted(0.95)[0, 0, 0] == 7  # half of all parcels take seven days


def test_a_market_alone_in_its_class_is_not_believed_at_its_word() -> None:
    # 3 of 3 within two days; of the 40,000 parcels of its zone, 1 in 5 takes four
    counts = counts_of({2: 3}, *[{2: 800, 4: 200}] * 40)
    alone, zone = np.array([0] + [1] * 40), np.zeros(41, np.int64)
    assert kept_shares(counts, (alone, zone)).quoted(0.95)[0, 0, 0] == 4
    # with a thousand it is: its class is one that differs
    counts[0] = counts_of({2: 1000})[0]
    counts[1:, 0, 0] = counts_of({3: 1000})[0, 0, 0]
    assert kept_shares(counts, (alone, zone)).quoted(0.95)[:2, 0, 0].tolist() == [2, 3]


def test_own_parcels_weigh_what_the_prior_leaves_them() -> None:
    alike = kept_shares(counts_of({2: 4}, {2: 900, 4: 100}, {2: 900, 4: 100}), ONE_CLASS)
    assert alike.weight[0, 0, 0, 2] < 0.001  # a prior of 10,000 parcels
    differ = kept_shares(counts_of({2: 30}, {5: 1000}, {2: 1000}), ONE_CLASS)
    assert differ.weight[0, 0, 0, 2] > 0.95


def test_what_never_arrives_often_enough_has_no_date() -> None:
    counts = counts_of({2: 80, MOST_DAYS + 1: 20}, {2: 80, MOST_DAYS + 1: 20}, {2: 1000})
    assert kept_shares(counts, ONE_CLASS).quoted(0.95)[:2, 0, 0].tolist() == [NO_DATE, NO_DATE]


def test_more_days_are_never_kept_less_often() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 4, (40, 7, 2, MOST_DAYS + 2))
    share = kept_shares(counts, (np.arange(40) % 5,)).share
    assert (np.diff(share, axis=-1) >= 0).all()
    assert ((share >= 0) & (share <= 1)).all()


def test_dates_become_weekdays() -> None:
    counts = np.zeros((1, 9, 1, MOST_DAYS + 2), np.int32)
    counts[0, :, 0, 2] = range(1, 10)  # from a Saturday on
    both = DateCounts(counts, np.zeros((1, 9), np.int32))
    by_weekday = (both + both).by_weekday(5)[0, :, 0, 2]
    assert by_weekday.tolist() == [6, 8, 10, 12, 14, 2 * (1 + 8), 2 * (2 + 9)]


def world(seed: int, parcels: int) -> tuple[Counts, NDArray[np.float64]]:
    """Counts of 600 markets in 3 classes, and how likely each number of days truly is.

    A market is near (2 or 3 days) or far (3 or 4), with its own share of slower parcels.
    """
    rng = np.random.default_rng(seed)
    near = rng.random(600) < np.repeat([0.9, 0.5, 0.1], 200)
    slow = rng.beta(2, 18, 600)
    truth = np.zeros((600, MOST_DAYS + 2))
    base = np.where(near, 2, 3)
    truth[np.arange(600), base] = 1 - slow
    truth[np.arange(600), base + 1] = 0.9 * slow
    truth[np.arange(600), base + 2] = 0.1 * slow
    counts = np.stack([rng.multinomial(rng.poisson(parcels), row) for row in truth])
    return counts[:, None, None].astype(np.int64), truth


@pytest.mark.parametrize("parcels", [4, 15, 60, 250])
@pytest.mark.parametrize("share", [0.9, 0.95])
def test_quotes_keep_their_share_of_parcels_that_were_not_seen(parcels: int, share: float) -> None:
    kept_, early, worlds = [], [], 20
    of = (np.repeat([0, 1, 2], 200),)
    for seed in range(worlds):
        counts, truth = world(seed, parcels)
        days = kept_shares(counts, of).quoted(share)[:, 0, 0]
        within = np.cumsum(truth, axis=1)
        kept_.append(within[np.arange(600), days].mean())
        early.append(within[np.arange(600), days - 1].mean())
    error = 4 * np.std(kept_, ddof=1) / np.sqrt(worlds)
    assert np.mean(kept_) >= share - error - 0.004
    assert np.mean(early) < share - 0.02


def test_shares_fall_from_part_to_part_and_stay_near_what_was_counted() -> None:
    """By hand: 0.9 and 0.95 are pooled to 0.93, as one has 2 parcels and the other 3."""
    share = np.array([[0.99], [0.9], [0.95], [0.5]])
    size = np.array([[4.0], [2.0], [3.0], [1.0]])
    assert falling(share, size)[:, 0].tolist() == pytest.approx([0.99, 0.93, 0.93, 0.5])


def test_pooling_is_isotonic_regression() -> None:
    rng = np.random.default_rng(5)
    share, size = rng.random((40, 6, 1)), rng.integers(1, 9, (40, 6, 1)).astype(float)
    found = falling(share, size)
    for row in range(len(share)):
        expected = isotonic_regression(
            share[row, :, 0], weights=size[row, :, 0], increasing=False
        ).x
        assert found[row, :, 0] == pytest.approx(expected)
