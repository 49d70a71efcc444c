"""Which shard an input belongs to: a shard is a stream of its own, and all that a rule looks at together meets in one.

A township's devices share a shard, so a site's and a gateway's do. A device that no file knows goes by its own name.
What moves the clock (ticks, breaks, ends) goes to every shard.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ingest.inputs import Inputs
from ingest.places import Places


def shard_of(device_id: str, places: Places, shards: int) -> int:
    """The shard of a device, 0 to ``shards`` - 1; the same in every program and every version."""
    known = places.devices.get(device_id)
    return crc32((known.township if known else device_id).encode()) % shards


def devices_of(shard: int, places: Places, shards: int) -> list[str]:
    """The site's devices that belong to a shard, in the order of the files."""
    return [device_id for device_id in places.devices if shard_of(device_id, places, shards) == shard]


class Splitter:
    """Splits inputs; ``devices`` are the names of a vocabulary by number, and may grow."""

    def __init__(self, places: Places, devices: Sequence[str], shards: int) -> None:
        self.shards = shards
        self._places = places
        self._devices = devices
        self._shard: NDArray[np.int64] = np.empty(0, np.int64)

    def split(self, inputs: Inputs) -> list[Inputs]:
        """The rows of each shard in their order, one entry a shard."""
        self._learn()
        shard = np.full(len(inputs), -1)
        readings = inputs.device >= 0
        shard[readings] = self._shard[inputs.device[readings]]
        return [inputs.where((shard == number) | ~readings) for number in range(self.shards)]

    def _learn(self) -> None:
        """The shards of the names that are new."""
        new = [shard_of(name, self._places, self.shards) for name in self._devices[len(self._shard) :]]
        if new:
            self._shard = np.concatenate([self._shard, np.array(new, np.int64)])
