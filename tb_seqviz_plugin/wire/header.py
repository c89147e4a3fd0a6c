"""Headers as dataclasses of the schema: what JSON says is taken for one only where each field is of its type."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from tb_seqviz_plugin.wire.frame import FrameError

Header = TypeVar("Header")
_Check = Callable[[Any, str], Any]
_WORDS = {bool: "true or false", float: "a number", int: "a whole number", str: "text"}


def read_header(cls: type[Header], values: Mapping[str, Any]) -> Header:
    """Returns what JSON says as a dataclass of the schema, those in it included.

    Fields that the dataclass does not know are passed over: a later version may have added them. One that was added later has a
    default.

    Args:
        cls: the dataclass; its fields are numbers, texts, lists and dicts of them, and other dataclasses.
        values: the JSON object.

    Raises:
        FrameError: if a field is missing, or of another type.

    >>> from tb_seqviz_plugin.schema.attention import Part
    >>> read_header(Part, {"blob": 1, "first_head": 0, "heads": 2, "of a later version": 3})
    Part(blob=1, first_head=0, heads=2)
    """
    check: _Check = _check_of(cls)  # type: ignore[arg-type]
    return cast(Header, check(values, ""))


@functools.cache
def _check_of(kind: Any) -> _Check:
    """Returns what checks a value, given where it is, and returns it as that type."""
    if dataclasses.is_dataclass(kind):
        return _dataclass_check(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _literal_check(arguments)
    if origin is list:
        return _list_check(arguments[0])
    if origin is dict:
        return _dict_check(arguments[1])
    allowed = (int, float) if kind is float else (kind,)

    def check(value: Any, where: str) -> Any:
        if type(value) not in allowed:
            raise _wrong(value, where, _WORDS[kind])
        return value

    return check


def _dataclass_check(cls: Any) -> _Check:
    types = get_type_hints(cls)
    fields = [(field.name, _check_of(types[field.name]), _is_later(field)) for field in dataclasses.fields(cls)]

    def check(value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(value, where, "an object")
        found = {}
        for name, check_field, is_later in fields:
            if name in value:
                found[name] = check_field(value[name], f"{where}.{name}" if where else name)
            elif not is_later:
                raise FrameError(
                    f"The header of a record lacks {f'{where}.{name}' if where else name!r}; it is damaged."
                )
        return cls(**found)

    return check


def _is_later(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _literal_check(values: tuple[Any, ...]) -> _Check:
    def check(value: Any, where: str) -> Any:
        if type(value) is not str or value not in values:
            raise _wrong(value, where, f"one of {', '.join(map(repr, values))}")
        return value

    return check


def _list_check(kind: Any) -> _Check:
    check_item = _check_of(kind)

    def check(value: Any, where: str) -> Any:
        if type(value) is not list:
            raise _wrong(value, where, "a list")
        # One look at all of them: there may be many texts.
        if kind in _WORDS and kind is not float and set(map(type, value)) <= {kind}:
            return value
        return [check_item(item, f"{where}[{place}]") for place, item in enumerate(value)]

    return check


def _dict_check(kind: Any) -> _Check:
    check_item = _check_of(kind)

    def check(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise _wrong(value, where, "an object")
        return {name: check_item(item, f"{where}[{name[:40]!r}]") for name, item in value.items()}

    return check


def _wrong(value: object, where: str, expected: str) -> FrameError:
    shown = repr(value) if isinstance(value, bool | int | float | str | None) else f"a {type(value).__name__}"
    return FrameError(
        f"{where or 'The header'} of a record is {shown[:60]}; expected {expected}. The event file is damaged."
    )
