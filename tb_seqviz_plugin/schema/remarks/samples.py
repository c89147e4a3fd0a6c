"""What notes in records of samples say."""

from __future__ import annotations

from tb_seqviz_plugin.schema.remarks.lists import LISTS

REMARKS = {
    **LISTS,
    "NaN at token": "NaN at token {token}: the model returned no probabilities, and the text ends before it.",
    "from a token on": "From token {token} on: {how}",
    "from the one before": "Each token was written from the one before it, {way}.",
    "states of its own": "with the states that the model keeps itself",
    "recurrent states": "with the states of the recurrent layers",
    "cut graph": "through the graph of the model, cut at the newest token",
    "from the whole": "Each token was written from the whole text before it, since {why}.",
    "looks ahead": "a token changes what the model says before it",
    "draws": "the model draws random numbers, and says something else of the same text each time",
    "one token only": "the model takes {tokens} tokens, and speaks of the one after them only",
    "not on one token": "it cannot be run on one token: {error}",
    "stepping failed": "stepping failed: {error}",
    "said otherwise": "a plain pass over the texts said something else than was said step by step",
    "padded prompt": "a prompt holds padding",
    "sliding window": "the text slides through a window of {window} tokens",
    "depends on length": "what it says of a token depends on how many follow",
    "steps differ": "step by step it says something else of a text of {tokens} tokens",
    "other inputs": "it takes a source or one length only",
    "not recurrent": "it has no recurrent layer",
    "reads backwards": "the layer {layer} reads the text backwards",
    "runs over another": "the layer {layer} runs over something else than the text, or several times",
    "op by op only": "it runs op by op only",
    "no places": "an operand of the shape {shape} has no places along its axis {axis}",
    "function of its own": "the op {op} ({kind}) runs a function of its own",
    "from the end": "the layer {layer} runs from the end of the text",
    "not along": "the layer {layer} does not run along the text",
    "states from text": "the first states of the layer {layer} depend on the text",
    "not by rows": "what is kept is not kept by rows",
    "not of the text": "what it says does not depend on the text",
    "computes a shape": "the op {op} ({kind}) computes an axis or a shape",
    "not in order": "what it says of each token is not in the order of the text",
    "prompt cut": "The prompt has {tokens} tokens; the model was shown the last {window} of them.",
    "few positions": "The model has positions for {positions} tokens; it was shown the last {positions} at a time.",
    "states of zero": "The model is stateful, and was shown the last {window} tokens at a time, each time from states of zero.",
    "zeros before": "The prompt has {tokens} tokens and the model takes {width}; zeros were put before it.",
    "no room": "The task has positions for {positions} tokens, of which the prompt takes {tokens}; a sample ends after {room}.",
    "token by token": "Its tokens are shown one by one, as the whole cannot be decoded: {error}",
    "attention not logged": (
        "The attention is not logged: the model would have to be shown all {tokens} tokens before the last one, and was "
        "shown {most} at a time."
    ),
    "attention cut": (
        "The attention is logged up to token {token}: from there on the model was shown the last {most} tokens only, not "
        "all before."
    ),
    "package missing for references": (
        "There are references, and {packages} is not installed: {measures} are left out of the measures. Texts, "
        'references and exact matches are logged all the same. To have all measures: pip install "tb-seqviz-'
        'plugin[text]".'
    ),
    "packages missing for references": (
        "There are references, and {packages} are not installed: {measures} are left out of the measures. Texts, "
        'references and exact matches are logged all the same. To have all measures: pip install "tb-seqviz-'
        'plugin[text]".'
    ),
    "edit distance": "edit distance",
    "chrF and BLEU": "chrF and BLEU",
}
