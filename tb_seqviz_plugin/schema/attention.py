"""Records of attention weights.

An **attention** record holds, for layer `i` of `AttentionHeader.layers`, in the blobs that `parts` names:

    {i}.weights  uint8   [heads, queries, keys]  round(255 * sqrt(w / scale)); decoded: scale * (q / 255) ** 2
    {i}.scale    float32 [heads, queries]        the largest weight of the row, whatever its sign, rounded up by at most 0.05 %
    {i}.invalid  uint8   [heads, queries, keys]  only where some weight was not finite: 0 finite, 1 NaN, 2 infinite
    {i}.negative uint8   [heads, queries, bytes] only where some weight is below 0: a bit per key, the highest of a byte first,
                                                 1 where the weight is minus what is decoded
    {i}.value_norms float32 [heads, keys]        only where they are known and the layer is not pooled: the length of the value of
                                                 each key, which times the weight is what the key brings

in the blobs that `softmax` names, where the weights are something else than the softmax that they were made from, that softmax:

    {i}.softmax       uint8   [heads, queries, keys]  as `{i}.weights`
    {i}.softmax_scale float32 [heads, queries]        as `{i}.scale`
    {i}.softmax_invalid uint8 [heads, queries, keys]  as `{i}.invalid`
    {i}.softmax_negative uint8 [heads, queries, bytes] as `{i}.negative`

in the blobs that `strongest` names, of a layer that is pooled, the strongest weights of each query, by rising place, so that of a
query which keeps fewer than `count` all other weights are 0:

    {i}.strongest         uint8 [heads, queries, count]  as `{i}.weights`
    {i}.strongest_scale   float32 [heads, queries]       as `{i}.scale`
    {i}.strongest_invalid uint8 [heads, queries, count]  as `{i}.invalid`
    {i}.strongest_negative uint8 [heads, queries, bytes] as `{i}.negative`, a bit per weight
    {i}.strongest_gaps    unsigned [heads, queries, count] how far the key is from the one before, of the first from -1; 0 behind
                                                         the last. As narrow as holds them all

and in blob `AttentionHeader.overview`, for each layer whose `thumbnail` is true:

    {i}.thumbnail uint8  [heads, rows, columns]  weights, max-pooled, 255 * sqrt(w) in 16 levels, on one scale for all

Its measures are a row per head of all layers, in order: `MEASURES`, in the series `heads`. Records of before have
`FORMER_MEASURES`, in the series `measures`.

What is wrong is said in its header, and of all steps in the series `alarms`: a frame with `AlarmsHeader` at each step, so that a
step without alarms is told from one that nobody has watched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from tb_seqviz_plugin.schema.alarms import ALARM_LIMITS as ALARM_LIMITS
from tb_seqviz_plugin.schema.alarms import ALARMS as ALARMS
from tb_seqviz_plugin.schema.remarks import Remark

Role = Literal["encoder self", "decoder self", "cross", "other"]
ROLES: tuple[str, ...] = get_args(Role)
HEAD_MEASURES = (
    ("entropy", "nats", "H = -sum_k w ln w", "Zhai et al. 2023"),
    ("effective_keys", "keys", "exp(H)", "Zhai et al. 2023"),
    ("normalized_entropy", "", "H / ln(allowed keys)", "Zhai et al. 2023"),
    ("max_logit", "", "largest q k / sqrt(d) before the softmax, over all queries", "Dehghani et al. 2023"),
    ("first", "", "w on the first key", "Xiao et al. 2024"),
    ("padding", "", "w on padding", "Clark et al. 2019"),
    ("separator", "", "w on separators and the end", "Clark et al. 2019"),
    ("self", "", "w on the query's own place", "Clark et al. 2019"),
    ("previous", "", "w on the place before", "Clark et al. 2019"),
    ("next", "", "w on the place after", "Clark et al. 2019"),
    ("distance", "tokens", "sum_k w |q - k|", "Vig and Belinkov 2019"),
    ("confidence", "", "max_k w", "Voita et al. 2019"),
    ("induction", "", "w on what came after earlier places of the query's token", "Olsson et al. 2022"),
    ("duplicate", "", "w on earlier places of the query's token", "Wang et al. 2022"),
    ("diagonality", "", "sum_k w (1 - exp(-(q/Q - k/K)^2 / 2g^2)), g = 0.2", "Tachibana et al. 2018"),
    (
        "monotonicity",
        "",
        "share of queries whose strongest key is not before that of the query before",
        "Raffel et al. 2017",
    ),
    ("coverage", "nats", "sum_k ln min(sum_q w, 1), of allowed keys", "Wu et al. 2016"),
    (
        "agreement",
        "",
        "1 - Jensen-Shannon divergence, in bits, to the head of the layer that is most like it, of 32 queries",
        "Clark et al. 2019",
    ),
    ("contribution", "", "sum_k w |v_k|, v_k the value of key k", "Kobayashi et al. 2020"),
)
"""One number per head and step: name, unit, formula, source. Of a row of weights w the mean over the queries, but for `max_logit`,
`monotonicity` and `coverage`, which are of the whole head. Of weights below 0 the magnitude counts, as a share of the row's sum.
New ones are appended, so that a record of before has the first of them.

Queries that are padding take no part. Keys are allowed where the mask says so; without a mask, where the weight is not exactly 0. A
query with one allowed key has no `normalized_entropy`. Of heads whose queries and keys are the same tokens are `self`, `previous`,
`next`, `distance`, and of queries whose token came before `induction` and `duplicate`; of heads whose queries and keys are
different tokens are `diagonality` (0 on the diagonal, of Q queries and K keys without the padding at their ends), `monotonicity`
and `coverage`. Where roles are unknown a head may have both: as many queries as keys are taken for the same tokens unless their
names differ, or they are known to be something else (`LayerHeader.apart`). A layer of one head has no `agreement`, and where the
values that the weights multiply are not known, there is no `contribution`. NaN where one does not apply.
"""
MEASURES = tuple(name for name, *_ in HEAD_MEASURES)
HEAD_SCALARS = (
    ("normalized_entropy", "mean"),
    ("max_logit", "largest"),
    ("first", "mean"),
    ("padding", "largest"),
    ("induction", "largest"),
    ("diagonality", "least"),
)
"""What TensorBoard's own tab of scalars shows of the heads of each layer, as `<tag>/<measure>/<layer>`: one number, since a chart
for each head would be hundreds; of the mean head, or of the one that stands out.
"""
Unit = Literal["ms", "s", "frames"]
UNITS: tuple[Unit, ...] = get_args(Unit)
"""What stretches of time, as of speech, are counted in."""
AlarmKind = Literal[
    "padding",
    "future",
    "uniform",
    "collapsed",
    "entropy collapse",
    "max logit",
    "copies",
    "nan",
    "uncovered",
    "no diagonal",
]
LASTING_RECORDS = 10
"""For so many records in a row something has to be so, where one record may be chance."""
LASTING_BATCHES = 1000
"""And where steps are known to be batches, for so many of them: what has only begun to learn is broad."""
FORMER_MEASURES = ("entropy / ln(keys)", "confidence", "distance / length", "first")
"""Of records that have the series `measures`."""
PADDING_NAME = "pad|padding|null|nul"
SEPARATOR_NAME = "sep|eos|eot|eod|/s|end|stop|end_?of_?\\w+"
"""Special tokens, as [NAME], <NAME> or <|NAME|>, in any case; a token without text is padding, too. `tokens.ts` hides the same."""
WEIGHT_LEVELS = 255
THUMBNAIL_FROM = 64
"""A layer with more queries or keys than this gets a thumbnail; smaller ones are drawn whole."""
THUMBNAIL_SIDE = 28
"""The most rows and columns of a thumbnail."""


@dataclass(frozen=True)
class Part:
    """A stretch of a layer's heads that lies in one blob.

    Args:
        blob: index of the blob in the record.
        first_head: the first head in it.
        heads: how many heads from there.
    """

    blob: int
    first_head: int
    heads: int


@dataclass(frozen=True)
class Alarm:
    """Something that heads of one layer do wrong, told at the step at which it begins.

    Args:
        kind: what it is, one of `ALARMS`.
        step: the step at which it was seen.
        layer: path of the layer.
        call: which call of the layer.
        head: the head in which it is worst, from 0.
        heads: all heads of the layer that began with it at this step, rising.
        value: what was measured of `head`, as `ALARMS` has its unit and limit.
        tokens: the words that it is about, if it is about words.
        text: what was seen, what is the likely cause and what to do, in English.
    """

    kind: AlarmKind
    step: int
    layer: str
    call: int
    head: int
    heads: list[int]
    value: float
    tokens: list[str]
    text: str


@dataclass(frozen=True)
class AlarmsHeader:
    """The alarms of one record, in the series `alarms`.

    Args:
        version: the oldest version of the format that tells all it holds.
        alarms: those that begin at this step.
    """

    version: int
    alarms: list[Alarm]


@dataclass(frozen=True)
class StrongestHeader:
    """The strongest weights of each query of a layer of which all weights are not kept.

    Args:
        parts: where they are, by rising `first_head`.
        queries: number of queries, those of the model.
        keys: number of keys, those of the model.
        count: how many weights of each query are kept, at most.
        query_axis: name in `AttentionHeader.axes` of the tokens along these queries, "" for bare positions.
        key_axis: the same along the keys.
        held: of each head, what share of a query's weight they are, on average; 0 where no query has any.
        least_held: of each head, what share of the query of which they are the least.
        causal: whether all weights on keys after the query's own place are 0, so that those which are not kept are known, too.
    """

    parts: list[Part]
    queries: int
    keys: int
    count: int
    query_axis: str
    key_axis: str
    held: list[float]
    least_held: list[float]
    causal: bool = False


@dataclass(frozen=True)
class LayerHeader:
    """One attention layer as one forward pass used it.

    A layer that a decoder calls once per step with one query each is kept as one matrix: `calls` then has one
    entry per query, in order. Otherwise each call is a layer of its own, told apart by `call`.

    Args:
        path: names of the nested layers, joined by "/", such as "decoder/attention".
        call: which call of this layer it is, from 0; of a stack, the first.
        calls: place of each call among all attention calls of the forward pass.
        role: what it connects, or "other" where that is unknown.
        class_name: the layer's class, "" if there is none.
        heads: number of heads.
        queries: number of queries, that is rows.
        keys: number of keys, that is columns.
        query_axis: name in `AttentionHeader.axes` of the tokens along the queries, "" for bare positions.
        key_axis: the same along the keys.
        parts: where the weights are, by rising `first_head`.
        thumbnail: whether the overview blob holds a thumbnail.
        notes: what a reader should know about these weights, as sentences.
        guessed: which of "queries" and "keys" got their tokens by a guess, from their number alone.
        softmax: where the plain softmax is, by rising `first_head`; empty where it is the weights, or none is known.
        pooled: queries and keys of the blocks of which the strongest weight is kept; empty where all weights are. Then heads,
            queries, keys and tokens are those of the blocks, and measures and alarms those of all weights.
        strongest: the strongest weights of each query beside the blocks, once at most; empty where there are none.
        apart: whether keys are known to be something else than the queries, such as experts, where the role does not tell.
    """

    path: str
    call: int
    calls: list[int]
    role: Role
    class_name: str
    heads: int
    queries: int
    keys: int
    query_axis: str
    key_axis: str
    parts: list[Part]
    thumbnail: bool
    notes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    softmax: list[Part] = field(default_factory=list)
    pooled: list[int] = field(default_factory=list)
    strongest: list[StrongestHeader] = field(default_factory=list)
    apart: bool = False


@dataclass(frozen=True)
class ImageHeader:
    """The image of an example, whose patches are tokens: axes of `first + rows * columns` queries or keys, row by row.

    Args:
        blob: index of the blob with `image`, uint8 [bytes], a PNG.
        width: in pixels.
        height: in pixels.
        rows: of patches.
        columns: of patches.
        first: place of the first patch; what comes before, such as a class token, is no patch.
    """

    blob: int
    width: int
    height: int
    rows: int
    columns: int
    first: int


@dataclass(frozen=True)
class AxisUnit:
    """An axis whose positions are stretches of time, all of one length, one after the other from 0.

    Args:
        axis: its name, as layers have it in `query_axis` or `key_axis`; it has no tokens.
        unit: what its length is counted in.
        per_token: how long a position is, above 0.
    """

    axis: str
    unit: Unit
    per_token: float


@dataclass(frozen=True)
class LeftOut:
    """A layer that attends in the forward pass and is not in the record.

    Args:
        path: names of the nested layers, joined by "/".
        call: which call of this layer it is, from 0; of several with one query each, the first.
        role: what it connects.
        queries: number of queries, of all such calls.
        keys: number of keys.
        after: how many calls of the layers in the record were before it.
    """

    path: str
    call: int
    role: Role
    queries: int
    keys: int
    after: int


@dataclass(frozen=True)
class ForwardPass:
    """A forward pass of which all that attends is known.

    Args:
        left_out: what of it the record does not have, such as by `layers=`.
    """

    left_out: list[LeftOut]


@dataclass(frozen=True)
class AttentionHeader:
    """Blob 0 of an attention record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "attention".
        title: the example in words, such as its source text; may be "".
        record: how many records this tag has had so far, this one counted.
        layers: the layers, in the order of their first call.
        axes: tokens by axis name, such as {"source": [...], "target": [...]}.
        overview: index of the blob with the thumbnails, -1 where there are none.
        notes: what a reader should know about this record, as sentences.
        alarms: what begins to be wrong at this step.
        images: the image of the example, if it has one.
        units: the axes that are time.
        passes: the forward pass, one; none where it is not known whether all that attends in it is in the record.
        reads: of each layer the others that it is computed from, as indices into `layers`, without those that it is computed from
            through another one of them; empty where that is not known.
        remarks: what those of the notes say that are in `schema.remarks`, those of its layers included.
    """

    version: int
    kind: Literal["attention"]
    title: str
    record: int
    layers: list[LayerHeader]
    axes: dict[str, list[str]]
    overview: int
    notes: list[str] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    images: list[ImageHeader] = field(default_factory=list)
    units: list[AxisUnit] = field(default_factory=list)
    passes: list[ForwardPass] = field(default_factory=list)
    reads: list[list[int]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
