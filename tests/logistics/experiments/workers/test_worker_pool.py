"""A worker pool in this process or in several: the same results, whoever ends, nobody left over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from terminals import ctrl_c_counts, from_a_terminal

from logistics import InputError, LogisticsError
from logistics.errors import WorkerError
from logistics.experiments.workers.executors import Place, Shared
from logistics.experiments.workers.pool import Done, WorkerPool, worker_pool
from logistics.experiments.workers.progress import Progress
from logistics.runtime.interrupts import held_back


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


def _die_of_poison(number: int) -> int:
    if number == 3:
        os._exit(1)
    time.sleep(0.05)
    return number


def _killed_once(marks: Path, number: int) -> tuple[int, int]:
    """Kill the process of task 1 in the middle, the first time."""
    mark = marks / f"{number}"
    tried = int(mark.read_text()) if mark.exists() else 0
    mark.write_text(str(tried + 1))
    if number == 1 and not tried:
        os.kill(os.getpid(), signal.SIGKILL)
    return number, os.getpid()


class _Odd(Exception):
    """Cannot be made again from its arguments, as unpickling would."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def _raise_odd(_: int) -> None:
    raise _Odd("what", " happened")


def _leave(_: int) -> None:
    sys.exit(3)


def by_number(found: list[Done[int, int]]) -> dict[int, Done[int, int]]:
    return {one.number: one for one in found}


# --- results --------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_arguments(workers: int) -> None:
    seen: list[Progress] = []
    with worker_pool(workers) as pool:
        assert pool.map(_square, range(7), seen.append) == [0, 1, 4, 9, 16, 25, 36]
    assert [(one.done, one.expected) for one in seen] == [(done, 7) for done in range(8)]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_is_raised_as_it_is(workers: int) -> None:
    def fail() -> None:
        with worker_pool(workers) as pool:
            pool.map(_fail, range(5))

    with pytest.raises(ValueError, match="two"):
        fail()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_shared_value_is_read_once_a_process(workers: int) -> None:
    with worker_pool(workers) as pool:
        shared = pool.share({"name": "FC01"})
        found = pool.map(partial(_name_of, shared), range(6))
    assert {name for _, name, _ in found} == {"FC01"}
    assert len({(process, where) for process, _, where in found}) == len({p for p, _, _ in found})


def test_a_task_that_ended_says_who_ran_it_and_how_long() -> None:
    with worker_pool(1) as pool:
        (one,) = pool.run(_square, [7])
    assert (one.number, one.argument, one.result, one.error) == (0, 7, 49, None)
    assert one.worker.endswith(f":{os.getpid()}")
    assert 0 <= one.seconds < 5


def test_arguments_are_taken_as_there_is_room() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with worker_pool(1) as pool:
        results = pool.run(_square, numbers())
        assert [next(results).result for _ in range(3)] == [0, 1, 4]
        assert len(taken) == 3
        results.close()
    taken.clear()
    with ThreadPoolExecutor(2) as threads, worker_pool(executor=threads) as pool:
        results = pool.run(_square, numbers())
        next(results)
        assert len(taken) <= 5
        results.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_the_caller_may_wait_for_results_before_it_says_what_comes_next(workers: int) -> None:
    seen: list[int] = []

    def halves() -> Iterator[int | None]:
        """Ask for twice the sum of what the first two gave."""
        yield 1
        yield 2
        while len(seen) < 2:
            yield None
        yield 2 * sum(seen)

    with worker_pool(workers) as pool:
        for one in pool.run(_square, halves()):
            assert one.result is not None
            seen.append(one.result)
    assert sorted(seen[:2]) == [1, 4]
    assert seen[2:] == [100]


def test_a_worker_pool_works_with_any_executor_and_leaves_it_alone() -> None:
    with ThreadPoolExecutor(2) as threads:
        with worker_pool(executor=threads) as pool:
            shared = pool.share({"name": "FC01"})
            assert pool.map(_square, range(4)) == [0, 1, 4, 9]
            assert {name for _, name, _ in pool.map(partial(_name_of, shared), range(3))} == {
                "FC01"
            }
        assert threads.submit(_square, 3).result() == 9


def test_only_one_place_can_be_asked_for() -> None:
    def ask() -> None:
        with ThreadPoolExecutor(1) as threads, worker_pool(2, executor=threads):
            pass

    with pytest.raises(InputError, match="exclude each other"):
        ask()


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_the_task_s_own_and_the_others_go_on(workers: int) -> None:
    with worker_pool(workers) as pool:
        found = by_number(list(pool.run(_fail, range(5))))
    assert {n: one.result for n, one in found.items()} == {0: 0, 1: 1, 2: None, 3: 3, 4: 4}
    assert str(found[2].error) == "two"
    assert 'raise ValueError("two")' in found[2].trace


def test_an_error_that_cannot_travel_is_told_all_the_same() -> None:
    with worker_pool(2) as pool:
        found = list(pool.run(_raise_odd, [1]))
        assert pool.map(_square, [2]) == [4]
    assert isinstance(found[0].error, LogisticsError)
    assert str(found[0].error) == "_Odd: what happened"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_wants_to_leave_ends_alone(workers: int) -> None:
    with worker_pool(workers) as pool:
        (one,) = pool.run(_leave, [1])
    assert isinstance(one.error, SystemExit)


def test_a_killed_process_costs_nothing_but_time(tmp_path: Path) -> None:
    with worker_pool(2) as pool:
        results = pool.map(partial(_killed_once, tmp_path), range(6))
    assert [number for number, _ in results] == list(range(6))
    assert (tmp_path / "1").read_text() == "2"


def test_a_task_that_ends_its_process_is_given_up_and_the_others_finish() -> None:
    with worker_pool(2) as pool:
        found = by_number(list(pool.run(_die_of_poison, range(8))))
        assert {n: one.result for n, one in found.items() if one.error is None} == {
            n: n for n in range(8) if n != 3
        }
        assert isinstance(found[3].error, WorkerError)
        assert "ended unexpectedly 3 times" in str(found[3].error)
        assert pool.map(_square, [3]) == [9]  # the pool is as good as new


def test_a_worker_that_dies_is_an_error_in_words() -> None:
    def die() -> None:
        with worker_pool(2) as pool:
            pool.map(_die, [1])

    with pytest.raises(LogisticsError, match="use fewer workers or a smaller sample"):
        die()


def test_the_executor_of_a_caller_is_not_rebuilt() -> None:
    def die() -> None:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
            WorkerPool(Place(processes)).map(_die, [1])

    with pytest.raises(WorkerError, match="handed in has broken down"):
        die()


_POOL = """
from logistics.experiments.workers.pool import worker_pool
import os, sys
def results():
    with worker_pool(2) as pool:
        print(sorted(pool.map(abs, [-1, -2])), pool.width())
"""
_GUARDED = 'if "__main__" == __name__:\n    results()\n'
_FROM_A_FUNCTION = "def main():\n    results()\nif __name__ == '__main__':\n    main()\n"


@pytest.mark.parametrize(
    ("rest", "width"),
    [("results()\n", 1), ("import called\n", 1), (_GUARDED, 2), (_FROM_A_FUNCTION, 2)],
)
def test_a_script_without_a_main_guard_runs_on_one_worker_and_says_so(
    tmp_path: Path, rest: str, width: int
) -> None:
    (tmp_path / "pool_of_two.py").write_text(_POOL)
    (tmp_path / "called.py").write_text("from pool_of_two import results\nresults()\n")
    script = tmp_path / "script.py"
    script.write_text(f"from pool_of_two import results\n{rest}")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == f"[1, 2] {width}\n"
    lines = done.stderr.splitlines()
    assert len(lines) == (width == 1)
    assert all('no  if __name__ == "__main__":' in line and "one worker" in line for line in lines)


# --- interruptions --------------------------------------------------------------------------------


def test_what_is_left_under_way_is_ended() -> None:
    started = time.monotonic()
    with worker_pool(2) as pool:
        results = pool.run(time.sleep, [0.01, 600])
        next(results)
        results.close()
    assert time.monotonic() - started < 30


def test_an_interruption_waits_for_what_must_not_be_interrupted() -> None:
    done = []

    def interrupt() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            done.append("the block")

    with ctrl_c_counts(), pytest.raises(KeyboardInterrupt):
        interrupt()
    assert done == ["the block"]


_WORKS_FOR_EVER = """
import os, sys, time
from logistics.experiments.workers.pool import worker_pool
def work(number):
    os.write(1, b"%d\\n" % os.getpid())  # at once: two workers share the pipe
    time.sleep(600)
if __name__ == "__main__":
    try:
        with worker_pool(2) as pool:
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
        start_new_session=True, env=os.environ | {"TMPDIR": str(tmp_path)},
        preexec_fn=from_a_terminal,  # noqa: PLW1509
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
    assert [path.name for path in tmp_path.iterdir()] == [script.name]


def _runs(process: int) -> bool:
    """Tell whether a process runs; one that nobody has buried yet does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")
