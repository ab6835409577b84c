"""The page `docs/background/coverage.md`, from what `benchmarks.coverage` counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = """# Coverage of the intervals

A 95% confidence interval should contain the true value in 95% of studies. Here studies are
generated from processes whose true value is known, the intervals are computed by
`logistics.analysis`, and the hits are counted. `93.5% ± 0.6 (1.2)`: the intervals contained the
true value in 93.5% of the studies; the standard error of that count is 0.6 points (within two of
them is as nominal); the intervals were 1.2 wide on average, in the unit of the metric. The nominal
level is 95% unless stated otherwise. Made by `python -m benchmarks coverage`; seeded, so it is
reproducible.
"""

SECTIONS = {
    "Means over runs": """Student's t over runs, as of every mean. Exact where runs are normal;
with few runs of a skewed metric it misses too often. Runs of thousands of parcels are nearly
normal. A queue that starts empty (one server at 80% load) must warm up first: no interval
corrects a bias, and more runs make it worse.""",
    "One long run": """The nominal level is 90%. Batch means of one long run of the same queue.
With too few customers per batch, the interval is far too narrow; Law and Kelton (Operations
Research 32, 1984) found 66% for 320 customers in 5 batches.""",
    "Quantiles": """Parcels come in waves, and the share of the first wave differs between runs
and from day to day, each day like the one before. `inverted` is what the reports show. It covers
more than nominal: days are resolved to a quarter of an hour, and between two waves, where nothing
arrives, the interval spans the whole gap. `t` is Student's over the percentiles of the runs: near
the end of a wave (P90 here) it is biased, and more runs make it worse.""",
    "Rare rates": """Damage or loss: parcels per run, rate, and how many times more the runs vary
than by chance (`x1` to `x5`, beta-binomial). `rate` is `rate_interval` (Korn and Graubard),
`t` is Student's over the rates of the runs, as it would be without it. With few
runs that vary no more than by chance, `rate` covers more than nominal, because it cannot know.""",
    "Shares": """On time, within so many days: parcels per run, share, and how many times more the
runs vary than by chance, as parcels that share a truck do. `share` is `rate_interval`, `t` is
Student's over the shares of the runs, as it was before. A share near 1 of small runs is 100% in
many of them: then `t` has no width, in the part of the studies that `t has no width` names. Where
runs vary far more than chance and a run has less than three parcels that are not on time, either
is too narrow: a few runs do not show how they vary.""",
    "Differences of shares, same parcels": """Pairs per run, and the shares of them that count in
the first alone and in the second alone. `difference` is `difference_interval`: Student's t, never
narrower than Tango's score interval; `net` the same where only the surplus is known; `t` is
Student's alone.""",
    "Counts and differences of shares": """Independent parcels. The exact interval (Clopper and
Pearson) covers at least as nominal in every case, the score interval (Wilson) on
average; the difference is Newcombe's, that of means Welch's.""",
    "Several networks at once": """How often *all* intervals hold at the same time, for
networks that had the same orders and share random draws. `each by itself` are plain t intervals. In
the second half the networks differ in how much they vary and in how much they share. `max t` is a
few percent narrower than Bonferroni's and covers a point or two less, because it takes the
covariance of the runs for the true one; Bonferroni's is the default. `against the best` are Hsu's
intervals.""",
    "Run until precise": """Coverage where the number of runs is not fixed beforehand: look after
every run, stop when the half width is as wanted (here what some 30 runs give). In brackets is the
mean number of runs made. `least 10 and margin` is `stopping`'s rule, `verdict` the same with
jumps to the number of runs that it asks for. What is missing at `30, fixed` is due to the shape of
the metric, the rest is the price of looking. On nearly normal metrics, as means and shares of
thousands of parcels are, the rule costs a point at most. On skewed ones it does not help: there,
fix the number of runs beforehand.""",
    "Ranges of assumptions": """A range that should hold 90% of the answers over the assumptions:
how much of them it contains, on average. The result is normal over the assumptions; random
variation between runs has the standard deviation named, where the assumptions have 1. `plain` are
the percentiles of the samples' means: too wide where random variation is large. Correcting for it
overshoots slightly with few samples of two runs. With the same orders in all samples, runs share
random variation of the same size.""",
}


_JUDGED = {"Rare rates": ("rate", "t"), "Shares": ("share", "t")}


@dataclass(frozen=True)
class Row:
    """One method on one process. `level`, `coverage`, `error`: shares."""

    section: str
    method: str
    process: str
    runs: int
    level: float
    coverage: float
    error: float
    width: float


def page_of(rows: Sequence[Row], trials: int) -> str:
    parts = [HEAD]
    for section, text in SECTIONS.items():
        mine = [one for one in rows if one.section == section]
        what = "draws" if section == "Ranges of assumptions" else "runs"
        parts.append(f"\n## {section}\n\n{text}\n\n{table(mine, what)}\n")
        if section in _JUDGED:
            parts.append("\n" + too_narrow(mine, _JUDGED[section]))
    parts.append(
        f"\nEvery count is over {trials:,} studies, or over a part of them where they take long.\n"
    )
    return "".join(parts)


def table(rows: Sequence[Row], what: str) -> str:
    """Return one line per process and number of runs (or draws), one column per method."""
    methods = list(dict.fromkeys(one.method for one in rows))
    lines = [f"| process | {what} | {' | '.join(methods)} |", "|---|---:|" + "---:|" * len(methods)]
    cells: dict[tuple[str, int], dict[str, str]] = {}
    for one in rows:
        text = f"{one.coverage:.1%} ± {100 * one.error:.1f} ({one.width:.3g})"
        cells.setdefault((one.process, one.runs), {})[one.method] = text
    for (process, runs), line in cells.items():
        told = " | ".join(line.get(method, "") for method in methods)
        lines.append(f"| {process} | {runs or 'until precise'} | {told} |")
    return "\n".join(lines)


def too_narrow(rows: Sequence[Row], methods: Sequence[str]) -> str:
    """Say where each method is clearly below what it promises."""
    parts = []
    for method in methods:
        mine = [one for one in rows if one.method == method]
        low = sorted((one for one in mine if one.coverage < 0.93), key=lambda one: one.coverage)
        cases = "; ".join(f"{one.process}, {one.runs} runs: {one.coverage:.1%}" for one in low)
        parts.append(f"`{method}` is below 93% in {len(low)} of {len(mine)} cases. {cases}\n")
    return "\n".join(parts)
