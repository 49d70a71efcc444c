"""How fast ingest reads a city's day: decoding, feed file and ticks; prints its conditions with the figures."""

import os
import platform
import random
import tempfile
import timeit
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import numpy as np

from ingest.clock_rows import with_ticks
from ingest.decode import Decoder
from ingest.feed_file import read_feed
from ingest.message import Message
from ingest.timing import Timing
from ingest.topics import UP
from ingest.vocabulary import Vocabulary

MESSAGES = 68_000
DEVICES = 6_000
BEGIN = 1_785_772_800_000
BEIJING = timezone(timedelta(hours=8))


def rfc3339(at: int) -> str:
    """A time as a device writes it."""
    return datetime.fromtimestamp(at / 1000, BEIJING).isoformat(timespec="milliseconds")


def typical_day(chance: random.Random) -> list[Message]:
    """One or two values each, a time as text, a fifth with flags."""
    messages = []
    for number in range(MESSAGES):
        at = BEGIN + number * 86_400_000 // MESSAGES + chance.randrange(1000)
        battery = ', "battery": 87' if number % 2 else ""
        flags = ', "flags": []' if number % 5 == 0 else ""
        values = f'{{"smoke": {chance.random():.2f}{battery}}}'
        payload = f'{{"ts": "{rfc3339(at - 300)}", "seq": {number}, "values": {values}{flags}}}'
        messages.append(Message(f"{UP}D{chance.randrange(DEVICES):06}", payload.encode(), at))
    return sorted(messages, key=lambda message: message.at)


def best_seconds(work: Callable[[], object], repeat: int, number: int = 1) -> float:
    """The quickest of several runs."""
    return min(timeit.repeat(work, number=number, repeat=repeat)) / number


def main() -> None:
    """Measure and print."""
    messages = typical_day(random.Random(7))
    vocabulary = Vocabulary()
    vocabulary.register(f"D{number:06}" for number in range(DEVICES))
    decoder = Decoder(vocabulary, Timing())
    batches = [messages[start : start + 500] for start in range(0, MESSAGES, 500)]
    bad = [Message(message.mqtt_topic, b'{"values": {"smoke": "x", "gas": 1}}', message.at) for message in messages]
    inputs = decoder.decode(messages).inputs
    at = np.array([message.at for message in messages])

    print(f"{MESSAGES} messages of {DEVICES} devices, {len(inputs)} rows, {len(messages[0].payload)} bytes the first; ")
    print(f"Python {platform.python_version()}, msgspec {msgspec.__version__}, numpy {np.__version__}, ", end="")
    print(f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f}; best of several runs")

    def rate(name: str, seconds: float) -> None:
        print(f"{name:<40} {seconds:7.3f} s {MESSAGES / seconds:12,.0f} messages/s")

    rate("decode, one batch", best_seconds(lambda: decoder.decode(messages), 5))
    rate("decode, batches of 500", best_seconds(lambda: [decoder.decode(batch) for batch in batches], 5))
    rate("decode, a refused value in each", best_seconds(lambda: decoder.decode(bad), 3))
    one = best_seconds(lambda: decoder.decode(messages[:1]), 5, 2000)
    print(f"{'decode, a batch of one':<40} {one * 1e6:7.1f} µs")
    rate("ticks, one batch", best_seconds(lambda: with_ticks(inputs, at, 0), 5))
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "feed.jsonl"
        line = '{{"at": "{}", "topic": "{}", "payload": {}}}\n'
        lines = (line.format(rfc3339(each.at), each.mqtt_topic, each.payload.decode()) for each in messages)
        feed.write_text("".join(lines), encoding="utf-8")
        rate("feed file", best_seconds(lambda: list(read_feed(feed)), 5))


if __name__ == "__main__":
    main()
