"""How a text is written, and the text itself: one encoding, one kind of line end.

Windows-1252 is what is left when a text is not UTF-8; five bytes mean nothing in it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from networks.inputs.faults import whole_file
from networks.inputs.input_files import opened

WINDOWS = "cp1252"
ENCODINGS = {"utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32",
             WINDOWS: "Windows-1252"}  # fmt: skip
"""What planners call the codecs, but UTF-8, which is not worth a word."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_AT_A_TIME = 2**20
_MOSTLY = 0.8


def codec_by_start(start: bytes) -> str:
    """Return the codec that a text's first bytes tell, '' where they do not."""
    for mark, codec in _MARKS.items():
        if start.startswith(mark):
            return codec
    pairs = len(start) // 2
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs and start[offset::2].count(0) > _MOSTLY * pairs:
            return codec
    return ""


def codec_of(path: Path) -> str:
    """Return the codec of a whole text."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    with opened(path) as file:
        chunk = file.read(_AT_A_TIME)
        if codec := codec_by_start(chunk[:1000]):
            return codec
        try:
            while chunk:
                decode(chunk)
                chunk = file.read(_AT_A_TIME)
            decode(b"", True)
        except UnicodeDecodeError:
            return WINDOWS
    return "utf-8-sig"


@contextmanager
def utf8(path: Path, codec: str) -> Iterator[io.BufferedReader]:
    """Open a text as UTF-8 with line feeds between its lines, whatever it has.

    Raises InputError while it is read, where a byte means nothing.
    """
    with opened(path) as file:
        yield io.BufferedReader(_Utf8(path, file, codec), _AT_A_TIME)


class _Utf8(io.RawIOBase):
    def __init__(self, path: Path, file: IO[bytes], codec: str) -> None:
        self._path, self._file, self._codec = path, file, codec
        decoder = codecs.getincrementaldecoder(codec)()
        self._decode = io.IncrementalNewlineDecoder(decoder, translate=True).decode
        self._lines, self._ready, self._ended = 0, memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._ended:
            chunk = self._file.read(_AT_A_TIME)
            self._ended = not chunk
            self._ready = memoryview(self._text(chunk).encode())
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _text(self, chunk: bytes) -> str:
        try:
            text = self._decode(chunk, self._ended)
        except UnicodeDecodeError as error:
            written = ENCODINGS.get(self._codec, "UTF-8")
            if self._codec != WINDOWS:
                raise whole_file(self._path, f"is damaged: not {written} throughout") from None
            ends = len(re.findall(rb"\r\n?|\n", chunk[: error.start]))
            problem = f"has a character that is neither UTF-8 nor {written}"
            raise whole_file(self._path, problem, "", self._lines + ends + 1) from None
        if "\0" in text:
            line = self._lines + text[: text.index("\0")].count("\n") + 1
            raise whole_file(self._path, "has a NUL byte: it is damaged, or no text", "", line)
        self._lines += text.count("\n")
        return text
