"""What was logged of a model, against what must be drawn of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import keras
import numpy as np
import numpy.typing as npt

import tb_seqviz_plugin as seqviz
from helpers.zoo.specimen import Drawn, Specimen, Tokens
from tb_seqviz_plugin.callbacks import AttentionLogger

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Logged:
    """What a logger wrote and said.

    Args:
        layers: of each example, [] where nothing was written of it.
        warnings: in order.
    """

    layers: Sequence[Sequence[seqviz.AttentionLayer]]
    warnings: Sequence[str]


def logged(specimen: Specimen, folder: Path) -> Logged:
    """Logs a model once as a user does, and reads it back."""
    with catch_warnings(record=True) as caught:
        simplefilter("always")
        tokens = {name: texts for name, texts in specimen.tokens.items() if name in specimen.inputs}
        logger = AttentionLogger(folder, specimen.inputs, tokens=tokens or None)
        logger.set_model(specimen.model)
        logger.log(0)
        logger.close()
    records = (
        {record.tag: record.layers for record in seqviz.read(folder, "attention")} if any(folder.rglob("*")) else {}
    )
    examples = len(keras.tree.flatten(specimen.inputs)[0])
    said = [str(warning.message) for warning in caught if warning.category is UserWarning]
    return Logged([records.get(f"attention/probe/{number}", []) for number in range(examples)], said)


def differences(specimen: Specimen, found: Logged) -> list[str]:
    """Returns what was logged wrong, in words."""
    if specimen.or_named and not any(found.layers):
        return [] if any("sow(" in words for words in found.warnings) else ["absent without a word"]
    wrong = []
    for example, layers in enumerate(found.layers):
        wrong += [f"example {example}: {each}" for each in _of_example(specimen, layers, example)]
    return wrong + _of_warnings(specimen, found.warnings)


def _of_example(specimen: Specimen, layers: Sequence[seqviz.AttentionLayer], example: int) -> list[str]:
    if any(each.is_stepwise for each in specimen.drawn):
        layers = _with_steps_joined(layers)
    if len(layers) != len(specimen.drawn):
        kinds = ", ".join(f"{layer.path} {list(layer.weights.shape)}" for layer in layers)
        return [f"{len(layers)} layers are drawn, expected {len(specimen.drawn)} ({kinds})"]
    left, wrong = list(layers), []
    for each in specimen.drawn:
        of_each = [_of_layer(each, layer, example, specimen.tokens, specimen.tolerance) for layer in left]
        best = min(range(len(left)), key=lambda place: (len(of_each[place]), place))
        wrong += [f"{left[best].path}: {words}" for words in of_each[best]]
        del left[best]
    return wrong


def _with_steps_joined(layers: Sequence[seqviz.AttentionLayer]) -> list[seqviz.AttentionLayer]:
    """Returns the layers, with the calls of one path that ask one query each as one layer, a row a step."""
    joined: dict[str, seqviz.AttentionLayer] = {}
    result: list[seqviz.AttentionLayer | str] = []
    for layer in layers:
        if layer.weights.shape[1] != 1:
            result.append(layer)
        elif layer.path in joined and joined[layer.path].weights.shape[::2] == layer.weights.shape[::2]:
            before = joined[layer.path]
            joined[layer.path] = replace(
                before,
                weights=np.concatenate([before.weights, layer.weights], axis=1),
                query_tokens=[*before.query_tokens, *layer.query_tokens],
            )
        else:
            joined[layer.path] = layer
            result.append(layer.path)
    return [joined[item] if isinstance(item, str) else item for item in result]


def _of_layer(drawn: Drawn, layer: seqviz.AttentionLayer, example: int, tokens: Tokens, tolerance: float) -> list[str]:
    weights, query_tokens = np.asarray(layer.weights), list(layer.query_tokens)
    if (
        drawn.is_stepwise
        and drawn.query != "*"
        and query_tokens in [texts[::-1] for _, texts in _words(drawn.query, tokens, example, weights.shape[1])]
    ):
        weights, query_tokens = weights[:, ::-1], query_tokens[::-1]
    wrong = weights_differ(drawn, weights, example, tolerance)
    roles = (drawn.role,) if isinstance(drawn.role, str) else drawn.role
    if layer.role not in roles and "*" not in roles:
        wrong.append(f"its role is {layer.role!r}, expected {' or '.join(map(repr, roles))}")
    sides = [("key", drawn.key, layer.key_axis, list(layer.key_tokens), weights.shape[2])]
    if drawn.weights.shape[2] > 1:
        sides.append(("query", drawn.query, layer.query_axis, query_tokens, weights.shape[1]))
    for side, axes, its_axis, its_tokens, length in sides if drawn.key != "*" else ():
        # Axes of one name and other tokens are numbered by the writer; positions without tokens are numbers.
        has = (re.sub(r" \d+$", "", its_axis), its_tokens)
        has_none = all(token.isdigit() for token in its_tokens)
        expected = _words(axes, tokens, example, length)
        if has not in expected and not (has_none and ("", []) in expected):
            wrong.append(f"its {side} tokens are {its_axis!r} {its_tokens}, expected {' or '.join(map(str, expected))}")
    if not fnmatch(layer.path, drawn.path):
        wrong.append(f"its path is {layer.path!r}, expected {drawn.path!r}")
    # That positions have no tokens may be said.
    allowed = drawn.note or ("by position" if "" in (drawn.query, drawn.key) else "")
    wrong += [f"its note is {note!r}" for note in layer.notes if not allowed or not re.search(allowed, note)]
    return wrong


def _words(axes: str | tuple[str, ...], tokens: Tokens, example: int, length: int) -> list[tuple[str, list[str]]]:
    """Returns the axes, with their tokens, that may stand beside weights; see `Drawn`."""
    found: list[tuple[str, list[str]]] = []
    for axis in (axes,) if isinstance(axes, str) else axes:
        how, name, or_none = re.fullmatch(r"([->2]?)(.*?)(\??)", axis).groups()
        texts = tokens[name][example] if name else []
        changed = {"-": texts[::-1], ">": ["[added]", *texts][:length], "2": texts[::2]}.get(how, texts)
        found.append((name.split("#")[0], changed))
        found += [("", [])] if or_none else []
    return found


def weights_differ(drawn: Drawn, weights: Array, example: int, tolerance: float = 1e-5) -> list[str]:
    """Returns in words how weights [heads, queries, keys] differ from those of an example, beyond the bound of their encoding."""
    expected = drawn.weights[example]
    if drawn.hops and weights.shape == expected.swapaxes(0, 1).shape:
        expected = expected.swapaxes(0, 1)
    if weights.shape != expected.shape:
        return [f"its weights are {list(weights.shape)}, expected {list(expected.shape)}"]
    levels = 127 if drawn.signed else 255
    bound = np.nan_to_num(np.abs(expected)).max(axis=-1, keepdims=True) / levels + tolerance
    excess = np.where(np.isnan(expected), 0, np.abs(weights - expected) / bound)
    if not np.all(excess <= 1):
        return [f"its weights differ by up to {np.nanmax(excess):.1f} times the bound"]
    return []


def _of_warnings(specimen: Specimen, warnings: Sequence[str]) -> list[str]:
    if not specimen.drawn:  # that nothing was found is said anyway
        warnings = [words for words in warnings if not words.startswith("AttentionLogger could not log")]
    named = [words for words in warnings if specimen.sentence and re.search(specimen.sentence, words)]
    if len(warnings) != bool(specimen.sentence) or len(named) != len(warnings):
        return [
            f"warned of {list(warnings)}, expected {f'one that says {specimen.sentence!r}' if specimen.sentence else 'none'}"
        ]
    return []


def mutants(weights: Array) -> dict[str, Array]:
    """Returns weights [batch, heads, queries, keys] as a logger could get them wrong, by what is wrong."""
    batch, heads, queries, keys = weights.shape
    wrong = {"keys reversed": weights[..., ::-1]} if keys > 1 else {}
    if batch > 1 and np.ptp(weights, axis=0).any():  # weights of parameters alone are those of every example
        wrong["examples rolled"] = np.roll(weights, 1, axis=0)
    if heads > 1:
        wrong["heads rolled"] = np.roll(weights, 1, axis=1)
    if queries > 1:
        wrong["queries reversed"] = weights[:, :, ::-1]
        wrong["queries rolled"] = np.roll(weights, 1, axis=2)
    if queries == keys > 1:
        wrong["transposed"] = weights.swapaxes(2, 3)
    if batch > 1 and heads > 1:
        wrong["examples and heads mixed up"] = weights.swapaxes(0, 1).reshape(weights.shape)
    return wrong
