"""From captured weights to the layers of a record: which tokens lie along their rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tb_seqviz_plugin.callbacks.attention.axes import Along, Axis
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.callbacks.attention.roles import Placed, Placement, Roles, placed_along
from tb_seqviz_plugin.callbacks.model.batch import ONLY_INPUT
from tb_seqviz_plugin.records.attention.record import AttentionLayer, PerToken
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.schema.attention import LeftOut

_ADDED = "[added]"
"""What stands for no token of an input, such as a class token that the model puts before it: without text it would be padding."""


def place_calls(
    layers: Sequence[Captured],
    axes: Sequence[Axis],
    correct: Callable[[Captured, Placement, Roles], Placement] = lambda _, guess, __: guess,
) -> list[Placement]:
    """Returns for each layer call where its weights lie.

    Args:
        layers: the calls in the order of the forward pass.
        axes: the probe's axes, the source before the target.
        correct: returns what holds instead of a guess.
    """
    calls: dict[str, list[Captured]] = {}
    for layer in layers:
        calls.setdefault(layer.path, []).append(layer)
    steps = {path: _steps(of_path, _axes_seen(len(of_path), axes)) for path, of_path in calls.items()}
    sides = []
    for layer in layers:
        seen = _axes_seen(len(calls[layer.path]), axes)
        _, _, queries, keys = layer.weights.shape
        key_side = Placed() if layer.key_names else placed_along(layer.keys, keys, seen)
        beyond = layer.queries.inputs - layer.keys.inputs
        # Weights are computed from their keys, too: where only these are known, the queries are others.
        asking = Along(beyond) if layer.keys.places and not layer.queries.places else layer.queries
        query_side = placed_along(asking, queries, seen, beyond)
        if queries == 1:
            query_side = steps[layer.path].get(layer.call, query_side if len(layers) > 1 else Placed())
        if key_side.axis is not None and key_side.axis.parts and queries == 1:  # each call asks for its sentence
            query_side = _of_sentence(layer, key_side.axis, axes)
        sides.append((query_side, key_side))
    roles = Roles(layers, sides)
    return [
        correct(layer, Placement(roles.of(layer, *side), *side), roles)
        for layer, side in zip(layers, sides, strict=True)
    ]


def _steps(calls: Sequence[Captured], axes: Sequence[Axis]) -> dict[int, Placed]:
    """Returns by call the token of its step, where a loop makes one query a call."""
    if len(calls) < 2 or any(layer.weights.shape[2] != 1 for layer in calls):
        return {}
    for axis in axes:
        places = [(layer.queries.of(axis.of_input, 1) or (-1,))[0] for layer in calls]
        known = [(call, place) for call, place in enumerate(places) if place >= 0]
        if len(known) < max(2, len(calls) - 1) or axis.parts:
            continue
        offsets = {place - call for call, place in known}
        if offsets <= {0, -1} and len(calls) <= axis.length:  # the state before its step stands for its step
            return {layer.call: Placed(axis, (call,)) for call, layer in enumerate(calls)}
        last = axis.length - 1
        if {place + call for call, place in known} <= {last, last + 1} and len(calls) <= axis.length:  # from the end
            return {layer.call: Placed(axis, (last - call,)) for call, layer in enumerate(calls)}
        if len(set(places)) == len(places) and min(places) >= 0 and max(places) < axis.length:
            return {layer.call: Placed(axis, (place,)) for layer, place in zip(calls, places, strict=True)}
    beyond = frozenset[str]().union(*(layer.queries.inputs - layer.keys.inputs for layer in calls))
    # Weights are computed from their keys, too: where these are known, no step is known to be at one of them.
    asking = () if any(layer.keys.places for layer in calls) else (layer.queries.inputs for layer in calls)
    guess = placed_along(Along(beyond.union(*asking)), len(calls), axes, beyond)
    if guess.axis is None:
        return {}
    return {layer.call: Placed(guess.axis, (call,), is_guess=True) for call, layer in enumerate(calls)}


def _of_sentence(layer: Captured, words: Axis, axes: Sequence[Axis]) -> Placed:
    """Returns the sentence that a call of a layer asks for, the axis of sentences if it is asked for all."""
    axis = next((axis for axis in axes if axis.input == words.name), None)
    return Placed() if axis is None else Placed(axis, (layer.call,) if layer.call < axis.length else ())


def by_sentence(layers: Sequence[Captured], axes: Sequence[Axis]) -> list[Captured]:
    """Returns the calls, with one for each sentence where a layer sees the sentences of all documents in one batch.

    Args:
        layers: the calls, of which such a one has the sentences among its heads.
        axes: the probe's axes.
    """
    words = next((axis for axis in axes if axis.parts), None)
    if words is None:
        return list(layers)
    found = []
    for layer in layers:
        batch, heads, queries, keys = layer.weights.shape
        is_of_words = layer.keys.of(words.of_input, 2) is not None and layer.keys.of(words.of_input, 1) is None
        one_by_one = sum(other.path == layer.path for other in layers) == len(words.parts) != 1
        sentences = len(words.parts) if is_of_words and not one_by_one and heads % len(words.parts) == 0 else 1
        weights = layer.weights.reshape(batch, sentences, -1, queries, keys)
        largest = None if layer.max_logit is None else layer.max_logit.reshape(batch, sentences, -1)
        norms = None if layer.value_norms is None else layer.value_norms.reshape(batch, sentences, -1, keys)
        found += [
            replace(
                layer,
                call=layer.call + sentence,
                weights=weights[:, sentence],
                softmax=None,
                max_logit=None if largest is None else largest[:, sentence],
                value_norms=None if norms is None else norms[:, sentence],
            )
            for sentence in range(sentences)
        ]
    return found


def left_out_of(placed: Sequence[tuple[Captured, Placement]], selects: Callable[[str], bool]) -> list[LeftOut]:
    """Returns the layers that a record does not have; calls of one query each are one, as in a record.

    Args:
        placed: all calls in the order of the forward pass, with where their weights lie.
        selects: whether a record has a layer, by its path.
    """
    found: list[LeftOut] = []
    of_steps: dict[tuple[str, int], int] = {}
    kept = 0
    for layer, placement in placed:
        if selects(layer.path):
            kept += 1
            continue
        _, _, queries, keys = layer.weights.shape
        at = of_steps.setdefault((layer.path, keys), len(found)) if queries == 1 else len(found)
        if at < len(found):
            found[at] = replace(found[at], queries=found[at].queries + 1)
        else:
            found.append(LeftOut(layer.path, layer.call, placement.role, queries, keys, kept))
    return found


def reads_of(layers: Sequence[Captured]) -> list[list[int]]:
    """Returns for each call that a record has the places in it of those that it is computed from."""
    return [[at for at, other in enumerate(layers) if other.place in layer.reads] for layer in layers]


def _axes_seen(calls: int, axes: Sequence[Axis]) -> list[Axis]:
    """Returns the axes that a layer can see: words of sentences only if it is called once for each sentence."""
    return [axis for axis in axes if len(axis.parts) in (0, calls)]


def layer_of(
    layer: Captured,
    placement: Placement,
    example: int,
    units: Sequence[PerToken | None] = (None, None),
    reads: Sequence[int] | None = None,
) -> AttentionLayer:
    """Returns one example of a layer call with its tokens.

    Args:
        layer: the captured weights.
        placement: where they lie.
        example: place in the batch.
        units: what each query and each key lasts, where they are time and no tokens.
        reads: as `AttentionLayer` has it.
    """
    _, _, queries, keys = layer.weights.shape
    query_unit, key_unit = units
    notes = list(layer.notes)
    for side, placed, length, unit in (
        ("queries", placement.queries, queries, query_unit),
        ("keys", placement.keys, keys, key_unit),
    ):
        if placed.axis is None and length > 1 and unit is None and not (side == "keys" and layer.key_names):
            notes.append(remark("queries by position" if side == "queries" else "keys by position", count=length))
    query_tokens = [] if query_unit else _tokens(placement.queries, example, layer.call)
    key_tokens = [] if key_unit else list(layer.key_names) or _tokens(placement.keys, example, layer.call)
    fit_queries, fit_keys = len(query_tokens) in (0, queries), len(key_tokens) in (0, keys)
    if not (fit_queries and fit_keys):
        notes.append(remark("other lengths"))
    query_axis, key_axis = placement.queries.axis, placement.keys.axis
    return AttentionLayer(
        path=layer.path,
        weights=layer.weights[example],
        query_tokens=query_tokens if fit_queries else [],
        key_tokens=key_tokens if fit_keys else [],
        role=placement.role,
        class_name=layer.class_name,
        call=layer.call,
        query_axis=_axis_name(query_axis, layer.queries, query_unit),
        key_axis=layer.path.rsplit("/", 1)[-1] if layer.key_names else _axis_name(key_axis, layer.keys, key_unit),
        notes=notes,
        guessed=placement.guessed,
        softmax=None if layer.softmax is None else layer.softmax[example],
        max_logit=None if layer.max_logit is None else layer.max_logit[example],
        value_norms=None if layer.value_norms is None else layer.value_norms[example],
        apart=bool(layer.key_names),
        reads=reads,
        query_unit=query_unit,
        key_unit=key_unit,
    )


def _axis_name(axis: Axis | None, along: Along, unit: PerToken | None) -> str:
    """Returns the name of an axis, which that of time has from its input."""
    name = axis.name if axis else next(iter(along.inputs)) if unit and len(along.inputs) == 1 else ""
    return "time" if unit and name in ("", ONLY_INPUT) else name


def _tokens(placed: Placed, example: int, call: int) -> list[str]:
    if placed.axis is None:
        return []
    tokens = placed.axis.tokens_of(example, call)
    return [tokens[place] if 0 <= place < len(tokens) else _ADDED for place in placed.places]
