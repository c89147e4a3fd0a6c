"""What notes in records of evaluations say."""

from __future__ import annotations

from tb_seqviz_plugin.schema.remarks.lists import LISTS

REMARKS = {
    **LISTS,
    "bootstrap": "95 %, bootstrap over examples, {draws} draws, seed {seed}",
    "NaN predictions": "{count} predictions are NaN and are left out.",
    "not written": "The model did not write by itself at this step: {error}",
    "does not write": "The model does not write by itself, so that its texts are not measured: {error}",
    "texts left out": "texts= of EvaluationOptions is left out: {error}",
    "texts unknown": "texts= of EvaluationOptions holds {words}, not in the vocabulary.",
    "too many classes": (
        "Precision, recall, F1 and the confusion matrix are left out: there are {classes} classes, and at most {most} are"
        " told apart."
    ),
    "slices left out": "The slices {name} are left out, since {why}.",
    "one label each": "there is one label for each example",
    "takes no ids": "the model takes no ids",
    "nothing is unknown": "no vocabulary says which id stands for unknown words",
    "labels of tokens": "labels are not of whole examples",
    "writes no tokens": "the model writes no tokens",
    "classes too many": "there are too many classes",
    "function returned nothing": "The slices {name} are left out: their function returned None for every example.",
    "function failed": "The slices {name} are left out: their function failed on example {example} ({error}).",
    "few slices": "Of the slices {name} the {count} with the most examples are measured; {others} are left out.",
    "no label counts": (
        "No label counts, so that nothing is measured: all are unknown, masked or of weight 0. Labels are numbers of classes from "
        "0 on, or one-hot vectors."
    ),
    "labels below 0": (
        "All labels that count are of class 1, and {count} are below 0, which stands for one that is not known. Where -1 is the "
        "other class, pass y > 0 as the labels."
    ),
    "area left out": "{measure} is left out: no label is of {classes}.",
    "never predicted": "Never predicted: {classes}; their precision counts as 0.",
    "and others": "{names} and others",
    "slices of tokens": "Slices by {slices} are of tokens, and have only {measures}; other measures are of slices of examples.",
    "kept examples": "{measures}: of the {count} examples that are kept, which the model wrote by itself.",
    "package missing": (
        "{measures} are left out of the measures of texts, since {packages} is not installed. To have all: pip install "
        "'tb-seqviz-plugin[text]'."
    ),
    "packages missing": (
        "{measures} are left out of the measures of texts, since {packages} are not installed. To have all: pip install "
        "'tb-seqviz-plugin[text]'."
    ),
    "edit distance": "edit distance",
    "fewer names": "classes= holds {names} names, and the model tells {classes} classes apart; the others are numbered.",
    "more names": "classes= holds {names} names, and the model tells {classes} classes apart; the last ones stand for nothing.",
    "one of several outputs": (
        "The model {model} returns {count} tensors; number {place} of these is evaluated, on number {target} of the labels. To "
        "evaluate another, pass a model of it alone, such as keras.Model(model.inputs, model.outputs[1]), with its "
        "labels."
    ),
    "weights below 0": "Some weights are below 0, or NaN; labels of such weights do not count.",
    "labels too large": (
        "The labels hold {label}, and the model {model} tells {classes} classes apart, 0 to {last}; such labels are left "
        "out."
    ),
    "a batch left out": "A batch is left out: {error}",
    "batch left out": "Batch {batch} is left out: {error}",
    "cut data set": "The data set does not say how many examples it has; {count} were looked at. Pass max_examples=.",
    "workers missing": (
        "From worker {workers} no counts came for the weights that the chief has, bit for bit, and for what it counts. "
        "The chief evaluates all of the data set from now on. For a share of each, call log(step) on all workers at the "
        "same steps, with the same data set and arguments, and a log_dir that all of them see; moving means of "
        "BatchNormalization differ from worker to worker, unless it is made with synchronized=True."
    ),
}
