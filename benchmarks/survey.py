"""What is captured of the backbones of KerasHub: how many attentions, on which axes, in which roles, and how exactly.

Every backbone is made small, with random weights made larger so that no attention is flat, and captured on random tokens. What is
captured is compared with a plain run op by op in which each softmax that Keras computes is noted: each captured attention must be
one of these, value by value, whatever the order of its axes.

python benchmarks/survey.py            writes benchmarks/survey.md
python benchmarks/survey.py bert t5    prints the rows of some
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import keras_hub
import numpy as np
from measure import table

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.attention.placing import place_calls
from tb_seqviz_plugin.callbacks.attention.probe import Probe
from tb_seqviz_plugin.callbacks.model.call import ways_to_call

M = keras_hub.models
BATCH, TOKENS, SOURCE = 2, 10, 7
TARGET = Path(__file__).with_name("survey.md")

_TEXT = {"vocabulary_size": 60, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "intermediate_dim": 32}
_DECODER = {
    "vocabulary_size": 60,
    "num_layers": 2,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "hidden_dim": 32,
    "intermediate_dim": 32,
}


def text(kind: str, **more: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone with the settings that most encoders share."""
    return lambda: getattr(M, kind)(**{**_TEXT, **more})


def decoder(kind: str, **more: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone with the settings that most decoders share."""
    return lambda: getattr(M, kind)(**{**_DECODER, **more})


BACKBONES: dict[str, Callable[[], keras.Model]] = {
    "albert": text("AlbertBackbone", embedding_dim=8, num_groups=1, num_inner_repetitions=1, max_sequence_length=20),
    "bart": text("BartBackbone", max_sequence_length=20),
    "bert": text("BertBackbone", max_sequence_length=20),
    "bloom": text("BloomBackbone"),
    "deberta_v3": text("DebertaV3Backbone", max_sequence_length=20, bucket_size=8),
    "distil_bert": text("DistilBertBackbone", max_sequence_length=20),
    "electra": text("ElectraBackbone", embedding_dim=8, max_sequence_length=20),
    "f_net": lambda: M.FNetBackbone(60, 2, 16, 32, max_sequence_length=20),
    "falcon": lambda: M.FalconBackbone(60, 2, 4, 32, 32),
    "gemma": decoder("GemmaBackbone", head_dim=8),
    "gemma2": decoder(
        "GemmaBackbone", head_dim=8, use_post_ffw_norm=True, use_post_attention_norm=True, attention_logit_soft_cap=50,
        final_logit_soft_cap=30, sliding_window_size=4, use_sliding_window_attention=True, query_head_dim_normalize=False,
    ),
    "gemma3": lambda: M.Gemma3Backbone(
        60, 8, 2, 4, 2, 32, 32, 8, use_query_key_norm=True, use_sliding_window_attention=True, sliding_window_size=4
    ),
    "gpt2": text("GPT2Backbone", max_sequence_length=20),
    "gpt_neo_x": text("GPTNeoXBackbone", max_sequence_length=20),
    "llama": decoder("LlamaBackbone"),
    "llama3": decoder("Llama3Backbone"),
    "mistral": decoder("MistralBackbone", sliding_window=4),
    "mixtral": decoder("MixtralBackbone", num_experts=4, top_k=2, sliding_window=4),
    "opt": text("OPTBackbone", max_sequence_length=20),
    "phi3": decoder("Phi3Backbone"),
    "qwen": decoder("QwenBackbone"),
    "qwen3": decoder("Qwen3Backbone", head_dim=8),
    "roberta": text("RobertaBackbone", max_sequence_length=20),
    "roformer_v2": text("RoformerV2Backbone"),
    "t5": text("T5Backbone"),
    "xlm_roberta": text("XLMRobertaBackbone", max_sequence_length=20),
    "xlnet": text("XLNetBackbone"),
    "modern_bert": text("ModernBertBackbone"),
    "smollm3": decoder("SmolLM3Backbone"),
}  # fmt: skip


def inputs_of(model: keras.Model) -> dict[str, Any]:
    """Returns random inputs of a functional model: ids, masks of ones, positions, images, features."""
    random, found = np.random.default_rng(1), {}
    for name, spec in model.input.items() if isinstance(model.input, dict) else {"input": model.input}.items():
        length = SOURCE if "encoder" in name else TOKENS
        shape = [BATCH, *(length if size is None else size for size in spec.shape[1:])]
        if "mask" in name:
            found[name] = np.ones(shape, "int32")
        elif "segment" in name:
            found[name] = np.zeros(shape, "int32")
        elif "position" in name:
            found[name] = np.broadcast_to(np.arange(shape[1]), shape).astype("int32")
        elif "int" in str(spec.dtype):
            found[name] = random.integers(1, 50, shape).astype("int32")
        else:
            found[name] = random.normal(size=shape).astype("float32")
    return found


def sharpened(model: keras.Model) -> None:
    """Makes weights larger, so that no attention is flat."""
    random = np.random.default_rng(2)
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(variable.numpy() + random.normal(0, 0.15, variable.shape))


def survey(name: str) -> list[str]:
    """Returns the row of one backbone."""
    model = BACKBONES[name]()
    sharpened(model)
    way = ways_to_call(model, inputs_of(model))[0]
    probe = Probe(way.inputs)

    def run(arrays: Any) -> Any:
        return way.run(model, [arrays[each] for each in probe.arrays])

    start = time.perf_counter()
    capture = Capture(model, probe.arrays, run)
    captured = capture()
    took = time.perf_counter() - start
    eager = backends.attention().run_eagerly(run, model, backends.attention().to_tensors(probe.arrays))
    softmaxes = [np.asarray(note.tensor, np.float32) for note in eager.recorder.notes]
    errors = [_error(layer.weights, softmaxes) for layer in captured]
    roles = Counter(placement.role for placement in place_calls(captured, probe.axes))
    guessed = sum(bool(placement.guessed) for placement in place_calls(captured, probe.axes))
    shapes = sorted({str(list(layer.weights.shape)) for layer in captured})
    said = "; ".join([*capture.problems, *([capture.why_eager] if capture.why_eager else [])])
    return [
        name,
        str(len(captured)),
        str(len(softmaxes)),
        ", ".join(f"{count} {role}" for role, count in roles.items()) or "-",
        str(guessed),
        " ".join(shapes[:3]),
        f"{max(errors):.0e}" if errors else "-",
        f"{took:.1f} s",
        said,
    ]


def _error(weights: Any, softmaxes: list[Any]) -> float:
    """Returns how far weights are from the nearest softmax, their entries sorted, since axes may have any order."""
    mine = np.sort(weights.ravel())
    alike = [np.abs(np.sort(each.ravel()) - mine).max() for each in softmaxes if each.size == mine.size]
    return float(min(alike, default=np.inf))


def main() -> None:
    """Writes the table, or prints that of the backbones named."""
    heads = [
        "backbone",
        "captured",
        "softmaxes",
        "roles",
        "axis guessed",
        "shapes",
        "worst error",
        "first capture",
        "said",
    ]
    rows = []
    for name in sys.argv[1:] or BACKBONES:
        try:
            rows.append(survey(name))
        except Exception as error:  # a backbone that this version does not have or makes otherwise
            rows.append([name, *["-"] * 7, f"not made: {type(error).__name__}: {str(error).splitlines()[0][:80]}"])
        print(rows[-1], flush=True)
    text_of_table = f"KerasHub {keras_hub.__version__}, Keras {keras.__version__}\n\n{table(heads, rows)}\n"
    print(text_of_table)
    if not sys.argv[1:]:
        TARGET.write_text(
            f"# Attention of KerasHub's backbones\n\n`make survey`, that is `python benchmarks/survey.py`. {text_of_table}"
        )


if __name__ == "__main__":
    main()
