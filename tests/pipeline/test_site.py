"""A site's files as one: every fault of site.toml names its key, what was found and what was expected, all at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.faults import SiteFaults
from ingest.timing import Timing
from pipeline.site import Source, example_site, load_site

Edit = Callable[[str], str]


@pytest.fixture
def site(small_site: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(small_site, tmp_path / "site"))


def faults_of(folder: Path, rulebook: Path | None = None) -> list[str]:
    with pytest.raises(SiteFaults) as wrong:
        load_site(folder, rulebook)
    assert str(wrong.value) == "\n".join(map(str, wrong.value.faults))
    return [str(fault) for fault in wrong.value.faults]


def edit(folder: Path, old: str, new: str, file: str = "site.toml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_example_site_loads_whole() -> None:
    site = load_site(example_site())
    assert (site.name, site.version, site.offset) == ("绍兴市", "2026-11-01", 480)
    assert site.timing == Timing(30_000, 60_000, 7 * 86_400_000, 900_000)
    assert site.sources == (Source("field", "fengshao/v1/up/+"),)
    assert len(site.places.townships) == 103
    assert sum(one.key_unit for one in site.places.sites.values()) == 1509
    assert {rule.id for rule in site.rulebook.rules} >= {"fire-detector"}


def test_a_wrong_folder_is_named(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert faults_of(nowhere) == [f"{nowhere}: --site: found no such folder; expected a folder with site.toml"]
    file = tmp_path / "file"
    file.touch()
    assert faults_of(file) == [f"{file}: --site: found no such folder; expected a folder with site.toml"]


def test_an_empty_folder_names_every_file_that_is_missing(tmp_path: Path) -> None:
    told = faults_of(tmp_path)
    files = {"townships.csv", "villages.csv", "sites.csv", "devices.csv", "teams.csv"}
    files |= {"site.toml", "officers.toml", "rulebook.toml", "districts.geojson"}
    assert {fault.partition(": ")[0] for fault in told} == files


FAULTS: dict[str, tuple[str, str, str]] = {
    # what is written instead of what, and the fault
    'lateness = "30s"': (
        'lateness = "30"',
        "site.toml: time.lateness: found '30'; expected a duration such as \"30s\", at most 366d",
        "a time without a unit",
    ),
    'skew = "60s"': (
        "skew = 60",
        'site.toml: time.skew: found 60; expected a duration such as "30s", at most 366d',
        "a time that is a number",
    ),
    'max_age = "7d"': (
        'maximum_age = "7d"',
        "site.toml: time.maximum_age: found an unknown key; expected one of lateness, skew, max_age, stale",
        "a key of [time] that nobody knows",
    ),
    'stale = "15m"': (
        'stale = "367d"',
        "site.toml: time.stale: found '367d'; expected a duration such as \"30s\", at most 366d",
        "a time of more than a year",
    ),
    'filter = "fengshao/v1/up/+"': (
        'filter = "fengshao/#/up"',
        "site.toml: source[1].filter: found 'fengshao/#/up'; expected a filter such as \"fengshao/v1/up/#\"",
        "a filter that MQTT does not have",
    ),
    'version = "2026-11-01"': (
        'verison = "2026-11-01"',
        "site.toml: verison: found an unknown key; expected one of channel, egress, escalation, hazard, name, source,"
        " time, time_zone, version",
        "a key that nobody knows",
    ),
    "[[source]]": (
        "[source]",
        "site.toml: source: found {'name': 'field', 'filter': 'fengshao/v1/up/+'}; expected at least one [[source]]"
        ' with a filter such as "fengshao/v1/up/#"',
        "one pair of brackets too few",
    ),
}


@pytest.mark.parametrize("right", FAULTS, ids=[name for _, _, name in FAULTS.values()])
def test_a_fault_of_site_toml_names_key_found_and_expected(site: Path, right: str) -> None:
    wrong, fault, _ = FAULTS[right]
    edit(site, right, wrong)
    assert faults_of(site) == [fault]


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai", "+8:00", "+24:00", "+08:60", "08:00"])
def test_a_time_zone_is_an_offset(site: Path, zone: str) -> None:
    edit(site, '"+08:00"', f'"{zone}"')
    assert f'site.toml: time_zone: found {zone!r}; expected an offset such as "+08:00"' in faults_of(site)


@pytest.mark.parametrize("wanted", ['""', "7", '"a/b+"', '"a#"', '"#/a"', '"a/\\u0000"'])
def test_a_filter_is_one_that_a_broker_takes(site: Path, wanted: str) -> None:
    edit(site, '"fengshao/v1/up/+"', wanted)
    (fault,) = faults_of(site)
    assert fault.startswith("site.toml: source[1].filter: found ")


@pytest.mark.parametrize("wanted", ["#", "+", "a/+/b/#", "/a", "a//b", "fengshao/v1/up/+"])
def test_a_filter_that_a_broker_takes_is_taken(site: Path, wanted: str) -> None:
    edit(site, "fengshao/v1/up/+", wanted)
    assert load_site(site).sources == (Source("field", wanted),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param('time = "30s"\n', "site.toml: time: found '30s'; expected a table [time]", id="no table"),
        pytest.param('source = "up"\n', "site.toml: source: found 'up'; expected at least one [[source]]", id="a text"),
        pytest.param("source = [1]\n", "site.toml: source: found [1]; expected at least one [[source]]", id="a number"),
        pytest.param("", "site.toml: source: found none; expected at least one [[source]]", id="nothing"),
        pytest.param("channel = 3\n", "site.toml: channel", id="a channel"),
        pytest.param("hazard = [3]\n", "site.toml: hazard", id="a hazard"),
        pytest.param('escalation = "red"\n', "site.toml: escalation", id="an escalation"),
    ],
)
def test_a_key_of_another_shape_is_a_fault_and_no_crash(site: Path, text: str, fault: str) -> None:
    (site / "site.toml").write_text(text, encoding="utf-8")
    told = faults_of(site)
    assert any(one.startswith(fault) for one in told), told


def test_several_faults_of_several_files_are_told_at_once(site: Path) -> None:
    edit(site, '"+08:00"', '"east"')
    edit(site, 'lateness = "30s"', 'lateness = "soon"')
    edit(site, "flag = ", "flagg = ", "rulebook.toml")
    edit(site, ",1s,T1", ",often,T1", "devices.csv")
    (site / "officers.toml").write_text("[[officer]\n")
    (site / "districts.geojson").write_text("{")
    assert {fault.partition(": ")[0] for fault in faults_of(site)} == {
        "site.toml",
        "rulebook.toml",
        "devices.csv",
        "officers.toml",
        "districts.geojson",
    }


def test_no_fault_is_told_twice(site: Path) -> None:
    edit(site, '"+08:00"', '"east"')
    told = faults_of(site)
    assert len(told) == len(set(told)) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"features": 3}', "not json", "[" * 100_000])
def test_outlines_that_are_no_map_are_a_fault(site: Path, text: str) -> None:
    (site / "districts.geojson").write_text(text)
    (fault,) = faults_of(site)
    assert fault.startswith("districts.geojson: ")


ODD_FILES = {
    "numbers without end": b"x = " + b"9" * 5_000,
    "lists without end": b"x = " + b"[" * 100_000,
    "a number beyond 64 bits": b"x = 0x" + b"f" * 6_000,
    "a NUL byte": b'x = "\0"',
    "UTF-16": "x = 1".encode("utf-16"),
}


@pytest.mark.parametrize("file", ["site.toml", "officers.toml", "rulebook.toml"])
@pytest.mark.parametrize("name", ODD_FILES)
def test_a_file_that_no_program_could_read_is_one_fault(site: Path, file: str, name: str) -> None:
    (site / file).write_bytes(ODD_FILES[name])
    (fault,) = faults_of(site)
    assert fault.startswith(f"{file}: file: found ")


@pytest.mark.parametrize("file", ["site.toml", "officers.toml", "rulebook.toml"])
def test_a_folder_in_a_files_place_and_a_link_to_itself_are_one_fault(site: Path, file: str) -> None:
    (site / file).unlink()
    (site / file).mkdir()
    (fault,) = faults_of(site)
    assert fault.startswith(f"{file}: file: found [Errno 21] Is a directory")
    (site / file).rmdir()
    (site / file).symlink_to(file)
    (fault,) = faults_of(site)
    assert fault.startswith(f"{file}: file: found [Errno 40] Too many levels of symbolic links")


def test_a_file_that_is_not_utf_8_is_named(site: Path) -> None:
    (site / "site.toml").write_bytes("name = '绍兴'".encode("gbk"))
    assert any(one.startswith("site.toml: file: found") and "UTF-8" in one for one in faults_of(site))


def test_a_byte_order_mark_is_no_fault(site: Path) -> None:
    for name in ("site.toml", "officers.toml", "rulebook.toml"):
        raw = (site / name).read_bytes()
        (site / name).write_bytes(b"\xef\xbb\xbf" + raw)
    assert load_site(site).name == "绍兴市"


def test_another_rulebook_is_named_by_its_own_file(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('version = "2"\n[[rule]]\nid = "x"\n')
    assert {fault.partition(": ")[0] for fault in faults_of(site, other)} == {"other.toml"}
    assert any(fault.startswith("missing.toml: file: found ") for fault in faults_of(site, tmp_path / "missing.toml"))
