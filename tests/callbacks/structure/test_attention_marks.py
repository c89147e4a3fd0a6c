"""The layers that a structure marks as attention are those whose attention is logged."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

import pytest
from helpers.zoo import SPECIMENS
from helpers.zoo.case import Specimen

from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of


@pytest.mark.parametrize(
    "name",
    [
        "attention_called_experts",
        "experts_called_attention",
        "mixture_of_softmaxes",
        "clusters_of_local_descriptors",
        "unknown_lengths_of_a_transformer",
        "words_and_sentences",
        "neighbours_gathered",
        "cell_with_the_memory_as_a_state",
    ],
)
def test_what_attends_is_marked(name: str) -> None:
    specimen = SPECIMENS[name]()
    check(specimen, marked_in(specimen))


@pytest.mark.parametrize(
    "name", ["sparsemax_of_tensorflow", "exponential_of_log_softmax", "features_masked_by_sparsemax"]
)
def test_what_only_values_tell_is_marked_where_there_is_a_batch(name: str) -> None:
    specimen = SPECIMENS[name]()
    assert not marked_in(specimen)
    check(specimen, marked_in(specimen, specimen.inputs))


def marked_in(specimen: Specimen, inputs: Any = None) -> list[str]:
    return [node.attention for node in structure_of(specimen.model, inputs).structure.nodes if node.attention]


def check(specimen: Specimen, marked: list[str]) -> None:
    patterns = {drawn.path for drawn in specimen.drawn}
    assert len(marked) == len(patterns)
    for pattern in patterns:
        assert any(fnmatch(path, pattern) for path in marked), f"{pattern} is not among {marked}"
