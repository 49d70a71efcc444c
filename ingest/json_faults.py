"""What decoding JSON from outside may raise, all of it."""

import msgspec

NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
