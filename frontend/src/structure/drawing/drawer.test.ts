import { expect, it } from "vitest";
import { Layouter } from "../layout/layouter";
import { structureHeader, TestWorker } from "../testing";
import { buildTree } from "../tree";
import { Drawer } from "./drawer";
import { liftEdges } from "./lines";
import type { Source } from "./scene";

const header = structureHeader(
  ["encoder", "encoder/block", "encoder/block/dense", "encoder/gru"],
  [
    ["inputs/source", "encoder/block/dense"],
    ["encoder/block/dense", "encoder/gru"],
    ["encoder/gru", "outputs/0"],
  ],
);
const tree = buildTree(header);
const widthOf = (text: string) => 6 * text.length;
const source = (): Source => ({
  tree,
  tensors: header.tensors,
  lines: liftEdges(tree, header.edges),
  open: new Set(["model"]),
  labels: "axes",
  fonts: { name: widthOf, small: widthOf },
  mostAlike: 4,
});
const LARGE = { width: 5000, height: 5000 };

/** Answers until nothing is asked any more. */
async function answerAll(worker: TestWorker): Promise<void> {
  for (let answered = 0; answered < worker.asked.length; answered++) {
    worker.answer();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

it("opens level by level while there is room, and nothing where something is open by hand", async () => {
  const worker = new TestWorker();
  const drawer = new Drawer(new Layouter(() => worker));
  const full = drawer.draw(source(), LARGE);
  await answerAll(worker);
  expect([...((await full)?.source.open ?? [])].sort()).toEqual(["encoder", "encoder/block", "model"]);
  const closed = drawer.draw(source(), null);
  worker.answer();
  expect([...((await closed)?.source.open ?? [])]).toEqual(["model"]);
});

it("of two drawings that race the one asked for last is drawn, and the other takes no turn of it", async () => {
  const [worker, alone] = [new TestWorker(), new TestWorker()];
  const drawer = new Drawer(new Layouter(() => worker));
  const first = drawer.draw(source(), LARGE);
  const last = drawer.draw(source(), LARGE);
  const single = new Drawer(new Layouter(() => alone)).draw(source(), LARGE);
  await answerAll(worker);
  await answerAll(alone);
  expect(await first).toBeNull();
  expect((await last)?.source.open).toEqual((await single)?.source.open);
  expect(worker.asked).toHaveLength(1 + alone.asked.length);
});
