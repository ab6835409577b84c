"""Disks forget: whichever bit of a study folder flips, it is found, told, and mended or refused.

What is told is one error in words or a list of damaged files, never a traceback; what is reported
are the tables of the undamaged study, or nothing.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from stored_files import files_of

from logistics import jobs
from logistics.errors import LogisticsError
from logistics.jobs import StudyRequest, study_status
from logistics.studies.results import study_result
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.files import EXAMPLES

STUDY = f"""
base: {EXAMPLES["small-seller"]}
set: {{days.days: 1, days.warm_up_days: 1, days.later_order_days: 6}}
factors: {{what_if: [none, nowhere.yaml], risks.failed_attempt: ["5%", "40%"]}}
responses: [delivery_days.mean, on_time_rate]
replications: 2
"""
NOWHERE = """
name: nowhere
title: A hub that the network has not
add: {closures: [{place: HUB404, start: "day 1 06:00", end: "day 1 18:00"}]}
"""
REFUSED = ("manifest.json", "networks/")
"""Where the only copy is: what is lost there cannot be made again."""
DRAWN = ("report.html", "summary.xlsx", "pictures/")
"""What is deleted where no pictures are asked for."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study: two points with two runs each, and two that could not be run."""
    folder = tmp_path_factory.mktemp("flips")
    (folder / "study.yaml").write_text(STUDY)
    (folder / "nowhere.yaml").write_text(NOWHERE)
    done = jobs.run(StudyRequest(folder / "whole", folder / "study.yaml", 1))
    assert (len(done.failures), done.mended) == (2, ())
    return folder / "whole"


def flipped(whole: Path, copy: Path, name: str, bit: int) -> Path:
    shutil.copytree(whole, copy)
    content = bytearray((copy / name).read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    (copy / name).write_bytes(content)
    return copy


def check_flip(whole: Path, copy: Path, name: str, bit: int) -> None:
    """Flip a bit in a copy of a study; look at it, report on it, resume it."""
    expected = files_of(whole)
    flipped(whole, copy, name, bit)
    assert name in named_by_status(copy)
    found: list[str] = []
    refused = refusal_of(lambda folder: found.append(reported(folder)), copy)
    assert found == [reported_once(whole)] or name in refused

    shutil.rmtree(copy)
    flipped(whole, copy, name, bit)
    mended: list[str] = []
    refused = refusal_of(lambda folder: mended.extend(resume(folder)), copy)
    assert bool(refused) == name.startswith(REFUSED)
    assert not refused or re.search(
        f"{name}: (is damaged|was changed after it was written)", refused
    )
    assert refused or name in "\n".join(mended)
    if name.startswith(DRAWN):
        del expected[name], expected["checksums.json"]
    left = {file: content for file, content in files_of(copy).items() if file in expected}
    assert refused or left == expected
    assert refused or (copy / name).exists() != name.startswith(DRAWN)
    assert refused or named_by_status(copy) == ""


def refusal_of(command: Callable[[Path], object], folder: Path) -> str:
    """Why a command does not work; '' if it does."""
    try:
        command(folder)
    except LogisticsError as error:
        return str(error)
    return ""


def reported(folder: Path) -> str:
    """What `study report` would write into tables and draw."""
    store = Store.open(folder)
    with store.writing(runs=False):
        result = study_result(Study.model_validate(dict(store.study)), store)
    values = [[one.point.name, *map(str, one.values.items())] for one in result.points]
    return f"{values} {result.failures}"


reported_once = cache(reported)


def resume(folder: Path) -> Sequence[str]:
    """Resume a study; return what was mended."""
    return jobs.run(StudyRequest(folder, None, 1, report=False)).mended


def named_by_status(folder: Path) -> str:
    """What `study status` says is damaged, or why it says nothing else."""
    return refusal_of(study_status, folder) or "\n".join(study_status(folder).damaged)


def flips(whole: Path, seed: int, rounds: int) -> Iterator[tuple[str, int]]:
    """Bits to flip, in every file as often: also small ones count."""
    rng = random.Random(seed)
    names = sorted(str(path.relative_to(whole)) for path in whole.rglob("*") if path.is_file())
    names.remove(".lock")  # tells a human who writes; nothing is read from it
    pictures = [name for name in names if name.startswith("pictures/")]
    names = [name for name in names if name not in pictures[2:]]
    for name in rounds * names:
        yield name, rng.randrange(8 * (whole / name).stat().st_size)


def test_a_flipped_bit_is_found_and_told_and_mended(whole: Path, tmp_path: Path) -> None:
    for number, (name, bit) in enumerate(flips(whole, seed=1, rounds=1)):
        check_flip(whole, tmp_path / str(number), name, bit)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_thousand_flipped_bits(whole: Path, tmp_path: Path, seed: int) -> None:
    for number, (name, bit) in enumerate(flips(whole, seed, rounds=3)):
        check_flip(whole, tmp_path / str(number), name, bit)
        shutil.rmtree(tmp_path / str(number))


@pytest.mark.slow
def test_bits_of_the_end_of_a_run_file(whole: Path, tmp_path: Path) -> None:
    """Its footer, where Parquet has no checksum of its own."""
    name = "runs/p000/r0001.parquet"
    size = 8 * (whole / name).stat().st_size
    for bit in range(size - 8 * 3_000, size, 41):
        check_flip(whole, tmp_path / str(bit), name, bit)
        shutil.rmtree(tmp_path / str(bit))


def test_a_lost_file_is_written_again(whole: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    for name in ("README.txt", "study.yaml", "responses.csv", "runs/p001/r0000.parquet"):
        (copy / name).unlink()
    shutil.rmtree(copy / "points")
    assert resume(copy)[0] == "README.txt was damaged or missing: written again"
    assert files_of(copy) == files_of(whole)


def test_a_file_added_to_a_network_is_refused(whole: Path, tmp_path: Path) -> None:
    """It would be read with the others, and change the world."""
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (copy / "networks" / "small-seller" / "Closures.csv").write_text("place,start,end\n")
    with pytest.raises(LogisticsError, match=r"Closures\.csv: was changed after it was written"):
        resume(copy)
