"""How often do the intervals hold the truth?

    python -m benchmarks coverage [-- --small --page PATH]

Draws runs from processes whose truth is known, makes the intervals with the code that the reports
use, and counts. Seeded; some five minutes on one core. Writes `docs/background/coverage.md`.
`--small` is a quick look.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage_page import Row, page_of
from benchmarks.differences import (
    difference_of_means,
    difference_of_shares,
    share_interval,
)
from benchmarks.known_processes import (
    SHAPES,
    WAIT,
    overdispersed,
    waiting_times,
    wave_days,
    wave_quantile,
)
from benchmarks.long_series import batch_means, quantile_ranks
from benchmarks.simultaneous import against_the_best, paired_differences
from logistics.analysis.statistics.distributions import Grid, Histogram, mean_distribution
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Estimate,
    difference_interval,
    mean_interval,
    proportion_interval,
    quantile_interval,
    rate_interval,
    t_quantile,
)
from logistics.analysis.statistics.stopping import Target, progress_of_mean, verdict
from logistics.analysis.statistics.uncertainty import range_of_assumptions

PAGE = Path(__file__).parent.parent / "docs" / "background" / "coverage.md"
TRIALS = 3000
SMALL = 60

Hit = tuple[bool, float]


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--page", type=Path, default=None, help="where to write the page")
    options = parser.parse_args(arguments)
    trials = SMALL if options.small else TRIALS
    rows = [row for study in STUDIES for row in study(trials)]
    page = options.page or (None if options.small else PAGE)
    text = page_of(rows, trials)
    if page:
        page.write_text(text, encoding="utf-8")
    else:
        print(text)
    return rows


# Means ----------------------------------------------------------------------------------------


def means(trials: int) -> Iterator[Row]:
    for (process, (truth, draw)), runs in product(SHAPES.items(), (3, 5, 10, 20)):
        values = draw(generator("means", process, runs), (trials, runs))
        hits = [held(mean_interval(one), truth) for one in values]
        yield row("Means over runs", "t", process, runs, hits)
    for skipped, runs in product((0, 400), (5, 20)):
        rng = generator("queue", skipped, runs)
        waits = waiting_times(rng, (trials // 2, runs), skipped + 400)[..., skipped:].mean(axis=-1)
        process = f"queue, 400 customers, {skipped or 'none'} left out before"
        hits = [held(mean_interval(one), WAIT) for one in waits]
        yield row("Means over runs", "t", process, runs, hits)


def long_runs(trials: int) -> Iterator[Row]:
    for customers, count in ((320, 5), (320, 20), (20_480, 5), (20_480, 20)):
        rng = generator("long", customers, count)
        waits = waiting_times(rng, (trials // (8 if customers > 1000 else 1),), customers, True)
        hits = [held(batch_means(one, count, 0.9), WAIT) for one in waits]
        process = f"queue, {customers:,} customers"
        yield row("One long run", f"{count} batches", process, 1, hits, 0.9)


# Quantiles ------------------------------------------------------------------------------------

GRID = Grid(0, 5, 96)


def quantiles(trials: int) -> Iterator[Row]:
    for p, runs in product((0.5, 0.9, 0.95, 0.99), (5, 10, 20)):
        rng = generator("waves", p, runs)
        truth = wave_quantile(p)
        inverted, plain = [], []
        for _ in range(trials // 2):
            days = wave_days(rng, runs, 7, 120)
            counted = [Histogram.of(one, GRID) for one in days]
            inverted.append(held(quantile_interval(mean_distribution(counted), p), truth, 1 / 96))
            each = [quantile_interval(mean_distribution([one]), p).estimate for one in counted]
            plain.append(held(mean_interval(each), truth, 1 / 96))
        process = f"waves, P{100 * p:g}"
        yield row("Quantiles", "inverted", process, runs, inverted)
        yield row("Quantiles", "t", process, runs, plain)
    for p, count in ((0.5, 20), (0.9, 100)):
        rng, ranks = generator("ranks", p, count), quantile_ranks(count, p)
        values = np.sort(rng.standard_exponential((trials, count)), axis=1)
        ends = values[:, [ranks.lower - 1, ranks.upper - 1]]
        hits = [held(Estimate(math.nan, *one), -math.log(1 - p)) for one in ends]
        yield row("Quantiles", "ranks", f"independent, P{100 * p:g}", count, hits)


# Rates ----------------------------------------------------------------------------------------


def rates(trials: int) -> Iterator[Row]:
    cases = product((2_000, 20_000), (0.001, 0.003, 0.01), (1, 2, 5), (4, 8, 20))
    for parcels, rate, excess, runs in cases:
        rng = generator("rates", parcels, rate, excess, runs)
        counts = overdispersed(rng, (trials, runs), parcels, rate, excess)
        totals = np.full(runs, parcels)
        process = f"{parcels:,} parcels, {100 * rate:g}%, x{excess}"
        ours = [held(rate_interval(one, totals), rate) for one in counts]
        plain = [held(mean_interval(one / parcels, bounds=(0, 1)), rate) for one in counts]
        yield row("Rare rates", "rate", process, runs, ours)
        yield row("Rare rates", "t", process, runs, plain)


def common_shares(trials: int) -> Iterator[Row]:
    for parcels, share, runs in product((52, 200, 2_000), (0.3, 0.8, 0.95, 0.995), (2, 4, 10)):
        for excess in (1, 2, 5):
            if excess > 1 and parcels * min(share, 1 - share) < 1:
                continue  # too few for a beta-binomial
            rng = generator("common shares", parcels, share, excess, runs)
            counts = overdispersed(rng, (trials // 3, runs), parcels, share, excess)
            totals, process = np.full(runs, parcels), f"{parcels:,} parcels, {share:.1%}, x{excess}"
            plain = [mean_interval(one / parcels, bounds=(0, 1)) for one in counts]
            ours = [held(rate_interval(one, totals), share) for one in counts]
            yield row("Shares", "share", process, runs, ours)
            yield row("Shares", "t", process, runs, [held(one, share) for one in plain])
            agree = [(one.low == one.high, 0.0) for one in plain]
            yield row("Shares", "t has no width", process, runs, agree)


def paired_shares(trials: int) -> Iterator[Row]:
    section = "Differences of shares, same parcels"
    cases = product((52, 500, 5_000), ((0.002, 0.002), (0.01, 0.03), (0.1, 0.03)), (2, 4, 10))
    for pairs, (first, second), runs in cases:
        rng = generator("paired shares", pairs, first, second, runs)
        counts = rng.multinomial(pairs, [first, second, 1 - first - second], (trials // 3, runs))
        process = f"{pairs:,} pairs, {first:.1%} and {second:.1%}"
        hits: dict[str, list[Hit]] = {"difference": [], "net": [], "t": []}
        for one in counts:
            a, b = one[:, 0].sum(), one[:, 1].sum()
            values, size = (one[:, 1] - one[:, 0]) / pairs, pairs * runs
            net = difference_interval(values, max(a - b, 0), max(b - a, 0), size)
            found = difference_interval(values, a, b, size), net, mean_interval(values)
            for method, interval in zip(hits, found, strict=True):
                hits[method].append(held(interval, second - first))
        for method, of in hits.items():
            yield row(section, method, process, runs, of)


def shares(trials: int) -> Iterator[Row]:
    section = "Counts and differences of shares"
    for parcels, share in product((50, 500), (0.02, 0.3)):
        counts = generator("shares", parcels, share).binomial(parcels, share, (trials, 2))
        process = f"{parcels} parcels, {100 * share:g}%"
        for method, interval in (("exact", proportion_interval), ("score", share_interval)):
            hits = [held(interval(int(one), parcels), share) for one in counts[:, 0]]
            yield row(section, method, process, 1, hits)
        hits = [
            held(difference_of_shares((int(a), parcels), (int(b), parcels)), 0.0) for a, b in counts
        ]
        yield row(section, "difference of shares", process, 1, hits)
    for runs in (4, 10):
        rng = generator("welch", runs)
        values = rng.standard_normal((trials, 2, runs)) * [[1.0], [3.0]]
        hits = [held(difference_of_means(a, b), 0.0) for a, b in values]
        yield row(section, "difference of means", "normal, spread 1 and 3", runs, hits)


# Several networks -----------------------------------------------------------------------------


def several(trials: int) -> Iterator[Row]:
    section = "Several networks at once"
    for uneven, networks, runs in product((False, True), (3, 5), (5, 10, 20)):
        rng = generator("several", uneven, networks, runs)
        names = [f"network {k}" for k in range(networks)]
        spread = 1.0 + 2.0 * uneven * np.arange(networks) / networks
        together = np.linspace(0.0, 2.0, networks) if uneven else np.ones(networks)
        truth = np.linspace(0.0, 1.0, networks)
        hits: dict[str, list[Hit]] = {}
        for _ in range(trials // 4):
            luck = rng.standard_normal((runs, 1)) * together
            table = truth + luck + rng.standard_normal((runs, networks)) * spread
            values = dict(zip(names, table.T, strict=True))
            for method, hit in tried(values, dict(zip(names, truth, strict=True))).items():
                hits.setdefault(method, []).append(hit)
        process = f"{networks} networks, {'unequal' if uneven else 'equal'}"
        for method, all_hold in hits.items():
            yield row(section, method, process, runs, all_hold)


def tried(values: dict[str, np.ndarray], truth: dict[str, float]) -> dict[str, Hit]:
    """Return by method whether all intervals hold, and their mean width."""
    pairs = len(values) * (len(values) - 1) // 2
    single = 1 - pairs * (1 - LEVEL)  # Bonferroni takes it back to 95% for each by itself
    methods: dict[str, dict[Any, Estimate]] = {}
    if single > 0:
        methods["each by itself"] = dict(paired_differences(values, single).figures)
    methods["Bonferroni"] = dict(paired_differences(values).figures)
    methods["max t"] = dict(paired_differences(values, method="max_t", draws=4000).figures)
    found = {
        method: all_held([(one, truth[b] - truth[a]) for (a, b), one in figures.items()])
        for method, figures in methods.items()
    }
    best = against_the_best(values)
    behind = {
        name: max(mine - other for key, other in truth.items() if key != name)
        for name, mine in truth.items()
    }
    return found | {"against the best": all_held([(best[name], behind[name]) for name in best])}


def all_held(intervals: Sequence[tuple[Estimate, float]]) -> Hit:
    hits = [held(figure, truth) for figure, truth in intervals]
    return all(hit for hit, _ in hits), float(np.mean([width for _, width in hits]))


# Sequential stopping --------------------------------------------------------------------------

MOST = 400


def stopping(trials: int) -> Iterator[Row]:
    section = "Run until precise"
    for process, (truth, draw) in SHAPES.items():
        values = draw(generator("stopping", process), (trials, MOST))
        deviation = float(draw(generator("spread", process), (100_000,)).std())
        wanted = t_quantile(30, LEVEL) * deviation / math.sqrt(30)
        hits = [held(mean_interval(one[:30]), truth) for one in values]
        yield row(section, "30, fixed", process, 0, [(hit, 30.0) for hit, _ in hits])
        for method, least, margin in RULES:
            runs = stops(values, wanted, least, margin)
            hits = [
                (held(mean_interval(one[:count]), truth)[0], float(count))
                for one, count in zip(values, runs, strict=True)
            ]
            yield row(section, method, process, 0, hits)
        hits = [by_verdict(one, wanted, truth) for one in values[: trials // 4]]
        yield row(section, "verdict", process, 0, hits)


def stops(values: np.ndarray, wanted: float, least: int, margin: float) -> np.ndarray:
    """Return after how many runs each row is stopped, looking after every run."""
    count = np.arange(2, values.shape[1] + 1)
    mean = values.cumsum(axis=1)[:, 1:] / count
    variance = ((values**2).cumsum(axis=1)[:, 1:] - count * mean**2) / (count - 1)
    t = np.array([t_quantile(int(one), LEVEL) for one in count])
    half = t * np.sqrt(np.maximum(variance, 0.0) / count)
    enough = (half + margin * wanted / count <= wanted) & (count >= least)
    return np.where(enough.any(axis=1), count[enough.argmax(axis=1)], count[-1])


RULES = (
    ("least 3", 3, 0.0),
    ("least 5", 5, 0.0),
    ("least 10", 10, 0.0),
    ("least 10 and margin", 10, 1.0),
)


def by_verdict(values: np.ndarray, wanted: float, truth: float) -> Hit:
    """Return whether the interval holds where `verdict` stops, and the number of runs."""
    target, runs = Target("mean", half_width=wanted), 10
    while True:
        progress = progress_of_mean(target, values[:runs])
        told = verdict([progress], budget=MOST)
        if told.stop:
            return held(progress.estimate, truth)[0], float(runs)
        runs = min(MOST, runs + (told.more_runs or MOST))


# Assumptions ----------------------------------------------------------------------------------


def assumptions(trials: int) -> Iterator[Row]:
    section = "Ranges of assumptions"
    for same, luck, draws, runs in product((False, True), (0.3, 1.0), (19, 100), (2, 5)):
        rng = generator("assumptions", same, luck, draws, runs)
        corrected, plain = [], []
        for _ in range(trials // 2):
            y = rng.standard_normal((draws, 1)) + luck * rng.standard_normal((draws, runs))
            shared = luck * rng.standard_normal(runs) if same else np.zeros(runs)
            found = range_of_assumptions(y + shared, same_orders=same)
            # random variation that all draws share moves the range as a whole, it is not its width
            corrected.append(content(found.low - shared.mean(), found.high - shared.mean()))
            raw = range_of_assumptions(y.mean(axis=1), same_orders=same)
            plain.append(content(raw.low, raw.high))
        process = f"variation {luck:g}, {runs} runs a sample, {'same' if same else 'own'} orders"
        for method, held_parts in (("corrected", corrected), ("plain", plain)):
            yield content_row(section, method, process, draws, held_parts)


def content(low: float, high: float) -> tuple[float, float]:
    """Return how much of the standard normal lies between, and the width."""
    return (math.erf(high / 2**0.5) - math.erf(low / 2**0.5)) / 2, high - low


def content_row(
    section: str, method: str, process: str, draws: int, parts: Sequence[tuple[float, float]]
) -> Row:
    inside, width = np.array(parts).T
    error = float(inside.std(ddof=1)) / math.sqrt(len(inside))
    return Row(
        section, method, process, draws, 0.9, float(inside.mean()), error, float(width.mean())
    )


# All together ---------------------------------------------------------------------------------

STUDIES: tuple[Callable[[int], Iterator[Row]], ...] = (
    means, long_runs, quantiles, rates, common_shares, paired_shares, shares, several, stopping,
    assumptions,
)  # fmt: skip


def generator(*parts: Any) -> np.random.Generator:
    """Return random numbers of its own for each case, whatever other cases there are."""
    return np.random.default_rng([ord(letter) for letter in "/".join(map(str, parts))])


def held(figure: Estimate, truth: float, rounding: float = 0.0) -> Hit:
    """Return whether an interval holds the truth, and its width."""
    return bool(figure.low - rounding <= truth <= figure.high), figure.high - figure.low


def row(
    section: str,
    method: str,
    process: str,
    runs: int,
    hits: Sequence[Hit],
    level: float = LEVEL,
) -> Row:
    share = sum(hit for hit, _ in hits) / len(hits)
    error = math.sqrt(max(share * (1 - share), 0.25 / len(hits)) / len(hits))
    width = float(np.mean([width for _, width in hits]))
    return Row(section, method, process, runs, level, share, error, width)


if __name__ == "__main__":
    main()
