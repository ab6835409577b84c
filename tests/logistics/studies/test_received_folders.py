"""A study folder that somebody sent: what lies in it is evidence, and never leads out of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from stored_files import files_of, forged, from_before_checksums
from typer.testing import CliRunner

from logistics import InputError, OutputError
from logistics.cli import app
from logistics.studies.points import points_of
from logistics.studies.store import seals
from logistics.studies.store import store as store_module
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.files import EXAMPLES

DAYS = {"days.days": 1, "days.warm_up_days": 1, "days.later_order_days": 6}
COMMANDS = (("status",), ("report",), ("resume", "--workers", "1", "--no-report"))


def study(**more: Any) -> Study:
    asked = {"factors": {"risks.failed_attempt": ["5%", "40%"]}, **more}
    return Study(base=str(EXAMPLES["small-seller"]), name="sent", replications=2, set=DAYS, **asked)


def told(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit | None)
    return result.output


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study of two points with two runs each."""
    folder = tmp_path_factory.mktemp("sent")
    what = study()
    Store.create(folder / "sent", "", what.model_dump(mode="json"), points_of(what))
    told("resume", folder / "sent", "--workers", 1, "--no-report")
    return folder / "sent"


@pytest.fixture
def received(sent: Path, tmp_path: Path) -> Path:
    """A copy of it in a folder, beside which there is something to lose."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "r0000.parquet").write_text("dear")
    (tmp_path / "mine" / ".letter.0123abcd.part").write_text("old friend")
    shutil.copytree(sent, tmp_path / "study" / "received")
    return tmp_path / "study" / "received"


def refused_by_all(received: Path, problem: str) -> None:
    """Every command refuses the folder in words, and touches nothing inside or outside."""
    around = received.parent.parent
    before = {path: path.read_bytes() for path in around.rglob("*") if path.is_file()}
    for command, *options in COMMANDS:
        assert problem in told(command, received, *options, code=2)
    assert {path: path.read_bytes() for path in around.rglob("*") if path.is_file()} == before


# --- names and links ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../../../mine", "/tmp/mine", "p000/../../../mine", "p000\n", "P000", "p٠٠٠", "p001", "", 5],
)
def test_a_name_of_a_point_is_never_a_path(received: Path, name: object) -> None:
    """Nor the name of another point; the checksum fits, because whoever sent it can compute."""
    forged(received, lambda about: about["points"][0].update(name=name))
    refused_by_all(received, "manifest.json: is damaged")


@pytest.mark.parametrize(
    "path", ["../../mine", "/tmp/mine", "networks/../../../mine", "networks/.", "mine", "networks/"]
)
def test_a_network_is_one_of_the_folder(received: Path, path: str) -> None:
    def elsewhere(about: dict[str, Any]) -> None:
        about["points"][1]["scenarios"]["small-seller"]["network"]["path"] = path

    forged(received, elsewhere)
    refused_by_all(received, "p001 is not as this version writes points")


def test_a_file_elsewhere_is_not_even_read(received: Path) -> None:
    forged(received, lambda about: about["files"].update({"../../mine/r0000.parquet": "1" * 64}))
    refused_by_all(received, "manifest.json: is damaged")


def test_a_file_of_orders_elsewhere_is_refused(received: Path) -> None:
    forged(received, lambda about: about["points"][0].update(orders="../../mine/orders.csv"))
    refused_by_all(received, "manifest.json: is damaged")


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
@pytest.mark.parametrize(
    "name",
    [
        "runs", "runs/p000", "runs/p000/r0000.parquet", "runs/p001/r0002.parquet", "points",
        "points/p000", "networks", "networks/small-seller", "failures", "failures/p000.json",
        "pictures", "report.html", "responses.csv", "timings.csv", ".lock", "checksums.json",
        "manifest.json", "study.yaml", "notes/mine",
    ],
)  # fmt: skip
@pytest.mark.parametrize("outside", ["mine", "mine/r0000.parquet", "nowhere"])
def test_a_link_is_refused(received: Path, name: str, outside: str) -> None:
    link = received / name
    link.parent.mkdir(exist_ok=True)
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(received.parent.parent / outside)
    gone = name == "manifest.json" and outside != "mine/r0000.parquet"
    refused_by_all(received, "holds no study" if gone else f"holds '{name}', a link or device")


@pytest.mark.skipif(os.name != "posix", reason="there are none on Windows")
def test_a_pipe_is_refused_and_not_waited_for(received: Path) -> None:
    (received / "runs" / "p001" / "r0001.parquet").unlink()
    os.mkfifo(received / "runs" / "p001" / "r0001.parquet")
    for command, *options in COMMANDS:
        assert "r0001.parquet', a link or device" in told(command, received, *options, code=2)


# --- two worlds -----------------------------------------------------------------------------------


def test_two_worlds_are_never_in_one_mean(received: Path, tmp_path: Path) -> None:
    """A value of one point is another, and one run is missing."""

    def change(about: dict[str, Any]) -> None:
        about["points"][1]["scenarios"]["small-seller"]["risks"]["failed_attempt"] = 0.9

    (received / "runs" / "p001" / "r0001.parquet").unlink()
    forged(received, change)
    assert "is damaged (allowed: mend it with  logistics study resume" in told(
        "report", received, code=2
    )
    mended = told("resume", received, "--workers", 1, "--no-report")
    assert mended.count("parquet was damaged: deleted, to be regenerated") == 3
    what = study(factors={"risks.failed_attempt": ["5%", "90%"]})
    store = Store.create(
        tmp_path / "other", "", what.model_dump(mode="json"), points_of(what)
    )  # the same world, run from its own file
    told("resume", store.path, "--workers", 1, "--no-report")
    ours, theirs = Store.open(received), Store.open(store.path)
    for number in range(2):
        values = [
            one.read_run("p001", number).measurements["small-seller"].values
            for one in (ours, theirs)
        ]
        assert repr(values[0]) == repr(values[1])


def test_a_run_of_another_study_is_made_again(sent: Path, received: Path, tmp_path: Path) -> None:
    """It has the same point and number, and a checksum that fits."""
    what = study(seed=99)
    other = Store.create(tmp_path / "other", "", what.model_dump(mode="json"), points_of(what))
    told("resume", other.path, "--workers", 1, "--no-report")
    name = "runs/p000/r0001.parquet"
    shutil.copy(other.path / name, received / name)
    assert f"{name} is damaged" in told("status", received)
    told("resume", received, "--workers", 1, "--no-report")
    assert files_of(received) == files_of(sent)


def test_a_damaged_page_is_drawn_again_by_report(received: Path) -> None:
    told("report", received)
    page = (received / "report.html").read_bytes()
    picture = min((received / "pictures").glob("*.svg"))
    svg = picture.read_bytes()
    (received / "report.html").write_bytes(page.replace(b"days", b"dogs", 1))
    picture.write_bytes(svg[:-1])
    (received / "pictures" / "own.svg").write_text("a planner's own")
    assert "report.html is damaged" in told("status", received)
    again = told("report", received)
    assert "report.html was damaged: deleted, to be regenerated" in again
    assert f"pictures/{picture.name} was damaged" in again
    assert ((received / "report.html").read_bytes(), picture.read_bytes()) == (page, svg)
    assert (received / "pictures" / "own.svg").read_text() == "a planner's own"


def test_a_report_that_is_refused_changes_nothing_and_names_all(received: Path) -> None:
    for name in ("responses.csv", "runs/p000/r0000.parquet", "runs/p001/r0001.parquet"):
        (received / name).write_bytes((received / name).read_bytes()[:-1])
    before = files_of(received)
    refused = told("report", received, code=2)
    assert refused.count("is damaged (allowed: mend it with  logistics study resume") == 2
    assert files_of(received) == before
    told("resume", received, "--workers", 1, "--no-report")
    (received / "study.yaml").write_text("base: elsewhere")
    assert "study.yaml is damaged: mend it with  logistics study resume" in told("report", received)


def test_what_the_system_refuses_says_nothing_against_a_file(
    received: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many open files, a share that is away: no run is thrown away for that."""

    def refuse(path: Path) -> Any:
        raise OSError(24, os.strerror(24), str(path))

    store = Store.open(received)
    monkeypatch.setattr(seals.Path, "read_bytes", refuse)
    with pytest.raises(OutputError, match="cannot be read: too many open files"), store.writing():
        pass
    monkeypatch.undo()
    assert store.finished() == {"p000": [0, 1], "p001": [0, 1]}
    monkeypatch.setattr(seals.os, "scandir", refuse)
    with pytest.raises(OutputError, match="cannot be read: too many open files"):
        Store.open(received)


# --- folders from before --------------------------------------------------------------------------


def test_a_folder_from_before_opens_and_is_called_unverified(sent: Path, tmp_path: Path) -> None:
    old = from_before_checksums(sent, tmp_path / "old")
    tables = (old / "responses.csv").read_bytes()
    assert f"{old} is unverified" in told("status", old)
    assert f"logistics study resume {old}  adds them" in told("report", old)
    assert (old / "responses.csv").read_bytes() == tables
    assert '"verified": false' in told("status", old, "--json")


def test_resume_gives_a_folder_from_before_its_checksums(sent: Path, tmp_path: Path) -> None:
    old = from_before_checksums(sent, tmp_path / "old")
    (old / "runs" / "p001" / "r0000.parquet").write_bytes(b"PAR1 and then nothing")
    (old / "failures" / "p001.json").write_text('{"error": "no trucks then"}')
    done = told("resume", old, "--workers", 1, "--no-report")
    assert f"{old} was unverified: its files have checksums now" in done
    assert "runs/p001/r0000.parquet was damaged" in done
    assert "failures/p001.json was damaged" not in done
    # the text of the study file had not been kept elsewhere
    assert files_of(old) == files_of(sent)
    assert "unverified" not in told("status", old)
    lines = (old / "timings.csv").read_text().splitlines()
    assert len(lines) == len((sent / "timings.csv").read_text().splitlines()) + 1
    assert Store.open(old).damaged() == []


def test_a_folder_that_was_getting_checksums_when_its_process_ended_gets_them_later(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = from_before_checksums(sent, tmp_path / "old")
    write: Callable[[Path, bytes], None] = store_module.write_whole
    written: list[Path] = []

    def ends(path: Path, content: bytes) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path)
        write(path, content)

    with monkeypatch.context() as ending:
        ending.setattr(store_module, "write_whole", ends)
        with pytest.raises(KeyboardInterrupt), Store.open(old).writing():
            pass
    assert "unverified" in told("status", old)
    assert "was damaged" not in told("resume", old, "--workers", 1, "--no-report")
    assert files_of(old) == files_of(sent)


# --- two at once ----------------------------------------------------------------------------------


def test_of_two_first_runs_into_one_folder_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes while the first is writing, and is ready before it."""
    what = study()
    write, folder = store_module.write_store, tmp_path / "new" / "study"
    given = ("", what.model_dump(mode="json"), points_of(what))
    winners: list[Store] = []

    def slowly(*arguments: Any) -> None:
        monkeypatch.setattr(store_module, "write_store", write)
        winners.append(Store.create(folder, *given))
        write(*arguments)

    monkeypatch.setattr(store_module, "write_store", slowly)
    with pytest.raises(OutputError, match="was made by another process meanwhile"):
        Store.create(folder, *given)
    assert names(folder.parent) == ["study"]
    assert winners[0].damaged() == []
    assert winners[0].finished() == {"p000": [], "p001": []}


def names(folder: Path) -> Sequence[str]:
    return [path.name for path in folder.iterdir()]


def test_what_cannot_be_read_as_json_is_refused(received: Path) -> None:
    for content in (b"[" * 100_000, b'{"format": 2}', b"\xff\xfe{}", b"", b"5"):
        (received / "manifest.json").write_bytes(content)
        with pytest.raises(InputError, match=r"manifest\.json: is damaged"):
            Store.open(received)
