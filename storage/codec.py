"""Frozen dataclasses to JSON and back: how messages, intents and buttons are stored. Default values aren't written."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Plain = Any  # what json can write


def to_json(value: object) -> str:
    """A dataclass of strings, numbers, moments, tuples, dicts and further dataclasses, as compact JSON.

    Halves of letters (lone surrogates), which no database takes, become U+FFFD.
    """
    text = json.dumps(pack(value), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def from_json(cls: type[T], text: str) -> T:
    """The same value again; raises ValueError, KeyError or TypeError when the text was written by something else."""
    return typing.cast(T, _unpacker(typing.cast(Any, cls))(json.loads(text)))


def pack(value: object) -> Plain:
    """The value as what json can write."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {key: pack(item) for key, item in value.items()}
    fields = _fields(typing.cast(Any, type(value)))
    return {name: pack(item) for name, default in fields if (item := getattr(value, name)) != default}


def unpack(cls: type[T], data: Plain) -> T:
    """The value of class `cls` that `pack` made the data of."""
    return typing.cast(T, _unpacker(typing.cast(Any, cls))(data))


@cache
def _fields(cls: Any) -> tuple[tuple[str, object], ...]:
    found = []
    for field in dataclasses.fields(cls):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        found.append((field.name, default))
    return tuple(found)


@cache
def _unpacker(kind: Any) -> Callable[[Plain], Any]:
    """A function that turns JSON's value back into one of this type; made once a type."""
    if kind is datetime:
        return datetime.fromisoformat
    if kind is Decimal:
        return Decimal
    if kind is timedelta:
        return lambda seconds: timedelta(seconds=seconds)
    if dataclasses.is_dataclass(kind):
        return _dataclass_unpacker(typing.cast(type, kind))
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if len(args) == 2 and args[1] is ...:
            item = _unpacker(args[0])
            return lambda data: tuple(item(each) for each in data)
        items = [_unpacker(arg) for arg in args]
        return lambda data: tuple(item(each) for item, each in zip(items, data, strict=True))
    if origin in (typing.Union, types.UnionType):
        present = [arg for arg in args if arg is not types.NoneType]
        if len(present) == 1:
            inner = _unpacker(present[0])
            return lambda data: None if data is None else inner(data)
    return lambda data: data


def _dataclass_unpacker(cls: type) -> Callable[[Plain], Any]:
    hints = typing.get_type_hints(cls)
    inner = {field.name: _unpacker(hints[field.name]) for field in dataclasses.fields(cls)}

    def unpack_one(data: Plain) -> Any:
        return cls(**{name: inner[name](item) for name, item in data.items()})

    return unpack_one
