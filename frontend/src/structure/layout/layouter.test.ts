import { expect, it } from "vitest";
import { exampleSpec, TestWorker } from "../testing";
import { Layouter } from "./layouter";

it("starts its worker once, before anything is asked if it is told to", async () => {
  const workers: TestWorker[] = [];
  const layouter = new Layouter(() => workers[workers.push(new TestWorker()) - 1] as TestWorker);
  layouter.prepare();
  expect(workers).toHaveLength(1);
  const layout = layouter.layOut(exampleSpec(2));
  workers[0]?.answer();
  expect((await layout)?.boxes).toHaveLength(2);
  expect(workers).toHaveLength(1);
});

it("lays out what was asked last, and passes over what was asked in between", async () => {
  const worker = new TestWorker();
  const layouter = new Layouter(() => worker);
  const [first, second, third] = [2, 3, 4].map((boxes) => layouter.layOut(exampleSpec(boxes)));
  expect(worker.asked).toHaveLength(1);
  worker.answer();
  worker.answer();
  expect((await first)?.boxes).toHaveLength(2);
  expect(await second).toBeNull();
  expect((await third)?.boxes).toHaveLength(4);
  expect(worker.asked).toHaveLength(2);
});

it("tells what went wrong, and goes on with another worker", async () => {
  const workers: TestWorker[] = [];
  const layouter = new Layouter(() => {
    const worker = new TestWorker();
    workers.push(worker);
    return worker;
  });
  const failing = layouter.layOut(exampleSpec(2));
  workers[0]?.onerror?.call(workers[0] as unknown as Worker, { message: "out of memory" } as ErrorEvent);
  await expect(failing).rejects.toThrow("out of memory");
  const next = layouter.layOut(exampleSpec(2));
  workers[1]?.answer();
  expect((await next)?.boxes).toHaveLength(2);
});
