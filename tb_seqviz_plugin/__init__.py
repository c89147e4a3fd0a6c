"""SeqViz for TensorBoard: what a sequence model attends to, writes and embeds while it trains.

    import tb_seqviz_plugin as seqviz

    with seqviz.Writer("logs/run1") as writer:
        writer.attention("example", {"decoder/cross": weights}, step=3)
        writer.samples("poems", [seqviz.Sample("Once", " upon a time", temperature=0.5)], step=3)
        writer.embeddings("words", vectors, labels=["the", "cat", "sat"], step=3)
    for record in seqviz.read("logs"):
        print(record.run, record.tag, record.step)
    seqviz.export("logs", "log.html")

The Keras callbacks are in `tb_seqviz_plugin.callbacks`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_seqviz_plugin.log.events import read as read
    from tb_seqviz_plugin.log.writer import Writer as Writer
    from tb_seqviz_plugin.records.attention.images import Image as Image
    from tb_seqviz_plugin.records.attention.record import AttentionLayer as AttentionLayer
    from tb_seqviz_plugin.records.attention.record import AttentionRecord as AttentionRecord
    from tb_seqviz_plugin.records.attention.rollout import Rollout as Rollout
    from tb_seqviz_plugin.records.attention.rollout import rollout as rollout
    from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord as EmbeddingsRecord
    from tb_seqviz_plugin.records.evaluation.record import Evaluation as Evaluation
    from tb_seqviz_plugin.records.evaluation.record import EvaluationCurve as EvaluationCurve
    from tb_seqviz_plugin.records.evaluation.record import EvaluationExample as EvaluationExample
    from tb_seqviz_plugin.records.evaluation.record import EvaluationRecord as EvaluationRecord
    from tb_seqviz_plugin.records.evaluation.record import EvaluationRow as EvaluationRow
    from tb_seqviz_plugin.records.samples.corpus import Corpus as Corpus
    from tb_seqviz_plugin.records.samples.record import BeamTree as BeamTree
    from tb_seqviz_plugin.records.samples.record import Sample as Sample
    from tb_seqviz_plugin.records.samples.record import SamplesRecord as SamplesRecord
    from tb_seqviz_plugin.records.statistics.record import Statistics as Statistics
    from tb_seqviz_plugin.records.statistics.record import StatisticsRecord as StatisticsRecord
    from tb_seqviz_plugin.records.structure.record import Edge as Edge
    from tb_seqviz_plugin.records.structure.record import Node as Node
    from tb_seqviz_plugin.records.structure.record import Shape as Shape
    from tb_seqviz_plugin.records.structure.record import Structure as Structure
    from tb_seqviz_plugin.records.structure.record import StructureRecord as StructureRecord
    from tb_seqviz_plugin.records.tokens.learning import TokenLearning as TokenLearning
    from tb_seqviz_plugin.records.tokens.learning import data_map as data_map
    from tb_seqviz_plugin.records.tokens.learning import token_learning as token_learning
    from tb_seqviz_plugin.records.tokens.record import Tokens as Tokens
    from tb_seqviz_plugin.records.tokens.record import TokensRecord as TokensRecord
    from tb_seqviz_plugin.schema.attention import Alarm as Alarm
    from tb_seqviz_plugin.server.onefile.export import export as export

# Loaded when asked for: TensorBoard imports this package at its start, and needs none of it.
_MODULE_OF = {
    "Alarm": "schema.attention",
    "AttentionLayer": "records.attention.record",
    "AttentionRecord": "records.attention.record",
    "BeamTree": "records.samples.record",
    "Corpus": "records.samples.corpus",
    "Edge": "records.structure.record",
    "EmbeddingsRecord": "records.embeddings.record",
    "Evaluation": "records.evaluation.record",
    "EvaluationCurve": "records.evaluation.record",
    "EvaluationExample": "records.evaluation.record",
    "EvaluationRecord": "records.evaluation.record",
    "EvaluationRow": "records.evaluation.record",
    "Image": "records.attention.images",
    "Node": "records.structure.record",
    "Rollout": "records.attention.rollout",
    "Sample": "records.samples.record",
    "SamplesRecord": "records.samples.record",
    "Shape": "records.structure.record",
    "Statistics": "records.statistics.record",
    "StatisticsRecord": "records.statistics.record",
    "Structure": "records.structure.record",
    "StructureRecord": "records.structure.record",
    "TokenLearning": "records.tokens.learning",
    "Tokens": "records.tokens.record",
    "TokensRecord": "records.tokens.record",
    "Writer": "log.writer",
    "data_map": "records.tokens.learning",
    "export": "server.onefile.export",
    "read": "log.events",
    "rollout": "records.attention.rollout",
    "token_learning": "records.tokens.learning",
}

__version__ = "0.1.0"
__all__ = [
    "Alarm",
    "AttentionLayer",
    "AttentionRecord",
    "BeamTree",
    "Corpus",
    "Edge",
    "EmbeddingsRecord",
    "Evaluation",
    "EvaluationCurve",
    "EvaluationExample",
    "EvaluationRecord",
    "EvaluationRow",
    "Image",
    "Node",
    "Rollout",
    "Sample",
    "SamplesRecord",
    "Shape",
    "Statistics",
    "StatisticsRecord",
    "Structure",
    "StructureRecord",
    "TokenLearning",
    "Tokens",
    "TokensRecord",
    "Writer",
    "__version__",
    "data_map",
    "export",
    "read",
    "rollout",
    "token_learning",
]


def __getattr__(name: str) -> Any:
    """Returns a public name, whose module is imported when it is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    """Returns the public names, whether they were asked for yet or not."""
    return sorted({*globals(), *__all__})
