"""The simulators' tests share a real broker and the command line."""

from tests.parts.brokers import mosquitto
from tests.pipeline.conftest import fengshao

__all__ = ["fengshao", "mosquitto"]
