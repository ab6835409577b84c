"""A seeded part of all faults, in which every field meets every kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def one_of_each(items: Iterable[T], key: Callable[[T], Hashable], seed: int) -> list[T]:
    """Return one item of each group, drawn by a seed."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    luck = random.Random(seed)
    return [luck.choice(group) for group in groups.values()]


def handfuls(items: Sequence[T], count: int, seed: int, most: int = 8) -> list[list[T]]:
    """Return some handfuls of two or more items."""
    luck = random.Random(seed)
    return [luck.sample(items, luck.randint(2, most)) for _ in range(count)]
