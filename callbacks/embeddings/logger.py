"""EmbeddingLogger: what a model's vectors mean while it trains, in our page and in TensorBoard's Projector."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.arguments import checked_patterns, matches, of_kind
from tb_seqviz_plugin.callbacks.base import SeqVizCallback, harmless
from tb_seqviz_plugin.callbacks.embeddings.arguments import Output, checked_outputs, checked_rows
from tb_seqviz_plugin.callbacks.embeddings.labelling import Labelled, Skip, label_tables, without_effect
from tb_seqviz_plugin.callbacks.embeddings.labels import check_labels
from tb_seqviz_plugin.callbacks.embeddings.options import OLD_NAMES, ProjectorOptions
from tb_seqviz_plugin.callbacks.embeddings.tables import Table, find_tables
from tb_seqviz_plugin.callbacks.errors import sentence_of, without_numbers
from tb_seqviz_plugin.callbacks.model.outputs import output_of
from tb_seqviz_plugin.callbacks.old_names import takes_old_names
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.projector.files import Cloud, describe
from tb_seqviz_plugin.projector.snapshots import Snapshots
from tb_seqviz_plugin.projector.sprite import Image
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import Float
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.schema import make_tag


class EmbeddingError(ValueError):
    """A model without what there is to log."""


class EmbeddingLogger(SeqVizCallback):
    """Logs every embedding of a model, and sets up TensorBoard's built-in Projector for it.

    Tables of vectors are found however deep: `Embedding`, also of positions, `ReversibleEmbedding` of Keras and KerasHub with
    or without a projection of its own, `TokenAndPositionEmbedding`, and tables in layers of one's own whose names say that they
    embed. Each snapshot is also a run "embeddings/step-..." that the Projector shows, aligned to the one before, and that a
    running TensorBoard notices. Training is not changed by it, to the last bit.

    However long training runs, the Projector is left a bounded number of snapshots (see `ProjectorOptions`), and 256 MB or two
    snapshots, where these take more: every second one goes when there are too many, never the first and the newest, and from then
    on only every second one due is logged. So a log holds as many records of a layer, and half as many again each time that the
    training becomes twice as long; and a record of each call of `log`, which always logs.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it. Or an
            address in an object store, such as "s3://bucket/run"; see the README.
        layers: patterns of paths to log, such as `["encoder/*"]`; None for every table of vectors.
        labels: what each row stands for: a vocabulary, which is a list or dict of tokens, a function from ids to tokens, a
            `TextVectorization` or `StringLookup` layer, a tokenizer of any kind, or a text file with a row per line (tab-separated
            below a line of headings, where it has several columns); `Labels`; or a dict from patterns of paths to these. Default:
            the numbers of the rows.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        max_overhead: which share of the time of training logging may take; what would take more is passed over, but for the first
            and the last log and `log(step)`. None for no bound.
        skip_rows: rows to leave out, by number or label, such as `(0, "[UNK]")`, of the tables that get labels or, without labels,
            of all but those of positions; or a dict from patterns of paths to these.
        outputs: by name of a layer, inputs of the model and a label (or `Labels`) for each: logs the output of the layer on
            them, such as `{"pooled": (reviews, ratings)}`.
        projector: how TensorBoard's Projector is set up, None for `ProjectorOptions()`.
        name: put before the layers' paths, to tell apart two loggers of one run.
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.

    Raises:
        ValueError: if an argument is none of the above.
        OSError: if nothing can be written to `log_dir`.

    >>> import keras, tempfile
    >>> model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Embedding(3, 4, name="words")])
    >>> logger = EmbeddingLogger(tempfile.mkdtemp(), labels=["", "cat", "dog"], skip_rows=[0], model=model)
    >>> logger.log(step=0)
    """

    @takes_old_names(*OLD_NAMES)
    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        *,
        layers: str | Sequence[str] | None = None,
        labels: Any = None,
        skip_rows: Skip | int | str | None = (),
        outputs: Mapping[str, tuple[Any, Any]] | None = None,
        projector: ProjectorOptions | None = None,
        schedule: str | int | Schedule = "epoch",
        max_overhead: float | None = 0.02,
        name: str = "",
        model: keras.Model | None = None,
    ) -> None:
        tag = make_tag("embeddings", name) if name else "embeddings"
        if name and ("/" in name or "\\" in name or name.startswith((".", "step-"))):
            raise ValueError(f"The name is {name!r}; expected one that can be a folder's, such as 'validation'.")
        super().__init__(log_dir, schedule, tag, model, max_overhead)
        self._name = name
        self._layers = checked_patterns(layers)
        check_labels(labels)
        self._labels = labels
        self._skip = checked_rows(skip_rows)
        options = of_kind("projector", projector, ProjectorOptions)
        self._sprites = options.sprites
        self._outputs = checked_outputs(outputs)
        self._projector = options
        self._snapshots: Snapshots | None = None
        self._labelled: dict[str, Labelled] = {}
        self._labelled_tables: list[tuple[str, int]] = []
        self._measures: defaultdict[str, EmbeddingMeasures] = defaultdict(EmbeddingMeasures)
        self._images: dict[str, tuple[Labelled, Image]] = {}
        self._is_thinned_out = False

    def collect(self, step: int) -> None:
        """Hands the vectors as they are now to the writer and the Projector."""
        if step < 0:
            raise EmbeddingError(f"The step is {step}; expected one from 0 on, since it names the Projector's run.")
        tables = self._tables()
        clouds = [self._log_table(table, step) for table in tables]
        taken = {table.path for table in tables}
        for output in self._outputs:
            path = f"{output.layer}/output" if output.layer in taken else output.layer
            try:
                clouds.append(self._log_output(output, path, step))
            except Exception as error:  # whatever a model of the user's may raise; the tables are logged all the same
                said = f"The outputs of layer {output.layer!r} are not logged: {sentence_of(error)}"
                self.warn(said, about=without_numbers(said))
        self._snapshots_in(self.writer.claim()).take(step, clouds)

    def label(self, labels: Any) -> None:
        """Labels the rows otherwise from now on; labels are as for the class."""
        check_labels(labels)
        self._labels, self._labelled_tables = labels, []

    def find(self) -> list[Table]:
        """Returns the tables of vectors to log; logs nothing.

        Raises:
            EmbeddingError: if there are none, and no output is logged either.
        """
        tables = find_tables(self.model, self._layers)
        wanted = [table for table in tables if any(matches(table.path, pattern) for pattern in self._layers)]
        if not wanted and not self._outputs:
            raise EmbeddingError(_nothing_found(self.model))
        return wanted

    def flush(self, *, upload: bool = True) -> None:
        """Waits until what was logged is on disk.

        Args:
            upload: whether to wait until it is in the object store, too, where `log_dir` is an address of one.
        """
        if self._snapshots is not None:
            self._snapshots.wait()
        super().flush(upload=upload)

    def close(self) -> None:
        """Closes the files, which are complete without. `fit` calls it at its end."""
        if self._snapshots is not None:
            self._attempt("write its last snapshot", self._snapshots.close)
        super().close()

    @harmless
    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Logs the end, if what was due last was passed over, and writes what is left."""
        super().on_train_end(logs)
        self._is_thinned_out = False

    def _is_wanted(self, step: int) -> bool:
        if not super()._is_wanted(step):
            return False
        snapshots = self._snapshots_in(self.writer.run_dir)
        if self._is_thinned_out:
            snapshots.pass_over()
        self._is_thinned_out = not snapshots.is_due()
        return not self._is_thinned_out

    def _snapshots_in(self, run_dir: Path) -> Snapshots:
        """Returns those in the folder that this process writes to."""
        folder = run_dir / "embeddings" / self._name
        if self._snapshots is None or self._snapshots.folder != folder:
            options = self._projector
            self._snapshots = Snapshots(
                folder, options.most_snapshots, options.store, lambda cost: self.writer.sync(folder, cost)
            )
            self._expense.background.append(self._snapshots.cost)
        return self._snapshots

    def _tables(self) -> list[Table]:
        """Returns the tables to log."""
        wanted, tables = self.find(), find_tables(self.model, self._layers)
        for pattern in self._layers if tables else ():
            if pattern != "*" and not any(matches(table.path, pattern) for table in tables):
                paths = ", ".join(repr(table.path) for table in tables)
                self.warn(f"The pattern {pattern!r} in `layers` matches no table of vectors; the model has {paths}.")
        shapes = [(table.path, table.rows) for table in wanted]
        if shapes != self._labelled_tables:
            self._labelled = label_tables(self._labels, wanted, self._skip)
            self._labelled_tables = shapes
            for problem in (
                *(problem for labelled in self._labelled.values() for problem in labelled.problems),
                *without_effect(self._labels, self._skip, self._labelled, tables),
                *self._sprites_without_effect(wanted),
            ):
                self.warn(problem)
        return wanted

    def _sprites_without_effect(self, tables: Sequence[Table]) -> list[str]:
        known = {"*", *(table.path for table in tables)}
        known |= {name for output in self._outputs for name in (output.layer, f"{output.layer}/output")}
        paths = ", ".join(map(repr, sorted(known - {"*"})))
        return [
            f"There are sprites for {key!r}, and no such layer is logged; expected one of {paths}."
            for key in self._sprites
            if key not in known
        ]

    def _log_table(self, table: Table, step: int) -> Cloud:
        labelled = self._labelled[table.path]
        vectors = table.read(labelled.rows)
        return self._log_vectors(table.path, vectors, labelled, table.rows, step, table.notes)

    def _log_output(self, output: Output, path: str, step: int) -> Cloud:
        vectors, notes = output_of(self.model, output.layer, output.inputs)
        if path not in self._labelled:
            table = Table(path, len(vectors), vectors.shape[1], False, lambda rows: vectors)
            self._labelled[path] = labelled = label_tables(output.labels, [table], classes=True)[path]
            for problem in labelled.problems:
                self.warn(problem)
        labelled = self._labelled[path]
        return self._log_vectors(path, vectors[labelled.rows], labelled, len(vectors), step, notes)

    def _log_vectors(
        self, path: str, vectors: Float, labelled: Labelled, table_rows: int, step: int, notes: Sequence[str]
    ) -> Cloud:
        broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
        said = [*labelled.notes, *notes]
        if len(broken):
            said.append(
                remark(
                    "not finite vectors",
                    count=len(broken),
                    of=len(vectors),
                    layer=repr(path),
                    label=repr(labelled.labels[broken[0]][:40]),
                )
            )
            self.warn(said[-1], about=f"NaN in {path}")
        self.writer.embeddings(
            path,
            vectors,
            step=step,
            labels=labelled.labels,
            columns=labelled.columns,
            rows=labelled.rows,
            table_rows=table_rows,
            name=self._name,
            notes=said,
            measure=self._measures[path],
        )
        # As they are called by their numbers in the Projector, so that these are those of the table.
        labels = [describe(label, row) for row, label in zip(labelled.rows.tolist(), labelled.labels, strict=True)]
        return Cloud(path, vectors, labels, labelled.columns, self._images_of(path, labelled, table_rows))

    def _images_of(self, path: str, labelled: Labelled, table_rows: int) -> Image | None:
        name = path.removesuffix("/output")
        images = next((self._sprites[key] for key in (path, name, "*") if key in self._sprites), None)
        if images is None:
            return None
        if len(images) != table_rows:
            self.warn(
                f"Layer {path!r} has {table_rows:,} rows and {len(images):,} sprites were given; expected one per row. It is "
                "drawn without."
            )
            return None
        # The very same array each time, so that its file is written once.
        known, chosen = self._images.get(path, (None, images))
        if known is not labelled:
            chosen = images[labelled.rows]
            self._images[path] = (labelled, chosen)
        return chosen


def _nothing_found(model: Any) -> str:
    if not model.built:
        return (
            f"The model {model.name!r} is not built, so it has no weights to look at. Call it once on a batch, or train one step, "
            "before logging."
        )
    return (
        f"No embedding was found in the model {model.name!r}: it has no Embedding layer, nor a table of vectors whose name says "
        "that it embeds, or `layers` matches none. Name a weight with layers=['layer/weight'], or log the output of a layer with "
        "outputs={'dense': (inputs, labels)}."
    )
