"""The same work on a Dask cluster: a real scheduler and real workers, over TCP."""

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from small_scenarios import centers, one_seller, sellers
from stored_files import files_of

from logistics import InputError
from logistics.analysis.comparison import Replicate
from logistics.errors import WorkerError
from logistics.experiments.plan import plan
from logistics.experiments.replicate import RunSpec, replicate, run_spec_of
from logistics.experiments.workers import clusters
from logistics.experiments.workers.executors import Shared
from logistics.experiments.workers.pool import worker_pool
from logistics.scenario.scenario import Scenario
from logistics.studies.store.run_files import table_of
from networks.files import EXAMPLES

pytest.importorskip("distributed")

HERE = Path(__file__).parent
STUDY = f"""
base: {EXAMPLES["small-seller"]}
set: {{days.days: 3, days.warm_up_days: 3, days.later_order_days: 10}}
factors: {{risks.failed_attempt: ["5%", "20%"]}}
replications: 6
"""
DAY = {"warm_up_days": 0, "days": 1, "later_order_days": 3}


class Machines:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path, path: tuple[Path, ...] = ()) -> None:
        self._folder, self._path = folder, path
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.scheduler = self._started("scheduler", "scheduler", "--host", self.address)
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Machines":
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.scheduler, *self.workers):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    def add_worker(self) -> None:
        """Start a worker and wait until the scheduler knows it."""
        name, folder = f"worker-{len(self.workers)}", str(self._folder)
        many = ("--nthreads", "1", "--nworkers", "1", "--name", name, "--local-directory", folder)
        self.workers.append(self._started(name, "worker", self.address, *many))
        wait_until(lambda: "Registered to" in (self._folder / f"{name}.log").read_text())

    def _started(self, name: str, what: str, *options: str) -> "subprocess.Popen[bytes]":
        path = os.pathsep.join(map(str, (*self._path, HERE, os.environ["PYTHONPATH"])))
        with (self._folder / f"{name}.log").open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *options, "--no-dashboard"],
                stdout=file,
                stderr=file,
                cwd=self._folder,
                env=os.environ | {"PYTHONPATH": path},
                start_new_session=True,
            )


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers."""
    with Machines(tmp_path_factory.mktemp("cluster")) as two:
        two.add_worker()
        two.add_worker()
        yield two


def digest(scenario: Scenario, replication: int) -> str:
    """Return what all columns of a run come to."""
    from logistics.running import simulate  # noqa: PLC0415  (in the worker)

    run = simulate(scenario, replication=replication)
    columns = [run.columns[name] for name in sorted(run.columns)]
    columns += [run.visits[name] for name in sorted(run.visits)]
    texts = b"".join(np.ascontiguousarray(column).tobytes() for column in columns)
    return hashlib.sha256(texts).hexdigest()


def where(_: int) -> int:
    time.sleep(0.3)
    return os.getpid()


def poison(number: int) -> int:
    if number == 2:
        os._exit(1)
    return number


def name_of(shared: Shared[dict[str, str]], _: int) -> tuple[str, int]:
    time.sleep(0.2)
    return shared.value["name"], os.getpid()


def plain(one: Replicate) -> str:
    """Return all that a run leaves, as text."""
    return str(table_of(one).to_pydict())


# --- the same results -----------------------------------------------------------------------------


@pytest.mark.slow
def test_every_column_is_that_of_a_run_here(machines: Machines) -> None:
    for scenario in (centers(days=DAY), sellers(days=DAY)):
        with worker_pool(cluster=machines.address) as pool:
            there = pool.map(partial(digest, scenario), range(2))
        assert there == [digest(scenario, replication) for replication in range(2)]
        assert there[0] != there[1]


def test_a_replication_is_the_same_wherever_it_is_run(machines: Machines) -> None:
    spec = run_spec_of(plan([one_seller("before"), one_seller("after", 0.4)]))
    with worker_pool(cluster=machines.address) as pool:
        there = pool.map(partial(replicate, pool.share(spec), why=False), range(2))
    here = [replicate(Shared(lambda: spec), number, why=False) for number in range(2)]
    for (one, counts), (other, same_counts) in zip(there, here, strict=True):
        assert plain(one) == plain(other)
        assert counts == same_counts


# --- workers that end and come --------------------------------------------------------------------


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_time(machines: Machines) -> None:
    spec = run_spec_of(plan([centers(days=DAY)]))
    with worker_pool(cluster=machines.address) as pool:
        task = partial(replicate, pool.share(spec), why=False)
        found = {}
        for one in pool.run(task, range(8)):
            found[one.number] = plain(one.outcome()[0])
            if len(found) == 1:
                os.kill(int(one.worker.rpartition(":")[2]), signal.SIGKILL)
    assert sorted(found) == list(range(8))
    for number in (0, 7):
        alone = replicate(Shared(lambda: spec), number, why=False)[0]
        assert found[number] == plain(alone)


@pytest.mark.slow
def test_a_task_that_ends_its_workers_is_given_up_and_the_others_finish(
    machines: Machines, capfd: pytest.CaptureFixture[str]
) -> None:
    with worker_pool(cluster=machines.address) as pool:
        found = {one.number: one for one in pool.run(poison, range(5))}
    assert {n: one.result for n, one in found.items() if one.error is None} == {
        0: 0, 1: 1, 3: 3, 4: 4,
    }  # fmt: skip
    assert isinstance(found[2].error, WorkerError)
    assert "out of memory" in str(found[2].error)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_worker_that_comes_later_gets_work_and_what_is_shared(tmp_path: Path) -> None:
    with Machines(tmp_path) as more:
        more.add_worker()
        with worker_pool(cluster=more.address) as pool:
            shared = pool.share({"name": "FC01"})
            more.add_worker()
            wait_until(lambda: pool.width() == 2)
            found = pool.map(partial(name_of, shared), range(6))
    assert {name for name, _ in found} == {"FC01"}
    assert len({process for _, process in found}) == 2


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_told_in_a_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = []

    def run() -> None:
        with Machines(tmp_path) as lost:
            lost.add_worker()
            with worker_pool(cluster=lost.address) as pool:
                for one in pool.run(where, range(50)):
                    found.append(one)
                    lost.scheduler.kill()

    with pytest.raises(WorkerError, match="the scheduler is gone"):
        run()
    assert found
    assert all(one.error is None for one in found)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("tcp://127.0.0.1:9", "tcp://127.0.0.1:9: no scheduler answers there"),
        ("nowhere", "nowhere: is no address"),
        ("tcp://", "tcp://: is no address"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9: is no address"),
        ("", "the address is empty"),
        (" ", "the address is empty"),
    ],
)
def test_where_there_is_no_scheduler(
    address: str, problem: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_ANSWER_S", 1)
    with pytest.raises(InputError, match=f"cluster: {problem} .allowed: the address that"):
        join(address)
    assert capfd.readouterr() == ("", "")


def silent(peer: socket.socket) -> None:
    while peer.recv(1000):
        pass


def greets_as_ssh(peer: socket.socket) -> None:
    peer.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    silent(peer)


def announces_gigabytes(peer: socket.socket) -> None:
    peer.sendall((1 << 40).to_bytes(8, "little"))
    silent(peer)


def talks_on(peer: socket.socket) -> None:
    while True:
        peer.sendall(bytes(4096))


def closes(peer: socket.socket) -> None:
    """Say goodbye at once."""


def answers_as_the_web(peer: socket.socket) -> None:
    peer.recv(1000)
    peer.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Give the address of a server that is no scheduler; it behaves so to whoever comes."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                peer, _ = server.accept()
                with peer, suppress(OSError):
                    behave(peer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "behave",
    [silent, greets_as_ssh, announces_gigabytes, talks_on, closes, answers_as_the_web],
)
def test_who_is_no_scheduler_is_told_in_a_line(
    behave: Callable[[socket.socket], None],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clusters, "_ANSWER_S", 1)
    started = time.monotonic()
    with listening(behave) as address:
        with pytest.raises(InputError, match=f"{address}: no scheduler answers there"):
            join(address)
        assert time.monotonic() - started < 10
    assert capfd.readouterr() == ("", "")


def join(address: str) -> None:
    with worker_pool(cluster=address):
        pass


@pytest.mark.slow
def test_a_worker_is_no_scheduler(tmp_path: Path) -> None:
    with Machines(tmp_path) as machines:
        machines.add_worker()
        log = (tmp_path / "worker-0.log").read_text()
        address = re.findall(r"Start worker at: +(tcp://\S+)", log)[0]
        with pytest.raises(InputError, match=f"{address}: a worker answers there, not a scheduler"):
            join(address)


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def join() -> None:
        with worker_pool(cluster="tcp://127.0.0.1:9"):
            pass

    monkeypatch.setattr(clusters, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'logistics\[cluster\]'"):
        join()


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused(tmp_path: Path) -> None:
    def join() -> None:
        with Machines(tmp_path) as none, worker_pool(cluster=none.address):
            pass

    with pytest.raises(InputError, match="has no workers"):
        join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "text", "problem"),
    [
        ("sitecustomize.py", "import logistics.version; logistics.version.__version__ = '0.0.9'",
         r"the scheduler has other versions: logistics 0\.0\.9 there, .* here"),
        ("logistics.py", "", "the scheduler cannot run logistics: No module named"),
    ],
)  # fmt: skip
def test_other_versions_are_refused(tmp_path: Path, module: str, text: str, problem: str) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / module).write_text(text)

    def join() -> None:
        with Machines(tmp_path, (tmp_path / "path",)) as others:
            others.add_worker()
            with worker_pool(cluster=others.address):
                pass

    with pytest.raises(InputError, match=problem):
        join()


def test_a_recipe_is_not_run_with_other_versions() -> None:
    spec = run_spec_of(plan([centers(days=DAY)]))
    other = RunSpec(**{**vars(spec), "versions": {**spec.versions, "numpy": "1.0"}})
    with pytest.raises(WorkerError, match=r"numpy 1\.0 there"):
        replicate(Shared(lambda: other), 0)


@pytest.mark.slow
def test_a_study_on_a_cluster_leaves_the_files_of_one_here_though_a_worker_is_killed(
    tmp_path: Path,
) -> None:
    file, here, there = tmp_path / "study.yaml", tmp_path / "here", tmp_path / "there"
    file.write_text(STUDY)
    command = [sys.executable, "-m", "logistics", "study", "run", str(file), "--no-report"]
    subprocess.run([*command, "-o", str(here), "--workers", "1"], check=True, capture_output=True)
    with Machines(tmp_path) as machines:
        machines.add_worker()
        machines.add_worker()
        far = [*command, "-o", str(there), "--cluster", machines.address, "--json"]
        study = subprocess.Popen(far, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert study.stdout is not None
        for _ in range(3):  # as it begins, and after two runs
            study.stdout.readline()
        os.killpg(machines.workers[0].pid, signal.SIGKILL)
        rest, message = study.communicate(timeout=120)
        assert study.returncode == 0, message
        assert message == ""
        assert '"written"' in rest
    assert files_of(there) == files_of(here)
