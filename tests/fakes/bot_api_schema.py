"""Check calls, answers and updates against the Bot API's own list of methods and types.

Source: https://core.telegram.org/bots/api ("Available types", "Available methods"), reduced in bot_api_schema.json.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]

_INTEGER_BITS = 64


@dataclass(frozen=True)
class Upload:
    """A file that came as a part of a multipart body."""

    name: str
    data: bytes
    mime_type: str


@dataclass(frozen=True)
class Method:
    """One method: what it answers and what it takes; a parameter's value is (type, required)."""

    returns: str
    parameters: Mapping[str, tuple[str, bool]]


@dataclass(frozen=True)
class Schema:
    """The methods and types a chat bot uses."""

    methods: Mapping[str, Method]
    types: Mapping[str, Mapping[str, tuple[str, bool]]]
    unions: Mapping[str, Any]

    def read_call(
        self, method: str, raw: Mapping[str, Any], uploads: Mapping[str, Upload]
    ) -> tuple[JsonObject, list[str]]:
        """Give the parameters of a call with their types, and a line for each offence against the schema.

        Forms carry everything as text, so a text is first read as the type that the schema names.
        """
        known = self.methods[method].parameters
        values: JsonObject = {}
        errors: list[str] = []
        for name, value in raw.items():
            if name not in known:
                errors.append(f"{method}: unknown parameter {name!r}")
                continue
            try:
                values[name] = _from_text(known[name][0], value)
            except ValueError:
                errors.append(f"{method}: {name} is no {known[name][0]}: {value!r}")
                continue
            errors += self.check(known[name][0], values[name], f"{method}: {name}")
        for name, upload in uploads.items():
            if name in known and name not in values:
                if "InputFile" not in known[name][0]:
                    errors.append(f"{method}: {name} is a file, not {known[name][0]}")
                values[name] = upload
            elif f"attach://{name}" not in json.dumps(raw, default=str):
                errors.append(f"{method}: the file {name!r} is neither a parameter nor attached by one")
        errors += [
            f"{method}: the required parameter {name!r} is missing"
            for name, (_, required) in known.items()
            if required and name not in raw and name not in uploads
        ]
        return values, errors

    def check(self, type_name: str, value: object, where: str) -> list[str]:
        """Give a line for each place where the value isn't what the type says."""
        if " or " in type_name:
            return self._check_any(type_name.split(" or "), value, where)
        if type_name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where} is no array: {value!r}"]
            inner = type_name.removeprefix("Array of ")
            return [error for index, item in enumerate(value) for error in self.check(inner, item, f"{where}[{index}]")]
        if type_name in self.unions:
            return self._check_union(type_name, value, where)
        if type_name in self.types:
            return self._check_fields(type_name, value, where)
        return [] if _is_scalar(type_name, value) else [f"{where} is no {type_name}: {value!r}"]

    def _check_fields(self, type_name: str, value: object, where: str) -> list[str]:
        fields = self.types[type_name]
        if type_name == "InputFile":
            attached = isinstance(value, Upload) or (isinstance(value, str) and value.startswith("attach://"))
            return [] if attached else [f"{where} is no InputFile: {value!r}"]
        if not isinstance(value, dict):
            return [f"{where} is no {type_name}: {value!r}"]
        errors = [f"{where}.{name} isn't known to {type_name}" for name in value if name not in fields]
        for name, (inner, required) in fields.items():
            if name in value:
                errors += self.check(inner, value[name], f"{where}.{name}")
            elif required:
                errors.append(f"{where}.{name} is missing in {type_name}")
        return errors

    def _check_union(self, type_name: str, value: object, where: str) -> list[str]:
        members = self.unions[type_name]
        if isinstance(members, list):
            return self._check_any(members, value, where)
        ((field, kinds),) = members.items()
        kind = value.get(field) if isinstance(value, dict) else None
        if kind not in kinds:
            return [f"{where} is no {type_name}: {field} is {kind!r}"]
        return self._check_fields(kinds[kind], value, where)

    def _check_any(self, members: list[str], value: object, where: str) -> list[str]:
        # The member that fits best names the error: it is most likely the one that was meant.
        return min((self.check(member, value, where) for member in members), key=len)


def _is_scalar(type_name: str, value: object) -> bool:
    match type_name:
        case "String":
            return isinstance(value, str)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < _INTEGER_BITS
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "True":
            return value is True
        case _:
            raise AssertionError(f"the schema names an unknown type {type_name!r}")


def _from_text(type_name: str, value: object) -> object:
    """Read a form's text as the type; whatever is no text is given back as it is."""
    if not isinstance(value, str):
        return value
    parts = type_name.split(" or ")
    if "Integer" in parts and value.lstrip("-").isdecimal() and value.isascii():
        return int(value)
    if "String" in parts or "InputFile" in parts:
        return value
    return json.loads(value)


@cache
def load_schema() -> Schema:
    """Read the schema that lies beside this file."""
    raw = json.loads(Path(__file__).with_name("bot_api_schema.json").read_text(encoding="utf-8"))

    def fields(row: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
        return {name.rstrip("!"): (type_name, name.endswith("!")) for name, type_name in row.items()}

    return Schema(
        methods={name: Method(returns, fields(row)) for name, (returns, row) in raw["methods"].items()},
        types={name: fields(row) for name, row in raw["types"].items()},
        unions=raw["unions"],
    )
