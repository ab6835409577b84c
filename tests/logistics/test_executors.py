"""Work in this process or in several: the same results, and no process left behind."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from logistics import LogisticsError
from logistics.experiments.executors import Shared, executor
from logistics.interrupts import held_back


def _square(number: int) -> int:
    return number * number


def _die(_: int) -> None:
    os._exit(1)


def _fail(number: int) -> int:
    if number == 2:
        raise ValueError("two")
    return number


def _name_of(shared: Shared[dict[str, str]], _: int) -> tuple[int, str, int]:
    return os.getpid(), shared.value["name"], id(shared.value)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_arguments(workers: int) -> None:
    done: list[int] = []
    with executor(workers) as pool:
        assert pool.map(_square, range(7), done.append) == [0, 1, 4, 9, 16, 25, 36]
    assert sorted(done) == list(range(7))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_is_raised_as_it_is(workers: int) -> None:
    def fail() -> None:
        with executor(workers) as pool:
            pool.map(_fail, range(5))

    with pytest.raises(ValueError, match="two"):
        fail()


def test_a_worker_that_dies_is_an_error_in_words() -> None:
    def die() -> None:
        with executor(2) as pool:
            pool.map(_die, [1])

    with pytest.raises(LogisticsError, match="use fewer workers or a smaller sample"):
        die()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_shared_value_is_read_once_a_process(workers: int) -> None:
    with executor(workers) as pool:
        shared = pool.share({"name": "FC01"})
        found = pool.map(partial(_name_of, shared), range(6))
    assert {name for _, name, _ in found} == {"FC01"}
    assert len({(process, where) for process, _, where in found}) == len({p for p, _, _ in found})


def test_an_interruption_waits_for_what_must_not_be_interrupted() -> None:
    done = []

    def interrupt() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            done.append("the block")

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert done == ["the block"]


_WORKS_FOR_EVER = """
import os, sys, time
from logistics.experiments.executors import executor
def work(number):
    os.write(1, b"%d\\n" % os.getpid())  # at once: two workers share the pipe
    time.sleep(600)
if __name__ == "__main__":
    try:
        with executor(2) as pool:
            pool.map(work, [1, 2])
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="how Windows interrupts is another story")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path, number: int) -> None:
    script = tmp_path / "for_ever.py"
    script.write_text(_WORKS_FOR_EVER)
    started = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert started.stdout is not None
    workers = [int(started.stdout.readline()) for _ in range(2)]
    if number == signal.SIGINT:
        os.killpg(started.pid, number)  # as a terminal does
    else:
        started.kill()
    _, errors = started.communicate(timeout=30)
    if number == signal.SIGINT:
        assert (errors, started.returncode) == ("", 130)
    deadline = time.monotonic() + 10
    while any(map(_runs, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_runs, workers))


def _runs(process: int) -> bool:
    """Tell whether a process runs; one that nobody has buried yet does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")
