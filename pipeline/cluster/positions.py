"""How the positions are named that the database keeps: of which topic, for another prefix is another log."""


def next_of(kafka_topic: str, partition: int) -> str:
    """The offset that is to be read next."""
    return f"next/{kafka_topic}/{partition}"


def clock_of(kafka_topic: str, shard: int) -> str:
    """The time that the shard had told by then."""
    return f"clock/{kafka_topic}/{shard}"
