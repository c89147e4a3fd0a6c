"""Runs of a model that leave what training draws and keeps as it is, where `keras.StatelessScope` does not reach."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.own_randomness import drawn_from, own_randomness

_SEED = 0


class _Thread(threading.local):
    """Of which model a thread keeps the state."""

    model: keras.Model | None = None


_thread = _Thread()


@contextlib.contextmanager
def undisturbed(model: keras.Model | None) -> Iterator[None]:
    """Lets what runs in it draw from generators of its own, the same each time, and puts back what a model keeps without Keras.

    Args:
        model: the model, None for none; where it is not built yet its weights are drawn as its first call would draw them.
    """
    is_to_be_built = model is not None and not model.built
    shares = bool(drawn_from()) or is_to_be_built
    with contextlib.nullcontext() if shares else own_randomness(_SEED), _kept(model):
        yield


@contextlib.contextmanager
def _kept(model: keras.Model | None) -> Iterator[None]:
    of_backend = backends.randomness()
    if model is None or of_backend is None or _thread.model is model:
        yield
        return
    before, _thread.model = _thread.model, model
    try:
        with of_backend.state_kept(model):
            yield
    finally:
        _thread.model = before
