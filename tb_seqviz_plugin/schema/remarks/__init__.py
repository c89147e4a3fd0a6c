"""What remarks of a record say: its notes that this package writes itself, by code, so that the page says them in its language.

A note is an English sentence, which is all that Python shows. The header of a record has beside its notes a `Remark` for each that
is one of `REMARKS`: its code and the values that stand in it. The page looks up the code in its catalogue, of which the English one
is generated from this; of a code that it does not know, of values that are not there, and of notes without a remark, such as a
user's own, it shows the note as it is.

A value may be a remark itself, where a part of the sentence is one of several. Numbers are grouped, such as "12,345"; what is not
to be, and what comes from the user, such as the name of a layer, is a text.
"""

from __future__ import annotations

from dataclasses import dataclass

from tb_seqviz_plugin.schema.remarks import attention, embeddings, evaluation, samples, structure

REMARKS = {
    module.__name__.rpartition(".")[2]: module.REMARKS
    for module in (attention, embeddings, evaluation, samples, structure)
}
"""English sentences by code, and by the view of the page that shows them; a code that two views have says the same in both."""


@dataclass(frozen=True)
class Remark:
    """What a note of a record says, so that it can be said in another language.

    Args:
        text: the note, in English, as it stands among the notes of the record or in a value of another remark.
        code: which sentence of `REMARKS` it is.
        numbers: the numbers in it, by name.
        texts: the texts in it, by name; one may be a remark, too.
    """

    text: str
    code: str
    numbers: dict[str, float]
    texts: dict[str, str]
