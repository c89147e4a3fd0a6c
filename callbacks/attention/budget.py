"""How much a run may take on the disk: a step gets a share of what is left, so that logging goes on for ever inside of it."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.arguments import whole_number

DEFAULT_BYTES = 4 << 30
"""What TensorBoard's server holds of a run, too: it keeps every step in memory."""
_SHARE = 32


class ByteBudget:
    """The bytes that the event files of a run may take.

    Args:
        limit: how many; None for any number.

    Raises:
        ValueError: if it is something else than a whole number above 0.
    """

    def __init__(self, limit: int | None) -> None:
        number = None if limit is None else whole_number(limit)
        if limit is not None and (number is None or number < 1):
            raise ValueError(
                f"byte_budget={limit!r}; expected a whole number of bytes that the run may take, such as {DEFAULT_BYTES}, or None "
                "for any number."
            )
        self._limit = number

    def of_step(self, used: int) -> int | None:
        """Returns how many bytes a step may take: one part in 32 of what is left; None for any number.

        Args:
            used: how many the event files of the run take already.
        """
        if self._limit is None:
            return None
        return max(self._limit - used, 0) // _SHARE
