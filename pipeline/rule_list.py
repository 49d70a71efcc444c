"""``fengshao rules list``: the rules in force, one line each."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.site import load_site
from rules.levels import LEVELS
from rules.rulebook import Rule, Tier


def rule_lines(folder: Path) -> Iterator[str]:
    """Id, kind, what it looks at, its levels, its basis."""
    site = load_site(folder)
    yield f"{site.name}, rulebook {site.rulebook.version}"
    for rule in site.rulebook.rules:
        looks_at = rule.metric or rule.flag or "heartbeat"
        tiers = ", ".join(_tier(rule, tier) for tier in rule.tiers)
        yield f"{rule.id:<24} {rule.kind:<11} {looks_at:<17} {tiers:<60} {rule.basis}"


def _tier(rule: Rule, tier: Tier) -> str:
    name = LEVELS[tier.level]
    if rule.kind == "ladder":
        return f"{name} {'>=' if rule.direction == 'above' else '<='} {tier.raise_at:g}"
    if rule.kind == "window_sum":
        limbs = " or ".join(f"{limb.amount:g} mm/{limb.within // 3_600_000} h" for limb in tier.limbs)
        return f"{name} {limbs}"
    return f"{name} after {rule.misses} misses" if rule.kind == "absence" else name
