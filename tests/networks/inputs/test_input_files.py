"""What is opened as an input: files, only so large, unpacked only so far."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import Field

from logistics.scenario.load import load_scenario
from logistics.scenario.what_ifs import load_what_if, read_what_ifs
from logistics.studies.points import load_study
from networks.files import is_network, read_network
from networks.inputs import input_files, tables
from networks.inputs.faults import Fault, InputError
from networks.inputs.models import Parameters
from networks.inputs.rows import Rows
from networks.inputs.tables import open_table
from networks.inputs.yaml_reader import read_data, read_yaml, text_of_file

TABLE = "order_id,market\n1,900\n2,606\n"


def read_table(path: Path) -> Rows:
    """Return all rows of a table."""
    table = open_table(path)
    return table.load(range(len(table.heading)))


def zipped(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name in members:
            package.writestr(name, TABLE)
    return file.getvalue()


def fault(read: Callable[[], object]) -> str:
    """Return the one fault of what is read, without the folder; it comes at once."""
    started = time.monotonic()
    with pytest.raises(InputError) as caught:
        read()
    assert time.monotonic() - started < 2
    (one,) = caught.value.faults
    return f"{Path(one.file).name}: {one.problem}" + (f" ({one.allowed})" if one.allowed else "")


# --- what is no file ------------------------------------------------------------------------------

READERS: list[tuple[str, Callable[[Path], object]]] = [
    ("scenario.yaml", load_scenario),
    ("network.xlsx", load_scenario),
    ("what-if.yaml", load_what_if),
    ("study.yaml", load_study),
    ("orders.csv", read_table),
    ("orders.csv.gz", read_table),
    ("orders.xlsx", read_table),
    ("orders.parquet", read_table),
]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize(
    ("name", "read"), READERS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_pipe_to_which_nobody_writes_is_not_waited_for(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    os.mkfifo(tmp_path / name)
    assert (
        fault(lambda: read(tmp_path / name)) == f"{name}: is a pipe, not a file (a file on a disk)"
    )


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here")
@pytest.mark.parametrize(
    ("name", "read"), READERS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_device_without_end_is_not_read(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    assert fault(lambda: read(tmp_path / name)).startswith(f"{name}: is a device, not a file")


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx", "orders.parquet"])
def test_a_folder_is_no_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert fault(lambda: read_table(tmp_path / name)) == f"{name}: is a folder, not a file"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.yaml")
        assert fault(lambda: load_scenario("s.yaml")).startswith("s.yaml: is a socket, not a file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_within_a_network_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "facilities.csv")
    assert is_network(tmp_path)
    with pytest.raises(InputError, match=r"facilities.csv: is a pipe, not a file"):
        read_network(tmp_path)


# --- packed tables --------------------------------------------------------------------------------

SMALLER = "(smaller tables, or Parquet; packed, up to 100 times its size)"
PACKED = {
    "gz": gzip.compress(TABLE.encode()),
    "bz2": bz2.compress(TABLE.encode()),
    "xz": lzma.compress(TABLE.encode()),
    "zip": zipped("orders.csv"),
    "mac.zip": zipped("orders.csv", "__MACOSX/._orders.csv"),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("named", ["orders.csv", "orders.csv.{}"])
def test_a_packed_table_is_read_whatever_its_name(tmp_path: Path, name: str, named: str) -> None:
    path = tmp_path / named.format(name)
    path.write_bytes(PACKED[name])
    table = read_table(path)
    assert table.texts(1).tolist() == ["900", "606"]


def test_a_table_that_unpacks_without_end_is_refused_on_the_way(tmp_path: Path) -> None:
    """A hundred times its size, beyond the first 10 MB: 58 kB may become 15 MB, not 60."""
    rows = b"1,900\n" * 1000
    path = tmp_path / "orders.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"order_id,market\n")
        for _ in range(10_000):
            file.write(rows)
    most = 10 + 100 * path.stat().st_size / 2**20
    said = f"orders.csv.gz: holds more than {most:.0f} MB {SMALLER}"
    assert fault(lambda: read_table(path)) == said


def test_a_plain_table_is_limited_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_files, "MOST_UNPACKED", 2**20)
    (tmp_path / "orders.csv").write_text("a,b\n" + "1,2\n" * 2**19)
    said = f"orders.csv: holds more than 1 MB {SMALLER}"
    assert fault(lambda: read_table(tmp_path / "orders.csv")) == said


def test_a_parquet_file_of_very_many_rows_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 1000)
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"order_id": ["1"] * 1001}), path)
    assert fault(lambda: read_table(path)) == "orders.parquet: has 1,001 rows (up to 1,000)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped("a.csv", "b.csv"), "holds 2 files (a zip file with one table)"),
        (zipped(), "holds 0 files (a zip file with one table)"),
        (PACKED["gz"][:-9], "cannot be read: Compressed file ended before the end-of-stream"),
        (PACKED["bz2"][:-9], "cannot be read: Compressed file ended before the end-of-stream"),
        (PACKED["xz"][:-9], "cannot be read: Compressed file ended before the end-of-stream"),
        (PACKED["zip"][:-9], "cannot be read: File is not a zip file"),
        (b"\x1f\x8bnonsense", "cannot be read: Unknown compression method"),
        (b"\x28\xb5\x2f\xfd....", "is packed in a way that is not read (gzip, bzip2, xz or zip)"),
    ],
    ids=["two", "none", "gz", "bz2", "xz", "zip", "nonsense", "zstd"],
)
def test_a_packed_table_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "orders.csv").write_bytes(content)
    assert fault(lambda: read_table(tmp_path / "orders.csv")).startswith(f"orders.csv: {said}")


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_how_a_text_is_written(tmp_path: Path, encoding: str) -> None:
    text = "name: toy\ntitle: Zoë's\n"
    (tmp_path / "toy.yaml").write_bytes(text.encode(encoding))
    assert text_of_file(tmp_path / "toy.yaml") == text


# --- lists without end ----------------------------------------------------------------------------


class Toy(Parameters):
    names: list[str] = Field([])
    weights: dict[str, int] = Field({})
    many: list[int] = Field([], max_length=2000)


@pytest.mark.parametrize(
    ("field", "value", "most"),
    [
        ("names", ["a"] * 100_000, "1,000"),
        ("weights", {str(n): n for n in range(100_000)}, "1,000"),
        ("many", [1] * 100_000, "2,000"),
    ],
)
def test_every_list_has_a_limit(field: str, value: object, most: str) -> None:
    said = fault(lambda: read_data({field: value}, Toy, "toy"))
    assert said == f"toy: must have at most {most} entries"


def test_lists_within_their_limits_are_read() -> None:
    toy = read_data({"names": ["a"] * 1000, "many": [1] * 2000}, Toy, "toy")
    assert (len(toy.names), len(toy.many)) == (1000, 2000)


def test_a_text_of_very_many_values_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text("names: [" + "a, " * 100_000 + "]\n")
    said = "toy.yaml: holds too many values (up to 30,000 lines and commas)"
    assert fault(lambda: read_yaml(path, Toy)) == said


def test_very_many_what_ifs_are_refused_at_once() -> None:
    said = fault(lambda: read_what_ifs(" + ".join(["hub-closed"] * 5000)))
    assert said == "what-ifs: are 5,000 joined by + (up to 20)"


def test_very_many_faults_are_told_as_a_number() -> None:
    error = InputError([Fault("toy.csv", row, "", "", "is bad") for row in range(1, 10_001)])
    lines = str(error).splitlines()
    assert (len(lines), lines[199], lines[200]) == (
        201,
        "toy.csv:200: is bad",
        "and 9,800 more faults",
    )


def test_a_table_of_orders_keeps_its_cells_as_texts(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,market\n007,021\n")
    rows = read_table(tmp_path / "orders.csv")
    assert [rows.cells(column).tolist() for column in range(2)] == [["007"], ["021"]]
