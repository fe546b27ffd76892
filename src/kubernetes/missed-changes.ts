/**
 * Finds changes that the watch does not bring. If the API server refuses a write as outdated, there is a newer version, and
 * usually its event is on the way. If it does not come, the cluster was restored from a backup: it gives its resource versions
 * a second time, and a watch that began before the restore was noticed leaves out what was made meanwhile.
 * https://github.com/kubernetes/kubernetes/issues/107457
 */
import { keyOf, type KubernetesObject, type ObjectMeta } from './metadata.ts';

interface MissedChangesParts {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Has all objects of the kind listed again. */
  readonly doubt: () => void;
}

interface Refusal {
  readonly edition: string;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** How long a watch may lag before all objects are listed again. */
const LAG_PATIENCE_MS = 15_000;
/** A refused write is tried again within seconds: a refusal this long after another one has its own cause. */
const FORGOTTEN_AFTER_MS = 60_000;

export class MissedChanges {
  readonly #parts: MissedChangesParts;
  /** By object, the most recent refusal last. */
  readonly #refusals = new Map<string, Refusal>();

  constructor(parts: MissedChangesParts) {
    this.#parts = parts;
  }

  /** To be called when the API server says that an object is not, or no longer, as the cache shows it. */
  refused({ metadata }: KubernetesObject): void {
    const now = this.#parts.now();
    this.#forgetBefore(now - FORGOTTEN_AFTER_MS);
    const [key, edition] = [keyOf(metadata), editionOf(metadata)];
    const known = this.#refusals.get(key);
    const sinceMs = known?.edition === edition ? known.sinceMs : now;
    this.#refusals.delete(key);
    this.#refusals.set(key, { edition, sinceMs, lastMs: now });
    if (now - sinceMs < LAG_PATIENCE_MS) return;
    // One list shows the state of all of them.
    this.#refusals.clear();
    this.#parts.doubt();
  }

  #forgetBefore(ms: number): void {
    for (const [key, { lastMs }] of this.#refusals) {
      if (lastMs >= ms) return;
      this.#refusals.delete(key);
    }
  }
}

function editionOf({ uid, resourceVersion }: ObjectMeta): string {
  return `${uid} ${resourceVersion}`;
}
