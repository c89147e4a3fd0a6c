"""Which weighted sums are attention: by what multiplies what; the class of the layer only decides where that says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.rules import is_called_attention, is_keras_attention
from tb_seqviz_plugin.callbacks.attention.sums import SumFinder, WeightedSum
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.program import Program


def attention_among(
    found: Sequence[WeightedSum],
    owners: Mapping[WeightedSum, Call | None],
    finder: SumFinder,
    dependence: Dependence,
    program: Program,
) -> list[WeightedSum]:
    """Returns the weighted sums that are attention.

    Args:
        found: all that there are.
        owners: the call that attends, of each.
        finder: what found them.
        dependence: of the program's tensors.
        program: the ops.
    """
    chosen = {each for each in found if _attends(each, owners[each], finder, dependence, program)}
    layers = {id(owner.layer) for each in chosen if (owner := owners[each]) is not None}
    for each in found:
        owner = owners[each]
        # The first memory of a loop may be all zeros: the layer attends to it as in its other steps.
        if owner is not None and id(owner.layer) in layers and not dependence.is_data(each.values):
            chosen.add(each)
    return [each for each in found if each in chosen]


def _attends(
    each: WeightedSum, owner: Call | None, finder: SumFinder, dependence: Dependence, program: Program
) -> bool:
    if is_keras_attention(owner):
        return True
    is_called = is_called_attention(owner)
    if not dependence.is_data(each.values):  # learnt queries that attend to each other come from no input
        return is_called and bool(each.free) and not dependence.is_data(each.weights)
    if finder.is_aligned(each):
        return True
    if each.kind == "gate" or each.sources[0] not in program.softmaxes or not dependence.is_data(each.weights):
        return False
    if finder.sums_alternatives(each):
        return False
    # Weights that a parameter made may be of places that each query chooses itself, where no axis of the values says so.
    return not finder.is_made(each) or (is_called and not each.free)
