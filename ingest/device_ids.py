"""What a device may be called: short, printable and one level of a topic."""

LONGEST_DEVICE_ID = 128


def is_device_id(text: str) -> bool:
    """Whether a device may be called so."""
    return 0 < len(text) <= LONGEST_DEVICE_ID and text.isprintable() and set("/+#").isdisjoint(text)
