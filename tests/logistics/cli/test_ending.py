"""How commands end: nobody reads what they print, too little of something, signals ignored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from terminals import from_a_terminal

from logistics.cli.ending import end_in_order
from networks.files import EXAMPLES

COMMAND = [sys.executable, "-m", "logistics"]
SELLER = str(EXAMPLES["small-seller"])
RUN = ["run", SELLER, "--days=1", "--warm-up-days=1", "--cool-down-days=3", "--replications=1",
       "--workers=1", "--no-report", "--output=out"]  # fmt: skip
STAGES = "building the networks\nrunning 1 replication\nwriting the results\n"
FULL = "standard output: cannot be read or written: no space left on device\n"

posix = pytest.mark.skipif(os.name != "posix", reason="of shells")
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="of Linux")


def in_shell(
    words: Sequence[str], redirected: str, folder: Path, before: str = ""
) -> tuple[int, str]:
    """Run a command as a shell redirects it; return its exit code and all that was printed."""
    script = f'{before} "$@" {redirected}'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script, "bash", *COMMAND, *words],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


# --- output that nobody takes ---------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    "closed", [">&-", pytest.param(">&- 2>&-", marks=pytest.mark.slow), "<&- >&- 2>&-"]
)
def test_a_run_without_standard_output_writes_its_folder(tmp_path: Path, closed: str) -> None:
    code, errors = in_shell(RUN, closed, tmp_path)
    assert (code, errors) == (0, "" if "2>" in closed else STAGES)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@posix
def test_nothing_is_printed_into_a_file_that_took_the_place_of_standard_error(
    tmp_path: Path,
) -> None:
    assert in_shell(["validate", "nowhere.yaml"], "2>&-", tmp_path) == (2, "")


@posix
@needs_full
@pytest.mark.parametrize("words", ["--help", "--version", "scenarios show amazon-fulfillment"])
def test_output_onto_a_full_disk_is_told(tmp_path: Path, words: str) -> None:
    assert in_shell(words.split(), ">/dev/full", tmp_path) == (2, FULL)


@posix
@needs_full
def test_a_run_whose_tables_cannot_be_printed_has_its_folder(tmp_path: Path) -> None:
    assert in_shell(RUN, ">/dev/full", tmp_path) == (2, STAGES + FULL)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@posix
@needs_full
def test_a_run_whose_stages_cannot_be_told_goes_on(tmp_path: Path) -> None:
    code, text = in_shell(RUN, "2>/dev/full", tmp_path)
    assert code == 0
    assert "Results in out" in text


@posix
@needs_full
@pytest.mark.parametrize("words", ["run --bad", "validate nowhere.yaml"])
def test_a_message_that_cannot_be_told_keeps_its_code(tmp_path: Path, words: str) -> None:
    assert in_shell(words.split(), "2>/dev/full", tmp_path) == (2, "")


@posix
@pytest.mark.parametrize("words", ["--help", "scenarios list", "validate SELLER"])
def test_output_that_nobody_reads_ends_as_such_programs_do(tmp_path: Path, words: str) -> None:
    """Code 141, as of a program that a closed pipe ends; never 1, which is a bug of ours."""
    code = in_shell(words.replace("SELLER", SELLER).split(), "| true", tmp_path)
    assert code == (141, "")


# --- too little of something ----------------------------------------------------------------------


@posix
def test_too_few_file_handles_are_told(tmp_path: Path) -> None:
    words = [*RUN[:-1], "--workers=2", "--replications=2", "--output=out"]
    code, text = in_shell(words, "", tmp_path, before="ulimit -n 14;")
    assert code == 2
    assert text.splitlines()[-1] == (
        "Too many open files: raise the limit (ulimit -n 1024), or use fewer --workers."
    )


# --- signals that are ignored ---------------------------------------------------------------------


@posix
@pytest.mark.parametrize("ignored", [True, False])
def test_what_was_started_to_outlive_its_terminal_does(ignored: bool) -> None:
    """`nohup` ignores SIGHUP, and so does the command; otherwise it ends as after Ctrl-C."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    others = signal.getsignal(signal.SIGTERM)
    try:
        end_in_order()
        wanted = signal.SIG_IGN if ignored else signal.default_int_handler
        assert signal.getsignal(signal.SIGHUP) == wanted
    finally:
        signal.signal(signal.SIGHUP, before)
        signal.signal(signal.SIGTERM, others)


@posix
def test_a_terminal_that_is_closed_ends_the_run_and_all_its_processes(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  (not on Windows)

    words = [*RUN[:-2], "--replications=9999", "--workers=2", "--keep-parcels", "--output=out"]
    started, terminal = pty.fork()
    if started == 0:
        from_a_terminal()
        os.chdir(tmp_path)
        os.execv(sys.executable, [*COMMAND, *words])
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob(".out.*.unfinished/*/parcels.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.close(terminal)
    try:
        while (ended := os.waitpid(started, os.WNOHANG)) == (0, 0):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    except AssertionError:
        os.kill(started, signal.SIGKILL)
        raise
    state = ended[1]
    assert os.waitstatus_to_exitcode(state) == 2
    assert list(tmp_path.iterdir()) == []


# --- help -----------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("columns", [60, 80])
def test_help_has_whole_names_in_narrow_terminals(tmp_path: Path, columns: int) -> None:
    code, text = in_shell(["run", "--help"], "", tmp_path, before=f"COLUMNS={columns}")
    assert code == 0
    for name in (
        "--replications N",
        "--later-order-days N",
        "--[no-]keep-parcels",
        "--check-bottlenecks",
    ):
        assert f"  {name}" in text
    assert "  --seed N                 Random seed [1]" in text  # what it is, beside it
    assert max(map(len, text.splitlines())) <= columns
