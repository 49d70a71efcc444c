"""One reading on its way through the rules, and the columns that it comes from."""

from typing import NamedTuple

from rules.compile import Integers, Reals

NEVER = -(2**61)
"""A time before all times: "not yet"."""
FAR = 2**61
"""A time after all times: "not at all"."""


class Columns(NamedTuple):
    """The columns of an input that the rules read; ``bits`` is ``value`` bit by bit, to compare values exactly."""

    device: Integers
    metric: Integers
    value: Reals
    bits: Integers
    ts: Integers
    sent: Integers
    seq: Integers
    at: Integers


class Reading(NamedTuple):
    """A reading that the gate let in; ``late`` is 1 where it is not newer than the newest of its device and metric."""

    device: int
    metric: int
    value: float
    ts: int
    at: int
    late: int


class Shown(NamedTuple):
    """How far the clock shows: all that was due before ``before`` (measured in ``at``).

    A change bears as ``received`` the first whole second that shows it, at most ``last``; what is measured in ``ts``
    waits ``lateness`` more. So one tick that stands for an hour gives the events of 3,600.
    """

    before: int
    lateness: int
    last: int
