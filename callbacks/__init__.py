"""Callbacks that log what a sequence model does while it trains.

    from tb_seqviz_plugin.callbacks import AttentionLogger, SampleLogger

    model.fit(x, y, callbacks=[AttentionLogger("logs/run1", x_test[:4], tokens=vectorizer)])
    model.fit(x, y, callbacks=[SampleLogger("logs/run2", ["Once upon"], tokenizer=tokenizer)])

Then `tensorboard --logdir logs` shows them in the tab "SeqViz". In a loop of one's own:

    logger = AttentionLogger("logs/run1", x_test[:4])
    logger.set_model(model)
    for step, batch in enumerate(dataset):
        train(batch)
        logger.log(step)
    logger.close()
"""

from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger
from tb_seqviz_plugin.callbacks.drawing.plot_structure import plot_structure
from tb_seqviz_plugin.callbacks.embeddings.labels import Labels
from tb_seqviz_plugin.callbacks.embeddings.logger import EmbeddingLogger
from tb_seqviz_plugin.callbacks.errors import CaptureError
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for
from tb_seqviz_plugin.callbacks.generation.keras_generator import (
    BeamSearch,
    BeamTree,
    Generated,
    GenerationError,
    Generator,
    Sampling,
)
from tb_seqviz_plugin.callbacks.generation.keras_hub_generator import KerasHubGenerator
from tb_seqviz_plugin.callbacks.model.tap import sow
from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger
from tb_seqviz_plugin.callbacks.schedule import EveryBatches, EveryEpochs, Geometric, Schedule
from tb_seqviz_plugin.callbacks.structure.logger import StructureLogger

__all__ = [
    "AttentionLogger",
    "BeamSearch",
    "BeamTree",
    "CaptureError",
    "EmbeddingLogger",
    "EveryBatches",
    "EveryEpochs",
    "Generated",
    "GenerationError",
    "Generator",
    "Geometric",
    "KerasHubGenerator",
    "Labels",
    "SampleLogger",
    "Sampling",
    "Schedule",
    "StructureLogger",
    "generator_for",
    "plot_structure",
    "sow",
]
