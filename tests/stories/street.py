"""A street of one site under the rules of Shaoxing; devices with a heartbeat can fall quiet, the others cannot."""

from pathlib import Path

from ingest.places import Device, Places
from rules.rulebook_file import parse_rulebook
from tests.stories.timeline import Town

RULEBOOK = Path(__file__).parents[2] / "sites" / "shaoxing" / "rulebook.toml"
MINUTES = 60_000
DEVICES = (
    ("smoke-1", "smoke", 0),
    ("smoke-2", "smoke", 10 * MINUTES),
    ("heat-1", "heat", 0),
    ("button-1", "call_point", 0),
    ("flow-1", "water_flow", 0),
    ("gas-1", "gas", 10 * MINUTES),
    ("gas-2", "gas", 0),
    ("cl2-1", "cl2", 0),
    ("oxygen-1", "oxygen", 0),
    ("hydrant-1", "hydrant", 0),
    ("gauge-1", "rain_gauge", 0),
)


def street() -> Town:
    rulebook, faults = parse_rulebook(RULEBOOK.read_text(encoding="utf-8"), RULEBOOK.name)
    assert rulebook is not None, faults
    devices = (Device(name, kind, "S1", "330681005", "", heartbeat, name) for name, kind, heartbeat in DEVICES)
    return Town(rulebook, Places(devices={device.device_id: device for device in devices}))


STREET = street()
