"""What notes in records of embeddings say."""

from __future__ import annotations

REMARKS = {
    "with hint": "{note} {hint}",
    "headings taken": "The first line of {path} was taken as headings.",
    "like a heading": "The first line of {path}, {line}, looks like a heading; a single column has none.",
    "no row of padding": "Labels that leave out row 0, that of padding, fit with skip_rows=(0,).",
    "no labels": "Layer {layer} has no labels, and its rows are named by their numbers: {error}",
    "more labels": (
        "Layer {layer} has {rows} rows and {labels} labels were given, {more} more; its rows are named by their numbers."
    ),
    "a label missing": (
        "Layer {layer} has {rows} rows and {labels} labels were given, 1 fewer; the last row is named by its number."
    ),
    "labels missing": (
        "Layer {layer} has {rows} rows and {labels} labels were given, {fewer} fewer; the last {fewer} rows are named by "
        "their numbers."
    ),
    "words missing": "The vocabulary has {words} words for {rows} rows; the last {fewer} are named by their numbers.",
    "labels fit others": (
        "These labels fit {others}, too; if they are meant for one table, give them by layer: labels={{{layer}: ...}}."
    ),
    "column left out": "The column {column} has {values} values for the {rows} rows of layer {layer}; it is left out.",
    "all skipped": "skip_rows leaves out all {rows} rows of layer {layer}; they are all logged.",
    "too many rows": "Layer {layer} has {rows} rows; the Projector draws {most}, so only so many are logged: {which}.",
    "most frequent": "those of the highest {column}",
    "first": "the first, since vocabularies begin with the most frequent words",
    "repeated label": "1 label stands at several rows: {labels}.",
    "repeated labels": "{count} labels stand at several rows: {labels}.",
    "long label": "1 label is longer than {most} characters, the longest {longest}; the Projector shows the beginning.",
    "long labels": (
        "{count} labels are longer than {most} characters, the longest {longest}; the Projector shows the beginning."
    ),
    "not finite vectors": (
        "{count} of {of} vectors of layer {layer} hold NaN or infinity, such as that of {label}; the Projector leaves "
        "them out."
    ),
    "stored as": "The table is stored as {mode}; these are the vectors that the model makes of it.",
    "mean": "The output of each example has shape {shape}; shown is its mean but for the last axis.",
    "mean with padding": (
        "The output of each example has shape {shape}; shown is its mean but for the last axis, padding counted: the "
        "layer passes on no mask."
    ),
    "mean without padding": (
        "The output of each example has shape {shape}; shown is its mean but for the last axis, padding left out."
    ),
}
