"""Chance that falls the same on every machine: SplitMix64 in plain integers, one stream per name."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
MASK = (1 << 64) - 1


class Chance:
    """A stream of numbers that its names alone decide: drawing from one stream never moves another."""

    __slots__ = ("_names", "_state")

    def __init__(self, *names: object) -> None:
        self._names = names
        self._state = int.from_bytes(blake2b(repr(names).encode(), digest_size=8).digest(), "big")

    def of(self, *names: object) -> "Chance":
        """The stream of that name below this one, whatever was drawn here before."""
        return Chance(*self._names, *names)

    def bits(self) -> int:
        """64 bits."""
        self._state = state = (self._state + 0x9E3779B97F4A7C15) & MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
        return state ^ (state >> 31)

    def number(self) -> float:
        """Evenly from 0 up to, not including, 1."""
        return (self.bits() >> 11) * 2.0**-53

    def between(self, low: float, high: float) -> float:
        """Evenly from ``low`` to ``high``."""
        return low + (high - low) * self.number()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.bits() % (high - low + 1)

    def noise(self) -> float:
        """About normal with deviation 1, never beyond 3.5: the sum of four 16-bit numbers, no libm."""
        bits = self.bits()
        total = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (total - 131070) / 37837.2

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.bits() % len(choices)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of them in another order."""
        order = list(items)
        for place in range(len(order) - 1, 0, -1):
            other = self.bits() % (place + 1)
            order[place], order[other] = order[other], order[place]
        return order
