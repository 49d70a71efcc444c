"""Structs as rows: one field, one column, so that a new field of the model is written in one place only.

text, number, truth and time map to their column; a tuple of anything is kept as JSON text.
"""

import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Double, Text
from sqlalchemy import Row as StoredRow
from sqlalchemy.types import TypeEngine

Row = TypeVar("Row", bound=msgspec.Struct)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""By bytes, as SQLite compares it: one order on every server, and indexes that outlive an update of its locales."""

COLUMN_KINDS: dict[Any, TypeEngine[Any]] = {str: TEXT, int: BigInteger(), float: Double(), bool: Boolean()}


def columns_of(struct: type[msgspec.Struct], key: str = "id", unique: bool = False) -> list[Column[Any]]:
    """A column for each field of ``struct``; ``key`` is the primary key, or only unique."""
    return [
        Column(
            field.name,
            COLUMN_KINDS.get(_bare(field.type), TEXT),
            primary_key=field.name == key and not unique,
            unique=(field.name == key and unique) or None,
            nullable=type(None) in typing.get_args(field.type),
        )
        for field in msgspec.structs.fields(struct)
    ]


@cache
def writer_of(struct: type[Row]) -> Callable[[Iterable[Row]], list[tuple[Any, ...]]]:
    """What makes stored rows of structs: their values in the order of the fields."""
    packed = [_is_nested(field.type) for field in msgspec.structs.fields(struct)]
    encode = msgspec.json.Encoder().encode

    def write(structs: Iterable[Row]) -> list[tuple[Any, ...]]:
        return [
            tuple(
                encode(value).decode() if nested else value
                for value, nested in zip(msgspec.structs.astuple(row), packed, strict=True)
            )
            for row in structs
        ]

    return write


@cache
def reader_of(struct: type[Row]) -> Callable[[StoredRow[Any]], Row]:
    """What makes a ``struct`` of a stored row."""
    decoders = {
        field.name: msgspec.json.Decoder(field.type)
        for field in msgspec.structs.fields(struct)
        if _is_nested(field.type)
    }
    names = [field.name for field in msgspec.structs.fields(struct)]

    def read(row: StoredRow[Any]) -> Row:
        values = {name: getattr(row, name) for name in names}
        return struct(**values | {name: decoders[name].decode(values[name]) for name in decoders})

    return read


def _is_nested(annotation: Any) -> bool:
    return typing.get_origin(_bare(annotation)) is tuple


def _bare(annotation: Any) -> Any:
    """The annotation without its ``| None``."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        (annotation,) = (kind for kind in typing.get_args(annotation) if kind is not type(None))
    return annotation
