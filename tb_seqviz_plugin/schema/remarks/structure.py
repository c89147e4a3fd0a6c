"""What notes in records of structures and statistics say."""

from __future__ import annotations

REMARKS = {
    "no flow": "{reason} Its layers are shown without what flows between them.",
    "no call method": (
        "The model {model} has no call method, so that nothing says how it is run; write one, or log a model inside it, "
        "such as model.encoder."
    ),
    "run op by op": "The model could be run only op by op, on one batch: what other batches take may differ ({error}).",
    "ended early": (
        "The forward pass ended early ({error}), so that what comes after it is missing; layers that it did not reach "
        "have no calls and no shapes."
    ),
    "call ended": "Its call ended with {error}",
    "not called": "The forward pass does not call it.",
    "weights of its own": (
        "It is made inside a call or kept where Keras does not see it, so that its weights are not the model's."
    ),
    "too many layers": (
        "There are no {what}, since the model has {layers} layers and of more than {most} only the weights are measured."
    ),
    "no batch": (
        "There are no {what}, since no batch was given; pass inputs=(x, y), such as inputs=(x_train[:32], y_train[:32])."
    ),
    "not run": "There are no {what}, since the model {model} has no call method.",
    "activations": "activations",
    "gradients": "gradients",
    "activations and gradients": "activations and gradients",
    "first examples": "The statistics are of the first {examples} examples, as many as the model takes at a time.",
    "no targets": "There are no gradients, since the probe batch has no targets; pass inputs=(x, y).",
    "no loss": (
        "There are no gradients, since the model {model} has no loss; give one to compile(loss=...), or leave 'gradients'"
        " out of statistics."
    ),
    "failing loss": "There are no gradients, since the loss of the model {model} cannot be computed: {error}",
}
