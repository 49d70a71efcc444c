"""Settings that no program could read come back as one fault of the whole file."""

import pytest

from ingest.faults import Fault
from ingest.toml_text import parse_toml

UNFIT: dict[str, tuple[str, str]] = {
    "lists without end": ("x = " + "[" * 100_000 + "]" * 100_000, "nested without end"),
    "tables without end": ("x = " + "{a=" * 5_000 + "1" + "}" * 5_000, "nested without end"),
    "dots without end": ("a." * 2_000 + "b = 1", "nested without end at a.a"),
    "a number of thousands of digits": ("x = " + "9" * 5_000, "4300 digits"),
    "a number of thousands of digits in hexadecimal": ("[t]\nx = [1, 0x" + "f" * 6_000 + "]", "64 bits at t.x[2]"),
    "a number just beyond 64 bits": (f"x = {1 << 63}", "64 bits at x"),
    "a NUL byte": ('x = "a\0b"', "Illegal character"),
    "a day that no month has": ("x = 2026-02-30", "Invalid date"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_used_is_one_fault_of_the_file(name: str) -> None:
    text, found = UNFIT[name]
    content, (fault,) = parse_toml(text, "site.toml")
    assert (content, fault.file, fault.where) == ({}, "site.toml", "file")
    assert found in fault.found
    assert len(str(fault)) < 500


def test_the_largest_numbers_and_a_deep_table_are_read() -> None:
    content, faults = parse_toml(f"a.b.c.d = {{e = [[{(1 << 63) - 1}, {-(1 << 63)}]]}}\n", "site.toml")
    assert (content["a"]["b"]["c"]["d"], faults) == ({"e": [[(1 << 63) - 1, -(1 << 63)]]}, [])


def test_a_fault_is_told_on_one_line_and_not_endlessly() -> None:
    told = str(Fault("site.toml", "a\nb", "x" * 10_000, "less"))
    assert told.startswith("site.toml: a\\nb: found xxx")
    assert told.endswith("...; expected less")
    assert len(told) < 500
