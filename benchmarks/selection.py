"""How many runs it takes to pick the best of several networks.

A planner says which difference is worth caring about and how sure to be. `rinott_h` and
`dudewicz_dalal_h` answer in two stages: some first runs of each, then h^2 S^2 / d^2 in all, where
S^2 is the variance of a network's first runs and d the smallest difference that matters.
`kim_nelson` gives the constants of a race that drops networks on the way. `ocba_shares` spreads a
fixed number of runs where they tell most.

scipy is imported inside the functions, because it loads slowly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


def rinott_h(networks: int, first_runs: int, chance: float = 0.95) -> float:
    """Return Rinott's h for picking the best of so many networks (Comm. Stat. A7, 1978, 799-811).

    `chance` of a right choice if the best is ahead by what matters. For means of runs that are
    independent between networks. Raises ValueError as `_check` says.
    """
    _check(networks, first_runs, chance)
    from scipy.optimize import brentq  # noqa: PLC0415
    from scipy.special import ndtr  # noqa: PLC0415

    freedom = first_runs - 1
    chi2, weight = _chi_squared(freedom)
    spread = np.sqrt(freedom * (1 / chi2[:, None] + 1 / chi2[None, :]))

    def surplus(h: float) -> float:
        ahead_of_one = ndtr(h / spread) @ weight
        return float(ahead_of_one ** (networks - 1) @ weight) - chance

    return float(brentq(surplus, 0.0, _upper(surplus), xtol=1e-10))


def dudewicz_dalal_h(networks: int, first_runs: int, chance: float = 0.95) -> float:
    """Return the h of Dudewicz and Dalal (Sankhya B37, 1975, 28-78), for weighted two-stage means.

    Smaller than Rinott's. Raises ValueError as `_check` says.
    """
    _check(networks, first_runs, chance)
    from scipy.integrate import quad  # noqa: PLC0415
    from scipy.optimize import brentq  # noqa: PLC0415
    from scipy.special import gammaln, stdtr  # noqa: PLC0415

    freedom = first_runs - 1
    scale = math.exp(gammaln((freedom + 1) / 2) - gammaln(freedom / 2)) / math.sqrt(
        freedom * math.pi
    )

    def surplus(h: float) -> float:
        def integrand(t: float) -> float:
            density = scale * math.pow(1 + t * t / freedom, -(freedom + 1) / 2)
            behind = float(stdtr(freedom, t + h))
            return math.pow(behind, networks - 1) * density

        return float(quad(integrand, -np.inf, np.inf, epsabs=1e-12, limit=200)[0]) - chance

    return float(brentq(surplus, 0.0, _upper(surplus), xtol=1e-10))


@dataclass(frozen=True)
class KimNelson:
    """Constants of the race: `eta`, and `h2`, by which a difference's variance is multiplied."""

    eta: float
    h2: float


def kim_nelson(networks: int, first_runs: int, chance: float = 0.95, c: int = 1) -> KimNelson:
    """Return the constants of Kim and Nelson's race (ACM TOMACS 11, 2001, 251-273).

    `c`: 1 for the triangular region that they recommend. Paired runs are allowed, and help.
    Raises ValueError as `_check` says.
    """
    _check(networks, first_runs, chance)
    wrong = 2 * (1 - chance) / (networks - 1)
    eta = (wrong ** (-2 / (first_runs - 1)) - 1) / 2
    return KimNelson(eta, 2 * c * eta * (first_runs - 1))


def ocba_shares(
    means: ArrayLike, variances: ArrayLike, *, smallest_is_best: bool = True
) -> NDArray[np.float64]:
    """Return the share of all runs that each network should get (they sum to 1).

    Optimal computing budget allocation (Chen, Lin, Yucesan and Chick, DEDS 10, 2000, 251-270):
    close rivals and those that vary much get most. `means`, `variances`: estimates, one per
    network.

    Raises ValueError for fewer than two networks, a variance not above 0, or a tie for best.

    >>> ocba_shares([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]).round(2).tolist()
    [0.45, 0.44, 0.11]
    """
    mean, variance = np.asarray(means, np.float64), np.asarray(variances, np.float64)
    if len(mean) < 2 or mean.shape != variance.shape or not (variance > 0).all():
        raise ValueError("give a mean and a variance above 0 for each of two or more networks")
    best = int(np.argmin(mean) if smallest_is_best else np.argmax(mean))
    behind = np.abs(mean - mean[best])
    others = np.arange(len(mean)) != best
    if not (behind[others] > 0).all():
        raise ValueError("two networks are tied for best: no number of runs tells them apart")
    share = np.zeros(len(mean))
    share[others] = variance[others] / behind[others] ** 2
    share[best] = math.sqrt(variance[best] * (share[others] ** 2 / variance[others]).sum())
    return np.asarray(share / share.sum())


def _check(networks: int, first_runs: int, chance: float) -> None:
    """Raise ValueError for fewer than two networks or runs, or a chance that pure luck has."""
    if networks < 2 or first_runs < 2:
        raise ValueError("picking takes at least two networks and two first runs of each")
    if not 1 / networks < chance < 1:
        raise ValueError(f"chance = {chance}: must be above 1/{networks} and below 1")


def _chi_squared(freedom: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points of the chi-squared distribution and their weights, for integrals over it."""
    from scipy.special import chdtri, gammaln  # noqa: PLC0415

    low, high = (math.log(chdtri(freedom, tail)) for tail in (1 - 1e-15, 1e-15))
    nodes, weights = np.polynomial.legendre.leggauss(200)
    log_x = low + (high - low) * (nodes + 1) / 2  # on the logarithm it is smooth at 0
    x = np.exp(log_x)
    log_density = freedom / 2 * (log_x - math.log(2)) - x / 2 - float(gammaln(freedom / 2))
    return x, np.exp(log_density) * weights * (high - low) / 2


def _upper(surplus: Callable[[float], float]) -> float:
    """Return an h that is large enough."""
    h = 4.0
    while surplus(h) < 0:
        h *= 2
    return h
