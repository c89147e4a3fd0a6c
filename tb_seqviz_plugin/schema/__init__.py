"""The wire format: what a record holds, how it is named, and how its bytes are laid out.

This is the only definition. `wire/frame.py` turns these headers and arrays into bytes, the browser's types
(`frontend/src/wire/schema.gen.ts`) are generated from this folder, and golden bytes are decoded by both languages.

One **record** belongs to one (run, tag, step). It is stored as one summary value of data class BLOB_SEQUENCE, a rank-1
string tensor of **blobs**. A blob is a gzip-compressed **frame**; a frame is a safetensors file:

    u64 little endian: length of the JSON header | JSON header | array bytes, little endian

Blob 0 is the record's *header frame*: no arrays, and the JSON of a header dataclass of this folder as text under
`__metadata__.seqviz`. The blobs after it hold the arrays.

Beside a record may stand small series of data class TENSOR, so that all steps of one cost one read:

    measures/<tag>  float32 [rows, measures]   numbers by which steps are compared
    heads/<tag>     float32 [heads, measures]  the same of attention
    texts/<tag>     string  [1]                a frame of texts, and of what is small enough to be read of all steps at once
    setup/<tag>     string  [1]                a frame of what stays the same, first in each file and when it changes; it holds for
                                               what comes after it
    alarms/<tag>    string  [1]                a frame of what begins to be wrong at the step

What each kind holds is said in its file, and imported from there; what all kinds share, from here.
"""

from tb_seqviz_plugin.schema.common import (
    BASE_VERSION,
    BESIDE,
    HEADER_KEY,
    OVERHEAD,
    PLUGIN_NAME,
    SCHEMA_VERSION,
    SIGNED_VERSION,
    Beside,
    make_tag,
    parse_tag,
    readable_name,
)

__all__ = [
    "BASE_VERSION",
    "BESIDE",
    "Beside",
    "HEADER_KEY",
    "OVERHEAD",
    "PLUGIN_NAME",
    "SCHEMA_VERSION",
    "SIGNED_VERSION",
    "make_tag",
    "parse_tag",
    "readable_name",
]
