"""The folder of a study: whole or not there, whoever ends, and one writer at a time."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from outcomes_by_hand import many_outcomes
from small_scenarios import centers, sellers

from logistics import InputError, OutputError, load_scenario
from logistics.analysis.comparison import Accumulator, Replicate, measure_together
from logistics.experiments.plan import Plan, plan
from logistics.experiments.replicate import COUNTS, Facts, replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.studies.points import Point
from logistics.studies.store import store as store_module
from logistics.studies.store.run_files import table_of
from logistics.studies.store.store import Store
from networks.files import EXAMPLES

STUDY = {"base": ["centers", "sellers"], "replications": 3}
TEXT = "base: [centers, sellers]  # as it was\nreplications: 3\n"
FACTS: Facts = {
    name: {**dict.fromkeys(COUNTS, 5), "built": ["a line"], "not_resolved": []}
    for name in ("centers", "sellers")
}


def points() -> tuple[Point, ...]:
    """The base, and the same with another number of orders."""
    more = {"orders": {"orders_per_day": 3_000}}
    return (
        Point("p000", "as it stands", {}, {}, plan([centers(), sellers()])),
        Point(
            "p001",
            "orders.orders_per_day 3000",
            {"orders.orders_per_day": "3000"},
            {"orders.orders_per_day": 0.5},
            plan([centers(**more), sellers(**more)]),
        ),
    )


def run(number: int = 0) -> Replicate:
    return measure_together(
        {"centers": many_outcomes(200, number, 0.5), "sellers": many_outcomes(200, number, 2.0)}
    )


def plain(one: Replicate) -> str:
    return str(table_of(one).to_pydict())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A study of two points without runs."""
    return Store.create(tmp_path / "study", TEXT, STUDY, points())


@pytest.fixture
def begun(store: Store) -> Store:
    """Run 0 of both points, and run 1 of the first."""
    with store.writing():
        for point, number in (("p000", 0), ("p001", 0), ("p000", 1)):
            store.write_run(point, number, run(number), FACTS, 1.5, "here:1")
    return store


def files(folder: Path) -> dict[str, bytes]:
    """Return what all files hold, but the lock, the timings, and checksums of no files."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in sorted(found.items())
        if name not in (".lock", "timings.csv", "checksums.json")
    }


# --- what it holds --------------------------------------------------------------------------------


def test_a_store_says_what_it_is(store: Store) -> None:
    assert (store.path / "README.txt").read_text().startswith("Results of logistics")
    assert (store.path / "study.yaml").read_text() == TEXT
    assert store.study == STUDY
    about = json.loads((store.path / "manifest.json").read_text())
    assert (about["format"], about["seed"]) == (2, 7)
    assert {"logistics", "python", "numpy", "numba", "scipy"} <= about["versions"].keys()
    assert (
        load_scenario(store.path / "points" / "p001" / "sellers.yaml")
        == (points()[1].plan.scenarios[1])
    )


def test_points_come_back_as_they_were(store: Store) -> None:
    assert Store.open(store.path).points() == points()


def test_a_run_comes_back_as_it_was(begun: Store) -> None:
    again = Store.open(begun.path)
    assert again.finished() == {"p000": [0, 1], "p001": [0]}
    assert plain(again.read_run("p000", 1)) == plain(run(1))
    assert plain(again.read_run("p000", 0)) == plain(run(0))


def test_what_is_told_of_runs_needs_none_of_them_again(begun: Store) -> None:
    facts = begun.run_facts(begun.points()[0])
    assert (facts["replications"], facts["seed"], facts["parcels"]) == (2, 7, 20)
    assert facts["networks"]["sellers"] == {
        "label": "", "title": "", **dict.fromkeys(COUNTS, 10), "built": ["a line"],
        "not_resolved": [],
    }  # fmt: skip
    gathered = Accumulator()
    for number in range(2):
        gathered.add(begun.read_run("p000", number))
    assert gathered.comparison(facts).replications == 2


def test_the_same_run_has_the_same_bytes(begun: Store, tmp_path: Path) -> None:
    other = Store.create(tmp_path / "other", TEXT, STUDY, points())
    with other.writing():
        for point, number in (("p000", 1), ("p000", 0), ("p001", 0)):
            other.write_run(point, number, run(number), FACTS, 99.0, "elsewhere:2")
    assert files(other.path) == files(begun.path)


def test_pandas_reads_all_runs_at_once(begun: Store) -> None:
    table = pd.read_parquet(begun.path / "runs" / "p000")
    assert len(table) == len(table_of(run(0))) + len(table_of(run(1)))


def test_timings_lie_in_a_file_of_their_own(begun: Store) -> None:
    file = begun.path / "timings.csv"
    assert [",".join(line.split(",")[:4]) for line in file.read_text().splitlines()] == [
        "point,replication,seconds,worker", "p000,0,1.5,here:1", "p001,0,1.5,here:1",
        "p000,1,1.5,here:1",
    ]  # fmt: skip
    whole = file.read_text()
    with file.open("a") as torn:
        torn.write("p001,1,0.")  # what a process wrote that was killed then
    with begun.writing() as told:
        assert told == ["timings.csv was damaged: its valid lines are kept"]
        assert file.read_text() == whole
        begun.write_run("p001", 1, run(1), FACTS, 2.0)
    assert file.read_text().removeprefix(whole).startswith("p001,1,2.0,,20")


@pytest.mark.parametrize(("at", "kept"), [(3, 3), (60, 2), (110, 2), (-1, 2)])
def test_a_changed_line_of_the_timings_is_left_out(begun: Store, at: int, kept: int) -> None:
    """In the headings, at the beginning of a line, within one, at the end of the last."""
    file = begun.path / "timings.csv"
    torn = bytearray(file.read_bytes())
    torn[at] ^= 1
    file.write_bytes(torn)
    assert begun.damaged() == ["timings.csv"]
    with begun.writing():
        headings, *lines = file.read_text().splitlines()
    assert headings == "point,replication,seconds,worker,finished,crc32"
    assert len(lines) == kept


def test_failures_are_kept_until_they_are_tried_again(store: Store) -> None:
    with store.writing():
        store.write_failure("p001", {"error": "no room at the dock"})
        assert Store.open(store.path).failures() == {"p001": {"error": "no room at the dock"}}
        store.clear_failures()
    assert store.failures() == {}


def test_runs_that_are_not_wanted_any_more_are_dropped(begun: Store) -> None:
    with begun.writing():
        begun.drop_runs("p000", 1)
    assert begun.finished() == {"p000": [0], "p001": [0]}


def test_networks_are_copied_once(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES["small-seller"], tmp_path / "mine")
    own = load_scenario(tmp_path / "mine")
    what = [Plan((one,)) for one in (own, own.replace(title="again"))]
    two = [Point(f"p00{row}", "", {}, {}, one) for row, one in enumerate(what)]
    store = Store.create(tmp_path / "study", TEXT, STUDY, two)
    shutil.rmtree(tmp_path / "mine")
    assert [path.name for path in (store.path / "networks").iterdir()] == ["mine"]
    for point, title in zip(store.points(), (own.title, "again"), strict=True):
        (scenario,) = point.plan.scenarios
        path = store.path / "networks" / "mine"
        assert scenario == own.replace(title=title, network={"path": str(path)})
        written = load_scenario(store.path / "points" / point.name / f"{own.name}.yaml")
        assert Path(written.network.path).resolve() == path  # type: ignore[union-attr]


def test_a_network_of_your_own_runs_the_same_from_its_copy(tmp_path: Path) -> None:
    days = {"warm_up_days": 0, "days": 1, "later_order_days": 2}
    own = load_scenario(EXAMPLES["small-seller"]).replace(days=days, orders={"orders_per_day": 24})
    store = Store.create(tmp_path / "study", TEXT, STUDY, [Point("p000", "", {}, {}, Plan((own,)))])
    there, here = (
        replicate(Shared(lambda what=what: run_spec_of(what)), 0, why=False)
        for what in (Plan((own,)), store.points()[0].plan)
    )
    assert plain(there[0]) == plain(here[0])


# --- whoever ends ---------------------------------------------------------------------------------

_KILLED_WHILE_IT_WRITES = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from test_store import FACTS, Store, run
from logistics.runtime import output_folders
output_folders.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
store = Store.open(sys.argv[1])
with store.writing():
    store.write_run("p001", 1, run(1), FACTS, 1.0)
"""


def test_a_writer_that_is_killed_leaves_nothing_half(begun: Store) -> None:
    before = files(begun.path)
    script = [sys.executable, "-c", _KILLED_WHILE_IT_WRITES, begun.path, Path(__file__).parent]
    assert subprocess.run(script, check=False).returncode == -signal.SIGKILL
    left = files(begun.path).keys() - before.keys()
    assert [name.endswith(".part") for name in left] == [True]
    assert begun.finished() == {"p000": [0, 1], "p001": [0]}
    with begun.writing():  # nobody holds the lock of a killed process
        assert files(begun.path) == before


@pytest.mark.parametrize("harm", ["cut", "flipped", "emptied", "another's", "no parquet"])
def test_a_damaged_run_is_named_and_is_run_again(begun: Store, harm: str) -> None:
    path = begun.path / "runs" / "p000" / "r0001.parquet"
    whole = path.read_bytes()
    middle = len(whole) // 3
    path.write_bytes(
        {
            "cut": whole[:-20],
            "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "emptied": b"",
            "another's": (path.parent / "r0000.parquet").read_bytes(),
            "no parquet": b"point,replication\n",
        }[harm]
    )
    with pytest.raises(InputError, match=r"r0001\.parquet: is damaged .*mend it") as caught:
        begun.read_run("p000", 1)
    assert str(begun.path) in str(caught.value)
    with begun.writing() as damaged:
        assert damaged == ["runs/p000/r0001.parquet was damaged: deleted, to be regenerated"]
        assert begun.finished() == {"p000": [0], "p001": [0]}
        begun.write_run("p000", 1, run(1), FACTS, 1.0)
    assert path.read_bytes() == whole


def test_a_missing_run_is_named(begun: Store) -> None:
    with pytest.raises(InputError, match=r"r0007\.parquet: is missing"):
        begun.read_run("p000", 7)


def begin_to_write(store: Store) -> None:
    with store.writing():
        pass


# --- refusals -------------------------------------------------------------------------------------


def refused(path: Path, problem: str) -> None:
    before = files(path) if path.is_dir() else path.read_bytes()
    with pytest.raises(OutputError, match=problem):
        Store.create(path, TEXT, STUDY, points())
    assert (files(path) if path.is_dir() else path.read_bytes()) == before


def test_a_folder_that_stands_is_not_written_over(begun: Store, tmp_path: Path) -> None:
    refused(begun.path, "holds a study; `logistics study resume")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    refused(tmp_path / "mine", "already exists and is no study")
    refused(tmp_path / "mine" / "letter.txt", "is a file")


def test_what_is_no_store_is_not_opened(tmp_path: Path, store: Store) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        Store.open(tmp_path / "nowhere")
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="holds no study"):
        Store.open(tmp_path / "mine")
    manifest = store.path / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(InputError, match="has format 3, and this version reads up to 2"):
        Store.open(store.path)
    for broken in (text[:100], "[]", '{"format": 1}'):
        manifest.write_text(broken)
        with pytest.raises(InputError, match=r"manifest\.json: is damaged"):
            Store.open(store.path)


def test_another_study_is_refused(store: Store) -> None:
    store.refuse_another({"replications": 3, "base": ("centers", "sellers")})
    with pytest.raises(OutputError, match=r"holds another study \(other factors, replications\)"):
        store.refuse_another({**STUDY, "replications": 4, "factors": {}})


@pytest.mark.parametrize(
    ("package", "here"),
    [("logistics", "0.0.9"), ("numpy", "1.26.4"), ("simpy", "3.0"), ("python", "3.10.2")],
)
def test_runs_of_two_versions_are_not_mixed(
    begun: Store, package: str, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "versions", lambda: {**begun.versions, package: here})
    other = Store.open(begun.path)
    assert plain(other.read_run("p000", 0)) == plain(run(0))
    with pytest.raises(OutputError, match=f"{package} .* there, {here[:4]}.* would be mixed"):
        begin_to_write(other)
    with other.writing(runs=False), pytest.raises(RuntimeError, match="only"):  # a report is none
        other.write_run("p001", 1, run(1), FACTS, 1.0)


def test_another_bugfix_of_python_may_go_on(begun: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    later = {**begun.versions, "python": begun.versions["python"] + "9"}
    monkeypatch.setattr(store_module, "versions", lambda: later)
    with Store.open(begun.path).writing() as mended:
        assert mended == []


_HOLDS_IT = """
import sys, time
from logistics.studies.store.store import Store
with Store.open(sys.argv[1]).writing():
    print("mine", flush=True)
    time.sleep(600)
"""


def test_two_do_not_write_at_once(store: Store) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS_IT, store.path], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(OutputError, match=f"is being written by process {other.pid} on "):
            begin_to_write(store)
        assert store.finished() == {"p000": [], "p001": []}  # reading is free
        other.kill()
    mine = f"process {os.getpid()} on .* wait for it"
    with store.writing(), pytest.raises(OutputError, match=mine):
        begin_to_write(Store.open(store.path))


def test_nothing_is_written_outside_of_writing(store: Store) -> None:
    with pytest.raises(RuntimeError, match=r"store\.writing"):
        store.write_run("p000", 0, run(), FACTS, 1.0)


_MEETS_A_FULL_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from test_store import FACTS, Store, run
store = Store.open(sys.argv[1])
with store.writing():
    if sys.argv[3] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
    try:
        for number in range(2, 400):
            store.write_run("p000", number, run(1), FACTS, 1.0)
    except OSError as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits are another story on Windows")
@pytest.mark.parametrize("how", ["limit", "disk"])
def test_a_full_disk_is_told_and_what_is_there_stays(
    begun: Store, how: str, tmp_path: Path
) -> None:
    path = begun.path
    if how == "disk":
        small = tmp_path / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
        try:
            mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
        except OSError:
            mounted = False
        if not mounted:
            pytest.skip("this user may not make a small disk")
        shutil.copytree(path, small / "study")
        path = small / "study"
    try:
        script = [sys.executable, "-c", _MEETS_A_FULL_DISK, path, Path(__file__).parent, how]
        told = subprocess.run(script, check=True, capture_output=True, text=True).stdout
        reason = os.strerror(errno.EFBIG if how == "limit" else errno.ENOSPC)
        assert told.startswith("OutputError")
        assert f"cannot be written: {reason[:1].lower()}{reason[1:]}" in told
        assert not [name for name in files(path) if name.endswith(".part")]
        kept = Store.open(path)
        assert kept.finished()["p000"][:2] == [0, 1]
        for point, numbers in kept.finished().items():
            for number in numbers:
                assert plain(kept.read_run(point, number)) == plain(run(min(number, 1)))
    finally:
        if how == "disk":
            subprocess.run(["umount", str(small)], check=False)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(begun: Store) -> None:
    begun.path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="permission denied"), begun.writing():
            pass
    finally:
        begun.path.chmod(0o700)


def test_a_place_that_cannot_be_written_is_told(
    begun: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "lock")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match="cannot be written: permission denied"):
        begin_to_write(begun)
