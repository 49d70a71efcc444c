"""A site's CSV files are read whole, or every fault is told at its place."""

from pathlib import Path

import pytest

from ingest.faults import Fault
from ingest.places import Device, Site, Team, Township, Village
from ingest.site_files import read_places
from ingest.tables import MOST

FILES = {
    "townships.csv": """\
code,name,kind,district_code,district,lat,lon
330681005,牌头镇,镇,330681,诸暨市,29.66,120.26
330602001,塔山街道,街道,330602,越城区,29.992,120.588
""",
    "villages.csv": """\
code,name,township
330681005001,上街村,330681005
330602001007,大湾社区,330602001
""",
    "sites.csv": """\
site_id,name,kind,township,village,lat,lon,key_unit,address,contact
S1,"第一, 纺织厂",mill,330681005,330681005001,29.66,120.26,true,镇东路1号,演示 陈志明
S2,小餐馆,restaurant,330602001,330602001007,29.99,120.58,false,,
""",
    "devices.csv": """\
device_id,type,site_id,township,gateway_id,heartbeat,name,lat,lon,place
D1,smoke,S1,330681005,G1,24h,车间烟感,29.6601,120.2601,车间
D2,smoke,S1,330681005,G1,90s,仓库烟感,,,
D3,gas,S2,330602001,,,厨房,29.99,120.58,厨房
""",
    "teams.csv": """\
team_id,name,kind,township,village,lat,lon,phone,people
T1,牌头镇应急消防站,township,330681005,,29.66,120.26,000-1,14
T2,上街村微型消防站,village,330681005,330681005001,29.66,120.26,,6
""",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder without faults."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def faults_after(site: Path, file: str, old: str, new: str) -> list[str]:
    """The faults of the site once a text in a file is another."""
    assert FILES[file].count(old) == 1
    (site / file).write_text(FILES[file].replace(old, new), encoding="utf-8")
    return [str(fault) for fault in read_places(site)[1]]


def test_all_places_are_read(site: Path) -> None:
    places, faults = read_places(site)
    assert faults == []
    assert places.townships["330681005"] == Township("330681005", "牌头镇", "镇", "330681", "诸暨市", 29.66, 120.26)
    assert places.villages["330602001007"] == Village("330602001007", "大湾社区", "330602001")
    assert places.sites["S1"] == Site(
        "S1", "第一, 纺织厂", "mill", "330681005", "330681005001", 29.66, 120.26, True, "镇东路1号", "演示 陈志明"
    )
    assert list(places.devices.values()) == [
        Device("D1", "smoke", "S1", "330681005", "G1", 86_400_000, "车间烟感", 29.6601, 120.2601, place="车间"),
        Device("D2", "smoke", "S1", "330681005", "G1", 90_000, "仓库烟感"),
        Device("D3", "gas", "S2", "330602001", "", 0, "厨房", 29.99, 120.58, place="厨房"),
    ]
    assert places.teams["T2"] == Team(
        "T2", "上街村微型消防站", "village", "330681005", "330681005001", 29.66, 120.26, "", 6
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
def test_a_byte_order_mark_line_endings_and_blank_lines_make_no_difference(site: Path, mark: str, ending: str) -> None:
    before = read_places(site)
    for name, text in FILES.items():
        (site / name).write_text(mark + text.replace("\n", ending), encoding="utf-8", newline="")
    assert read_places(site) == before


# In which file which text becomes which other, and the fault that is told.
BROKEN: dict[str, tuple[str, str, str, str]] = {
    "a latitude off the globe": ("devices.csv", "29.6601", "99", "line 2, lat: found '99'"),
    "a longitude that is a text": ("sites.csv", "29.66,120.26", "29.66,east", "line 2, lon: found 'east'"),
    "a coordinate that is no number": ("teams.csv", "29.66,120.26,0", "nan,120.26,0", "line 2, lat: found 'nan'"),
    "half a coordinate": ("devices.csv", "29.6601,120.2601", "29.6601,", "line 2, lon: found ''"),
    "a heartbeat that is no duration": ("devices.csv", "90s", "90", "line 3, heartbeat: found '90'"),
    "a heartbeat of years": ("devices.csv", "90s", "367d", "line 3, heartbeat: found '367d'"),
    "a missing name": ("sites.csv", "小餐馆", "", "line 3, name: found ''"),
    "a wrong truth value": ("sites.csv", "true", "maybe", "line 2, key_unit: found 'maybe'"),
    "a fraction of people": ("teams.csv", "000-1,14", "000-1,1.5", "line 2, people: found '1.5'"),
    "too many people": ("teams.csv", "000-1,14", "000-1," + "9" * 5000, "line 2, people: found '999"),
    "a township's short code": ("townships.csv", "330602001", "33060200", "line 3, code: found '33060200'"),
    "a township of another district": ("townships.csv", "330602,", "330603,", "line 3, district_code: found '330603'"),
    "a device id with a slash": ("devices.csv", "D3", "D/3", "line 4, device_id: found 'D/3'"),
    "the same id again": ("devices.csv", "D2", "D1", "line 3, device_id: found 'D1'; expected another"),
    "an unknown township": ("villages.csv", "村,330681005", "村,330681009", "line 2, township: found '330681009'"),
    "an unknown village": ("sites.csv", "330602001007", "330602001008", "line 3, village: found '330602001008'"),
    "a team's unknown village": ("teams.csv", "330681005001", "330681005002", "line 3, village: found '330681005002'"),
    "an unknown site": ("devices.csv", "gas,S2", "gas,S3", "line 4, site_id: found 'S3'"),
    "another township's village": ("sites.csv", "330602001007", "330681005001", "line 3, township: found '330602001'"),
    "a site in two townships": (
        "devices.csv",
        "D2,smoke,S1,330681005",
        "D2,smoke,S1,330602001",
        "line 3, township: found '330602001'; expected 330681005 as for S1 in sites.csv",
    ),
    "a gateway in two townships": (
        "devices.csv",
        "330602001,,",
        "330602001,G1,",
        "line 4, township: found '330602001'; expected 330681005 as for D1 at gateway G1",
    ),
    "too few fields": ("villages.csv", "大湾社区,", "", "line 3: found 2 fields; expected 3"),
    "a field too long": ("villages.csv", "大湾社区", "大" * 200_000, "line 3: found field larger"),
    "a NUL byte": ("teams.csv", "上街村微型", "上街村\0微型", "line 3: found a NUL byte; expected text"),
    "an open quotation mark": ("villages.csv", "大湾社区", '"大湾社区', "line 3: found unexpected end of data"),
    "an unknown column": ("teams.csv", "phone", "telephone", "line 1, telephone: found an unknown column"),
    "a column twice": ("sites.csv", "contact", "address", "line 1, address: found the same column again"),
    "a missing column": ("devices.csv", ",lon,", ",vendor,", "line 1, lon: found no such column"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_told_at_its_place(site: Path, name: str) -> None:
    file, old, new, told = BROKEN[name]
    faults = faults_after(site, file, old, new)
    assert f"{file}: {told}" in "\n".join(faults)
    assert all("; expected " in fault for fault in faults)


def test_lines_are_those_of_the_file_where_a_cell_has_several(site: Path) -> None:
    faults_after(site, "sites.csv", "第一, 纺织厂", "第一,\n\n纺织厂")
    (site / "sites.csv").write_text((site / "sites.csv").read_text("utf-8").replace("false", "maybe"), "utf-8")
    assert [fault.where for fault in read_places(site)[1]] == ["line 5, key_unit"]


def test_a_faulty_row_makes_no_second_fault_elsewhere(site: Path) -> None:
    assert len(faults_after(site, "sites.csv", "true", "maybe")) == 1


def test_all_faults_are_told_at_once_in_the_order_of_lines(site: Path) -> None:
    faults_after(site, "villages.csv", "330602001\n", "330602009\n")
    faults = faults_after(site, "devices.csv", "D1,smoke,S1,330681005,G1,24h", "D1,,S9,330681005,G1,soon")
    assert [fault.split(": found")[0] for fault in faults] == [
        "villages.csv: line 3, township",
        "devices.csv: line 2, heartbeat",
        "devices.csv: line 2, type",
    ]


def test_of_many_faults_fifty_are_told_and_the_rest_counted(site: Path) -> None:
    row = "V{},村,330681009\n"
    (site / "villages.csv").write_text(
        "code,name,township\n" + "".join(row.format(n) for n in range(MOST + 3)), "utf-8"
    )
    villages = [fault for fault in read_places(site)[1] if fault.file == "villages.csv"]
    assert len(villages) == MOST + 1
    assert villages[-1] == Fault("villages.csv", "further down", "3 more faults", "none")


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_one_fault(site: Path, file: str) -> None:
    (site / file).unlink()
    assert read_places(site)[1] == [Fault(file, "line 1", "no file that can be read", "a CSV file")]


@pytest.mark.parametrize("file", FILES)
def test_another_encoding_is_told_with_its_line(site: Path, file: str) -> None:
    (site / file).write_bytes(FILES[file].encode() + b"\xb9\xe3")
    line = FILES[file].count("\n") + 1
    assert read_places(site)[1] == [Fault(file, f"line {line}", "byte 0xb9 of another encoding", "UTF-8")]


def test_a_file_saved_as_gbk_is_told_with_its_line(site: Path) -> None:
    (site / "teams.csv").write_bytes(FILES["teams.csv"].encode("gbk"))
    assert read_places(site)[1] == [Fault("teams.csv", "line 2", "byte 0xc5 of another encoding", "UTF-8")]


def test_an_open_quotation_mark_above_a_long_file_is_found_at_once_where_it_opens(site: Path) -> None:
    rows = "".join(f"V{number},村,330681005\n" for number in range(200_000))
    (site / "villages.csv").write_text('code,name,township\nX,"村,330681005\n' + rows, "utf-8")
    first = read_places(site)[1][0]
    assert first == Fault("villages.csv", "line 2", "field larger than field limit (131072)", "CSV")


def test_a_header_of_a_hundred_thousand_columns_is_refused_in_bounded_time(site: Path) -> None:
    (site / "teams.csv").write_text("team_id," * 100_000 + "people\n", "utf-8")
    faults = read_places(site)[1]
    assert Fault("teams.csv", "line 1, team_id", "the same column again", "each column once") in faults
    assert len(faults) == MOST + 1


def test_an_empty_file_lacks_its_columns(site: Path) -> None:
    (site / "townships.csv").write_text("")
    faults = read_places(site)[1]
    assert {fault.found for fault in faults} == {"no such column"}
    assert len(faults) == 7
