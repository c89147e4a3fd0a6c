"""Arguments by the names that they had before: they work for one version more, and say what to write instead."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Moved:
    """Arguments that became part of another.

    Args:
        names: of the old arguments.
        into: the new argument.
        merged: (what was given as the new argument or is its default, the old ones by name) -> the new argument.
        instead: what to write, with "{}" for the old arguments as in "a=..., b=...".
    """

    names: Sequence[str]
    into: str
    merged: Callable[[Any, Mapping[str, Any]], Any]
    instead: str

    @classmethod
    def to_fields(cls, kind: type[Any], names: Sequence[str], into: str) -> Moved:
        """Returns arguments that became fields of a dataclass."""

        def merged(given: Any, old: Mapping[str, Any]) -> Any:
            return replace(kind() if given is None else given, **old)

        return cls(names, into, merged, f"{into}={kind.__name__}({{}})")

    @classmethod
    def renamed(cls, name: str, into: str) -> Moved:
        """Returns an argument that is called otherwise."""
        return cls((name,), into, lambda _, old: old[name], f"{into}=...")


def takes_old_names(*moves: Moved) -> Callable[[Function], Function]:
    """Lets a constructor or a function take arguments by their old names, with a warning; its signature is the new one."""
    move_of = {name: move for move in moves for name in move.names}

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def taking(*args: Any, **kwargs: Any) -> Any:
            old = {name: kwargs.pop(name) for name in list(kwargs) if name in move_of}
            if not old:
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            name, instead = function.__qualname__.removesuffix(".__init__"), []
            for move in dict.fromkeys(map(move_of.__getitem__, old)):
                values = {each: old[each] for each in move.names if each in old}
                bound.arguments[move.into] = move.merged(bound.arguments[move.into], values)
                instead.append(move.instead.format(", ".join(f"{each}=..." for each in values)))
            warnings.warn(
                f"{name} takes {', '.join(f'{each}=' for each in old)} by another name now: "
                f"{', '.join(instead)}. The old names work in this version for the last time.",
                FutureWarning,
                stacklevel=2,
            )
            return function(*bound.args, **bound.kwargs)

        return taking  # type: ignore[return-value]

    return decorate
