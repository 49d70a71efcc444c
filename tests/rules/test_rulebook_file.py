"""Rulebooks: read whole, or refused with every fault at once, each with its key, what was found and expected."""

from pathlib import Path

import pytest

from rules.levels import BLUE, ORANGE, RED, YELLOW
from rules.rulebook import Limb, Rule, Tier
from rules.rulebook_file import parse_rulebook

SITE = Path(__file__).parents[2] / "sites" / "shaoxing" / "rulebook.toml"
HEAD = 'version = "1"\n'
LADDER = """
[[rule]]
id = "gas"
zh = "可燃气体"
kind = "ladder"
metric = "gas"
hazard = "gas_leak"
basis = "GB/T 50493"
clear_after = "60s"
[rule.level.red]
raise = 50
reset = 45.0
[rule.level.yellow]
raise = 25.0
reset = 25.0
hold = "3s"
"""
RAIN = """
[[rule]]
id = "rain"
kind = "window_sum"
metric = "rain"
hazard = "rain"
basis = "b"
[rule.level.blue]
any = [{ within = "1h", amount = 35 }, { within = "24h", amount = 100.5 }]
"""
FLAG = """
[[rule]]
id = "fire"
kind = "flag"
flag = "fire"
devices = ["smoke", "heat"]
level = "orange"
clear_after = "10m"
hazard = "fire"
basis = "b"
"""
QUIET = """
[[rule]]
id = "quiet"
kind = "absence"
misses = 3
level = "blue"
hazard = "device_quiet"
basis = "b"
"""


def faults_of(text: str) -> list[str]:
    parsed, faults = parse_rulebook(text, "rulebook.toml")
    assert (parsed is None) == bool(faults)
    return [str(fault) for fault in faults]


def test_every_kind_is_read_with_levels_in_rising_order() -> None:
    parsed, faults = parse_rulebook(HEAD + LADDER + RAIN + FLAG + QUIET, "rulebook.toml")
    assert not faults
    assert parsed is not None
    assert parsed.rules == (
        Rule(
            "gas",
            "ladder",
            "gas_leak",
            "GB/T 50493",
            metric="gas",
            clear_after=60_000,
            tiers=(Tier(YELLOW, 25.0, 25.0, 3_000), Tier(RED, 50.0, 45.0)),
            zh="可燃气体",
        ),
        Rule(
            "rain",
            "window_sum",
            "rain",
            "b",
            metric="rain",
            tiers=(Tier(BLUE, limbs=(Limb(3_600_000, 35.0), Limb(86_400_000, 100.5))),),
        ),
        Rule(
            "fire",
            "flag",
            "fire",
            "b",
            devices=("smoke", "heat"),
            flag="fire",
            clear_after=600_000,
            tiers=(Tier(ORANGE),),
        ),
        Rule("quiet", "absence", "device_quiet", "b", misses=3, tiers=(Tier(BLUE),)),
    )


def test_the_rulebook_of_the_example_site_has_no_fault() -> None:
    assert faults_of(SITE.read_text(encoding="utf-8")) == []


GAS = 'rule[1] "gas"'
ONE_FAULT = {
    "no version": (LADDER, "version: found nothing; expected a text"),
    "not TOML": ("version = ", "file: found "),
    "no id": (LADDER.replace('id = "gas"', ""), 'rule[1] "?".id: found nothing; expected a text'),
    "empty basis": (LADDER.replace('"GB/T 50493"', '" "'), f'{GAS}.basis: found " "; expected a text'),
    "same id": (LADDER + LADDER, 'rule[2] "gas".id: found the id of rule[1]; expected an id of its own'),
    "unknown key": (
        LADDER.replace("clear_after", "clear"),
        f'{GAS}.clear: found "60s"; expected one of basis, clear_after',
    ),
    "unknown key of a level": (LADDER + "wait = 3\n", f"{GAS}.level.yellow.wait: found 3; expected one of hold, raise"),
    "unknown kind": (
        LADDER.replace('"ladder"', '"stairs"'),
        f'{GAS}.kind: found "stairs"; expected one of ladder, flag',
    ),
    "later kind": (LADDER.replace('"ladder"', '"rate"'), f'{GAS}.kind: found "rate"; expected not yet supported'),
    "unknown metric": (
        LADDER.replace('metric = "gas"', 'metric = "gaz"'),
        f'{GAS}.metric: found "gaz"; expected one of smoke',
    ),
    "flags are no metric": (
        LADDER.replace('metric = "gas"', 'metric = "flags"'),
        f'{GAS}.metric: found "flags"; expected',
    ),
    "direction": (
        LADDER.replace("clear_after", 'direction = "up"\nclear_after'),
        f'{GAS}.direction: found "up"; expected one of above, below',
    ),
    "duration": (
        LADDER.replace('"60s"', '"1 minute"'),
        f'{GAS}.clear_after: found "1 minute"; expected a duration such as',
    ),
    "endless duration": (LADDER.replace('"60s"', '"9999d"'), f'{GAS}.clear_after: found "9999d"; expected a duration'),
    "no levels": (LADDER[: LADDER.index("[rule.level")], f"{GAS}.level: found nothing; expected [rule.level."),
    "unknown level": (LADDER.replace("level.red", "level.pink"), f"{GAS}.level.pink: found {{"),
    "threshold as text": (
        LADDER.replace("raise = 50", 'raise = "50"'),
        f'{GAS}.level.red.raise: found "50"; expected a number',
    ),
    "threshold true": (
        LADDER.replace("raise = 50", "raise = true"),
        f"{GAS}.level.red.raise: found true; expected a number",
    ),
    "threshold NaN": (
        LADDER.replace("raise = 50", "raise = nan"),
        f"{GAS}.level.red.raise: found nan; expected a number",
    ),
    "out of range": (
        LADDER.replace("raise = 50", "raise = 1001"),
        f"{GAS}.level.red.raise: found 1001; expected -10 to 1000 %LEL",
    ),
    "reset beyond raise": (
        LADDER.replace("reset = 45.0", "reset = 50.1"),
        f"{GAS}.level.red.reset: found 50.1; expected at most raise (50)",
    ),
    "reset beyond raise below": (
        LADDER.replace("raise = 25.0", "raise = 60.0")
        .replace("reset = 25.0", "reset = 60.0")
        .replace("clear_after", 'direction = "below"\nclear_after')
        .replace("50493", "1"),
        f"{GAS}.level.red.reset: found 45.0; expected at least raise (50)",
    ),
    "levels that do not rise": (
        LADDER.replace("raise = 50", "raise = 25").replace("reset = 45.0", "reset = 20.0"),
        f"{GAS}.level.red.raise: found 25; expected more than that of yellow (25)",
    ),
    "devices": (
        LADDER.replace("clear_after", 'devices = "smoke"\nclear_after'),
        f'{GAS}.devices: found "smoke"; expected a list of texts',
    ),
    "limb of half a minute": (
        RAIN.replace('"1h"', '"90s"'),
        'rule[1] "rain".level.blue.any[1].within: found "90s"; expected whole minutes',
    ),
    "limb of no time": (
        RAIN.replace('"1h"', '"0s"'),
        'rule[1] "rain".level.blue.any[1].within: found "0s"; expected whole minutes',
    ),
    "limb of nothing": (
        RAIN.replace("amount = 35", "amount = 0"),
        'rule[1] "rain".level.blue.any[1].amount: found 0.0; expected 0.001 to',
    ),
    "no limbs": (
        RAIN.replace('[{ within = "1h", amount = 35 }, { within = "24h", amount = 100.5 }]', "[]"),
        'rule[1] "rain".level.blue.any: found []; expected a list of one or more',
    ),
    "a counter": (
        RAIN.replace('metric = "rain"', 'metric = "rain_total"'),
        'rule[1] "rain".metric: found "rain_total"; expected not yet supported',
    ),
    "unknown flag": (
        FLAG.replace('flag = "fire"', 'flag = "smoke"'),
        'rule[1] "fire".flag: found "smoke"; expected one of fire, fault',
    ),
    "flag without level": (
        FLAG.replace('level = "orange"', ""),
        'rule[1] "fire".level: found nothing; expected one of blue',
    ),
    "no misses": (
        QUIET.replace("misses = 3", "misses = 0"),
        'rule[1] "quiet".misses: found 0; expected a whole number',
    ),
    "rule is no list": ("rule = 3\n", "rule: found 3; expected [[rule]] tables"),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_one_fault_is_one_line(name: str) -> None:
    text, expected = ONE_FAULT[name]
    faults = faults_of(text if name in ("no version", "not TOML") else HEAD + text)
    assert len(faults) == 1
    assert faults[0].startswith(f"rulebook.toml: {expected}")


def test_all_faults_are_told_at_once() -> None:
    text = LADDER.replace("raise = 50", "raise = 5000").replace('"3s"', "3") + FLAG.replace('"fire"', '"fume"')
    assert len(faults_of(text)) == 4
