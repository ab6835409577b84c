"""What a file is, by its first bytes: a name does not tell, and many an `.xls` is a web page."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from networks.inputs.faults import InputError, whole_file
from networks.inputs.input_files import check_is_file, opened, unreadable
from networks.inputs.text_files import codec_by_start
from networks.inputs.workbooks import OLD_EXCEL, fault_of

Kind = Literal["text", "workbook", "Parquet"]

_EXPORT = "export the table as CSV or Excel"
_SAVE = "open it in Excel and save it as .xlsx"
_UNPACK = "unpack it first"
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_WORD = "WordDocument".encode("utf-16-le")

_MARKS: dict[bytes, tuple[str, str]] = {
    b"%PDF": ("a PDF file", _EXPORT),
    b"{\\rtf": ("a text document (RTF)", _EXPORT),
    b"\x89PNG": ("a picture", _EXPORT),
    b"\xff\xd8\xff": ("a picture", _EXPORT),
    b"GIF8": ("a picture", _EXPORT),
    b"SQLite format 3": ("a database", _EXPORT),
    b"ARROW1\0\0": ("an Arrow file", "save it as Parquet"),
    _PARQUET: ("a packed Parquet file", _UNPACK),
    _ZIP: ("a packed workbook or zip file", _UNPACK),
    OLD_EXCEL: ("a packed workbook", _UNPACK),
}
"""How files begin that are no text; the last ones are read unless they are packed."""

_MEMBERS: dict[str, tuple[str, str]] = {
    r"xl/workbook\.bin": ("a binary Excel workbook (.xlsb)", "save it as .xlsx"),
    r"word/": ("a Word document", _EXPORT),
    r"ppt/": ("a PowerPoint file", _EXPORT),
    r"content\.xml": ("an OpenDocument file (.ods)", "save it as .xlsx"),
    r"Index/.*\.iwa|Index\.zip": ("a Numbers file", "export it as CSV or Excel"),
}
"""What is in zip files that are no tables."""

_TEXTS: dict[str, tuple[str, str]] = {
    r"(?=<)(?s:.){,4000}?urn:schemas-microsoft-com:office:spreadsheet": (
        "an Excel workbook in XML", _SAVE,
    ),
    r"(?=<)(?s:.){,4000}?<(?:!doctype\s+html|html|table|head|body|meta)\b": (
        "a web page (HTML)", _SAVE,
    ),
    r"<[?!a-z]": ("an XML file", _EXPORT),
    r"[{]\s*[\"}]|\[\s*[{\[\"]": ("a JSON file", _EXPORT),
}  # fmt: skip
"""How texts begin that are no tables."""


def kind_of(path: Path) -> Kind:
    """Return what a file of a table is. Raises InputError, naming it, where it is none."""
    check_is_file(path)
    try:
        with open(path, "rb") as file:
            start = file.read(len(OLD_EXCEL))
            is_word = start == OLD_EXCEL and _WORD in file.read(2**20)
    except OSError as error:
        raise unreadable(path, error) from None
    if is_word:
        raise _refused(path, "an old Word document", _EXPORT)
    if start == OLD_EXCEL and (fault := fault_of(path)):
        raise whole_file(path, *fault)
    if start.startswith(_PARQUET):
        return "Parquet"
    if start.startswith(_ZIP) and _is_workbook(path):
        return "workbook"
    _check_text(path)
    return "text"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.suffix.lower() == ".xlsx"  # a damaged one, of which it is said so
    for pattern, what in _MEMBERS.items():
        if any(re.match(pattern, name) for name in names):
            raise _refused(path, *what)
    return any(name.startswith("xl/") for name in names)


def _check_text(path: Path) -> None:
    with opened(path) as file:
        start = file.read(2**13)
    for mark, what in _MARKS.items():
        if start.startswith(mark):
            raise _refused(path, *what)
    text = start.decode(codec_by_start(start) or "latin-1", "ignore").lstrip("\ufeff\r\n\t ")
    for pattern, what in _TEXTS.items():
        if re.match(pattern, text, re.I):
            raise _refused(path, *what)


def _refused(path: Path, what: str, remedy: str) -> InputError:
    return whole_file(path, f"is {what}: {remedy}")
