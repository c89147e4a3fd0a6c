"""Callbacks that log what a sequence model does while it trains.

    from tb_seqviz_plugin.callbacks import SeqViz

    model.fit(x, y, callbacks=[SeqViz("logs/run1", x_test[:4], tokens=vectorizer, prompts=["Once upon"])])

Then `tensorboard --logdir logs` shows what was logged in the tab "SeqViz". In a loop of one's own:

    seqviz = SeqViz("logs/run1", x_test[:4], tokens=vectorizer, prompts=["Once upon"], model=model)
    for step, batch in enumerate(dataset):
        train(batch)
        seqviz.log(step)

`SeqViz` is composed of an `AttentionLogger`, a `SampleLogger`, a `StructureLogger` and an `EmbeddingLogger`, as the model needs
them; each can be had alone. Keras, and the framework that it runs on, are imported when one of these names is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger as AttentionLogger
    from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch as BeamSearch
    from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamTree as BeamTree
    from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling as Sampling
    from tb_seqviz_plugin.callbacks.drawing.plot_structure import plot_structure as plot_structure
    from tb_seqviz_plugin.callbacks.embeddings.labels import Labels as Labels
    from tb_seqviz_plugin.callbacks.embeddings.logger import EmbeddingLogger as EmbeddingLogger
    from tb_seqviz_plugin.callbacks.embeddings.options import ProjectorOptions as ProjectorOptions
    from tb_seqviz_plugin.callbacks.errors import BackendError as BackendError
    from tb_seqviz_plugin.callbacks.errors import CaptureError as CaptureError
    from tb_seqviz_plugin.callbacks.errors import EvaluationError as EvaluationError
    from tb_seqviz_plugin.callbacks.errors import GenerationError as GenerationError
    from tb_seqviz_plugin.callbacks.evaluation.evaluate import evaluate as evaluate
    from tb_seqviz_plugin.callbacks.evaluation.logger import EvaluationLogger as EvaluationLogger
    from tb_seqviz_plugin.callbacks.evaluation.options import EvaluationOptions as EvaluationOptions
    from tb_seqviz_plugin.callbacks.evaluation.report import Report as Report
    from tb_seqviz_plugin.callbacks.evaluation.slices import SliceExample as SliceExample
    from tb_seqviz_plugin.callbacks.generation.generated import Generated as Generated
    from tb_seqviz_plugin.callbacks.generation.generator import Generator as Generator
    from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for as generator_for
    from tb_seqviz_plugin.callbacks.generation.keras_hub_generator import KerasHubGenerator as KerasHubGenerator
    from tb_seqviz_plugin.callbacks.model.tap import sow as sow
    from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger as SampleLogger
    from tb_seqviz_plugin.callbacks.samples.options import SampleOptions as SampleOptions
    from tb_seqviz_plugin.callbacks.samples.options import SourceTexts as SourceTexts
    from tb_seqviz_plugin.callbacks.schedule import EveryBatches as EveryBatches
    from tb_seqviz_plugin.callbacks.schedule import EveryEpochs as EveryEpochs
    from tb_seqviz_plugin.callbacks.schedule import Geometric as Geometric
    from tb_seqviz_plugin.callbacks.schedule import Schedule as Schedule
    from tb_seqviz_plugin.callbacks.seqviz import SeqViz as SeqViz
    from tb_seqviz_plugin.callbacks.structure.logger import StructureLogger as StructureLogger

_MODULE_OF = {
    "AttentionLogger": "attention.logger",
    "BackendError": "errors",
    "BeamSearch": "decoding.beam_search",
    "BeamTree": "decoding.beam_search",
    "CaptureError": "errors",
    "EmbeddingLogger": "embeddings.logger",
    "EvaluationError": "errors",
    "EvaluationLogger": "evaluation.logger",
    "EvaluationOptions": "evaluation.options",
    "EveryBatches": "schedule",
    "EveryEpochs": "schedule",
    "Generated": "generation.generated",
    "GenerationError": "errors",
    "Generator": "generation.generator",
    "Geometric": "schedule",
    "KerasHubGenerator": "generation.keras_hub_generator",
    "Labels": "embeddings.labels",
    "ProjectorOptions": "embeddings.options",
    "Report": "evaluation.report",
    "SampleLogger": "samples.logger",
    "SampleOptions": "samples.options",
    "Sampling": "decoding.sampling",
    "Schedule": "schedule",
    "SeqViz": "seqviz",
    "SliceExample": "evaluation.slices",
    "SourceTexts": "samples.options",
    "StructureLogger": "structure.logger",
    "evaluate": "evaluation.evaluate",
    "generator_for": "generation.generator_for",
    "plot_structure": "drawing.plot_structure",
    "sow": "model.tap",
}
"""Where each public name is defined; the imports above say the same to type checkers and editors."""

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Returns a public name, whose module is imported when it is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in ("keras", "tensorflow", "jax", "torch"):
            raise
        raise ModuleNotFoundError(
            f"{name} needs {error.name}, which is not installed. For Keras on TensorFlow: pip install "
            "'tb-seqviz-plugin[tensorflow]'; on another backend: install that and keras, and set KERAS_BACKEND.",
            name=error.name,
        ) from error
    return value


def __dir__() -> list[str]:
    """Returns the public names, whether they were asked for yet or not."""
    return sorted({*globals(), *__all__})
