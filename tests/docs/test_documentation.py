"""The documentation is true: examples run and print what it says, links lead somewhere, nothing
is missing.

A page is played from top to bottom in a folder of its own. Python blocks share one namespace;
commands run in this process; a `text` block after either is what it prints, where a line `...`
stands for lines left out. Comments, which readers do not see, say what else is done:

    <!-- slow -->                           the next block is only run with  pytest -m slow
    <!-- not run -->                        the next block is not run at all
    <!-- not printed -->                    the next block is no output
    <!-- file NAME -->                      the next block is the content of a file
    <!-- copy NAME OTHER -->                a file is copied
    <!-- edit NAME: "before" -> "after" --> a text that stands once in a file is replaced
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import logistics
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS
from logistics.cli import app
from logistics.experiments.workers.pool import worker_pool
from logistics.report.studies.folder import RESPONSES, write_study
from logistics.studies.points import load_study, points_of
from logistics.studies.results import study_result
from logistics.studies.run import run_study
from logistics.studies.store import timings
from logistics.studies.store.run_files import COLUMNS
from logistics.studies.store.store import Store
from networks.files import EXAMPLES
from networks.inputs.provenance import provenance

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PLAYED = [page for page in PAGES if re.search(r"^```(python|sh)$", page.read_text(), re.M)]

_STEP = re.compile(
    r"^<!-- (?P<comment>.*?) -->$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
_EDIT = re.compile(r'edit (\S+): "(.*)" -> "(.*)"')


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# Examples ----------------------------------------------------------------------------------------


class Step(NamedTuple):
    kind: str
    text: str
    line: int


def steps_of(page: Path) -> Iterator[Step]:
    text = page.read_text()
    for match in _STEP.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Step(match["kind"] or "comment", match["comment"] or match["text"], line)


def play(page: Path, slow: bool) -> None:
    """Run a page's examples in the current folder."""
    namespace: dict[str, Any] = {"__name__": page.stem}
    comment, printed = "", None
    steps = list(steps_of(page))
    for (kind, text, line), after in zip(steps, [*steps[1:], None], strict=True):
        where = f"{name_of(page)}:{line}"
        if kind == "comment":
            carry_out(text, where)
            comment = text
            continue
        if comment.startswith("file "):
            Path(comment.removeprefix("file ")).write_text(text)
        elif kind == "text" and printed is not None and comment != "not printed":
            assert_prints(printed, text, where)
        elif kind in ("python", "sh"):
            printed = None
            if comment == "not run" or (comment == "slow" and not slow):
                pass
            elif kind == "python":
                printed = run_python(text, namespace, where)
            else:
                printed = run_sh(text, after is not None and after.kind == "text")
        comment = ""


def carry_out(comment: str, where: str) -> None:
    words = comment.split()
    if words[0] == "copy":
        shutil.copy(words[1], words[2])
    if words[0] == "edit":
        match = _EDIT.fullmatch(comment)
        assert match, f"{where}: cannot be read: {comment}"
        file, before, after = Path(match[1]), match[2], match[3]
        content = file.read_text()
        assert content.count(before) == 1, f"{where}: '{before}' stands there not once"
        file.write_text(content.replace(before, after))


def run_python(code: str, namespace: dict[str, Any], where: str) -> str:
    """Run a block, with the files that the site includes in it, and return what it prints."""
    code = re.sub(r'^--8<-- "(.+)"$', lambda line: (ROOT / line[1]).read_text(), code, flags=re.M)
    out = StringIO()
    with redirect_stdout(out):
        exec(compile(code, where, "exec"), namespace)
    return out.getvalue()


def run_sh(commands: str, expected: bool) -> str:
    """Run commands, each a line; one may be refused where the page tells with what words."""
    return "".join(run_here(command, expected) for command in commands.splitlines())


def run_here(command: str, expected: bool) -> str:
    """Run a command of this package in this process, others in a shell."""
    *words, last = shlex.split(command.replace(" > ", " >"))
    if words[0] != "logistics" or "*" in command:
        return run_elsewhere(command)
    file = last[1:] if last.startswith(">") else ""
    arguments = [*words[1:], *([] if file else [last])]
    result = CliRunner().invoke(app, arguments)
    refused = result.exit_code == 2 and expected
    assert result.exit_code == 0 or refused, f"{command}: {result.output}"
    if file:
        Path(file).write_text(result.output)
        return ""
    return result.output


def run_elsewhere(command: str) -> str:
    """Run a command in a shell that knows `logistics`, installed or not."""
    Path("bin").mkdir(exist_ok=True)
    shim = Path("bin/logistics")
    main = "from logistics.cli import main; main()"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{main}" "$@"\n')
    shim.chmod(0o755)
    path = f"{shim.parent.resolve()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, shell=True, text=True, capture_output=True, env={**os.environ, "PATH": path},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def assert_prints(printed: str, expected: str, where: str) -> None:
    """Assert that the lines are printed, those between two `...` one after the other."""
    lines = [line.rstrip() for line in printed.splitlines()]
    at = 0
    for part in re.split(r"^\.\.\.$", expected, flags=re.M):
        wanted = [line.rstrip() for line in part.strip("\n").splitlines()]
        found = [n for n in range(at, len(lines)) if lines[n : n + len(wanted)] == wanted]
        assert found, f"{where}: not printed (any more):\n{part}\nbut:\n{printed}"
        at = found[0] + len(wanted)


@pytest.fixture
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)


LONG = {
    "docs/guides/clusters.md",
    "docs/guides/large-runs.md",
    "docs/guides/studies.md",
    "docs/guides/your-own-network.md",
    "docs/reference/python.md",
    "docs/reference/study-folder.md",
}
"""Pages whose examples take long: only with the slow tests, which play every page as a whole."""


@pytest.mark.parametrize("page", [one for one in PLAYED if name_of(one) not in LONG], ids=name_of)
@pytest.mark.usefixtures("_own_folder")
def test_the_examples_run(page: Path) -> None:
    play(page, slow=False)


def test_most_pages_are_played_by_default() -> None:
    pages = {name_of(page) for page in PLAYED}
    assert pages > LONG
    assert len(pages - LONG) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("page", PLAYED, ids=name_of)
@pytest.mark.usefixtures("_own_folder")
def test_all_examples_run(page: Path) -> None:
    play(page, slow=True)


@pytest.mark.slow
@pytest.mark.usefixtures("_own_folder")
def test_the_example_of_the_readme_runs() -> None:
    for step in steps_of(ROOT / "README.md"):
        if step.kind == "python":
            run_python(step.text, {}, f"README.md:{step.line}")


# Links -------------------------------------------------------------------------------------------


def links_of(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links_of(page):
        if link.startswith("http"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), f"{name_of(page)}: {link}: there is no such file"
        assert not anchor or anchor in anchors_of(target), f"{name_of(page)}: {link}: no such place"


def test_every_page_is_linked_from_the_index() -> None:
    index = DOCS / "index.md"
    linked = {(index.parent / link).resolve() for link in links_of(index)} | {index}
    assert not [name_of(page) for page in PAGES if page not in linked]


# Pictures ----------------------------------------------------------------------------------------


def words_of(svg: str) -> list[str]:
    """Return what a picture says; how wide a letter is differs from machine to machine."""
    return sorted(re.findall(r">([^<>]+)<|aria-label=\"([^\"]+)\"", svg))


@pytest.mark.slow
def test_the_pictures_are_current() -> None:
    maker = generator("make_pictures")
    drawn = {f"{name}.svg": maker.svg_of(picture) for name, picture in maker.pictures().items()}
    stored = {path.name: path.read_text() for path in (DOCS / "pictures").iterdir()}
    assert drawn.keys() <= stored.keys()
    for name, svg in drawn.items():
        assert words_of(svg) == words_of(stored[name]), f"run python -m docs.make_pictures: {name}"


def test_every_picture_is_shown() -> None:
    """A stored picture that no page shows is left over."""
    shown = {Path(link).name for page in PAGES for link in links_of(page) if link.endswith(".svg")}
    assert shown == {path.name for path in (DOCS / "pictures").iterdir()}


def test_the_picture_of_the_house_is_current() -> None:
    maker = generator("make_house_picture")
    assert maker.svg() == maker.PICTURE.read_text(), "run  python -m docs.make_house_picture"


# Reference pages ---------------------------------------------------------------------------------


def generator(name: str = "make_scenario_reference") -> Any:
    file = DOCS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_scenario_reference_is_current() -> None:
    page = (DOCS / "reference" / "scenario.md").read_text()
    assert page == generator().page(), "run  python -m docs.make_scenario_reference"


def test_the_scenario_reference_tells_what_every_field_means() -> None:
    meanings = generator().MEANINGS
    paths = set()
    for one in provenance(logistics.Scenario):
        path = re.sub(r"^network\[[^]]*\]\.carrier\.", "carrier.", one.path)
        assert one.description or path in meanings, f"{path}: nobody says what it means"
        paths.add(path)
    assert meanings.keys() <= paths


def sections_of(page: Path, level: int = 2) -> dict[str, str]:
    parts = re.split(rf"^{'#' * level} (.*)$", page.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands_of(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def test_every_option_is_on_the_page_of_the_command_line() -> None:
    page = DOCS / "reference" / "command-line.md"
    sections = sections_of(page)
    root = typer.main.get_command(app)
    for name, command in commands_of(root):
        options = {"--help", "-h"}
        for parameter in command.params:
            if parameter.param_type_name == "option":
                options |= {*parameter.opts, *parameter.secondary_opts}
        rows = [line.split("|")[1] for line in sections[name].splitlines() if line[:3] == "| `"]
        told = set(re.findall(r"`(--?[a-z-]+)", " ".join(rows)))
        assert told == options, f"logistics {name}"
    for parameter in root.params:
        assert f"`logistics {parameter.opts[0]}`" in page.read_text()


def test_every_public_name_is_on_the_page_of_python() -> None:
    sections = sections_of(DOCS / "reference" / "python.md")
    assert set(logistics.__all__) <= sections.keys()
    for name in ("load_scenario", "simulate", "compare"):
        parameters = list(inspect.signature(getattr(logistics, name)).parameters)
        signature = re.search(r"```text\n(.*?)```", sections[name], flags=re.S)
        assert signature
        assert re.findall(r"(\w+): ", signature[1]) == parameters


def test_every_figure_is_on_the_page_of_definitions() -> None:
    text = (DOCS / "reference" / "definitions.md").read_text()
    groups = {name.split(".")[0] for name in (*NETWORK_METRICS, *PAIRED_METRICS)}
    told = {name.split(".")[0] for name in re.findall(r"`([a-z_.0-9]+)`", text)}
    assert groups - told == set()


def test_every_column_is_on_the_page_of_results() -> None:
    sections = sections_of(DOCS / "guides" / "reading-the-results.md", level=3)
    run = logistics.simulate(
        logistics.load_scenario("amazon-fulfillment"), seed=1, orders_per_day=15_000, days=1,
        warm_up_days=2, later_order_days=10,
    )  # fmt: skip
    for table in ("parcels", "legs", "departures", "facilities"):
        text = sections[table].split("## ")[0]
        told = re.findall(r"^\| `(\w+)` \|", text, flags=re.M)
        assert told == list(getattr(run, table).columns), table


def test_every_file_is_on_the_page_of_results() -> None:
    page = (DOCS / "guides" / "reading-the-results.md").read_text()
    for file in ("summary.json", "summary.csv", "replications.parquet", "distributions.parquet"):
        assert f"`{file}`" in page


# Studies -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small study, run; as it is before its page is made."""
    place = tmp_path_factory.mktemp("studied")
    file = place / "short.yaml"
    base = EXAMPLES["small-seller"].as_posix()
    days = "days: 1, warm_up_days: 2, later_order_days: 4"
    file.write_text(f"base: {base}\nset: {{days: {{{days}}}}}\nreplications: 2\n")
    study = load_study(file)
    store = Store.create(
        place / "short", file.read_text(), study.model_dump(mode="json"), points_of(study)
    )
    with store.writing(), worker_pool(workers=1) as workers:
        run_study(study, store, workers)
        write_study(study_result(study, store), store)
    return store.path


def test_every_file_of_a_study_is_on_its_page(studied: Path) -> None:
    text = sections_of(DOCS / "reference" / "study-folder.md")["The files"]
    told = set(re.findall(r"`([^`\n]+?)/?`", text))
    names = {path.name for path in studied.iterdir()}
    assert names - told == set()


def test_every_column_of_a_study_is_on_its_page(studied: Path) -> None:
    sections = sections_of(DOCS / "reference" / "study-folder.md")

    def told(section: str) -> list[str]:
        cells = re.findall(r"^\| (`.*?) \|", sections[section], flags=re.M)
        return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]

    run = pd.read_parquet(next(studied.glob("runs/*/*.parquet")))
    replications = pd.read_parquet(studied / "replications.parquet")
    of_runs = told("runs")
    assert told("responses.csv") == list(RESPONSES)
    assert set(told("replications.parquet")) == set(replications.columns)
    assert tuple(told("timings.csv")) == ("point", "replication", *timings.COLUMNS[2:])
    assert tuple(of_runs[: of_runs.index("part", 1)]) == COLUMNS
    assert set(run["part"]) <= set(of_runs)
    assert set(told("manifest.json")) == json.loads((studied / "manifest.json").read_text()).keys()
