"""What all kinds of records share: their names, versions and tags."""

from __future__ import annotations

from typing import Literal, get_args

PLUGIN_NAME = "seqviz"
SCHEMA_VERSION = 2
"""The newest version that this package reads.

A record is of the oldest version that tells all it holds, so that a package of before reads on what it understands: `BASE_VERSION`,
or `SIGNED_VERSION` where an attention weight is below 0, which older ones would draw without its sign. A field that was added later
is left out where it says nothing (`later` in its metadata says so to `wire/frame.py`), and names that a reader does not know are
passed over.
"""
BASE_VERSION = 1
SIGNED_VERSION = 2
HEADER_KEY = "seqviz"
Beside = Literal["measures", "heads", "texts", "setup", "alarms"]
BESIDE: tuple[Beside, ...] = get_args(Beside)
"""Kinds of the series beside a record; the tag is `<beside>/<tag of the record>`."""
OVERHEAD = "overhead"
"""TensorBoard's own tab of scalars shows under it what logging costs: `overhead/<percent, seconds, ...>/<tag of the records>`."""
_LOOKALIKES = str.maketrans({'"': "\N{FULLWIDTH QUOTATION MARK}", "\\": "\N{FULLWIDTH REVERSE SOLIDUS}"})


def readable_name(name: str) -> str:
    """Returns the name of a record as it is stored: TensorBoard's data server reads no tag with a `"` or a backslash in it
    (2.21.0), so that each becomes the full-width character that looks like it.

    >>> readable_name('She said "no"')
    'She said ＂no＂'
    """
    return name.translate(_LOOKALIKES)


def make_tag(kind: str, name: str) -> str:
    """Returns the tag of a record.

    Args:
        kind: what the record is.
        name: such as that of the probe example, "probe/0"; it may hold slashes.

    Returns:
        `<kind>/<name>`, the name as `readable_name` gives it.

    Raises:
        ValueError: if the name is empty, has space at its ends, or has characters that cannot be printed.

    >>> make_tag("attention", "probe/0")
    'attention/probe/0'
    """
    if not isinstance(name, str) or not name or name != name.strip() or not name.isprintable():
        raise ValueError(
            f"The name of a record is {name!r}; expected printable text without space at its ends. "
            "Pass a short name such as 'example'."
        )
    return f"{kind}/{readable_name(name)}"


def parse_tag(tag: str) -> tuple[str, str]:
    """Splits a tag into kind and name; the reverse of `make_tag`.

    >>> parse_tag("attention/probe/0")
    ('attention', 'probe/0')
    """
    kind, _, name = tag.partition("/")
    return kind, name
