/** Every request of the page; the routes are described in `tb_seqviz_plugin/http_api.md`. */

import { checked } from "../wire/checked";
import { decodeFrame, type Frame, FrameError } from "../wire/frame";
import { readAll } from "../wire/gunzip";
import type { SeriesList, StepList } from "../wire/schema.gen";
import type { Shape } from "../wire/shape";
import { seriesList, stepList } from "../wire/shapes/answers.gen";
import { ByteCache } from "./cache";
import { SERIES } from "./tensorboard";

/** "gone": no server answers. "missing": the server does not hold it. "broken": the answer makes no sense. */
export type FailureReason = "gone" | "missing" | "broken";

export class RequestFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
  }
}

/** Where a record is; `written`, its wall time, makes the address that of bytes which never change. */
export interface RecordAddress {
  run: string;
  tag: string;
  step: number;
  written: number;
}

export interface BlobAddress extends RecordAddress {
  index: number;
}

export interface NeighbourQuestion {
  run: string;
  tag: string;
  row: number;
  metric: string;
  count: number;
  steps: readonly number[] | null;
}

export interface MovementQuestion {
  run: string;
  tag: string;
  step: number;
  since: number;
}

export interface ChurnQuestion extends MovementQuestion {
  metric: string;
  rows: readonly number[];
}

const CACHE_BYTES = 256 * 2 ** 20;
const GATEWAY_STATUS = [502, 503, 504];

interface Flight {
  frame: Promise<Frame>;
  controller: AbortController;
  waiting: number;
}

export class Api {
  #frames = new ByteCache<Frame>(CACHE_BYTES);
  #flights = new Map<string, Flight>();

  /** `held` answers relative addresses where there is no server, which does below TensorBoard's `<base href="plugin/seqviz/">`. */
  constructor(
    held?: typeof fetch,
    private readonly hasServer = !held,
    private readonly request: typeof fetch = held ?? ((input, init) => fetch(input, init)),
  ) {}

  series(signal: AbortSignal): Promise<SeriesList> {
    return this.#json(SERIES, signal, seriesList);
  }

  steps(run: string, tag: string, signal: AbortSignal): Promise<StepList> {
    return this.#json(`steps?${new URLSearchParams({ run, tag })}`, signal, stepList);
  }

  async measures(run: string, tag: string, signal: AbortSignal): Promise<Frame> {
    return decode(await this.#fetch(`measures?${new URLSearchParams({ run, tag })}`, signal));
  }

  /** Returns the texts of the steps after `after`, of all where it is null. */
  async texts(run: string, tag: string, after: number | null, signal: AbortSignal): Promise<Frame> {
    const query = new URLSearchParams({ run, tag });
    if (after !== null) query.set("after", String(after));
    return decode(await this.#fetch(`texts?${query}`, signal));
  }

  /** Returns what attention began to do wrong, by step. */
  async alarms(run: string, tag: string, signal: AbortSignal): Promise<Frame> {
    return decode(await this.#fetch(`alarms?${new URLSearchParams({ run, tag })}`, signal, "low"));
  }

  /** Returns what the vectors of a layer stand for. */
  async labels(run: string, tag: string, signal: AbortSignal): Promise<Frame> {
    return decode(await this.#fetch(`labels?${new URLSearchParams({ run, tag })}`, signal));
  }

  /** Returns the nearest neighbours of a word at some steps; at all, or as many as the server likes, where they are null. */
  async neighbours({ run, tag, row, metric, count, steps }: NeighbourQuestion, signal: AbortSignal): Promise<Frame> {
    const query = new URLSearchParams({ run, tag, rows: String(row), metric, count: String(count) });
    if (steps !== null) query.set("steps", steps.join(","));
    return decode(await this.#fetch(`neighbours?${query}`, signal));
  }

  /** Returns how long every vector is at a step, and how far it is from where it was at another. */
  async movement({ run, tag, step, since }: MovementQuestion, signal: AbortSignal): Promise<Frame> {
    const query = new URLSearchParams({ run, tag, step: String(step), since: String(since) });
    return decode(await this.#fetch(`movement?${query}`, signal));
  }

  /** Returns how many neighbours of the most frequent words, and of `rows`, are others at a step than at another. */
  async churn({ run, tag, step, since, metric, rows }: ChurnQuestion, signal: AbortSignal): Promise<Frame> {
    const query = new URLSearchParams({ run, tag, step: String(step), since: String(since), metric });
    if (rows.length > 0) query.set("rows", rows.join(","));
    return decode(await this.#fetch(`churn?${query}`, signal));
  }

  /** Returns where words lie on one map of all steps; `rows` are shown besides those that the map is made from. */
  async map(run: string, tag: string, rows: readonly number[], signal: AbortSignal): Promise<Frame> {
    const query = new URLSearchParams({ run, tag });
    if (rows.length > 0) query.set("rows", rows.join(","));
    return decode(await this.#fetch(`map?${query}`, signal));
  }

  /** Returns the tags of TensorBoard's own scalars, by run. */
  scalarTags(signal: AbortSignal): Promise<Record<string, Record<string, unknown>>> {
    return this.#json("../scalars/tags", signal, null, "low");
  }

  /** Returns one of its scalars: when each value was written, at which step, and the value. */
  scalars(run: string, tag: string, signal: AbortSignal): Promise<[wallTime: number, step: number, value: number][]> {
    return this.#json(`../scalars/scalars?${new URLSearchParams({ run, tag })}`, signal, null, "low");
  }

  /** Returns the runs that TensorBoard's own Projector shows. */
  projectorRuns(signal: AbortSignal): Promise<string[]> {
    return this.#json<string[]>("../projector/runs", signal, null);
  }

  /** Returns where the server writes a file that holds these runs, or all where none is named; null where there is no server. */
  exportPath(runs: readonly string[]): string | null {
    return this.hasServer ? `export?${new URLSearchParams(runs.map((run) => ["run", run]))}` : null;
  }

  /** Returns the blob if it needs no request. */
  cached(address: BlobAddress): Frame | undefined {
    return this.#frames.get(blobPath(address));
  }

  /** Returns the blob; callers asking for the same one share a request, which ends when the last of them gave up. */
  async blob(address: BlobAddress, signal: AbortSignal, priority: RequestPriority = "auto"): Promise<Frame> {
    const path = blobPath(address);
    signal.throwIfAborted();
    const known = this.#frames.get(path);
    if (known) return known;
    const flight = this.#flights.get(path) ?? this.#takeOff(path, priority);
    flight.waiting += 1;
    const giveUp = () => {
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#cancel(path, flight);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([flight.frame, rejection(signal)]);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #takeOff(path: string, priority: RequestPriority): Flight {
    const controller = new AbortController();
    const frame = this.#fetch(path, controller.signal, priority)
      .then((response) => decode(response))
      .then((decoded) => {
        this.#frames.set(path, decoded, decoded.buffer.byteLength);
        return decoded;
      })
      .finally(() => {
        if (this.#flights.get(path) === flight) this.#flights.delete(path);
      });
    const flight: Flight = { frame, controller, waiting: 0 };
    // The callers see the failure; without one left it is nobody's.
    frame.catch(() => undefined);
    this.#flights.set(path, flight);
    return flight;
  }

  #cancel(path: string, flight: Flight): void {
    flight.controller.abort();
    if (this.#flights.get(path) === flight) this.#flights.delete(path);
  }

  /** Asks for JSON of a shape; null for that of TensorBoard's own plugins. */
  async #json<Answer>(
    path: string,
    signal: AbortSignal,
    shape: Shape<Answer> | null,
    priority: RequestPriority = "auto",
  ): Promise<Answer> {
    const response = await this.#fetch(path, signal, priority);
    try {
      const answer: unknown = await response.json();
      return shape ? checked(shape, answer) : (answer as Answer);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FrameError) throw new RequestFailure("broken", `The answer to "${path}": ${error.message}`);
      throw new RequestFailure("broken", `The answer to "${path}" is not JSON (${message(error)}).`);
    }
  }

  async #fetch(path: string, signal: AbortSignal, priority: RequestPriority = "auto"): Promise<Response> {
    let response: Response;
    try {
      response = await this.request(path, { signal, priority });
    } catch (error) {
      signal.throwIfAborted();
      throw new RequestFailure("gone", message(error));
    }
    if (response.ok) return response;
    const reason = GATEWAY_STATUS.includes(response.status) ? "gone" : response.status === 404 ? "missing" : "broken";
    throw new RequestFailure(reason, await failureText(response));
  }
}

async function decode(response: Response): Promise<Frame> {
  // What is small enough, and says so, is read as fast as can be; a frame that is compressed does not say how large it is.
  const isPlain = !response.headers.has("Content-Encoding") && response.headers.has("Content-Length");
  try {
    const buffer = response.body && !isPlain ? await readAll(response.body) : await response.arrayBuffer();
    return decodeFrame(buffer);
  } catch (error) {
    if (error instanceof FrameError) throw new RequestFailure("broken", error.message);
    if (error instanceof TypeError) throw new RequestFailure("broken", `The answer ends early (${error.message}).`);
    throw error;
  }
}

function blobPath({ run, tag, step, index, written }: BlobAddress): string {
  const query = { run, tag, step: String(step), index: String(index), written: String(written) };
  return `blob?${new URLSearchParams(query)}`;
}

async function failureText(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const sentence = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  return typeof sentence === "string" ? sentence : `TensorBoard answered ${response.status} ${response.statusText}.`;
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Returns whatever was thrown as the failure of a request. */
export function asFailure(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure("broken", message(error));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
