"""What was refused and why: a closed list of reasons, kept with the raw bytes so that it can be run again."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a message, an element or a value was refused. Persisted and exported: rows are only ever added."""

    EMPTY = "empty"  # no payload, or an object with neither values nor flags
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    MALFORMED = "malformed"  # not JSON, or nested too deep
    NOT_AN_OBJECT = "not_an_object"  # payload or array element of another shape
    UNKNOWN_TOPIC = "unknown_topic"
    BAD_DEVICE = "bad_device"  # the topic's device id is empty, too long or not printable
    BAD_VALUES = "bad_values"  # "values" is not an object
    BAD_VALUE = "bad_value"  # not a number (text, boolean, null, object)
    NOT_FINITE = "not_finite"  # NaN, Infinity
    OUT_OF_RANGE = "out_of_range"
    BAD_METRIC = "bad_metric"  # an empty or too long name
    TOO_MANY_NAMES = "too_many_names"  # more unknown devices or metrics than are remembered
    BAD_FLAGS = "bad_flags"  # "flags" is not an array
    UNKNOWN_FLAG = "unknown_flag"
    BAD_PACKET = "bad_packet"  # a record between the cluster's programs that cannot be read
    BAD_SEQ = "bad_seq"  # not an integer: the reading counts, without a number


@dataclass(frozen=True, slots=True)
class Rejected:
    """One refusal. ``message`` is the message's place in its batch; ``detail`` names what was found and expected."""

    message: int
    reason: Reason
    mqtt_topic: str
    payload: bytes
    at: int
    detail: str = ""
