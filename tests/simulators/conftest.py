"""The simulators' tests share a real broker."""

from tests.parts.brokers import mosquitto

__all__ = ["mosquitto"]
