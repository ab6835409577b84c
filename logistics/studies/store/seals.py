"""Checksums that find any flipped bit of a file, and files that carry their own.

A sealed JSON file ends with the SHA-256 of all that stands before it. A sealed Parquet file has 32
bytes between its pages and its footer, where readers look at nothing: the SHA-256 of all the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from logistics.runtime.output_folders import not_read
from networks.inputs.faults import shown, whole_file

_SIZE = hashlib.sha256().digest_size
_ENDS = 8  # of Parquet: the length of the footer, and four letters


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file's content, as `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()


def content_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises FileNotFoundError if it is missing; OutputError if the system does not let it be read,
    which says nothing against the file.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise not_read(path, error) from None


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file; '' if it is missing. Raises OutputError as `content_of`."""
    try:
        return checksum(content_of(path))
    except FileNotFoundError:
        return ""


def sealed_json(data: Mapping[str, Any]) -> bytes:
    """Return data, which must not be empty, as JSON that ends with its checksum."""
    body = json.dumps(data, indent=1, ensure_ascii=False).removesuffix("\n}").encode()
    return body + _seal(body)


def seal_of(content: bytes) -> str:
    """Return the checksum at the end of a sealed JSON file. Raises ValueError if it is wrong."""
    body = content[: -len(_seal(b""))]
    if content != body + _seal(body):
        raise ValueError("the checksum is wrong")
    return checksum(body)


def unsealed(content: bytes) -> dict[str, Any]:
    """Return the data of a sealed JSON file, its checksum left out. Raises ValueError if wrong."""
    seal_of(content)
    data: dict[str, Any] = json.loads(content)
    del data["sha256"]
    return data


def _seal(body: bytes) -> bytes:
    return f',\n "sha256": "{checksum(body)}"\n}}\n'.encode()


def sealed_parquet(content: bytes) -> bytes:
    """Return a Parquet file with its checksum inside."""
    at = _footer_at(content)
    return content[:at] + hashlib.sha256(content).digest() + content[at:]


def has_seal(content: bytes) -> bool:
    """Tell whether a Parquet file is, bit for bit, one that was sealed."""
    at = _footer_at(content)
    start = max(at - _SIZE, 0)
    rest = content[:start] + content[at:]
    return content[start:at] == hashlib.sha256(rest).digest()


def _footer_at(content: bytes) -> int:
    length = int.from_bytes(content[-_ENDS:-4], "little")
    return max(len(content) - _ENDS - length, 0)


def plain_files(folder: Path) -> list[str]:
    """Return the files of a folder and its subfolders, by their paths within it.

    Raises InputError for a link, which could lead outside, and for what is neither file nor folder;
    OutputError if the system does not let them be listed.
    """
    names = []
    for name, entry in _entries(folder, ""):
        if entry.is_file(follow_symlinks=False):
            names.append(name)
        elif not entry.is_dir(follow_symlinks=False):
            raise whole_file(folder, f"holds {shown(name)}, a link or device", "files and folders")
    return sorted(names)


def _entries(folder: Path, within: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except FileNotFoundError:  # gone meanwhile
        return
    except OSError as error:
        raise not_read(folder, error) from None
    for entry in entries:
        yield within + entry.name, entry
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(folder / entry.name, f"{within}{entry.name}/")
