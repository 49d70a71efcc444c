"""The tests of real parts that need a broker they can break."""

from tests.parts.brokers import mosquitto

__all__ = ["mosquitto"]
