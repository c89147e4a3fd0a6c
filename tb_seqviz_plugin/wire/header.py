"""Headers as dataclasses of the schema: what JSON says is taken for one only where each field is of its type."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from tb_seqviz_plugin.wire.frame import FrameError

Header = TypeVar("Header")
_Check = Callable[[Any], Any]
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
    try:
        return cast(Header, check(values))
    except _MisfitError as misfit:
        where = misfit.where.removeprefix(".") or "The header"
        raise FrameError(
            f"{where} of a record is {misfit.found}; expected {misfit.expected}. The event file is damaged."
        ) from None


def made(cls: type[Header], values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Header:
    """Returns a dataclass of which every field is given, without the time that a frozen one takes to be made.

    >>> from tb_seqviz_plugin.schema.attention import Part
    >>> made(Part, {"blob": 1, "first_head": 0, "heads": 2}) == Part(blob=1, first_head=0, heads=2)
    True
    """
    new = cls.__new__(cls)
    new.__dict__.update(values)
    return new


class _MisfitError(Exception):
    """A value of another type; where it is, is found out on the way up, so that what fits costs no thought."""

    def __init__(self, found: object, expected: str) -> None:
        super().__init__()
        is_short = isinstance(found, bool | int | float | str | None)
        self.found = repr(found)[:60] if is_short else f"a {type(found).__name__}"
        self.expected = expected
        self.where = ""

    def within(self, place: str) -> _MisfitError:
        """Returns it as one of what is around it."""
        self.where = place + self.where
        return self


@functools.cache
def _check_of(kind: Any) -> _Check:
    """Returns what checks a value, and returns it as that type."""
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

    def check(value: Any) -> Any:
        if type(value) not in allowed:
            raise _MisfitError(value, _WORDS[kind])
        return value

    return check


def _dataclass_check(cls: Any) -> _Check:
    types = get_type_hints(cls)
    checks = {field.name: _check_of(types[field.name]) for field in dataclasses.fields(cls)}
    needed = {field.name for field in dataclasses.fields(cls) if not _is_later(field)}

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _MisfitError(value, "an object")
        found, name = {}, ""
        try:
            for name, check_field in checks.items():
                if name in value:
                    found[name] = check_field(value[name])
        except _MisfitError as misfit:
            raise misfit.within(f".{name}") from None
        if len(found) < len(checks) and not needed <= found.keys():
            raise _MisfitError(None, "a value").within(f".{min(needed - found.keys())}")
        return cls(**found)

    return check


def _is_later(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _literal_check(values: tuple[Any, ...]) -> _Check:
    def check(value: Any) -> Any:
        if type(value) is not str or value not in values:
            raise _MisfitError(value, f"one of {', '.join(map(repr, values))}")
        return value

    return check


def _list_check(kind: Any) -> _Check:
    check_item, check_all = _check_of(kind), _check_of_all(kind)

    def check(value: Any) -> Any:
        if type(value) is not list:
            raise _MisfitError(value, "a list")
        try:
            return check_all(value)
        except _UnevenError:  # which of them it is, and whether it is wrong at all, a look at each says
            pass
        found: list[Any] = []
        try:
            for item in value:
                found.append(check_item(item))  # noqa: PERF401 - how many fit says where the first is that does not
        except _MisfitError as misfit:
            raise misfit.within(f"[{len(found)}]") from None
        return found

    return check


class _UnevenError(Exception):
    """Values that are not all alike and as they should be."""


@functools.cache
def _check_of_all(kind: Any) -> _Check:
    """Returns what checks a list of values field by field, so that thousands cost little, and returns them as that type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclasses_check(kind)
    if origin is list:
        return _lists_check(arguments[0], list, itertools.chain.from_iterable)
    if origin is dict and arguments[1] in _WORDS:
        return _lists_check(arguments[1], dict, lambda values: (item for value in values for item in value.values()))
    allowed = {str} if origin is Literal else {int, float} if kind is float else {kind}

    def check(values: list[Any]) -> list[Any]:
        if not allowed.issuperset(map(type, values)) or (origin is Literal and not set(arguments).issuperset(values)):
            raise _UnevenError
        return values

    return check


def _dataclasses_check(cls: Any) -> _Check:
    types = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    columns = [(operator.itemgetter(name), _check_of_all(types[name])) for name in names]

    def check(values: list[Any]) -> list[Any]:
        if not {dict}.issuperset(map(type, values)) or not {len(names)}.issuperset(map(len, values)):
            raise _UnevenError
        try:
            found = [check_column([*map(column, values)]) for column, check_column in columns]
        except KeyError:
            raise _UnevenError from None
        return [made(cls, zip(names, row, strict=True)) for row in zip(*found, strict=True)]

    return check


def _lists_check(kind: Any, around: type, items_of: Callable[[list[Any]], Iterable[Any]]) -> _Check:
    check_items = _check_of_all(kind)

    def check(values: list[Any]) -> list[Any]:
        if not {around}.issuperset(map(type, values)):
            raise _UnevenError
        items = [*items_of(values)]
        found = check_items(items)
        if found is items:
            return values
        rest = iter(found)
        return [[*itertools.islice(rest, len(value))] for value in values]

    return check


def _dict_check(kind: Any) -> _Check:
    check_item = _check_of(kind)

    def check(value: Any) -> Any:
        if type(value) is not dict:
            raise _MisfitError(value, "an object")
        found, name = {}, ""
        try:
            for name, item in value.items():
                found[name] = check_item(item)
        except _MisfitError as misfit:
            raise misfit.within(f"[{name[:40]!r}]") from None
        return found

    return check
