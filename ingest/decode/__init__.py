"""Bytes from the field become columns of readings, or refusals with a reason; nothing here raises on input."""

from ingest.decode.decoder import Decoded, Decoder

__all__ = ["Decoded", "Decoder"]
