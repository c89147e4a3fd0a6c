"""Transcript: what was generated, from ids to texts with their tokens."""

from __future__ import annotations

from collections.abc import Sequence

from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamTree as IdTree
from tb_seqviz_plugin.callbacks.errors import VocabularyError
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.samples.attention import Attended
from tb_seqviz_plugin.callbacks.samples.prompts import Prompts
from tb_seqviz_plugin.callbacks.text.spans import spans_of
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.callbacks.warn_once import WarnOnce
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.records.samples.record import BeamTree, Sample


class Transcript:
    """Writes samples out.

    Args:
        tokenizer: of what was generated.
        prompts: what it continues.
        end: id of the token that ends a sample, None for none.
        warn: is told what cannot be decoded, once of each kind.
        end_name: what the end is called where the tokenizer leaves it out as it decodes.
    """

    def __init__(self, tokenizer: Vocabulary, prompts: Prompts, end: int | None, warn: WarnOnce, end_name: str) -> None:
        self._tokenizer, self._prompts, self._end, self._warn = tokenizer, prompts, end, warn
        self._end_name = end_name
        # The end that a tokenizer knows as such is not part of the text; a line break, say, is.
        self._end_is_silent = end is not None and tokenizer.is_silent(end)

    def __call__(self, generated: Sequence[Generated], beams: int, attended: Sequence[Attended]) -> list[Sample]:
        """Returns samples with the texts of their ids.

        Args:
            generated: what the model wrote.
            beams: width of the beam search that found those with a tree.
            attended: where the attention of each was logged; empty if it was not.
        """
        wheres = attended or [Attended("")] * len(generated)
        return [self._sample(one, beams, where) for one, where in zip(generated, wheres, strict=True)]

    def _sample(self, one: Generated, beams: int, where: Attended) -> Sample:
        ids = one.ids.tolist()
        ends_silently = self._end_is_silent and ids[-1:] == [self._end]
        notes = [*one.notes, *where.notes]
        try:
            text, tokens, lengths = spans_of(self._tokenizer, ids[:-1] if ends_silently else ids)
        except VocabularyError as error:
            notes.append(remark("token by token", error=str(error)))
            self._warn(
                f"Samples that cannot be decoded as a whole are shown token by token, such as one of prompt {one.prompt}: {error}",
                about=f"cannot be decoded: {type(error.__cause__).__name__}",
            )
            tokens = [self._tokenizer.token(id) for id in ids[: len(ids) - ends_silently]]
            text, lengths = "".join(tokens), list(map(len, tokens))
        if ends_silently:
            tokens, lengths = [*tokens, self._name(ids[-1])], [*lengths, 0]
        references = self._prompts.references
        return Sample(
            prompt=self._prompts.texts[one.prompt],
            text=text,
            temperature=one.temperature,
            repeat=one.repeat,
            tokens=tokens,
            probabilities=one.probabilities.tolist(),
            ranks=one.ranks.tolist(),
            alternatives=self._alternatives(one),
            lengths=lengths,
            reference=None if references is None else references[one.prompt],
            beams=beams if one.tree is not None else 0,
            tree=None if one.tree is None else self._tree(one.tree),
            attention=where.name,
            first_query=where.first_query,
            notes=notes,
        )

    def _name(self, id: int) -> str:
        """Returns what a token is called where it stands by itself."""
        return self._tokenizer.token(id) or (self._end_name if id == self._end else "")

    def _alternatives(self, one: Generated) -> list[list[tuple[str, float]]]:
        rows = zip(one.alternative_ids.tolist(), one.alternative_probabilities.tolist(), strict=True)
        return [[(self._name(id), value) for id, value in zip(ids, values, strict=True)] for ids, values in rows]

    def _tree(self, tree: IdTree) -> BeamTree:
        return BeamTree(
            parents=tree.parents,
            tokens=[self._name(id) for id in tree.token_ids.tolist()],
            probabilities=tree.probabilities,
            scores=tree.scores,
            best=tree.is_best,
            ends=tree.is_end,
        )
