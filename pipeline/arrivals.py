"""What one look at the broker brought, sorted by what it is: readings, answers from terminals, the replay's ticks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alerts.channels.terminal import parse_answer
from alerts.model import Answer, Notice
from ingest.inputs import Inputs
from ingest.message import Message
from ingest.publish_packet import Delivery
from ingest.redelivered import Redelivered, entry_of
from ingest.topics import TERMINAL, TICK, UP
from pipeline.clocks import NO_ROWS, FeedClock, WallClock


@dataclass(slots=True)
class Turn:
    """``entries`` are of the QoS 1 messages that are new; ``refused`` counts answers that nothing can be made of."""

    messages: list[Message] = field(default_factory=list)
    said: list[Answer] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    redelivered: int = 0
    refused: int = 0
    after: Inputs = NO_ROWS


def up_to_ticks(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Cut behind each of the replay's ticks, so that a tick stands after the messages before it."""
    parts: list[list[Delivery]] = [[]]
    for delivery in deliveries:
        parts[-1].append(delivery)
        if delivery.mqtt_topic == TICK:
            parts.append([])
    return [part for part in parts if part]


def sort(
    deliveries: Sequence[Delivery],
    clock: FeedClock | WallClock,
    redelivered: Redelivered,
    find: Callable[[str], Notice | None],
) -> Turn:
    """Stamped by the clock; what is stored already, or is no news, is left out.

    ``find`` knows the notices that terminals answer.
    """
    turn = Turn()
    for delivery in deliveries:
        if delivery.retained:
            continue
        at = clock.stamp(delivery)
        again = False
        if delivery.qos:
            entry = entry_of(delivery.mid, delivery.mqtt_topic, delivery.payload, delivery.at)
            again = redelivered.again(entry, delivery.again)
            if not again:
                turn.entries.append(entry)
        if delivery.mqtt_topic == TICK:
            turn.after = clock.tick(delivery.payload)  # one that comes again changes nothing
        elif again:
            turn.redelivered += delivery.mqtt_topic.startswith(UP)
        elif delivery.mqtt_topic.startswith(TERMINAL):
            answer = parse_answer(delivery.mqtt_topic, delivery.payload, find, at)
            if isinstance(answer, Answer):
                turn.said.append(answer)
            else:
                turn.refused += 1
        else:
            turn.messages.append(Message(delivery.mqtt_topic, delivery.payload, at))
    return turn
