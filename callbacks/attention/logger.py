"""AttentionLogger: the attention of an unchanged model on a few examples, while it trains."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.budget import DEFAULT_BYTES, ByteBudget
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.callbacks.attention.overrides import Overrides
from tb_seqviz_plugin.callbacks.attention.pictures import Pictures
from tb_seqviz_plugin.callbacks.attention.placing import by_sentence, layer_of, left_out_of, place_calls, reads_of
from tb_seqviz_plugin.callbacks.attention.probe import Probe, ProbeBatch
from tb_seqviz_plugin.callbacks.attention.probe_capture import ProbeCapture
from tb_seqviz_plugin.callbacks.attention.roles import Placement, Roles
from tb_seqviz_plugin.callbacks.attention.time_axes import TimeAxes
from tb_seqviz_plugin.callbacks.attention.watches import Watches
from tb_seqviz_plugin.callbacks.attention.written import written_in_fit
from tb_seqviz_plugin.callbacks.base import SeqVizCallback, harmless
from tb_seqviz_plugin.callbacks.errors import CaptureError, sentence_of
from tb_seqviz_plugin.callbacks.model.call import ModelCall, run_first, ways_to_call
from tb_seqviz_plugin.callbacks.model.layers import state_of
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.records.attention.images import Image
from tb_seqviz_plugin.schema import make_tag
from tb_seqviz_plugin.schema.attention import LASTING_BATCHES, Alarm

_NO_ATTENTION = (
    "No attention was found in the model {name!r}: no softmax in it multiplies values along the tokens. If it attends in "
    "some other way, call tb_seqviz_plugin.callbacks.sow(name, weights) where the weights are made."
)
_ONE_TOKEN = " The probe has one token only, on which all weight lies: give it examples of several tokens."
_EAGER = " The model could be run only op by op ({why}), where what passes through numpy cannot be followed."


class AttentionLogger(SeqVizCallback):
    """Logs the attention weights of every attention layer of a model on a few probe examples.

    The model stays as it is: `MultiHeadAttention`, `GroupQueryAttention`, `Attention`, `AdditiveAttention` and attention
    written by hand with a softmax are found wherever they are. Training is not changed by it, to the last bit.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it. Or an
            address in an object store, such as "s3://bucket/run"; see the README.
        inputs: what the model is called with for the examples to look at: an array, a dict or a tuple of arrays, or one
            batch of a `tf.data` dataset. Each example becomes a record at each step.
        tokens: what to show for the ids: a vocabulary, which is a list or dict of tokens, a text file, a function from ids to
            tokens, a `TextVectorization` or `StringLookup` layer, or a tokenizer of any kind; or lists of strings per example; for
            several inputs a dict by input name, or a tuple in their order (`(source, target)`). Default: the ids.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        max_overhead: which share of the time of training logging may take; what would take more is passed over, but for the first
            and the last log and `log(step)`. None for no bound.
        layers: patterns of paths to log, such as `["decoder/*"]`; or a dict from pattern to role ("encoder self",
            "decoder self", "cross") or to `{"role": ..., "query": axis name, "key": axis name}`, where the guess is
            wrong.
        name: name of the probe; the tags are "attention/<name>/<example>".
        images: those of the examples, [examples, height, width] or [..., 1 or 3], for models of patches; None for the input that is
            images. Where the patches cannot be told from the shapes, `(images, (rows, columns))`.
        axes: what positions last where they are time, such as the frames of speech: a unit, "ms", "s" or "frames", and how much of
            it, of the only input, `axes=("ms", 10)`, or by the name of an input, `axes={"audio": ("ms", 10)}`; layers that see it
            shortened, as behind convolutions with strides, get as much more. Or of "queries" or "keys", as the layers have them.
            What has tokens stays as it is.
        scalars: whether TensorBoard's own tab of scalars shows the measures, too: of the first example, and of each layer the mean
            of its heads or the one that stands out (`schema.attention.HEAD_SCALARS`).
        byte_budget: how many bytes the run's event files may take, 4 GiB if not said; None for any number. A step gets a 32nd of
            what is left: its largest layers are pooled until they fit, of each block of weights the strongest is kept, and of each
            query as many of the strongest as there is room for, and the record says so. Measures and alarms are of all weights.
        on_alarm: is called with an `Alarm` where heads begin to do something wrong (`schema.attention.ALARMS`), once for all
            examples, by the thread that trains: at the end of a batch or an epoch once it is known, at the latest before `log` or
            `fit` returns. What lasts is counted as long as this logger lives.
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.

    Raises:
        ValueError: if the probe is empty, tokens do not fit, or an argument is none of the above.
        OSError: if nothing can be written to `log_dir`.
        BackendError: if Keras runs on a backend on which attention cannot be captured yet.

    >>> import numpy as np, tempfile
    >>> from keras import layers
    >>> ids = layers.Input((4,))
    >>> x = layers.Embedding(10, 8)(ids)
    >>> model = keras.Model(ids, layers.Dense(10)(layers.MultiHeadAttention(2, 4)(x, x)))
    >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    >>> x = np.array([[1, 2, 3, 0]])
    >>> logger = AttentionLogger(tempfile.mkdtemp(), x, tokens=[["the", "cat", "sat"]])
    >>> history = model.fit(x, x, verbose=0, callbacks=[logger])
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        inputs: Any,
        *,
        tokens: Any = None,
        schedule: str | int | Schedule = "epoch",
        max_overhead: float | None = 0.02,
        layers: str | Sequence[str] | Mapping[str, Any] | None = None,
        name: str = "probe",
        images: Any = None,
        axes: tuple[str, float] | Mapping[str, tuple[str, float]] | None = None,
        scalars: bool = True,
        byte_budget: int | None = DEFAULT_BYTES,
        on_alarm: Callable[[Alarm], object] | None = None,
        model: keras.Model | None = None,
    ) -> None:
        backends.check("attention", type(self).__name__)
        if on_alarm is not None and not callable(on_alarm):
            raise ValueError(f"on_alarm={on_alarm!r}; expected a function that is called with an Alarm, such as print.")
        super().__init__(log_dir, schedule, make_tag("attention", name), model, max_overhead)
        self._scalars = scalars
        self._budget = ByteBudget(byte_budget)
        self._on_alarm = on_alarm
        self._watches = Watches(LASTING_BATCHES if self._schedule.unit == "batch" else 0)
        self._name = name
        self._batch = ProbeBatch(inputs, tokens)
        self._overrides = Overrides(layers, self._batch.axis_names)
        self._pictures = Pictures(images, self._batch.examples)
        self._times = TimeAxes(axes, self._batch.names)
        self._following: ProbeCapture | None = None
        self._followed_state: tuple[keras.Model | None, list[int]] = (None, [])
        self._written = frozenset[str]()
        self._placed_calls: list[tuple[str, tuple[int, ...]]] = []
        self._placements: list[Placement] = []

    def collect(self, step: int) -> None:
        """Captures the attention as the model is now and hands it to the writer."""
        captured = self._captured()
        self._check_patterns(captured)
        placed = list(zip(captured, self._placements_of(captured), strict=True))
        wanted = [each for each in placed if self._overrides.selects(each[0].path)]
        if not wanted:
            return
        left_out = None if self._knows_less else left_out_of(placed, self._overrides.selects)
        probe = self._probe
        most, images = self._most_of(wanted), self._images_of(wanted)
        units = [self._times.of(*each, probe.arrays) for each in wanted]
        if unused := self._times.unused(units):
            self.warn(unused)
        reads = reads_of([layer for layer, _ in wanted])
        for example in range(probe.examples):
            layers = [layer_of(*each, example, unit, own) for each, unit, own in zip(wanted, units, reads, strict=True)]
            name, title, watch = f"{self._name}/{example}", probe.title(example), self._watches.of_example(example)
            self.writer.attention(
                name,
                layers,
                step=step,
                title=title,
                watch=watch,
                byte_budget=most,
                scalars=self._scalars and example == 0,
                image=images[example] if images else None,
                left_out=left_out,
            )

    def _images_of(self, wanted: Sequence[tuple[Captured, Placement]]) -> list[Image] | None:
        """Returns the image of each example, None where there are none; what does not fit is told once."""
        sides = [
            (length, side.axis)
            for layer, placement in wanted
            for length, side in zip(layer.weights.shape[2:], (placement.queries, placement.keys), strict=True)
        ]
        # Words, as of a caption, are no patches, unless somebody has given patches names.
        lengths = [length for length, axis in sides if axis is None or axis.numbered]
        if not lengths and self._pictures.are_given:
            lengths = [length for length, _ in sides]
        try:
            return self._pictures.of_examples(self._probe.arrays, lengths)
        except ValueError as error:
            self.warn(str(error))
            return None

    def _most_of(self, wanted: Sequence[tuple[Captured, Placement]]) -> int | None:
        """Returns how many bytes an example may take, and tells once where that is less than its weights do."""
        of_step = self._budget.of_step(self.writer.size)
        if of_step is None:
            return None
        most = of_step // self._probe.examples
        needed = sum(layer.weights[0].size for layer, _ in wanted)
        if needed > most:
            self.warn(
                f"The weights of an example take {needed:,} bytes, and byte_budget leaves it {most:,}: of the largest layers the "
                "strongest weight of each block is kept, and those of each query, as the records say. Log fewer layers (layers=), "
                "fewer examples, or pass a larger byte_budget, or None to keep all.",
                about="byte_budget",
            )
        return most

    def flush(self, *, upload: bool = True) -> None:
        """Waits until what was logged is on disk, and tells what is wrong."""
        super().flush(upload=upload)
        self._tell()

    def close(self) -> None:
        """Closes the file, which is complete without, and tells what is wrong. `fit` calls it at its end."""
        super().close()
        self._tell()

    @harmless
    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if a batch is due, and tells what is wrong."""
        super().on_train_batch_end(batch, logs)
        self._tell()

    @harmless
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if the epoch is due, and tells what is wrong."""
        super().on_epoch_end(epoch, logs)
        self._tell()

    def _tell(self) -> None:
        """Calls `on_alarm` with what was found since; each thing once, in however many examples it is."""
        for alarm in self._watches.found():
            if self._on_alarm is None:
                continue
            try:
                self._on_alarm(alarm)
            except Exception as error:
                self.warn(f"on_alarm failed, and training goes on: {sentence_of(error)}", about="on_alarm")

    @property
    def examples(self) -> int:
        """How many examples are looked at."""
        return self._batch.examples

    def find(self) -> list[str]:
        """Returns the paths of what attends in the model, which is run for it; logs nothing.

        Raises:
            CaptureError: if there is nothing.
        """
        return list(dict.fromkeys(layer.path for layer in self._captured()))

    @property
    def _knows_less(self) -> bool:
        """Whether something attends in the model that cannot be captured."""
        return self._following is not None and bool(self._following.capture.problems)

    @property
    def _probe(self) -> Probe:
        """The probe as the model takes it."""
        assert self._following is not None
        return self._following.probe

    def _captured(self) -> list[Captured]:
        model = self.model
        state = state_of(model)
        if self._following is None or self._followed_state != state:
            ways = ways_to_call(model, self._batch.inputs)
            self._following, captured = run_first(model, ways, lambda way: self._follow(model, way))
            if self._followed_state[0] is not model:
                self._watches.forget()
            self._followed_state, self._placed_calls = state, []
            self._written = self._following.written or written_in_fit(model)
            for note in self._probe.notes:
                self.warn(note)
        else:
            captured = self._following()
        capture = self._following.capture
        for problem in capture.problems:
            self.warn(f"Attention that cannot be captured: {problem}.")
        if not captured:
            why = capture.why_eager
            limits = _EAGER.format(why=why) if why else ""
            axes = self._probe.axes
            is_short = bool(axes) and all(axis.length == 1 for axis in axes)
            raise CaptureError(_NO_ATTENTION.format(name=model.name) + (_ONE_TOKEN if is_short else limits))
        return by_sentence(captured, self._probe.axes)

    def _follow(self, model: keras.Model, way: ModelCall) -> tuple[ProbeCapture, list[Captured]]:
        following = ProbeCapture(model, way, self._batch.probe(way))
        return following, following()

    def _check_patterns(self, captured: Sequence[Captured]) -> None:
        paths = list(dict.fromkeys(layer.path for layer in captured))
        for pattern in self._overrides.unmatched(paths):
            self.warn(
                f"The pattern {pattern!r} in `layers` matches no attention layer; the model has "
                f"{', '.join(map(repr, paths))}."
            )

    def _placements_of(self, layers: Sequence[Captured]) -> list[Placement]:
        """Returns the placements, found once as long as the model makes the same calls."""
        calls = [(layer.path, layer.weights.shape) for layer in layers]
        if self._placed_calls != calls:
            self._placements = place_calls(layers, self._probe.axes, self._corrected)
            self._placed_calls = calls
        return self._placements

    def _corrected(self, layer: Captured, guess: Placement, roles: Roles) -> Placement:
        axis = guess.queries.axis
        if guess.role == "encoder self" and axis is not None and axis.of_input in self._written:
            guess = replace(guess, role="decoder self")  # though it looks ahead, as without a mask
        return self._overrides.corrected(layer, guess, roles, self._probe.axes)
