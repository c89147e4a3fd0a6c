"""SeqViz for TensorBoard: what a sequence model attends to, writes and embeds while it trains.

    import tb_seqviz_plugin as seqviz

    with seqviz.Writer("logs/run1") as writer:
        writer.attention("example", {"decoder/cross": weights}, step=3)
        writer.samples("poems", [seqviz.Sample("Once", " upon a time", temperature=0.5)], step=3)
        writer.embeddings("words", vectors, labels=["the", "cat", "sat"], step=3)
    for record in seqviz.read("logs"):
        print(record.run, record.tag, record.step)

The Keras callbacks are in `tb_seqviz_plugin.callbacks`.
"""

from tb_seqviz_plugin.log.events import read
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.attention.record import AttentionLayer, AttentionRecord
from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.record import BeamTree, Sample, SamplesRecord
from tb_seqviz_plugin.records.statistics.record import Statistics, StatisticsRecord
from tb_seqviz_plugin.records.structure.record import Edge, Node, Shape, Structure, StructureRecord

__version__ = "0.1.0"
__all__ = [
    "AttentionLayer",
    "AttentionRecord",
    "BeamTree",
    "Corpus",
    "Edge",
    "EmbeddingsRecord",
    "Node",
    "Sample",
    "SamplesRecord",
    "Shape",
    "Statistics",
    "StatisticsRecord",
    "Structure",
    "StructureRecord",
    "Writer",
    "__version__",
    "read",
]
