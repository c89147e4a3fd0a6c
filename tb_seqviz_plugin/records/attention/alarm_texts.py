"""What an alarm says: what was seen, what is the likely cause, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tb_seqviz_plugin.schema.attention import LASTING_RECORDS, AlarmKind

_MOST_NAMED = 6

_TEXTS: Mapping[AlarmKind, tuple[str, str]] = {
    "padding": (
        "{heads} of {layer} put up to {value:.1%} of the weight on padding",
        "The padding mask probably does not reach this layer: pass mask_zero=True to the embedding or attention_mask= to the "
        "layer, and see that no layer in between drops the mask.",
    ),
    "future": (
        "{heads} of {layer}, in a decoder, put up to {value:.1%} of the weight on later tokens",
        "The causal mask is probably missing, so that the model reads the tokens that it is to predict: pass use_causal_mask=True. "
        "Where it may look ahead, say so: layers={{{layer}: 'encoder self'}}.",
    ),
    "uniform": (
        "{heads} of {layer} looked at all allowed tokens alike in {records} records in a row (normalised entropy {value:.3f})",
        "The head learns nothing: its queries or keys may be close to 0, their gradients cut off, or the learning rate too small.",
    ),
    "collapsed": (
        "{heads} of {layer} put {value:.1%} of the weight on one token, whatever the query, in {records} records in a row",
        "On the first token or a separator it may be a head at rest, which does no harm; elsewhere queries are ignored: look at "
        "the size of the keys, and try a smaller learning rate or normalised queries and keys.",
    ),
    "entropy collapse": (
        "{heads} of {layer} became one-hot: the normalised entropy fell to {value:.4f}",
        "The scores have probably grown until the softmax is saturated, which makes training unstable: try a smaller learning "
        "rate, warm-up, or normalised queries and keys.",
    ),
    "max logit": (
        "{heads} of {layer} have scores before the softmax of up to {value:.0f}",
        "Queries and keys grow without bound, which ends in one-hot weights or NaN: normalise queries and keys, clip them, or use "
        "a smaller learning rate or weight decay; see that scores are divided by the root of their size.",
    ),
    "copies": (
        "{heads} of {layer} look at the same: half of the summed difference to another head is {value:.5f}",
        "They were probably made alike, as by a constant initializer, or share their weights: initialise each head at random.",
    ),
    "nan": (
        "{heads} of {layer} have weights that are not numbers, up to {value:.0f} in a head",
        "Something before the softmax is NaN or infinite: often a loss that exploded, half precision, or a row in which all is "
        "masked by -inf; go back to the step before and look at the structure's statistics.",
    ),
    "uncovered": (
        "No head of any cross layer looks at {tokens}",
        "A mask may hide words of the source, or cut it too early; if the weights alone do so, the decoder passes them over.",
    ),
    "no diagonal": (
        "No head of a cross layer has aligned the two sequences in {records} records in a row: the weights lie off the diagonal as "
        "equal weights would ({value:.2f} of 1)",
        "The decoder may do without the encoder: look at the encoder's outputs and the cross layers' gradients, and in speech try "
        "guided attention or a location-sensitive layer.",
    ),
}


def text_of(kind: AlarmKind, layer: str, heads: Sequence[int], of: int, value: float, tokens: Sequence[str]) -> str:
    """Returns the sentences of an alarm.

    Args:
        kind: what it is.
        layer: path of the layer.
        heads: those that it is about.
        of: how many heads the layer has.
        value: what was measured of the worst.
        tokens: the words that it is about.

    >>> print(text_of("padding", "encoder/attention", [0, 2], 4, 0.25, ()).partition(". ")[0])
    Heads 0 and 2 of 'encoder/attention' put up to 25.0% of the weight on padding
    """
    words = {
        "heads": _heads(heads, of),
        "layer": repr(layer),
        "value": value,
        "tokens": _listed([repr(token) for token in tokens]),
        "records": LASTING_RECORDS,
    }
    return ". ".join(sentence.format(**words) for sentence in _TEXTS[kind])


def _heads(heads: Sequence[int], of: int) -> str:
    if len(heads) == of:
        return "The head" if of == 1 else f"All {of} heads"
    return f"Head {heads[0]}" if len(heads) == 1 else f"Heads {_listed(list(map(str, heads)))}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
