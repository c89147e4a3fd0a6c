"""The wire format: what a record holds, how it is named, and how its bytes are laid out.

This is the only definition. `wire/frame.py` turns these headers and arrays into bytes, the browser's types
(`frontend/src/wire/schema.gen.ts`) are generated from this folder, and golden bytes are decoded by both languages.

One **record** belongs to one (run, tag, step). It is stored as one summary value of data class BLOB_SEQUENCE, a rank-1
string tensor of **blobs**. A blob is a gzip-compressed **frame**; a frame is a safetensors file:

    u64 little endian: length of the JSON header | JSON header | array bytes, little endian

Blob 0 is the record's *header frame*: no arrays, and the JSON of a header dataclass of this folder as text under
`__metadata__.seqviz`. The blobs after it hold the arrays.

What the arrays of each kind are is said in its file. Beside a record stand small series of data class TENSOR, so that all steps
of one cost one read:

    measures/<tag>  float32 [rows, measures]   per head of all layers, in order, `MEASURES`; per sample `SAMPLE_MEASURES`;
                                               of embeddings one row, `EMBEDDING_MEASURES`;
                                               of statistics one row per layer, `STATISTICS`
    texts/<tag>     string  [1]                of samples: a frame without arrays, `TextsHeader`
    setup/<tag>     string  [1]                of samples: a frame without arrays, `SamplesSetup`, first in each file and when it
                                               changes; it holds for what comes after it. Of embeddings: a frame with
                                               `EmbeddingsSetup` and `row`, uint [rows], each vector's place in the table.
                                               Of statistics: a frame without arrays, `StatisticsSetup`
"""

from tb_seqviz_plugin.schema.answers import (
    EmbeddingMapHeader,
    EmbeddingWords,
    Failure,
    SeriesInfo,
    SeriesList,
    StepList,
)
from tb_seqviz_plugin.schema.attention import (
    MEASURES,
    ROLES,
    THUMBNAIL_FROM,
    THUMBNAIL_SIDE,
    WEIGHT_LEVELS,
    AttentionHeader,
    LayerHeader,
    Role,
)
from tb_seqviz_plugin.schema.common import (
    BESIDE,
    HEADER_KEY,
    PLUGIN_NAME,
    SCHEMA_VERSION,
    Beside,
    Part,
    make_tag,
    parse_tag,
    readable_name,
)
from tb_seqviz_plugin.schema.embeddings import EMBEDDING_MEASURES, FREQUENCY_COLUMNS, EmbeddingsHeader, EmbeddingsSetup
from tb_seqviz_plugin.schema.samples import (
    SAMPLE_MEASURES,
    SampleHeader,
    SampleKey,
    SamplesHeader,
    SamplesSetup,
    TextsHeader,
)
from tb_seqviz_plugin.schema.statistics import STATISTICS, StatisticsHeader, StatisticsSetup
from tb_seqviz_plugin.schema.structure import (
    EdgeKind,
    LayerRole,
    StructureEdge,
    StructureHeader,
    StructureNode,
    StructureTensor,
)

__all__ = [
    "AttentionHeader",
    "BESIDE",
    "Beside",
    "EMBEDDING_MEASURES",
    "EdgeKind",
    "EmbeddingMapHeader",
    "EmbeddingWords",
    "EmbeddingsHeader",
    "EmbeddingsSetup",
    "FREQUENCY_COLUMNS",
    "Failure",
    "HEADER_KEY",
    "LayerHeader",
    "LayerRole",
    "MEASURES",
    "PLUGIN_NAME",
    "Part",
    "ROLES",
    "Role",
    "SAMPLE_MEASURES",
    "SCHEMA_VERSION",
    "STATISTICS",
    "SampleHeader",
    "SampleKey",
    "SamplesHeader",
    "SamplesSetup",
    "SeriesInfo",
    "SeriesList",
    "StatisticsHeader",
    "StatisticsSetup",
    "StepList",
    "StructureEdge",
    "StructureHeader",
    "StructureNode",
    "StructureTensor",
    "THUMBNAIL_FROM",
    "THUMBNAIL_SIDE",
    "TextsHeader",
    "WEIGHT_LEVELS",
    "make_tag",
    "parse_tag",
    "readable_name",
]
