"""Run every known answer, print a table, and write the results and the page.

    python -m benchmarks known_answers [-- --only PATTERN --results FOLDER --page PATH]

Takes some seven minutes on one core. `--only` runs the cases whose id matches the pattern, and
keeps the results of the others as they were. The page is written once all are there. Ends with
status 1 when a case disagrees.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.known_answers.answers import answers
from benchmarks.known_answers.page import PAGE, counts, page, table
from benchmarks.known_answers.trial import DISAGREES, SEED, try_case
from benchmarks.machine import RESULTS, machine


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    file = given.results / "known_answers.json"
    kept = json.loads(file.read_text())["cases"] if given.only and file.exists() else []
    results = {one["id"]: one for one in kept}
    chosen = [name for name in answers() if re.search(given.only, name)]
    for name in chosen:
        results[name] = try_case(answers()[name]).as_data()
        print(*table([results[name]]), flush=True)
    trials = [results[name] for name in answers() if name in results]
    print(counts([results[name] for name in chosen]))
    about = {"seed": SEED, "machine": machine(), "cases": trials}
    given.results.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(about, indent=1) + "\n")
    if len(trials) == len(answers()):
        given.page.write_text(page(trials))
    return int(any(results[name]["verdict"] == DISAGREES for name in chosen))


if __name__ == "__main__":
    raise SystemExit(main())
