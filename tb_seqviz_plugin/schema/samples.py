"""Records of generated samples.

A **samples** record holds what a model wrote at one step: all prompts, temperatures and repeats. Its tokens lie in the blobs that
`SampleHeader` names, those of several samples one after the other:

    token        uint    [tokens]        place in `SamplesHeader.vocabulary`
    length       uint    [tokens]        code points of the text that the token adds; of several that make one, the last adds it
    probability  uint8   [2, tokens]     high and low bytes of round(-1024 log2 p); 65534 stands for 0, 65535 for NaN
    rank         uint    [tokens]        place among all tokens by probability, from 1; 0 where it is not known

in blobs of their own the alternatives at each place, by falling probability:

    token        uint    [tokens, alternatives]
    probability  uint8   [2, tokens, alternatives]

and in one blob per beam search its tree, every node after its parent:

    parent       int32   [nodes]         -1: follows the prompt
    token        uint    [nodes]
    probability  uint8   [2, nodes]      of the token after those before it
    score        float32 [nodes]         what hypotheses were compared by
    best         uint8   [nodes]         1 on the hypothesis chosen
    end          uint8   [nodes]         1 where a hypothesis ends

"uint" is the narrowest unsigned integer that holds the values.

Its measures are a row per sample, `SAMPLE_MEASURES`; its texts are `TextsHeader`, and its setup is `SamplesSetup`, without arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tb_seqviz_plugin.schema.remarks import Remark

SAMPLE_MEASURES = (
    "log_probability",
    "perplexity",
    "length",
    "distinct_1",
    "distinct_2",
    "distinct_3",
    "longest_repeat",
    "repetitive",
    "copied",
    "exact_match",
    "edit_distance",
    "chrf",
    "bleu",
)
"""One number per sample and step, NaN where there is nothing to measure; `records/samples/measures.py` defines them."""


@dataclass(frozen=True)
class SampleKey:
    """Which sample it is.

    Args:
        prompt: place in `SamplesSetup.prompts`.
        temperature: what the scores were divided by; 0 always takes the most probable token.
        repeat: which of the samples of this prompt and temperature it is, from 0.
        beams: width of the beam search, 0 where tokens were drawn one by one.
    """

    prompt: int
    temperature: float
    repeat: int
    beams: int


@dataclass(frozen=True)
class SamplesSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: the oldest version of the format that tells all it holds.
        prompts: what the samples continue, or are made from.
        references: what was expected of each prompt; empty where nothing was.
        samples: the samples of each record, in order.
    """

    version: int
    prompts: list[str]
    references: list[str]
    samples: list[SampleKey]


@dataclass(frozen=True)
class TextsHeader:
    """The texts of one record.

    Args:
        version: the oldest version of the format that tells all it holds.
        texts: what was generated, without the prompt, in the order of `SamplesSetup.samples`.
    """

    version: int
    texts: list[str]


@dataclass(frozen=True)
class SampleHeader:
    """Where the tokens of one sample lie.

    Args:
        tokens: how many there are, 0 where only the text is known.
        first: place of the first in the arrays of its blobs.
        blob: index of the blob with its tokens, -1 for none.
        alternatives: index of the blob with their alternatives, -1 for none.
        tree: index of the blob with the tree of its beam search, -1 for none.
        attention: name of the attention record of this sample, "" for none.
        first_query: which query of that attention chose the first token.
        notes: what a reader should know about this sample, as sentences.
    """

    tokens: int
    first: int
    blob: int
    alternatives: int
    tree: int
    attention: str
    first_query: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SamplesHeader:
    """Blob 0 of a samples record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "samples".
        record: how many records this tag has had so far, this one counted.
        samples: the samples, in the order of `SamplesSetup.samples`.
        vocabulary: every token of the record once, as text.
        notes: what a reader should know about this record, as sentences.
        remarks: what those of the notes say that are in `schema.remarks`, those of its samples included.
    """

    version: int
    kind: Literal["samples"]
    record: int
    samples: list[SampleHeader]
    vocabulary: list[str]
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, metadata={"later": True})
