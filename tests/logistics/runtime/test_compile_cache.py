"""Compiled code where nothing can be written but a temporary folder: said once, gone at the end."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import IndexDataCacheFile

from logistics.simulation.batch.kernel import compiled

_RUNS = """
import os, sys
from numba.core import caching
if "{nowhere}" == "True":  # as where the installation and the home are read-only
    known = caching.CacheImpl._locator_classes
    known[:] = [one for one in known if "UserProvided" in one.__name__]
from logistics.experiments.workers.pool import worker_pool
import logistics.simulation.batch.kernel as kernel
def folder(_):
    import logistics.simulation.batch.kernel
    return os.environ.get("NUMBA_CACHE_DIR", "")
if __name__ == "__main__":
    import numpy as np
    with worker_pool(2) as pool:
        folders = {{*pool.map(folder, [1, 2, 3]), folder(0)}}
    (one,) = folders
    print(one)
    print(oct(os.stat(one).st_mode & 0o777) if one else "")
"""


def printed(tmp_path: Path, nowhere: bool, **more: str) -> tuple[list[str], str]:
    script = tmp_path / "script.py"
    script.write_text(_RUNS.format(nowhere=nowhere))
    (tmp_path / "tmp").mkdir(exist_ok=True)
    known = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    done = subprocess.run(
        [sys.executable, script], env=known | {"TMPDIR": str(tmp_path / "tmp")} | more,
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr


def test_without_a_place_compiled_code_goes_to_one_temporary_folder(tmp_path: Path) -> None:
    (folder, mode), said = printed(tmp_path, nowhere=True)
    assert Path(folder).parent == tmp_path / "tmp"
    assert mode == "0o700"  # what lies there is run
    (line,) = said.splitlines()
    assert line.startswith("logistics: no writable folder for compiled code")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_with_a_place_nothing_is_said(tmp_path: Path) -> None:
    assert printed(tmp_path, nowhere=False) == (["", ""], "")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing stops the root user")
def test_a_folder_of_the_users_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    own.chmod(stat.S_IREAD | stat.S_IEXEC)
    (folder, _), said = printed(tmp_path, nowhere=False, NUMBA_CACHE_DIR=str(own))
    assert Path(folder).parent == tmp_path / "tmp"
    assert "no writable folder for compiled code" in said


def test_a_full_disk_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = []

    def full(*_: object) -> None:
        refused.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)

    @compiled
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(21) == 42
    assert refused
