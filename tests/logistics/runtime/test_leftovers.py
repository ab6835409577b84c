"""What a killed process leaves beside its results: swept by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from logistics import OutputError
from logistics.runtime.output_folders import ABOUT, TITLE, output_folder, output_path

_WRITES = """
import os, sys, time
from pathlib import Path
import logistics.runtime.output_folders as output
name, what = sys.argv[1:]
def stop():
    print("here", flush=True)
    time.sleep(600)
rename = os.rename
def rename_then_stop(old, new):
    rename(old, new)
    if what in str(new) or (what == "replaced" and str(new).endswith(name)):
        stop()
os.rename = rename_then_stop
if what == "file":
    with output.output_path(name) as path:
        path.write_text("half")
        stop()
with output.output_folder(name, overwrite=True) as folder:
    (folder / output.ABOUT).write_text(output.TITLE + " new")
    if what == "writing":
        stop()
"""


def started(place: Path, name: str, what: str) -> subprocess.Popen[str]:
    """Start a process that writes an output, and stops at a moment of it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITES, name, what], cwd=place, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def killed(place: Path, name: str, what: str) -> None:
    process = started(place, name, what)
    process.kill()
    process.communicate()


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def write(folder: Path, overwrite: bool = False) -> None:
    with output_folder(folder, overwrite) as place:
        (place / ABOUT).write_text(f"{TITLE} newer")


def test_what_a_killed_run_left_is_named_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(tmp_path, "results", "writing")
    lock, unfinished = names(tmp_path)
    assert (lock[:9], lock[17:]) == (".results.", ".lock")
    write(tmp_path / "results")
    assert names(tmp_path) == ["results"]
    said = f"logistics: removed {tmp_path / unfinished}, left by a killed run\n"
    assert capsys.readouterr().err == said


def test_what_a_living_run_writes_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = started(tmp_path, "results", "writing")
    before = names(tmp_path)
    write(tmp_path / "results")
    write(tmp_path / "sibling")
    assert names(tmp_path) == [*before, "results", "sibling"]
    process.kill()
    process.communicate()
    write(tmp_path / "sibling", overwrite=True)  # sweeps beside its own name only
    assert names(tmp_path) == [*before, "results", "sibling"]
    assert capsys.readouterr().err == ""


def test_results_that_were_moved_away_are_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The process ends between moving the old folder away and giving its name to the new one."""
    write(tmp_path / "results")
    killed(tmp_path, "results", ".old")
    assert "results" not in names(tmp_path)
    with pytest.raises(OutputError, match="already exists"):
        write(tmp_path / "results")
    assert names(tmp_path) == ["results"]
    assert (tmp_path / "results" / ABOUT).read_text() == f"{TITLE} newer"
    assert "restored " in capsys.readouterr().err


def test_results_that_were_replaced_are_removed(tmp_path: Path) -> None:
    write(tmp_path / "results")
    killed(tmp_path, "results", "replaced")
    assert len(names(tmp_path)) == 3  # the new, the old, the lock
    with pytest.raises(OutputError, match="already exists"):
        write(tmp_path / "results")
    assert names(tmp_path) == ["results"]
    assert (tmp_path / "results" / ABOUT).read_text() == f"{TITLE} new"


def test_a_file_that_was_half_written_is_removed(tmp_path: Path) -> None:
    killed(tmp_path, "network.xlsx", "file")
    assert [name.endswith(".unfinished.xlsx") for name in names(tmp_path)] == [False, True]
    with output_path(tmp_path / "network.xlsx") as path:
        path.write_text("whole")
    assert names(tmp_path) == ["network.xlsx"]


def _without_mark(lock: Path) -> None:
    lock.write_text("mine")


def _link(lock: Path) -> None:
    lock.rename(lock.with_name("elsewhere"))
    lock.symlink_to(lock.with_name("elsewhere"))


def _gone(lock: Path) -> None:
    lock.unlink()


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("change", [_without_mark, _link, _gone])
def test_what_is_not_ours_stays(tmp_path: Path, change: Callable[[Path], None]) -> None:
    killed(tmp_path, "results", "writing")
    (lock,) = tmp_path.glob(".results.*.lock")
    change(lock)
    before = names(tmp_path)
    write(tmp_path / "results")
    assert names(tmp_path) == [*before, "results"]
