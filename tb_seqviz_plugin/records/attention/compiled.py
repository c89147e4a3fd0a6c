"""Heads of large layers read by compiled loops, where Numba is installed."""

from __future__ import annotations

import warnings
from functools import cache
from types import ModuleType

import numpy as np

from tb_seqviz_plugin.records.attention.pooling import HeadPool
from tb_seqviz_plugin.records.attention.rows import Float, Mask, Places, Reader, Rows
from tb_seqviz_plugin.records.attention.strongest import have_shares

_WORTH = 1 << 24
"""Weights of a layer that are worth loading what is compiled, half a second, and once on a machine compiling it, six."""


def loops_for(count: int) -> ModuleType | None:
    """Returns `loops` for a layer of so many weights; None where it is not worth it, or without Numba."""
    return _loops() if count >= _WORTH else None


@cache
def _loops() -> ModuleType | None:
    """Returns the module if what it compiles runs, which is tried before a record depends on it."""
    try:
        from tb_seqviz_plugin.records.attention import loops

        identity = np.eye(2, dtype=np.float32)
        CompiledReader(loops, 2, 2, True, None, np.zeros(0, np.intp))(identity)
        loops.divergence(identity[:, None], np.ones((2, 1), np.float32))
    except ModuleNotFoundError:
        return None
    except Exception as error:
        warnings.warn(
            f"Numba cannot compile what reads long heads ({type(error).__name__}: {error}); numpy reads them instead, which takes "
            "five times as long. Try `pip install --upgrade numba`.",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return loops


class CompiledReader(Reader):
    """Reads the heads of a layer as `Reader` does, each at once.

    Args:
        loops: the module of that name.
        queries: how many there are.
        keys: how many there are.
        same: whether they are the same tokens, place by place.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 say so.
        padded: places of queries that take no part.
    """

    def __init__(
        self, loops: ModuleType, queries: int, keys: int, same: bool, mask: Mask | None, padded: Places
    ) -> None:
        super().__init__(queries, keys, same, mask, padded)
        self._loops = loops

    def __call__(self, head: Float, into: HeadPool | None = None) -> Rows:
        """Returns what is found of a head, float32 [queries, keys], and fills a pool with it."""
        head = np.ascontiguousarray(head).view()
        # As those of a spool: of each kind of array a version of its own would be compiled.
        head.flags.writeable = False
        kept = HeadPool.nothing(len(head)) if into is None else into
        of_rows, counts, columns, seen, broken, is_signed = self._loops.read_head(
            head,
            head.view(np.uint32),
            self._real,
            self._same,
            kept.block,
            kept.blocks,
            kept.places,
            kept.strongest,
        )
        totals = of_rows[0]
        kept.add_shares(0, of_rows[9], totals)
        is_causal = self._same and not (of_rows[4] != 0).any()
        with np.errstate(all="ignore"):
            usable = have_shares(totals) & self._real
            if not usable.all():
                of_rows, counts = of_rows[:, usable], counts[:, usable]
            totals = of_rows[0]
            largest, least, weighed, ahead, distance, *near = of_rows[1:9] * (1 / totals)
            strongest, allowed = counts.astype(np.intp)
            return Rows(
                places=np.flatnonzero(usable),
                totals=totals,
                largest=largest,
                least=least,
                strongest=strongest,
                entropy=np.maximum(np.log(totals) - weighed, 0),
                counts=allowed if self._counts is None else self._counts[usable],
                ahead=ahead,
                distance=distance,
                near=np.stack(near),
                columns=columns / np.float32(max(len(totals), 1)),
                keys=self._keys_of(np.logical_or(seen << 1, columns)),
                broken=broken,
                is_signed=is_signed,
                is_causal=is_causal,
            )

    def _keys_of(self, seen: Mask) -> Mask:
        """Returns the keys that any query may look at, which are those that are seen where there is no mask."""
        return seen if self._mask is None else np.asarray(self._mask[self._real].any(axis=0))
