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
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import keras_hub
import numpy as np
from backbones import BACKBONES
from measure import table

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.attention.placing import place_calls
from tb_seqviz_plugin.callbacks.attention.probe import Probe
from tb_seqviz_plugin.callbacks.model.call import ways_to_call

BATCH, TOKENS, SOURCE, SOUND = 2, 10, 7, 1500
TARGET = Path(__file__).with_name("survey.md")


def inputs_of(model: keras.Model) -> Any:
    """Returns random inputs of a functional model: ids, masks of ones, positions, images, features."""
    random, found = np.random.default_rng(1), {}
    specs = model.input if isinstance(model.input, dict) else {spec.name: spec for spec in model.inputs}
    source = SOUND if any(name.endswith("input_values") for name in specs) else SOURCE
    for name, spec in specs.items():
        length = source if "encoder" in name else TOKENS
        shape = [BATCH, *(length if size is None else size for size in spec.shape[1:])]
        if "mask" in name:
            found[name] = np.ones(shape, spec.dtype)
        elif "segment" in name:
            found[name] = np.zeros(shape, "int32")
        elif "position" in name:
            found[name] = np.broadcast_to(np.arange(shape[1]), shape).astype("int32")
        elif "int" in str(spec.dtype):
            found[name] = random.integers(1, 50, shape).astype("int32")
        else:
            found[name] = random.normal(size=shape).astype("float32")
    return found if len(found) > 1 else next(iter(found.values()))


def sharpened(model: keras.Model) -> None:
    """Makes weights larger, so that no attention is flat."""
    random = np.random.default_rng(2)
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(variable.numpy() + random.normal(0, 0.15, variable.shape))


def survey(name: str) -> list[str]:
    """Returns the row of one backbone."""
    keras.utils.clear_session()
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
    """Returns how far weights are from the nearest softmax, sorted as axes may have any order, and their rows from 1."""

    def error(softmax: Any) -> float:
        if softmax.size != weights.size:
            return float("inf")
        return float(np.abs(np.sort(softmax.ravel()) - np.sort(weights.ravel())).max())

    whole = min((error(each) for each in softmaxes), default=float("inf"))
    if whole < 1e-3:
        return max(whole, float(np.abs(weights.sum(axis=-1) - 1).max()))
    return min(
        (error(each[..., :-1]) for each in softmaxes), default=whole
    )  # the last may be a sink, which is left out


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
    attending = [row for row in rows if row[1] not in ("-", "0")]
    worst = max((float(row[6]) for row in attending), default=0.0)
    text_of_table = (
        f"KerasHub {keras_hub.__version__}, Keras {keras.__version__}: {len(rows)} configurations, of which {len(attending)} "
        f"attend; {sum(int(row[1]) for row in attending)} calls are captured, at worst {worst:.0e} from the softmax of a run "
        f"op by op. Softmaxes beyond those captured are of routers and of distributions.\n\n{table(heads, rows)}\n"
    )
    print(text_of_table)
    if not sys.argv[1:]:
        TARGET.write_text(
            f"# Attention of KerasHub's backbones\n\n`make survey`, that is `python benchmarks/survey.py`. {text_of_table}"
        )


if __name__ == "__main__":
    main()
