"""What all callbacks share: when to log, the writer's life, and that trouble while logging never ends a training run."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import MethodType
from typing import Any, ClassVar, TypeVar
from weakref import WeakValueDictionary

import keras

from tb_seqviz_plugin.callbacks.arguments import check_no_class, whole_number
from tb_seqviz_plugin.callbacks.chief import FIT_FAILS, follower, is_in_cluster
from tb_seqviz_plugin.callbacks.errors import sentence_of, without_numbers
from tb_seqviz_plugin.callbacks.garbage import garbage_left
from tb_seqviz_plugin.callbacks.model.layers import is_traced, iterations_of
from tb_seqviz_plugin.callbacks.model.legacy import Keras2Hooks
from tb_seqviz_plugin.callbacks.model.signature import check_model, is_model
from tb_seqviz_plugin.callbacks.overhead import Expense, Overhead
from tb_seqviz_plugin.callbacks.schedule import Schedule, make_schedule
from tb_seqviz_plugin.callbacks.undisturbed import undisturbed
from tb_seqviz_plugin.callbacks.warn_once import WarnOnce
from tb_seqviz_plugin.log.folders import absolute_folder, check_writable
from tb_seqviz_plugin.log.remote.address import shown
from tb_seqviz_plugin.log.writer import Writer

RUN_DIRECTORY = "seqviz"
"""Our own directory beside Keras' `train` and `validation`: two writers in one directory lose data."""

Hook = TypeVar("Hook", bound=Callable[..., None])


def harmless(hook: Hook) -> Hook:
    """Makes a method that `fit` calls one that never ends it: its errors become warnings."""

    @functools.wraps(hook)
    def attempting(self: SeqVizCallback, *args: Any, **kwargs: Any) -> None:
        # Of a model that is refused nothing is logged until another one is set. That is no part of a training: what passed since
        # one that was interrupted is told when the next begins.
        is_between = hook.__name__ == "set_model"
        if is_between or not self._is_idle():
            with nullcontext() if is_between else self.overhead.paid_by(self._expense):
                self._attempt(f"do its part in {hook.__name__}", lambda: hook(self, *args, **kwargs))

    return _OfObject(attempting)  # type: ignore[return-value]


class _OfObject:
    """A method that refuses in words to be called on its class, as `fit` does with `callbacks=[AttentionLogger]`."""

    def __init__(self, method: Callable[..., None]) -> None:
        functools.update_wrapper(self, method)  # type: ignore[arg-type]
        self._method = method

    def __get__(self, callback: SeqVizCallback | None, kind: type[SeqVizCallback]) -> Callable[..., None]:
        if callback is not None:
            return MethodType(self._method, callback)

        @functools.wraps(self._method)
        def of_class(*args: Any, **kwargs: Any) -> None:
            if not args or not isinstance(args[0], SeqVizCallback):
                check_no_class("A callback", kind)
            self._method(*args, **kwargs)

        return of_class


class SeqVizCallback(Keras2Hooks, keras.callbacks.Callback):
    """Logs on a schedule during `fit`, or by `log(step)` in a loop of one's own.

    Steps continue after those that the directory holds already, so that a second `fit` adds to the first. What `fit` calls
    raises no error, whatever happens: it warns, of each thing once.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`.
        schedule: see `make_schedule`.
        tag: of the records that this callback writes; with several, what comes before the last "/" of each.
        model: what to look at in a loop of one's own, None for the model that is fitted.
        max_overhead: how many seconds logging may take per second of training, on average, None for no bound. Where it would take
            more, what is due by the schedule is passed over; the first and the last log, and `log`, come in any case.

    Attributes:
        overhead: how time divides into training and logging.

    Raises:
        OSError: if nothing can be written there.
        ValueError: if the folder, the schedule or the model is something else.
    """

    # Who logged last under which tags of which folder.
    _loggers: ClassVar[WeakValueDictionary[tuple[Path, str], SeqVizCallback]] = WeakValueDictionary()

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        schedule: str | int | Schedule,
        tag: str,
        model: keras.Model | None,
        max_overhead: float | None = 0.02,
    ) -> None:
        super().__init__()
        self._expense = Expense()
        self.share_overhead(Overhead(max_overhead, type(self).__name__))
        self.log_dir = absolute_folder(log_dir)
        check_writable(self.log_dir / RUN_DIRECTORY)
        self._schedule = make_schedule(schedule)
        self._tag = tag
        self._writer: Writer | None = None
        self._batches = 0
        self._batches_before_epoch = 0
        self._epoch = self._first_epoch = 0
        self._offset: int | None = None
        self._passed_over: int | None = None
        self._needs_model = True
        self.warn = WarnOnce(type(self).__name__)
        self._is_refused = False
        self._follower = follower()
        if model is not None:
            check_model(model)
            self.set_model(model)
        else:
            self._wait_for_fit()

    def collect(self, step: int) -> None:
        """Logs what there is to log of the model at this step; to be overridden."""
        raise NotImplementedError

    def help_chief(self) -> None:
        """Does a share of the work of a log in a process that logs nothing itself; to be overridden where there is some."""

    @harmless
    def set_model(self, model: keras.Model) -> None:
        """Says what to look at, as `fit` does; what is not a model of Keras 3 is warned of, and nothing is logged of it."""
        if self.model is not None and self.model is not model:
            self.overhead.begin_anew()
        super().set_model(model)
        self._is_refused = model is not None and not is_model(model)
        if self._is_refused:
            check_model(model)

    @property
    def logged(self) -> int:
        """How often it has logged."""
        return self._expense.logs

    @property
    def seconds(self) -> float:
        """How long training has waited for it."""
        return self._expense.waited

    @property
    def writer(self) -> Writer:
        """The writer of this run, opened on first use."""
        if self._writer is None:
            self._writer = Writer(self.log_dir / RUN_DIRECTORY)
            self._expense.background.append(self._writer.cost)
        return self._writer

    def share_overhead(self, overhead: Overhead) -> None:
        """Counts what it costs together with what others cost; to be called before anything is logged."""
        self.overhead = overhead
        overhead.join(self._expense)

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """Counts the time in it as this callback's, for what is done once."""
        with self.overhead.prepared_by(self._expense), garbage_left(), undisturbed(self.model):
            yield

    def compiling(self, seconds: float) -> AbstractContextManager[None] | None:
        """Returns in what to compile for so long what saves time later, None where the bound leaves none for that."""
        return self.preparing() if self.overhead.affords(seconds) else None

    def log(self, step: int) -> None:
        """Logs now; what is logged is on disk when this returns. Trouble is warned of once and training goes on.

        Args:
            step: the step to log at; it should rise from call to call.
        """
        with self.overhead.paid_by(self._expense):
            self._log(step)
            self._attempt("write", lambda: self.flush(upload=False))
            self.overhead.begin_loop()

    def flush(self, *, upload: bool = True) -> None:
        """Waits until what was logged is on disk.

        Args:
            upload: whether to wait until it is in the object store, too, where `log_dir` is an address of one.
        """
        if self._writer is not None:
            self._writer.flush(upload=upload)

    def close(self) -> None:
        """Closes the file, which is complete without. `fit` calls it at its end."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        self.warn.tell_rest()

    @harmless
    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts counting where the last `fit` ended."""
        self.overhead.begin()
        self._offset = self._passed_over = None
        self._first_epoch = -1
        self._batches = max(self._batches, iterations_of(self.model))

    @harmless
    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes how many batches there were before this epoch."""
        if epoch > 0 and self._batches == 0:
            self._batches = epoch * self._steps_of_epoch
        self._epoch = epoch
        self._first_epoch = epoch if self._first_epoch < 0 else self._first_epoch
        self._batches_before_epoch = self._batches

    @harmless
    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if a batch is due; with `steps_per_execution` Keras calls this once for several batches."""
        at_once = int(getattr(self.model, "steps_per_execution", 1))
        # Keras names the first or, in later versions, the last of them, also where the epoch ends before.
        done = (batch // at_once + 1) * at_once if at_once > 1 else batch + 1
        done = min(done, self._steps_of_epoch or done)
        self._note_progress(done / self._steps_of_epoch if self._steps_of_epoch else 0.0)
        before, self._batches = self._batches, self._batches_before_epoch + done
        if self._schedule.unit == "batch" and self._schedule.due(before, self._batches):
            self._log_when_due(self._batches)

    @harmless
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if the epoch is due."""
        self._epoch = epoch
        self._note_progress(1.0)
        if self._schedule.unit == "epoch" and self._schedule.due(epoch - 1, epoch):
            self._log_when_due(epoch)

    @harmless
    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Logs the end, if what was due last was passed over, and writes what is left."""
        if self._passed_over is not None:
            self._log_at(self._batches if self._schedule.unit == "batch" else self._epoch)
            self._passed_over = None
        self.overhead.end()
        self._attempt("close its file", self.close)

    @property
    def _steps_of_epoch(self) -> int:
        """How many batches an epoch has, 0 as long as that is not known."""
        return int((self.params or {}).get("steps") or 0)

    def _note_progress(self, of_epoch: float) -> None:
        """Notes how much of the training is done, with so much of this epoch."""
        epochs = int((self.params or {}).get("epochs") or 0) - self._first_epoch
        self.overhead.note_progress((self._epoch - self._first_epoch + of_epoch) / epochs if epochs > 0 else 0.0)

    def _wait_for_fit(self) -> None:
        """Says where `fit` will not come."""
        if self._follower is None and keras.backend.backend() == "tensorflow" and is_in_cluster():
            self.warn(FIT_FAILS)

    def _log(self, step: Any) -> None:
        """Logs now, and leaves the writing to the writer's thread."""
        if is_traced():
            self.warn(
                f"{type(self).__name__} logs nothing inside a tf.function or another function that is compiled: its Python code "
                "runs once, before there are any values. Call log(step) in the loop around it."
            )
            return
        if self._is_idle():
            if self._follower is not None and self.model is not None:
                self._attempt(f"help the chief at step {step}", self._help)
            return
        number = whole_number(step)
        self._attempt(f"log at step {step if number is None else number}", lambda: self._collect(step, number))

    def _help(self) -> None:
        with undisturbed(self.model):
            self.help_chief()

    def _collect(self, step: Any, number: int | None) -> None:
        if number is None:
            raise ValueError(f"The step is {step!r}; expected a whole number.")
        if self._needs_model and self.model is None:
            raise ValueError(
                f"The callback has no model; pass it, as in {type(self).__name__}(..., model=model), or call set_model(model)."
            )
        traces = garbage_left() if self._expense.is_owed else nullcontext()
        with self.overhead.logged_by(self._expense), traces, self.writer.together():
            with undisturbed(self.model):
                self.collect(number)
            self.writer.beside(self.overhead.scalars(self._tag, self._expense))

    def _is_idle(self) -> bool:
        """Returns whether nothing is to be logged: of a model that is refused, or where another process logs."""
        if self._follower is not None:
            self.warn(
                f"{type(self).__name__} logs nothing on {self._follower}: the chief of the processes that train together logs, so "
                "that each step is there once."
            )
        return self._follower is not None or self._is_refused

    def _log_when_due(self, step: int) -> None:
        """Logs at a step that the schedule asks for, or passes it over, until the end of training at most."""
        if self._is_wanted(step):
            self._passed_over = None
            self._log_at(step)
        else:
            self._passed_over = step
            # It takes its place in the order all the same.
            self._attempt(f"log at step {step}", lambda: self._find_offset(step))
            reason = self.overhead.reason()
            if reason:
                self.warn(reason)

    def _is_wanted(self, step: int) -> bool:
        """Returns whether there is to be a log at a step that is due: the first of a model, further ones as the overhead allows."""
        return self._expense.is_owed or self.overhead.allows((self._schedule.unit, step))

    def _log_at(self, step: int) -> None:
        """Logs at a step after all those before, since TensorBoard drops what a repeated step comes after."""
        self._attempt(f"log at step {step}", lambda: self._find_offset(step))
        if self._offset is not None:
            self._log(step + self._offset)

    def _find_offset(self, step: int) -> None:
        if self._offset is None:
            self._claim_tags()
            last = self.writer.last_step(self._tag)
            self._offset = 0 if last is None or step > last else last + 1 - step

    def _claim_tags(self) -> None:
        """Raises an error if another callback of this `fit`, which shares the parameters, writes the same tags."""
        key = (self.log_dir.resolve(), self._tag)
        other = self._loggers.setdefault(key, self)
        if other is not self and other.params is self.params:
            raise ValueError(
                f"Another callback of this fit writes the same tag {self._tag!r} to {shown(self.log_dir)}. Give each "
                "its own name, such as name='validation'."
            )
        self._loggers[key] = self

    def _attempt(self, doing: str, do: Callable[[], None]) -> None:
        """Does something; trouble becomes a warning."""
        try:
            do()
        except Exception as error:
            said = f"{type(self).__name__} could not {doing}, and training goes on: {sentence_of(error)}"
            # What others say may name other numbers at each step.
            self.warn(said, about=without_numbers(said))
