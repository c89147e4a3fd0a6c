"""Graphs that run as they were traced: to have TensorFlow optimise one takes longer than it saves in a few runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def as_traced() -> Iterator[None]:
    """Leaves functions that this thread calls in the context as they were traced; others, as those of training, are optimised."""
    from tensorflow.core.protobuf.config_pb2 import ConfigProto
    from tensorflow.python.eager import context

    own = context.context()
    before = own.function_call_options
    config = ConfigProto.FromString(before.config_proto_serialized)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    own.function_call_options = context.FunctionCallOptions(before.executor_type, config)
    try:
        yield
    finally:
        own.function_call_options = before
