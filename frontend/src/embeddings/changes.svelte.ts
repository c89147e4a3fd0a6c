/** What is asked of the server about how words change: movement, churn, and the map. */

import type { Api, RequestFailure } from "../host/api";
import { Resources } from "../store/resources.svelte";
import type { Layer } from "./layerSteps";
import { type FlatMap, readMap } from "./map/flatMap";
import { type Churn, type Movement, readChurn, readMovement } from "./movement";
import type { Metric } from "./place";

/** The two steps that movement is between. */
export interface MovementKey {
  layer: Layer;
  step: number;
  since: number;
}

export class Changes {
  readonly #movements = new Resources<Movement>(60);
  readonly #churns = new Resources<Churn>(60);
  readonly #maps = new Resources<FlatMap>(8);

  constructor(private readonly api: Api) {}

  wantMovement(key: MovementKey): () => void {
    const { layer, ...question } = key;
    return this.#movements.want(movementKey(key), async (signal) =>
      readMovement(await this.api.movement({ run: layer.run, tag: layer.tag, ...question }, signal)),
    );
  }

  /** Returns the movement, or why it is not known; null while it is on its way. */
  movement(key: MovementKey): Movement | RequestFailure | null {
    return this.#movements.get(movementKey(key));
  }

  /** Has the churn there of the most frequent words, and of the `rows` that moved most. */
  wantChurn(key: MovementKey, metric: Metric, rows: readonly number[]): () => void {
    const { layer, ...question } = key;
    return this.#churns.want(churnKey(key, metric), async (signal) =>
      readChurn(
        await this.api.churn({ run: layer.run, tag: layer.tag, ...question, metric, rows }, signal),
        layer.table.labels.length,
      ),
    );
  }

  churn(key: MovementKey, metric: Metric): Churn | RequestFailure | null {
    return this.#churns.get(churnKey(key, metric));
  }

  /** `rows` are to be on the map besides those that it is made from. */
  wantMap(layer: Layer, rows: readonly number[]): () => void {
    return this.#maps.want(mapKey(layer, rows), async (signal) =>
      readMap(await this.api.map(layer.run, layer.tag, rows, signal)),
    );
  }

  map(layer: Layer, rows: readonly number[]): FlatMap | RequestFailure | null {
    return this.#maps.get(mapKey(layer, rows));
  }

  /** Forgets what no server answered, so that it is asked for again. */
  forgetFailures(): void {
    for (const answers of [this.#movements, this.#churns, this.#maps]) answers.forgetFailures();
  }
}

function movementKey({ layer, step, since }: MovementKey): string {
  const written = [step, since].map((each) => layer.written.get(each));
  return [layer.run, layer.tag, step, since, ...written].join("\n");
}

function churnKey(key: MovementKey, metric: Metric): string {
  return `${movementKey(key)}\n${metric}`;
}

function mapKey({ run, tag, steps, written }: Layer, rows: readonly number[]): string {
  const last = steps[steps.length - 1] as number;
  return [run, tag, last, written.get(last), rows.join(",")].join("\n");
}
