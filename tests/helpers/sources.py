"""The project's sources as a reader sees them: which modules there are, what each imports, and whose private parts it touches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLBACKS = "tb_seqviz_plugin.callbacks"


def modules() -> dict[str, Path]:
    """Returns every module of ours by the name under which it is imported."""
    found = {}
    for folder, name in ((ROOT / "tb_seqviz_plugin", "tb_seqviz_plugin"), (ROOT / "callbacks", CALLBACKS)):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            # Not through the link to `callbacks/`, which some versions of `rglob` follow.
            if name == CALLBACKS or parts[0] != "callbacks":
                found[".".join((name, *parts)).removesuffix(".__init__")] = path
    return found


def imports_of(source: str) -> list[str]:
    """Returns the dotted names that a source imports, in functions and for type checkers, too."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def is_of(name: str, packages: Iterable[str]) -> bool:
    """Returns whether a dotted name is that of one of the packages, or of something in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def graph_of(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Returns for each module, by name, the modules among them that it imports."""
    graph: dict[str, set[str]] = {}
    for module, source in sources.items():
        imported = (next(_prefixes(name, sources), "") for name in imports_of(source))
        graph[module] = {name for name in imported if name and name != module}
    return graph


def circles_of(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Returns the groups of modules each of which reaches all others of its group (Tarjan's components of more than one)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    circles: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in graph[module]:
            if other not in number:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == number[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                circles.append(sorted(group))

    for module in graph:
        if module not in number:
            visit(module)
    return circles


def foreign_privates(source: str) -> set[str]:
    """Returns the private names that a source takes from elsewhere: attributes that it does not define itself, and modules.

    Private is what begins with one underscore or is called internal, and what lies in `keras.src` or `tensorflow.python`.
    """
    tree = ast.parse(source)
    own = {name for node in ast.walk(tree) for name in _defined(node)}
    asked = {"hasattr", "getattr", "setattr", "delattr", "shadow", "vars"}
    found = {name for name in imports_of(source) if is_of(name, ("keras.src", "tensorflow.python"))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in asked:
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    return {name for name in found if name not in own and (_is_private(name) or "." in name)}


def _is_private(name: str) -> bool:
    return name == "__internal__" or (name.startswith("_") and not name.startswith("__"))


def _defined(node: ast.AST) -> Iterator[str]:
    """Yields what a node gives a name to: functions, classes, arguments, variables, and attributes of `self` and `cls`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        yield node.attr


def _prefixes(name: str, sources: Mapping[str, str]) -> Iterator[str]:
    """Yields the modules that a dotted name may mean, the longest first."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in sources:
            yield ".".join(parts[:end])
