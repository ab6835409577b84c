"""Work by number: the slices of a law have its mean, its spread and its tails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from small_scenarios import centers, sellers

from logistics.model.prepare import prepare
from logistics.model.work import SLICES, draw_numbers, factors_of, slice_edges
from logistics.streams import Streams

LAWS = {
    "constant": 0.0,
    "narrow": 0.2,
    "usual": 0.5,
    "wide": 1.2,
    "exponential": -1.0,
}
PARCELS = 1_000_000


def law_of(sigma: float) -> stats.rv_continuous:
    """Return the law of mean 1, as SciPy has it."""
    return stats.expon() if sigma < 0 else stats.lognorm(sigma, scale=np.exp(-sigma * sigma / 2))


def sizes() -> np.ndarray:
    """Return (65,536,) what part of all work each slice has."""
    half = np.diff(slice_edges())
    return np.concatenate([half, half[::-1]])


def test_slices_are_all_work_and_those_at_the_ends_are_thin() -> None:
    size = sizes()
    assert len(size) == SLICES
    assert size.sum() == pytest.approx(1, abs=1e-15)
    assert size[512:-512] == pytest.approx(np.full(SLICES - 1024, 1 / SLICES))
    assert size.max() < 4 / SLICES
    assert size[:512].sum() == pytest.approx(1 / 128)
    assert size[0] == pytest.approx(2.0**-43)
    assert np.allclose(size, size[::-1], rtol=0, atol=0)


@pytest.mark.parametrize("name", LAWS)
def test_the_mean_is_the_laws_and_slow_comes_after_quick(name: str) -> None:
    factor = factors_of(LAWS[name])
    assert factor @ sizes() == pytest.approx(1, abs=1e-7)
    assert (np.diff(factor) >= 0).all()


@pytest.mark.parametrize("name", [name for name, sigma in LAWS.items() if sigma])
def test_the_spread_and_the_tails_are_the_laws(name: str) -> None:
    sigma, size = LAWS[name], sizes()
    law, factor = law_of(sigma), factors_of(sigma)
    assert ((factor - 1) ** 2) @ size == pytest.approx(law.var(), rel=2e-4)
    for share in (0.5, 0.1, 0.01, 1e-4, 1e-6, 1e-9):
        beyond = size[factor > law.isf(share)].sum()
        assert beyond == pytest.approx(share, rel=0.2), share
        below = size[factor < law.ppf(share)].sum()
        assert below == pytest.approx(share, rel=0.2) or law.ppf(share) < 1e-6, share


def test_numbers_come_as_often_as_their_slices_are_large() -> None:
    number = draw_numbers(np.arange(PARCELS, dtype=np.int64), 6, Streams(seed=3))
    assert number.shape == (PARCELS, 6)
    edges = np.append(0, np.cumsum(sizes()))
    # sixteen groups of slices in the middle, eight at either end
    ends = 512 - 16 * np.arange(8)
    groups = np.unique([*(512 + 4032 * np.arange(17)), *ends, *(SLICES - ends), 0, SLICES])
    expected = np.diff(edges[groups]) * PARCELS
    for visit in range(6):
        count, _ = np.histogram(number[:, visit], groups)
        assert stats.chisquare(count, expected).pvalue > 1e-4, visit


def test_the_numbers_of_two_visits_have_nothing_to_do_with_each_other() -> None:
    number = draw_numbers(np.arange(PARCELS, dtype=np.int64), 6, Streams(seed=4))
    between = np.corrcoef(number.T)[~np.eye(6, dtype=bool)]
    assert np.abs(between).max() < 5 / np.sqrt(PARCELS)


def test_a_parcels_numbers_are_its_own() -> None:
    """The same in another company of parcels, and with more visits."""
    ids = np.arange(5_000, dtype=np.int64)
    all_of_them = draw_numbers(ids, 6, Streams(seed=1))
    assert np.array_equal(draw_numbers(ids[::7], 3, Streams(seed=1)), all_of_them[::7, :3])


def test_places_work_at_their_own_pace() -> None:
    """A facility as its seconds say on average, a seller at its own median."""
    model = prepare(centers())
    places, per_second = model.routes.facilities.values(), 1000 / model.period.tick_ms
    count = len(model.facilities.ids)
    assert model.work.length[:count].tolist() == [p.work_seconds * per_second for p in places]

    model = prepare(sellers())
    origins, work = model.network.origins.sellers, model.work
    count = len(model.facilities.ids)
    assert len(work.length) == count + len(origins)
    middle = work.factors[work.law[count:], SLICES // 2] * work.length[count:]
    hours = middle * model.period.tick_ms / 3_600_000
    assert hours == pytest.approx(origins.handling_hours, rel=1e-3)
    assert len(np.unique(hours)) > 10
