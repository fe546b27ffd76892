/** Tells by a watch when objects of a kind change, so that tests that wait for one look at it then, and not every so often. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AdminApi } from './admin-api.ts';

export class ObjectChanges {
  readonly #api: AdminApi;
  readonly #path: string;
  /** The waiting callers, by the object's `namespace/name`. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #closed = false;

  /** @param path path of the kind's list, over all namespaces */
  constructor(api: AdminApi, path: string) {
    this.#api = api;
    this.#path = path;
    void this.#follow();
  }

  /** Resolves with the next change of this object; never, if the watch is silent. */
  next(namespace: string, name: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const key = `${namespace}/${name}`;
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    return promise;
  }

  /** To be called before the API's own `close`. */
  close(): void {
    this.#closed = true;
  }

  async #follow(): Promise<void> {
    while (!this.#closed) {
      try {
        for await (const event of this.#api.watch(this.#path)) {
          const { namespace = '', name } = Object(event).object?.metadata ?? {};
          const key = `${namespace}/${name}`;
          for (const wake of this.#waiting.get(key) ?? []) wake();
          this.#waiting.delete(key);
        }
      } catch {
        // The server is away: waiting callers look themselves meanwhile.
      }
      if (!this.#closed) await pause(500);
    }
  }
}
