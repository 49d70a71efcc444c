"""Times are read exactly as the calendar has them, and nothing else is taken for one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.instants import EARLIEST, LATEST, epoch_ms, instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=offsets), st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_a_time_is_read_as_the_calendar_has_it(moment: datetime, precision: str) -> None:
    text = moment.isoformat(timespec=precision)
    assert epoch_ms(text) == (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)
    assert epoch_ms(text.replace("T", "t")) == epoch_ms(text)


@given(st.text() | st.text("0123456789-:.TZ+ ", max_size=36))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = instant(text)
    assert found is None or EARLIEST <= found <= LATEST


@given(st.text("0123456789", min_size=1, max_size=9))
def test_fractions_are_cut_to_milliseconds(digits: str) -> None:
    whole = epoch_ms("2026-08-04T14:03:05+08:00")
    assert whole is not None
    assert epoch_ms(f"2026-08-04T14:03:05.{digits}+08:00") == whole + int(f"{digits}00"[:3])


def test_a_leap_second_is_the_next_minute_s_first() -> None:
    assert epoch_ms("2016-12-31T23:59:60Z") == epoch_ms("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-08-04",
        "2026-08-04T14:03+08:00",
        "2026-08-04T14:03:05",
        "2026-08-04T14:03:05.+08:00",
        "2026-08-04T14:03:05,1Z",
        "2026-08-04T14:03:05.1234567890Z",
        "2026-08-04T24:00:00Z",
        "2026-08-04T14:60:00Z",
        "2026-08-04T14:03:61Z",
        "2026-08-04T14:03:05+24:00",
        "2026-08-04T14:03:05+0800",
        "2026-08-04T14:03:05+08:00 ",
        " 2026-08-04T14:03:05+08:00",
        "2026-02-29T14:03:05Z",
        "0000-01-01T00:00:00Z",
        "２０２６-08-04T14:03:05Z",
        "1785823385000",
    ],
)
def test_this_is_no_time(text: str) -> None:
    assert instant(text) is None


@pytest.mark.parametrize("ts", [True, None, 1.5, [], {}, LATEST + 1, EARLIEST - 1, 10**30])
def test_this_is_no_number_of_milliseconds(ts: object) -> None:
    assert instant(ts) is None


def test_every_believed_time_can_be_printed_at_every_offset() -> None:
    for edge in (EARLIEST, LATEST):
        for hours in (-23, 23):
            zone = timezone(timedelta(hours=hours))
            printed = (EPOCH + timedelta(milliseconds=edge)).astimezone(zone).isoformat(timespec="milliseconds")
            assert instant(printed) == edge
