"""Random draws by name and number, not by sequence.

Every random quantity is a pure function of (seed, replication, stream name, number). Nothing is
stored and nothing is counted, so a new stream, another order of drawing or a canceled truck
changes no other draw, and the same order has the same draws in every network.

The generator is splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
generators", OOPSLA): the number is mixed into the stream's key and finalised twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.vocabulary import Array

U64 = NDArray[np.uint64]
Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_CHUNK = 1 << 15  # rows per pass: the temporaries stay in the processor's cache


def key_of(text: str) -> np.uint64:
    """Return a 64-bit key for a name; the same in every process and on every machine."""
    return np.uint64(bits_of(text))


def bits_of(text: str) -> int:
    """Return the bits of `key_of` as a number of Python, which is faster for many texts."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True)
class Streams:
    """The random draws of one replication."""

    seed: int
    replication: int = 0

    def key(self, name: str) -> np.uint64:
        """Return the key of the stream called `name`."""
        return key_of(f"{self.seed}/{self.replication}/{name}")

    def uniform(self, name: str, number: Array) -> Floats:
        """Return uniforms strictly between 0 and 1 for each number."""
        key = self.key(name)
        return in_chunks(lambda part: unit(_mix(part, key)), np.float64, number)


def unit(bits: U64) -> Floats:
    """Return 52 of the random bits as a float strictly between 0 and 1."""
    # with 53 bits, adding a half would round the largest up to 1
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def in_chunks(function: Callable[..., Array], dtype: Any, *columns: Array) -> Array:
    """Apply a row-wise function to columns a cache-sized piece at a time, on all cores."""
    result = np.empty(len(columns[0]), dtype)

    def work(piece: slice) -> None:
        result[piece] = function(*(column[piece] for column in columns))

    in_pieces(work, len(result), _CHUNK)
    return result


def mix(number: Array, key: np.uint64 | U64) -> U64:
    """Return the splitmix64 output for each number in the stream of `key`."""
    return in_chunks(lambda part: _mix(part, key), np.uint64, number)


def _mix(number: Array, key: np.uint64 | U64) -> U64:
    bits = number.astype(np.uint64)
    bits *= _GOLDEN
    bits += key
    for _ in range(2):
        bits ^= bits >> np.uint64(30)
        bits *= _MIX_1
        bits ^= bits >> np.uint64(27)
        bits *= _MIX_2
        bits ^= bits >> np.uint64(31)
    return bits
