/** The tokens of a sample from its blobs, see `tb_seqviz_plugin/schema.py`. */

import { checked } from "../../wire/checked";
import { arrayOf, type Frame, FrameError, wholeNumbers } from "../../wire/frame";
import { probabilitiesOf } from "../../wire/probability";
import type { SampleHeader, SamplesHeader } from "../../wire/schema.gen";
import { samplesHeader } from "../../wire/shapes/samples.gen";
import type { Alternative, BeamNode, SampleTokens, Stretch } from "../types";

/** Returns the header of a record from its blob 0. */
export function readHeader(frame: Frame): SamplesHeader {
  return checked(samplesHeader, frame.header);
}

/** Returns the tokens of one sample from the blob that its header names. */
export function tokensOf(header: SamplesHeader, sample: SampleHeader, frame: Frame, text: string): SampleTokens {
  const { first, tokens: count } = sample;
  const cut = <Data extends { slice(from: number, to: number): Data }>(data: Data) => data.slice(first, first + count);
  const all = wholeNumbers(frame, "token", [null]).shape;
  const places = cut(wholeNumbers(frame, "token").data);
  const lengths = cut(wholeNumbers(frame, "length", all).data);
  if (first < 0 || places.length !== count) {
    throw new FrameError(`A blob has not the ${count} tokens from ${first} on that its header promises.`);
  }
  return {
    tokens: Array.from(places, (index) => header.vocabulary[index] ?? ""),
    stretches: stretchesOf(text, lengths),
    probabilities: Float32Array.from(probabilitiesOf(frame, first, count)),
    ranks: cut(wholeNumbers(frame, "rank", all).data),
  };
}

/** Returns where tokens lie in a text as JavaScript counts, from the code points that each adds. */
export function stretchesOf(text: string, lengths: ArrayLike<number>): Stretch[] {
  let end = 0;
  return Array.from(lengths, (length) => {
    const start = end;
    for (let added = 0; added < length && end < text.length; added++) {
      end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
    }
    return { start, end };
  });
}

/** Returns what could have come at the place of a token, by falling probability. */
export function alternativesOf(
  header: SamplesHeader,
  sample: SampleHeader,
  frame: Frame,
  token: number,
): Alternative[] {
  const { shape, data } = wholeNumbers(frame, "token", [null, null]);
  const width = shape[1] as number;
  const from = (sample.first + token) * width;
  const probabilities = probabilitiesOf(frame, from, width);
  return probabilities.flatMap((probability, index) =>
    // Where a place has fewer than others, NaN fills up.
    Number.isNaN(probability) ? [] : [{ token: header.vocabulary[data[from + index] as number] ?? "", probability }],
  );
}

/** Returns the tree of a beam search, every node after its parent. */
export function treeOf(header: SamplesHeader, frame: Frame): BeamNode[] {
  const parents = arrayOf(frame, "parent", Int32Array).data;
  const nodes = [parents.length];
  // What walks through a tree would not come to an end in one that is none.
  if (parents.some((parent, node) => parent < -1 || parent >= node))
    throw new FrameError("A beam tree has a node before its parent; the event file is damaged.");
  const tokens = wholeNumbers(frame, "token", nodes).data;
  const scores = arrayOf(frame, "score", Float32Array, nodes).data;
  const best = arrayOf(frame, "best", Uint8Array, nodes).data;
  const ends = arrayOf(frame, "end", Uint8Array, nodes).data;
  const probabilities = probabilitiesOf(frame, 0, parents.length);
  return Array.from(parents, (parent, node) => ({
    parent,
    token: header.vocabulary[tokens[node] as number] ?? "",
    probability: probabilities[node] as number,
    score: scores[node] ?? Number.NaN,
    best: best[node] === 1,
    end: ends[node] === 1,
  }));
}
