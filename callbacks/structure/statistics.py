"""Numbers about the layers of a model on one probe batch: its weights, the gradients of its loss, and what its layers return.

Everything runs outside the training step, op by op or as one graph that is traced once, inside `keras.StatelessScope()` and with
`training=False`: no variable, seed or state changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.backends.interface import Compiling, Measured
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.loss import why_no_loss
from tb_seqviz_plugin.callbacks.model.paths import Place, places_of
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.model.signature import has_call
from tb_seqviz_plugin.callbacks.structure.moments import Moments, histogram_of, joined, moments_of
from tb_seqviz_plugin.callbacks.structure.parameters import Owned, owners_of
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.records.statistics.record import Statistics
from tb_seqviz_plugin.schema.statistics import STATISTICS

Groups = tuple[str, ...]
GROUPS: Groups = ("parameters", "gradients", "activations")
_FORMS = ("norm", "mean", "deviation", "zeros", "not_finite")
_OF_A_BATCH = {
    ("activations",): remark("activations"),
    ("gradients",): remark("gradients"),
    ("activations", "gradients"): remark("activations and gradients"),
}
_MOST_HISTOGRAMS = 1000
_MOST_LAYERS = 2000
"""Of larger models only the weights are measured: one graph of all layers with their gradients would take minutes and gigabytes."""


@dataclass(frozen=True, eq=False)
class _Located:
    """What was measured, by the places of the model.

    Args:
        owned: the weights of every place, each after the place around it.
        parameters: by `id(weight)`, its summary.
        gradients: by `id(weight)`, that of the gradient.
        activations: the summaries of what the calls at a place returned.
        saturated: shares of saturated units.
        over_time: the squared norms of d loss / d state, [time] of each call.
    """

    owned: Mapping[Place, Owned]
    parameters: Mapping[int, Any]
    gradients: Mapping[int, Any]
    activations: Mapping[Place, list[Any]]
    saturated: Mapping[Place, list[Any]]
    over_time: Mapping[Place, list[Any]]


class ModelStatistics:
    """Measures a model as often as it is called; the model is traced once, or when that repays.

    Args:
        model: a built model.
        call: how to call it, None to look at its weights only.
        groups: which of "parameters", "gradients" and "activations" to measure.
        calls: every call of a layer in a forward pass, which tell what each is called where none is run.
        compiling: gives leave to trace what measures, once that repays; None if it is traced at once.

    Attributes:
        notes: what cannot be measured and why, as sentences.
    """

    def __init__(
        self,
        model: keras.Model,
        call: ModelCall | None,
        groups: Groups,
        calls: Sequence[Call] = (),
        compiling: Compiling | None = None,
    ) -> None:
        batches = [] if call is None or not call.has_values else list(call.batches())
        self._model, self._call = model, batches[0] if batches else None
        self._calls = calls
        self._left = sum(batch.examples for batch in batches[1:])
        self._groups = set(groups)
        self.notes = tuple(self._left_out())
        self._measure = backends.statistics().Measurement(model, self._call, frozenset(self._groups), compiling)
        if self._measure.no_loss:
            self.notes += (self._measure.no_loss,)

    def __call__(self, updates: Mapping[int, tuple[float, float]] | None = None, steps: int = 0) -> Statistics:
        """Returns the statistics of the model as it is now.

        Args:
            updates: by `id(weight)`, the squared norms of what training changed in it, and of the weight before.
            steps: how many training steps that took, 0 if unknown.
        """
        measured = _located(self._model, self._measure(), self._measure.calls or self._calls)
        places = list(measured.owned)
        values = np.full((len(places), len(STATISTICS)), np.nan)
        column = {name: index for index, name in enumerate(STATISTICS)}
        parameters, gradients = _moments(measured.parameters), _moments(measured.gradients)
        for row, place in enumerate(places):
            weights = [id(weight) for weight in measured.owned[place].all]
            found = {
                "parameter": joined(parameters[weight] for weight in weights if weight in parameters),
                "gradient": joined(gradients[weight] for weight in weights if weight in gradients),
                "activation": joined(map(moments_of, measured.activations.get(place, ()))),
            }
            for prefix, moments in found.items():
                for form, value in zip(_FORMS, moments.row, strict=True):
                    values[row, column[f"{prefix}_{form}"]] = value
            if measured.saturated.get(place):
                values[row, column["activation_saturated"]] = np.mean(measured.saturated[place])
            changes = [updates[weight] for weight in weights if weight in updates] if updates else []
            if changes:
                changed, before = np.sum(changes, axis=0) ** 0.5
                values[row, column["update_ratio"]] = changed / before if before else np.nan
        return Statistics(
            layers=tuple(place.path for place in places),
            values=values.astype(np.float32),
            gradients_over_time={
                place.path: np.sqrt(np.concatenate(norms)).astype(np.float32)
                for place, norms in measured.over_time.items()
            },
            examples=0 if self._call is None else self._call.examples,
            update_steps=steps,
            histograms=dict(_histograms(measured)),
            notes=self.notes,
        )

    def _left_out(self) -> Iterator[str]:
        wants_batch = tuple(sorted(self._groups - {"parameters"}))
        count = len(layers_of(self._model))
        if wants_batch and count > _MOST_LAYERS:
            yield remark("too many layers", what=_OF_A_BATCH[wants_batch], layers=count, most=_MOST_LAYERS)
            self._groups &= {"parameters"}
        elif wants_batch and self._call is None:
            what = _OF_A_BATCH[wants_batch]
            if has_call(self._model):
                yield remark("no batch", what=what)
            else:
                yield remark("not run", what=what, model=repr(self._model.name))
            self._groups &= {"parameters"}
        elif wants_batch and self._call and self._left:
            yield remark("first examples", examples=self._call.examples)
        if "gradients" not in self._groups or self._call is None:
            return
        reason = why_no_loss(self._model, self._call)
        if reason:
            yield reason
            self._groups.discard("gradients")


def _located(model: keras.Model, measured: Measured, calls: Sequence[Call]) -> _Located:
    root, place_of = places_of(model, calls)
    owned = owners_of(root)
    places = list(root.walk())
    activations: defaultdict[Place, list[Any]] = defaultdict(list)
    saturated: defaultdict[Place, list[Any]] = defaultdict(list)
    for found, of_calls in ((activations, measured.activations), (saturated, measured.saturated)):
        for call, number in of_calls.items():
            found[place_of[call]].append(number)
    return _Located(
        {place: owned[place] for place in places},
        measured.parameters,
        measured.gradients,
        activations,
        saturated | _by_first_place(measured.saturated_gates, place_of.values()),
        _by_first_place(measured.over_time, places),
    )


def _by_first_place(by_layer: Mapping[int, list[Any]], places: Iterable[Place]) -> dict[Place, list[Any]]:
    """Returns what is known of layers by the first of the places of each."""
    first: dict[int, Place] = {}
    for place in places:
        first.setdefault(id(place.layer), place)
    return {place: by_layer[layer] for layer, place in first.items() if layer in by_layer}


def _histograms(measured: _Located) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    left = _MOST_HISTOGRAMS
    for place, owned in measured.owned.items():
        names: dict[str, Any] = {}
        for group, summaries in (("parameters", measured.parameters), ("gradients", measured.gradients)):
            for weight in owned.own:
                if id(weight) in summaries:
                    name = f"{group}/{place.path}/{weight.name}"
                    names[name if name not in names else f"{name} ({len(names)})"] = summaries[id(weight)]
        if not place.children and place in measured.activations:
            names[f"activations/{place.path}"] = measured.activations[place][0]
        for name, summary in names.items():
            if left > 0 and summary[1] > 0:
                left -= 1
                yield name, histogram_of(summary)


def _moments(summaries: Mapping[Any, Any]) -> dict[Any, Moments]:
    return {key: moments_of(summary) for key, summary in summaries.items()}
