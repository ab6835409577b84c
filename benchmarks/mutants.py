"""Do the tests bite? Changes one operator or number at a time, and counts what the tests catch.

    python -m benchmarks mutants [-- --count 60 --seed 1 --tree FOLDER=PYTHON ... --only N ...]
                                 [--tests FILE ...] [--list] [--results FILE]

A mutant is one small change of one statement within a function of `logistics/` or `networks/`:
`<` for `<=`, `+` for `-`, `and` for `or`, a number that is off by one. The seed draws them among
the statements that occur exactly once in each tree, word for word, so that two versions of the
project get corresponding mutants. In a copy of each tree the default tests run once with a recorder
at every statement drawn: which tests come by, how long each takes, and which fail without a change
(they count for nothing). Each mutant then meets the tests that come by its statement, the quickest
first, until one fails. What Numba compiles cannot be recorded; there every test of the engines and
their worlds is taken for one that comes by.

For a quiet machine: a survivor has to meet every test that comes by, which takes minutes. Counts
are exact for the seed; nothing in a tree is written to. Exit code 1 if a mutant survives.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.mutant_sites import Site, sites_of

SPARE = 2
"""So many are drawn for each that is wanted: some no test comes by."""

LONGEST_S = 900
"""Tests that take longer than this have caught the mutant: it goes round for ever."""

COMPILED = ("@compiled", "@inlined")
OF_ENGINES = ("exactness", "metamorphic", "invariants", "checks")
"""Parts of the paths of tests that run the compiled engine in small worlds."""

RECORDER = """
import os

FOLDER = os.environ["MUTANTS_SEEN"]
_seen = set()


def seen(site):
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    if (site, test) not in _seen:
        _seen.add((site, test))
        with open(os.path.join(FOLDER, f"seen-{os.getpid()}"), "a") as file:
            file.write(f"{site}\\t{test}\\n")


def pytest_runtest_logreport(report):
    with open(os.path.join(FOLDER, "tests"), "a") as file:
        file.write(f"{report.nodeid}\\t{report.outcome}\\t{report.duration}\\n")
"""


@dataclass(frozen=True)
class Tree:
    """A checkout, and the Python that runs its tests."""

    folder: Path
    python: str

    @classmethod
    def of(cls, text: str) -> Tree:
        """Read FOLDER or FOLDER=PYTHON."""
        folder, _, python = text.partition("=")
        return cls(Path(folder).resolve(), python or sys.executable)

    def sites(self) -> dict[str, Site]:
        """Return the sites whose statement occurs once, by their key."""
        found: dict[str, list[Site]] = defaultdict(list)
        for package in ("logistics", "networks"):
            for path in sorted((self.folder / package).rglob("*.py")):
                for site in sites_of(path.read_text(), str(path.relative_to(self.folder))):
                    found[site.key].append(site)
        return {key: sites[0] for key, sites in found.items() if len(sites) == 1}

    def copy_to(self, folder: Path) -> None:
        """Copy what the tests need: sources, tests, documentation."""
        ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "build")
        shutil.copytree(self.folder, folder, ignore=ignored)


# --- what can be changed --------------------------------------------------------------------------


def drawn(trees: Sequence[Tree], count: int, seed: int) -> list[str]:
    """Return the keys of sites that all trees have, in an order that only the seed decides."""
    common = set.intersection(*(set(tree.sites()) for tree in trees))
    return sorted(common, key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).digest())[:count]


# --- which tests come by --------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """By site the tests that come by it, and of each test that passes its seconds."""

    tests: dict[int, set[str]]
    seconds: dict[str, float]

    def quickest_first(self, site: int) -> list[str]:
        """Return the tests to try a site's mutant with."""
        return sorted(
            (test for test in self.tests[site] if test in self.seconds),
            key=lambda test: (self.seconds[test], test),
        )


def recorded(tree: Tree, sites: Sequence[Site], only: Sequence[str], work: Path) -> Recorded:
    """Run the default tests, or some, once in a copy in which every site tells who comes by."""
    copy, seen = work / "recorded", work / "seen"
    tree.copy_to(copy)
    seen.mkdir()
    (work / "plugin").mkdir()
    (work / "plugin" / "mutants_recorder.py").write_text(RECORDER)
    by_file: dict[str, list[tuple[int, Site]]] = defaultdict(list)
    for number, site in enumerate(sites):
        if not is_compiled(tree, site):
            by_file[site.file].append((number, site))
    for file, placed in by_file.items():
        path = copy / file
        lines = path.read_text().split("\n")
        calls = [(_line_to_record_at(lines, site.statement), number) for number, site in placed]
        for at, number in sorted(calls, reverse=True):
            space = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, f"{space}__import__('mutants_recorder').seen({number})")
        path.write_text("\n".join(lines))
    environment = {"MUTANTS_SEEN": str(seen), "PYTHONPATH": str(work / "plugin")}
    run_tests(tree, copy, ["-p", "mutants_recorder", "-n", "2", *only], environment, work)
    return _read(tree, sites, seen)


def _line_to_record_at(lines: list[str], statement: int) -> int:
    """Return the line before which a call can stand: an `elif` has none, but the `if` above it."""
    at = statement - 1
    space = len(lines[at]) - len(lines[at].lstrip())
    while lines[at].lstrip().startswith("elif "):
        at -= 1
        while lines[at].strip() == "" or len(lines[at]) - len(lines[at].lstrip()) != space:
            at -= 1
    return at


def _read(tree: Tree, sites: Sequence[Site], seen: Path) -> Recorded:
    seconds: Counter[str] = Counter()
    failed = set()
    for line in (seen / "tests").read_text().splitlines():
        test, outcome, duration = line.split("\t")
        seconds[test] += float(duration)  # type: ignore[assignment]
        if outcome != "passed":
            failed.add(test)
    tests: dict[int, set[str]] = defaultdict(set)
    for path in seen.glob("seen-*"):
        for line in path.read_text().splitlines():
            number, test = line.split("\t")
            tests[int(number)].add(test)
    for number, site in enumerate(sites):
        if is_compiled(tree, site):
            tests[number] = {
                test for test in seconds if any(f"/{part}/" in test for part in OF_ENGINES)
            }
    return Recorded(tests, {test: s for test, s in seconds.items() if test not in failed})


def is_compiled(tree: Tree, site: Site) -> bool:
    """Tell whether Numba compiles the site's file."""
    text = (tree.folder / site.file).read_text()
    return any(line in COMPILED for line in text.splitlines())


# --- mutants --------------------------------------------------------------------------------------


def changed(source: str, site: Site) -> str:
    """Return a file's text with the site changed.

    Raises ValueError if something else is there.
    """
    lines = source.split("\n")
    line = lines[site.line - 1]
    if line[site.start : site.end] != site.old:
        raise ValueError(f"{site}: there is {line[site.start : site.end]!r}")
    lines[site.line - 1] = line[: site.start] + site.new + line[site.end :]
    return "\n".join(lines)


def caught(tree: Tree, copy: Path, site: Site, tests: Sequence[str], work: Path) -> bool:
    """Try a mutant with some tests; tell whether one of them fails."""
    path = copy / site.file
    original = path.read_text()
    path.write_text(changed(original, site))
    chosen = work / "chosen"
    chosen.write_text("\n".join(tests))
    environment = {}
    if is_compiled(tree, site):  # what calls a changed function must be compiled again, too
        environment["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(dir=work)
    try:
        return run_tests(tree, copy, ["-x", "-n", "0", f"@{chosen}"], environment, work) != 0
    finally:
        path.write_text(original)


def run_tests(
    tree: Tree, copy: Path, options: list[str], environment: dict[str, str], work: Path
) -> int:
    """Run pytest in a copy and return its exit code; 1 if it takes too long.

    Raises RuntimeError if it cannot run the tests at all.
    """
    path = os.pathsep.join(filter(None, (str(copy), environment.get("PYTHONPATH"))))
    command = [
        tree.python, "-m", "pytest", "-q", "-o", "addopts=", "-m", "not slow", "--no-header",
        "-o", f"cache_dir={work / 'cache'}", *options,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=copy, env={**os.environ, **environment, "PYTHONPATH": path},
            capture_output=True, text=True, timeout=LONGEST_S if "-x" in options else None,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.returncode


@dataclass(frozen=True)
class Only:
    """To try things out: the numbers of some mutants, the files of some tests. Empty: all."""

    mutants: Sequence[int] = ()
    tests: Sequence[str] = ()


def tried(tree: Tree, keys: Sequence[str], count: int, only: Only) -> Iterator[dict[str, Any]]:
    """Yield what became of the first `count` mutants that a test comes by."""
    of_tree = tree.sites()
    sites = [of_tree[key] for key in keys]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        record = recorded(tree, sites, only.tests, work)
        copy = work / "mutated"
        tree.copy_to(copy)
        tested = [n for n in range(len(sites)) if record.quickest_first(n)][:count]
        for number in tested:
            if only.mutants and number not in only.mutants:
                continue
            tests, started = record.quickest_first(number), time.monotonic()
            found = caught(tree, copy, sites[number], tests, work)
            yield {
                "number": number, "caught": found, "tests": len(tests), "site": str(sites[number]),
                "seconds": round(time.monotonic() - started, 1), **asdict(sites[number]),
            }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants in each tree; print each and a count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", type=Tree.of, action="append")
    parser.add_argument("--only", type=int, nargs="*", default=[], help="numbers of mutants")
    parser.add_argument("--tests", nargs="*", default=[], help="files of tests, instead of all")
    parser.add_argument("--list", action="store_true", help="print the mutants; try none")
    parser.add_argument("--results", type=Path, help="a JSON file")
    chosen = parser.parse_args(arguments)
    trees = chosen.tree or [Tree.of(".")]
    keys = drawn(trees, SPARE * chosen.count, chosen.seed)
    results: dict[str, list[dict[str, Any]]] = {}
    for tree in trees:
        print(tree.folder)
        if chosen.list:
            of_tree = tree.sites()
            print(*(f"{n:4} {of_tree[key]}" for n, key in enumerate(keys)), sep="\n")
            continue
        found = results[str(tree.folder)] = []
        for one in tried(tree, keys, chosen.count, Only(chosen.only, chosen.tests)):
            found.append(one)
            end = "caught" if one["caught"] else "SURVIVES"
            print(f"{one['number']:4} {end:8} {one['site']} ({one['tests']} tests)", flush=True)
        print(f"{sum(one['caught'] for one in found)} of {len(found)} are caught")
    if chosen.results:
        chosen.results.write_text(json.dumps(results, indent=1))
    return 0 if all(one["caught"] for found in results.values() for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
