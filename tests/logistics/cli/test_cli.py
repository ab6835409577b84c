"""The command line: quick help, clear refusals, whole folders."""

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import Result
from small_scenarios import centers, sellers
from terminals import from_a_terminal
from typer.testing import CliRunner

import logistics
from logistics.cli import app
from logistics.runs.run import Run
from logistics.runs.tables import stored_parcels
from logistics.runtime.output_folders import TITLE
from logistics.scenario.days import Days, Runs
from logistics.scenario.demand import Demand
from logistics.scenario.load import builtin_scenarios
from logistics.scenario.what_ifs import builtin_what_ifs
from networks.files import EXAMPLES
from networks.inputs.yaml_writer import write_yaml

SELLER = EXAMPLES["small-seller"]
COMMAND = [sys.executable, "-c", "from logistics.cli import main; main()"]
ONCE = ["--replications", "1", "--workers", "1"]
WITHOUT_PAGE = [*ONCE, "--no-report"]
"""Where the page and its pictures are not the subject: they take longer than the run."""


def run(*arguments: object, code: int = 0) -> str:
    """Run a command in this process and return all that it printed."""
    result: Result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(one) for one in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of two scenarios."""
    place = tmp_path_factory.mktemp("scenarios")
    for scenario in (centers(), sellers()):
        (place / f"{scenario.name}.yaml").write_text(write_yaml(scenario))
    return place


@pytest.fixture(scope="module")
def compared(folder: Path) -> tuple[Path, str]:
    """The results of a comparison, and what it printed."""
    output = folder / "results" / "comparison"
    text = run(
        "compare", folder / "centers.yaml", folder / "sellers.yaml", "--replications", 2,
        "--workers", 1, "--output", output,
    )  # fmt: skip
    return output, text


# --- help ----------------------------------------------------------------------------------------


def test_help_answers_at_once() -> None:
    script = (
        "import sys, time; started = time.perf_counter()\n"
        "from logistics.cli import main\n"
        "sys.argv = ['logistics', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'numpy', 'pandas', 'scipy', 'numba', 'networkx', 'pydantic', 'pyarrow'}\n"
        "print(sorted(slow & set(sys.modules)), time.perf_counter() - started)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    imported, seconds = done.stdout.splitlines()[-1].rsplit(" ", 1)
    assert imported == "[]"
    assert float(seconds) < 2  # a quarter of a second on a machine with nothing else to do
    assert "the same orders" in done.stdout


@pytest.mark.parametrize("command", ["compare", "run", "trace", "network show"])
def test_help_tells_the_defaults_of_the_scenarios(command: str) -> None:
    text = " ".join(run(*command.split(), "--help").split())  # however its lines are broken
    defaults = {
        "--replications": f"{Runs().replications}", "--seed": f"{Runs().seed}",
        "--days": f"{Days().days}", "--warm-up-days": f"{Days().warm_up_days}",
        "--later-order-days": f"{Days().later_order_days}",
        "--orders-per-day": f"{Demand().orders_per_day:,}",
    }  # fmt: skip
    assert f"Orders simulated on an average day [{defaults['--orders-per-day']}]" in text
    if command in ("compare", "run"):
        for option, default in defaults.items():
            line = text.partition(f" {option} N ")[2].partition(" --")[0]
            assert f"[{default}]" in line


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version(flag: str) -> None:
    assert run(flag) == f"logistics {logistics.__version__}\n"


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "-1", "nan", "abc", "1e9", "10000000000", "", "1.5"])
@pytest.mark.parametrize("option", ["--days", "--replications", "--orders-per-day", "--workers"])
def test_a_wrong_number_is_refused(option: str, value: str, folder: Path) -> None:
    text = run("compare", f"{option}={value}", "--output", folder / "none", code=2)
    assert option in text
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seed=-1"], ["--warm-up-days=-1"], ["--later-order-days=366"], ["--orders-per-day=5"],
        ["--days=3660", "--orders-per-day=200000000"], ["--color=red"], ["nowhere"],
        ["nowhere.yaml"], ["."],
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused(arguments: list[str], folder: Path) -> None:
    text = run("compare", *arguments, "--output", folder / "none", code=2)
    assert arguments[-1].lstrip("-").split("=")[0].replace("-", "_")[:6] in text.replace("-", "_")
    assert not (folder / "none").exists()


def test_a_missing_file_of_orders_is_told(folder: Path) -> None:
    text = run("compare", "--orders=nowhere.csv", "--output", folder / "none", code=2)
    assert text == "nowhere.csv: there is no such file\n"


def test_faults_of_a_scenario_are_told_with_their_lines(folder: Path) -> None:
    (folder / "bad.yaml").write_text(
        "name: bad\nas_of: 2023-10-01\nnetwork:\n  kind: seller-direct\n"
        "promise:\n  rule: timetable\ndays:\n  days: many\n"
    )
    text = run("run", folder / "bad.yaml", code=2)
    assert f"{folder / 'bad.yaml'}:8: days.days = 'many': must be a whole number" in text


def test_scenarios_that_do_not_go_together_are_refused(folder: Path) -> None:
    (folder / "other.yaml").write_text(write_yaml(sellers(runs={"seed": 9})))
    text = run("compare", folder / "centers.yaml", folder / "other.yaml", code=2)
    assert "sellers: runs.seed = 9: differs from centers" in text
    assert "--seed" in text


def test_an_unwritable_output_is_refused_before_the_run(folder: Path) -> None:
    (folder / "file").write_text("")
    started = time.perf_counter()
    text = run("compare", "--output", folder / "file" / "results", code=2)
    assert "cannot be written" in text
    assert time.perf_counter() - started < 2


def test_existing_results_are_not_overwritten_unasked(compared: tuple[Path, str]) -> None:
    output, _ = compared
    before = (output / "summary.json").read_bytes()
    text = run("compare", "--output", output, code=2)
    assert text == f"{output}: already exists; choose another folder or pass --overwrite\n"
    assert (output / "summary.json").read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [["--product=toy"], ["--market=232"], ["--order=1", "--product=toy", "--market=1"]]
)
def test_half_a_question_is_refused(arguments: list[str]) -> None:
    assert "give --order, or --product and --market" in run("trace", *arguments, code=2)


@pytest.mark.skipif(os.name != "posix", reason="how Windows interrupts is another story")
@pytest.mark.parametrize(
    "name",
    ["SIGINT", *(pytest.param(one, marks=pytest.mark.slow) for one in ("SIGHUP", "SIGTERM"))],
)
def test_an_interrupted_run_leaves_nothing(folder: Path, name: str) -> None:
    """By default a terminal sends the first; one that is closed, the second: `test_ending`."""
    place = folder / f"interrupted by {name}"
    place.mkdir()
    arguments = ["compare", SELLER, "--replications=9999", "--workers=2", "--output=a/results"]
    started = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=place, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=from_a_terminal,  # noqa: PLW1509
    )  # fmt: skip
    deadline = time.monotonic() + 180
    while not list(place.glob("a/.results*/small-seller/parcels.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(started.pid, getattr(signal, name))
    printed, errors = started.communicate(timeout=30)
    assert started.returncode == 2
    assert printed == ""
    assert errors.endswith("Interrupted: a/results was not written; nothing is left of the run.\n")
    assert list(place.iterdir()) == []


# --- compare and run -----------------------------------------------------------------------------


def test_a_comparison_writes_its_files(compared: tuple[Path, str]) -> None:
    output, _ = compared
    tables = [f"{name}.parquet" for name in ("departures", "facilities", "legs", "parcels")]
    assert sorted(path.name for path in output.iterdir()) == [
        "README.txt", "centers", "delivery_times.png", "delivery_times.svg",
        "distributions.parquet", "pictures", "replications.parquet", "report.html",
        "results.json.zst", "sellers",
        "summary.csv", "summary.json", "summary.xlsx",
    ]  # fmt: skip
    for name in ("centers", "sellers"):
        assert sorted(path.name for path in (output / name).iterdir()) == [*tables, "scenario.yaml"]
    about = (output / "README.txt").read_text()
    assert about.startswith(TITLE)
    for path in output.rglob("*"):
        assert path.name in f"README.txt {about}"


def test_the_tables_are_those_of_the_first_run(compared: tuple[Path, str]) -> None:
    output, _ = compared
    first = logistics.simulate(sellers())
    measured = first.of(first.measured)
    assert 0 < len(measured) < len(first)
    for table in ("parcels", "legs", "departures", "facilities"):
        written = pd.read_parquet(output / "sellers" / f"{table}.parquet")
        kept = BytesIO()
        if table == "parcels":
            stored_parcels(measured).to_parquet(kept)
        else:
            getattr(measured if table == "legs" else first, table).to_parquet(kept)
        pd.testing.assert_frame_equal(written, pd.read_parquet(kept))


def test_every_figure_of_every_run_is_kept(compared: tuple[Path, str]) -> None:
    output, _ = compared
    summary = json.loads((output / "summary.json").read_text())
    runs = pd.read_parquet(output / "replications.parquet")
    assert set(runs["scenario"]) == {"centers", "sellers", "centers vs sellers"}
    assert set(runs["replication"]) == {0, 1}
    values = runs.set_index(["scenario", "figure"])["value"]
    for scenario, figure in (("centers", "on_time_rate"), ("sellers", "touches_mean")):
        assert values[scenario, figure].mean() == pytest.approx(
            summary["scenarios"][scenario][figure]["estimate"]
        )
    distributions = pd.read_parquet(output / "distributions.parquet")
    shares = distributions[
        (distributions["scenario"] == "sellers")
        & (distributions["distribution"] == "delivery_days")
        & (distributions["days"] == 3)
    ]
    within = summary["scenarios"]["sellers"]["within_days"]["3"]["estimate"]
    assert shares["share"].item() == pytest.approx(within)


def test_a_comparison_prints_tables_networks_and_caveats(compared: tuple[Path, str]) -> None:
    output, _ = compared
    assert "centers, as built" not in compared[1]
    again = output.with_name("full")
    text = run(
        "compare", *sorted(output.glob("*/scenario.yaml")), *WITHOUT_PAGE, "--full", "-o", again
    )
    for part in (
        "centers, as built", "12 fulfillment centers", "6 hubs", "Delivery time",
        "Two shoppers", "does not resolve capacities", "still in transit when the run ended",
        "--follow-days, now 3", f"Results in {again}",
    ):  # fmt: skip
        assert part in text


def test_a_scenario_of_the_results_repeats_them(compared: tuple[Path, str], tmp_path: Path) -> None:
    output, _ = compared
    scenario, again = output / "sellers" / "scenario.yaml", tmp_path / "again"
    run("run", scenario, "--workers", 1, "--no-report", "--output", again)
    summaries = [
        json.loads((place / "summary.json").read_text())["scenarios"]["sellers"]
        for place in (output, again)
    ]
    assert summaries[0] == summaries[1]
    tables = [place / "sellers" / "parcels.parquet" for place in (output, again)]
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_one_network_as_csv_with_the_run_itself(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    options = ["--csv", "--save-run", "--overwrite", "--output", output]
    text = run("run", folder / "centers.yaml", *WITHOUT_PAGE, *options)
    assert "centers: 2.1 days click to door on average; 0.36% damaged." in text
    assert "95% interval" not in text  # of one run
    rows = pd.read_csv(output / "centers" / "parcels.csv", dtype=str)
    parcels = pd.read_parquet(output / "centers" / "parcels.parquet")
    assert rows["order_id"].tolist() == parcels["order_id"].astype(str).tolist()
    assert rows["product"].tolist() == parcels["product"].tolist()
    assert Run.load(output / "centers" / "run").same_as(logistics.simulate(centers()))
    about = (output / "README.txt").read_text()
    assert "parcels.csv" in about
    assert "run/" in about


def test_parcels_need_not_be_kept(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    run("run", folder / "centers.yaml", *WITHOUT_PAGE, "--no-keep-parcels", "--output", output)
    assert [path.name for path in (output / "centers").iterdir()] == ["scenario.yaml"]
    assert "parcels.parquet" not in (output / "README.txt").read_text()


def test_the_textbook_engine_gives_the_same_tables(folder: Path, tmp_path: Path) -> None:
    for engine in ("batch", "textbook"):
        few = ["--days=1", "--later-order-days=1", "--warm-up-days=0", "--engine", engine]
        run("run", folder / "centers.yaml", *WITHOUT_PAGE, *few, "--output", tmp_path / engine)
    tables = [tmp_path / engine / "centers" / "legs.parquet" for engine in ("batch", "textbook")]
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_nothing_but_the_result_is_printed_to_a_file(tmp_path: Path) -> None:
    arguments = ["run", SELLER, *ONCE, "--no-keep-parcels", "--no-report"]
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    stages = ["building the networks", "running 1 replication", "writing the results"]
    assert done.stderr.splitlines() == stages
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120
    assert (tmp_path / "run" / "summary.json").exists()


def test_the_summary_alone_or_the_folder_alone_is_printed(folder: Path, tmp_path: Path) -> None:
    place = ["--output", tmp_path / "run", "--overwrite"]
    text = run("run", folder / "centers.yaml", *WITHOUT_PAGE, *place, "--json")
    assert text == (tmp_path / "run" / "summary.json").read_text().rstrip() + "\n"
    assert list(json.loads(text)["scenarios"]) == ["centers"]
    text = run("run", folder / "centers.yaml", *WITHOUT_PAGE, *place, "--quiet")
    assert text == f"{tmp_path / 'run'}\n"


def test_one_network_is_not_compared(folder: Path, tmp_path: Path) -> None:
    text = run("compare", folder / "centers.yaml", "--days=0", code=2)
    assert "One network given" not in text
    text = run("compare", SELLER, *WITHOUT_PAGE, "--output", tmp_path / "one")
    assert f"One network given: nothing is compared, as in  logistics run {SELLER}\n" in text


# --- trace, scenarios, network -------------------------------------------------------------------


def test_an_order_is_traced_through_each_network(compared: tuple[Path, str], folder: Path) -> None:
    parcels = pd.read_parquet(compared[0] / "sellers" / "parcels.parquet")
    delivered = parcels[(parcels["status"] == "delivered") & parcels["measured"]].iloc[0]
    files = [folder / "centers.yaml", folder / "sellers.yaml"]
    text = run("trace", *files, "--order", delivered["order_id"], "--workers", 1)
    assert f"order {delivered['order_id']}: {delivered['product']} to " in text
    assert "centers: delivered on" in text
    assert "sellers: delivered on" in text
    assert "handled and packed by the seller" in text


def test_an_order_is_traced_by_product_and_market(folder: Path) -> None:
    options = ["--product=phone accessory", "--market=10001", "--workers=1"]
    assert "phone accessory to New York, NY (Z100): order " in run(
        "trace", folder / "centers.yaml", *options
    )


def test_the_shoppers_are_traced_if_nothing_is_asked(folder: Path) -> None:
    # at 2,000 orders a day nobody in Richmond orders an album on the first of these days
    text = run("trace", folder / "centers.yaml", "--days=1", "--workers=1", code=2)
    assert "vinyl album to Richmond, VA (Z232): not among the orders" in text


def test_the_built_in_scenarios_are_listed() -> None:
    lines = run("scenarios", "list").splitlines()
    assert [line.split()[0] for line in lines] == list(builtin_scenarios())


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("scenarios list", builtin_scenarios()),
        ("network list", (*builtin_scenarios(), "small-seller")),
        ("what-ifs list", builtin_what_ifs()),
        ("study figures", ("parcels", "orders", "delivery_days.mean")),
    ],
)
def test_lists_are_for_people_and_programs(command: str, names: tuple[str, ...]) -> None:
    lines = run(*command.split()).splitlines()
    facts = json.loads(run(*command.split(), "--json"))
    assert tuple(one["name"] for one in facts)[: len(names)] == names
    starts = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert starts == [one["name"] for one in facts]


@pytest.mark.parametrize("name", builtin_scenarios())
def test_a_scenario_is_shown_in_full_and_reads_back_equal(name: str, tmp_path: Path) -> None:
    text = run("scenarios", "show", name)
    (tmp_path / "copy.yaml").write_text(text)
    assert logistics.load_scenario(tmp_path / "copy.yaml") == logistics.load_scenario(name)
    assert "# source:" in text
    assert "# assumed, plausible" in text


def test_a_network_is_described(folder: Path) -> None:
    text = run("network", "show", folder / "centers.yaml", "--orders-per-day", 500)
    assert "12 fulfillment centers" in text
    assert "built for 200,000 parcels a day: amazon" in text
    assert "At 500 orders a day" in text


@pytest.mark.slow
def test_the_built_in_three_are_compared(tmp_path: Path) -> None:
    few = ["--orders-per-day=15000", "--days=1", "--warm-up-days=1", "--later-order-days=2"]
    run("compare", *few, "--replications=2", "--output", tmp_path / "comparison")
    summary = json.loads((tmp_path / "comparison" / "summary.json").read_text())
    assert sorted(summary["scenarios"]) == sorted(builtin_scenarios())
    text = run("trace", *few, "--product=phone accessory", "--market=10001")
    assert "through" not in text


# --- networks of your own ------------------------------------------------------------------------


def test_a_network_is_exported_edited_validated_and_run(folder: Path, tmp_path: Path) -> None:
    """A planner's way: out to a workbook, one figure changed, and in again."""
    book = tmp_path / "mine.xlsx"
    assert "logistics run" in run("network", "export", folder / "centers.yaml", book)
    assert "No faults." in run("validate", book)
    edited = openpyxl.load_workbook(book)
    lanes = edited["lanes"]
    column = next(cell.column for cell in lanes[1] if cell.value == "transit_hours")
    for row in range(2, lanes.max_row + 1):
        lanes.cell(row, column).value *= 3
    edited.save(book)
    few = ["--orders-per-day", 2000, "--days", 1, "--warm-up-days", 1, "--later-order-days", 14]
    run("run", book, *few, *WITHOUT_PAGE, "--output", tmp_path / "slow")
    run("run", folder / "centers.yaml", *few, *WITHOUT_PAGE, "--output", tmp_path / "quick")
    hours = {
        name: json.loads((tmp_path / name / "summary.json").read_text())["scenarios"]
        for name in ("slow", "quick")
    }
    slow = hours["slow"]["mine"]["hours"]["transit"]["estimate"]
    quick = hours["quick"]["centers"]["hours"]["transit"]["estimate"]
    assert slow == pytest.approx(3 * quick, rel=0.05)


def test_a_network_of_results_repeats_them(folder: Path, tmp_path: Path) -> None:
    """The results hold the network itself: the workbook may change or go."""
    book = tmp_path / "mine.xlsx"
    run("network", "export", folder / "centers.yaml", book)
    few = ["--orders-per-day", 2000, "--days", 1, "--warm-up-days", 1, "--later-order-days", 4]
    run("run", book, *few, *WITHOUT_PAGE, "--output", tmp_path / "first")
    book.unlink()
    scenario, again = tmp_path / "first" / "mine" / "scenario.yaml", tmp_path / "again"
    run("run", scenario, *WITHOUT_PAGE, "--output", again)
    first, again = (
        json.loads((tmp_path / name / "summary.json").read_text())["scenarios"]
        for name in ("first", "again")
    )
    assert first == again


def test_faults_of_a_workbook_name_sheet_row_and_column(folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    run("network", "export", folder / "centers.yaml", book)
    edited = openpyxl.load_workbook(book)
    headings = {cell.value: cell.column for cell in edited["lanes"][1]}
    edited["lanes"].cell(2, headings["capacity_parcels"]).value = -5
    edited["lanes"].cell(3, headings["destination"]).value = "NOWHERE"
    edited.save(book)
    text = run("validate", book, code=2)
    assert f"{book} sheet lanes, row 2: capacity_parcels = -5" in text
    assert f"{book} sheet lanes, row 3: destination = 'NOWHERE'" in text
    (kind, *faults) = text.splitlines(keepends=True)
    assert kind == f"{book}: read as a network.\n"
    assert "".join(faults) == run("run", book, "--output", tmp_path / "results", code=2)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("based_on", ["mine.xlsx", "other.yaml", "amazon", "../x"])
def test_a_network_goes_with_a_built_in_scenario_only(
    based_on: str, folder: Path, tmp_path: Path
) -> None:
    """What stands in a cell opens no file, least of all its own."""
    book = tmp_path / "mine.xlsx"
    run("network", "export", folder / "centers.yaml", book)
    edited = openpyxl.load_workbook(book)
    edited["settings"].append(["scenario", based_on])
    edited.save(book)
    text = run("validate", book, code=2)
    assert str(book) in text
    assert "settings" in text
    assert len(text.splitlines()) <= 2


def test_an_index_goes_with_generated_orders_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("date,index\n2023-09-18,2\n")
    text = run(
        "run", folder / "centers.yaml", "--demand-index", tmp_path / "index.csv",
        "--history", tmp_path / "orders.csv", code=2,
    )  # fmt: skip
    assert "--demand-index is for generated orders, not for those of a file" in text


def test_an_export_overwrites_nothing(folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    book.write_text("a planner's own")
    assert "already exists" in run("network", "export", folder / "centers.yaml", book, code=2)
    assert "already exists" in run("network", "template", book, code=2)
    assert book.read_text() == "a planner's own"
    assert sorted(tmp_path.iterdir()) == [book]


@pytest.mark.parametrize("name", ["mine.csv", "mine.xls", "mine.yaml"])
def test_a_network_is_not_written_to_other_kinds_of_files(name: str, tmp_path: Path) -> None:
    text = run("network", "template", tmp_path / name, code=2)
    assert "is neither .xlsx nor .graphml nor a folder's name" in " ".join(text.split())


def test_validate_refuses_closures_that_a_run_would_refuse(tmp_path: Path) -> None:
    small = sellers()
    when = {"start": "2023-09-18 06:00", "end": "2023-09-19 06:00"}
    nowhere = small.replace(closures=[{"place": "Atlantis", **when}])
    unclear = small.replace(closures=[{"place": "Dallas", **when}])
    late = small.replace(
        closures=[{"place": "HUB01", "start": "2029-01-01 06:00", "end": "2029-01-02 06:00"}]
    )
    for name, scenario, problem in (
        ("a", nowhere, "closures[0].place = Atlantis: is not in the network"),
        ("c", unclear, "closures[0].place = Dallas: may be several places (allowed: HUB04 (hub), "),
        ("b", late, "lies outside the days of the run"),
    ):
        (tmp_path / f"{name}.yaml").write_text(write_yaml(scenario))
        result = CliRunner().invoke(app, ["validate", str(tmp_path / f"{name}.yaml")])
        assert result.exit_code == 2
        assert problem in result.output
