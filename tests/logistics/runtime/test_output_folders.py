"""Results folders: whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from logistics import OutputError
from logistics.runtime.output_folders import ABOUT, TITLE, free_folder, output_folder, write_whole


def write_results(path: Path, text: str = "new", overwrite: bool = False) -> None:
    with output_folder(path, overwrite) as folder:
        (folder / ABOUT).write_text(f"{TITLE} 0.1.0\n{text}")
        (folder / "inside").mkdir()
        (folder / "inside" / "table.csv").write_text("a,b\n")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_has_everything_that_was_written(tmp_path: Path) -> None:
    write_results(tmp_path / "results")
    assert files(tmp_path) == [
        "results", f"results/{ABOUT}", "results/inside", "results/inside/table.csv",
    ]  # fmt: skip


def test_a_folder_has_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "results"
    with output_folder(target) as folder:
        (folder / "table.csv").write_text("a,b\n")
        assert not target.exists()
        assert folder.parent == tmp_path  # one disk: the rename cannot fail half-way
    assert (target / "table.csv").exists()


def test_others_may_read_a_results_folder(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    write_results(tmp_path / "results")
    assert (tmp_path / "results").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_or_an_interruption_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with output_folder(tmp_path / "made" / "on the way" / "results") as folder:
            (folder / "table.csv").write_text("a,b\n")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert files(tmp_path) == []


def test_missing_parents_are_made(tmp_path: Path) -> None:
    write_results(tmp_path / "a" / "b" / "results")
    assert (tmp_path / "a" / "b" / "results" / ABOUT).exists()


def test_an_existing_folder_is_refused_before_anything_runs(tmp_path: Path) -> None:
    write_results(tmp_path / "results", "old")
    with pytest.raises(OutputError, match=r"already exists.*--overwrite"):
        write_results(tmp_path / "results")
    assert "old" in (tmp_path / "results" / ABOUT).read_text()


def test_an_empty_folder_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    write_results(tmp_path / "results")
    assert (tmp_path / "results" / ABOUT).exists()


def test_overwriting_replaces_the_old_results_whole(tmp_path: Path) -> None:
    write_results(tmp_path / "results", "old")
    (tmp_path / "results" / "left over.csv").write_text("")
    write_results(tmp_path / "results", "new", overwrite=True)
    assert "new" in (tmp_path / "results" / ABOUT).read_text()
    assert "results/left over.csv" not in files(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_overwriting_keeps_the_old_results_until_the_new_are_complete(tmp_path: Path) -> None:
    write_results(tmp_path / "results", "old")

    def fail() -> None:
        with output_folder(tmp_path / "results", overwrite=True) as folder:
            (folder / ABOUT).write_text(TITLE)
            assert "old" in (tmp_path / "results" / ABOUT).read_text()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert "old" in (tmp_path / "results" / ABOUT).read_text()
    assert len(list(tmp_path.iterdir())) == 1


def test_only_results_are_overwritten(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "holiday.png").write_text("")
    with pytest.raises(OutputError, match="is not overwritten"):
        write_results(photos, overwrite=True)
    assert files(tmp_path) == ["photos", "photos/holiday.png"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    write_results(tmp_path / "results", "old")
    (tmp_path / "link").symlink_to(tmp_path / "results")
    write_results(tmp_path / "link", "new", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert "new" in (tmp_path / "results" / ABOUT).read_text()


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_results(tmp_path / "results", overwrite=True)
    with pytest.raises(OutputError, match=r"cannot be written: .* is not a folder"):
        write_results(tmp_path / "results" / "below")


@pytest.mark.parametrize("name", ["n" * 255, "n" * 300])
def test_a_name_that_the_disk_refuses_is_told_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written: file name too long"):
        write_results(tmp_path / name)
    assert files(tmp_path) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing stops the root user")
def test_an_unwritable_parent_is_told_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written: permission denied"):
        write_results(tmp_path / "results")


def test_results_are_kept_beside_a_folder_that_came_into_being_meanwhile(tmp_path: Path) -> None:
    def clash() -> None:
        with output_folder(tmp_path / "results") as folder:
            (folder / "mine.csv").write_text("")
            (tmp_path / "results").mkdir()
            (tmp_path / "results" / "theirs.csv").write_text("")

    with pytest.raises(OutputError, match="came into being meanwhile; the results are in"):
        clash()
    theirs, mine = sorted(tmp_path.iterdir())
    assert files(theirs) == ["theirs.csv"]
    assert files(mine) == ["mine.csv"]


def test_an_error_about_something_else_stays_what_it_is(tmp_path: Path) -> None:
    def pipe_breaks() -> None:
        with output_folder(tmp_path / "results"):
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        pipe_breaks()
    assert files(tmp_path) == []


_FILLS_THE_DISK = """
import resource, signal, sys
from logistics import OutputError
from logistics.runtime.output_folders import output_folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with output_folder(sys.argv[1]) as folder:
        import pyarrow as pa, pyarrow.parquet as pq
        pq.write_table(pa.table({"a": list(range(100_000))}), folder / "a.parquet")
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on the size of files here")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FILLS_THE_DISK, "results"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "results: cannot be written: file too large\n"
    assert files(tmp_path) == []


# --- single files ---------------------------------------------------------------------------------


def test_a_file_is_the_old_one_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run.parquet"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert (files(tmp_path), target.read_bytes()) == (["run.parquet"], b"new")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, b"newer")
    assert (files(tmp_path), target.read_bytes()) == (["run.parquet"], b"new")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: no such file or directory"):
        write_whole(tmp_path / "nowhere" / "run.parquet", b"")


def test_a_default_folder_is_the_next_that_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert free_folder("run") == Path("run")
    (tmp_path / "run").mkdir()
    assert free_folder("run") == Path("run")  # an empty one does not count
    write_results(tmp_path / "run", overwrite=True)
    (tmp_path / "run-2").write_text("a file")
    assert free_folder("run") == Path("run-3")
    assert free_folder("run", overwrite=True) == Path("run")
