"""How far do the answers move over the plausible range of each assumption?

    python -m benchmarks assumptions [-- --workers 1 --fresh --page PATH --results PATH]

Sets every assumed figure of the built-in scenarios to the low and the high end of its range, one
at a time, on the same orders with the same luck, and writes `docs/background/assumptions.md`. Runs
that are in the results file already are not repeated, so an interrupted run goes on where it
stopped and a changed default repeats only what hangs on it; `--fresh` repeats all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import multiprocessing
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from benchmarks.ablations import changed, sized
from logistics.analysis.measures.network import measure
from logistics.running import simulate
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from networks.inputs.faults import InputError
from networks.inputs.models import Parameters
from networks.inputs.provenance import origin_of

ORDERS_PER_DAY = 15_000
DAYS = {"days": 7, "warm_up_days": 7, "later_order_days": 14}
SHARED = "tiktok-seller-direct"
"""Where assumptions are tried that several networks share."""
PAGE = Path(__file__).parent.parent / "docs" / "background" / "assumptions.md"
RESULTS = Path(__file__).parent / "results" / "assumptions.json"

EFFECTS = {
    "p95": "P95, days",
    "p50": "P50, days",
    "on_time": "on time, %",
    "damage": "damaged, %",
    "loss": "lost, %",
}
"""What is told of each run; the rows are sorted by the first, then the next."""
SEEDS_FROM = 20_000_000
"""Whole numbers from here on are seeds, not counts."""
NOT_RUN = {
    "orders.orders_per_day": "see [sample size](sample-size.md)",
    "runs.replications": "narrows the intervals, moves nothing",
}

HOW_IT_IS_RUN = ("days.", "runs.", "orders.orders_per_day")

HEAD = """# Every assumption, and how far the results move over its range

Where no public source gives a value, the built-in scenarios assume one and state a plausible range.
Here each is set to the low and then to the high end of its range, all else as assumed, with the
same orders and random draws (except where these are what is changed): {days} measured
days, {orders:,} orders a day, seed 1, one run each.

The last columns show how far the results of the network named move, low end / high end. What the
networks share (risks, the carrier, the days) is tried on {shared}. "Damaged" is the
probability of damage on the routes of the delivered parcels, without random variation. Sorted by
the effect on P95; `runs.seed` shows how far random variation alone moves a result,
`network.sellers.seed` how far other sellers do. Made by `python -m benchmarks assumptions`.

Sizes follow from the assumptions: more work per parcel means more workers. And a small
sample does not resolve how scarce workers are. So work times move little here; loads and capacities
move more in a larger sample.
"""


@dataclass(frozen=True)
class Estimate:
    """A figure of a built-in scenario: where it is, what it is, and where it comes from."""

    scenario: str
    path: str
    value: Any
    source: str | None
    assumed: tuple[Any, Any] | None


@dataclass(frozen=True)
class Task:
    """One run: a scenario with one figure changed (`path` None: with none)."""

    scenario: str
    path: str | None
    value: Any
    orders_per_day: int
    days: tuple[tuple[str, int], ...]

    def made(self) -> Scenario:
        """Return the scenario to run.

        Raises InputError when the value is not one that can be run.
        """
        scenario = sized(self.scenario, self.orders_per_day, dict(self.days))
        return scenario if self.path is None else changed(scenario, {self.path: self.value})

    def key(self) -> str:
        """Return what the result hangs on, in short; the code of the simulator is not part."""
        try:
            text = self.made().model_dump_json(exclude={"runs": {"replications"}})
        except InputError as error:
            text = f"{self.scenario} {self.path} {self.value} {error}"
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def figures_of(name: str) -> list[Estimate]:
    """Return the figures of a built-in scenario, in the order of its fields."""
    scenario = load_scenario(name)
    written = scenario.model_dump(mode="json")
    return [
        Estimate(name, path, value, *origin) for path, value, origin in _walk(scenario, written, "")
    ]


def _walk(
    model: Parameters, written: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Any, tuple[str | None, tuple[Any, Any] | None]]]:
    for name, field in type(model).model_fields.items():
        origin, value = origin_of(field), getattr(model, name)
        if any(origin):
            yield prefix + name, written[name], origin
        elif isinstance(value, Parameters):
            yield from _walk(value, written[name], f"{prefix}{name}.")


def commented(name: str) -> Iterator[Estimate]:
    """Yield what a built-in scenario's own file sets with its source in a comment."""
    text = (resources.files("logistics") / "scenarios" / f"{name}.yaml").read_text()
    section = ""
    for line in text.splitlines():
        if top := re.fullmatch(r"(\w+):\s*", line):
            section = f"{top[1]}."
        elif found := re.fullmatch(r"  (\w+): (.+?)\s+# (.+)", line):
            yield Estimate(name, section + found[1], found[2], found[3], None)


def assumptions() -> list[Estimate]:
    """Return what is assumed, each once, with the scenario on which it is tried."""
    chosen = []
    for name in builtin_scenarios():
        for one in figures_of(name):
            own = one.path.startswith(("network.", "promise.", "orders."))
            shared = one.path.startswith("network.carrier.") or not own
            if one.assumed is not None and (not shared or name == SHARED):
                chosen.append(one)
    return chosen


def sourced() -> list[tuple[Estimate, str]]:
    """Return what has a source, each once, with the networks that have it."""
    by_path: dict[tuple[str, str], list[Estimate]] = {}
    for name in builtin_scenarios():
        for one in [*figures_of(name), *commented(name)]:
            if one.source is not None:
                by_path.setdefault((one.path, str(one.value)), []).append(one)
    return [
        (ones[0], "all" if len(ones) == 3 else ", ".join(one.scenario for one in ones))
        for ones in by_path.values()
    ]


def tasks(given: Sequence[Estimate], orders_per_day: int, days: Mapping[str, int]) -> list[Task]:
    """Return the runs that are needed: each scenario as it is, each end of each range."""
    size = orders_per_day, tuple(days.items())
    names = dict.fromkeys(one.scenario for one in given)
    return [Task(name, None, None, *size) for name in names] + [
        Task(one.scenario, one.path, end, *size)
        for one in given
        if one.path not in NOT_RUN and one.assumed is not None
        for end in one.assumed
    ]


def outcome(task: Task) -> dict[str, Any]:
    """Run one; what cannot be run says why."""
    about = {"scenario": task.scenario, "path": task.path, "value": task.value}
    try:
        scenario = task.made()
    except InputError as error:
        return about | {"refused": _reason(error)}
    figures = measure(simulate(scenario).outcomes()).values
    return about | {
        "p95": float(figures["delivery_days.p95"]),
        "p50": float(figures["delivery_days.p50"]),
        "on_time": 100 * float(figures["on_time_rate"]),
        "damage": 100
        * float(figures["damage_expected.handling"] + figures["damage_expected.packaging"]),
        "loss": 100 * float(figures["loss_rate"]),
    }


def _reason(error: InputError) -> str:
    return error.faults[0].problem


def run_all(
    wanted: Sequence[Task], workers: int, results: Path
) -> list[tuple[Task, dict[str, Any]]]:
    """Run what is not in the results file yet, writing each result as it comes."""
    known: dict[str, Any] = json.loads(results.read_text()) if results.exists() else {}
    keys = [task.key() for task in wanted]
    todo = {key: task for key, task in zip(keys, wanted, strict=True) if key not in known}
    print(f"{len(todo)} of {len(wanted)} runs to do", flush=True)
    for done, (key, result) in enumerate(_outcomes(todo, workers), start=1):
        known[key] = result
        _save(known, results)
        print(f"{done}/{len(todo)} {todo[key].scenario} {todo[key].path}", flush=True)
    _save({key: known[key] for key in keys}, results)
    return [(task, known[key]) for key, task in zip(keys, wanted, strict=True)]


def _save(known: Mapping[str, Any], results: Path) -> None:
    results.parent.mkdir(parents=True, exist_ok=True)
    new = results.with_suffix(".new")
    new.write_text(json.dumps(known, indent=0) + "\n")
    new.replace(results)


def _outcomes(todo: Mapping[str, Task], workers: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if workers == 1:
        yield from ((key, outcome(task)) for key, task in todo.items())
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        started = {pool.submit(outcome, task): key for key, task in todo.items()}
        for ended in as_completed(started):
            yield started[ended], ended.result()


def page(given: Sequence[Estimate], found: Sequence[tuple[Task, Mapping[str, Any]]]) -> list[str]:
    """Return the lines of the page."""
    by_value = {(task.scenario, task.path, _text(task.value)): row for task, row in found}
    base = {name: row for (name, path, _), row in by_value.items() if path is None}
    first = found[0][0]
    head = HEAD.format(days=dict(first.days)["days"], orders=first.orders_per_day, shared=SHARED)
    lines = [head, "## As they are\n", f"| network | {' | '.join(EFFECTS.values())} |",
             "|---|" + "---:|" * len(EFFECTS)]  # fmt: skip
    lines += [
        f"| {name} | " + " | ".join(f"{row[effect]:.2f}" for effect in EFFECTS) + " |"
        for name, row in base.items()
    ]
    run = [one for one in given if one.path.startswith(HOW_IT_IS_RUN)]
    world = [one for one in given if one not in run]
    for title, chosen in (("Assumed of the world", world), ("Chosen for the run", run)):
        rows = sorted(_moves(one, base.get(one.scenario, {}), by_value) for one in chosen)
        lines += [f"\n## {title}\n",
                  f"| assumption | default | range | network | {' | '.join(EFFECTS.values())} |",
                  "|---|---|---|---|" + "---:|" * len(EFFECTS)]  # fmt: skip
        # what is not run stands once, whichever network it was found in
        lines += dict.fromkeys(text for _, text in rows)
    lines += ["\n## Sourced\n", "| input | default | networks | source |", "|---|---|---|---|"]
    lines += [
        f"| `{one.path}` | {_text(one.value)} | {networks} | {one.source} |"
        for one, networks in sourced()
    ]
    return lines


def _moves(
    one: Estimate, base: Mapping[str, Any], by_value: Mapping[tuple[Any, ...], Mapping[str, Any]]
) -> tuple[tuple[float, ...], str]:
    """Return the key to sort by and the row of one assumption."""
    assert one.assumed is not None
    ends = [by_value.get((one.scenario, one.path, _text(end)), {}) for end in one.assumed]
    low, high = (_text(end) for end in one.assumed)
    default = f"{100 * one.value:g}%" if high.endswith("%") else _text(one.value)
    label = f"| `{one.path}` | {default} | {low} to {high} |"
    runs = [end for end in ends if "p95" in end]
    if not runs:
        refused = "words, not run" if isinstance(one.value, list) else "cannot be run"
        why = NOT_RUN.get(one.path, refused)
        return (1.0,), f"{label} all | {why} |" + " |" * (len(EFFECTS) - 1)
    cells = " | ".join(" / ".join(_move(end, base, effect) for end in ends) for effect in EFFECTS)
    largest = [max(_size(end[effect] - base[effect]) for end in runs) for effect in EFFECTS]
    return (0.0, *(-size for size in largest)), f"{label} {one.scenario} | {cells} |"


def _move(end: Mapping[str, Any], base: Mapping[str, Any], effect: str) -> str:
    if effect not in end:
        return "refused" if end else "not run"
    moved = end[effect] - base[effect]
    if math.isnan(moved):
        return "0"
    if math.isinf(moved):
        return "never"
    digits = 3 if effect in {"damage", "loss"} else 2
    return f"{moved:+.{digits}f}" if round(moved, digits) else "0"


def _size(moved: float) -> float:
    return 0.0 if math.isnan(moved) else abs(moved)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            return f"{len(value)} kinds of goods"
        if len(value) == 24:
            return "by the hour, highest in the evening"
        return ", ".join(str(part) for part in value)
    counts = isinstance(value, int) and not isinstance(value, bool) and value < SEEDS_FROM
    return f"{value:,}" if counts else str(value)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="repeat all runs")
    parser.add_argument("--orders-per-day", type=int, default=ORDERS_PER_DAY)
    parser.add_argument("--days", type=int, default=DAYS["days"], help="measured days")
    parser.add_argument("--only", nargs="*", help="dotted names to try; none: all")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.fresh:
        given.results.unlink(missing_ok=True)
    chosen = _only(assumptions(), given.only)
    wanted = tasks(chosen, given.orders_per_day, DAYS | {"days": given.days})
    found = run_all(wanted, given.workers, given.results)
    given.page.parent.mkdir(parents=True, exist_ok=True)
    given.page.write_text("\n".join(page(chosen, found)) + "\n")
    print(f"wrote {given.page}")


def _only(figures: Iterable[Estimate], names: Sequence[str] | None) -> list[Estimate]:
    return [one for one in figures if names is None or one.path in names]


if __name__ == "__main__":
    main()
