/** What this process remembers of each link between two reconciles. Nothing here survives a restart, and nothing
 *  has to: a missing memory only makes the operator more careful. */

import type { AskContext } from '../desired/ask.ts';

export interface LinkRecollection {
  /** Role, trust, permissions and grant stand and have propagated. */
  rolesReady: boolean;
  /** The link is being deleted and its turn has come. */
  leaving: boolean;
  /** Checks in a row that could not be finished. */
  failures: number;
  /** Monotonic time since when AWS says "not yet" to the same write. */
  waitingSince: number | undefined;
  /** Monotonic time of the last definition change on the link's behalf in this process. */
  definitionChangedAt: number | undefined;
  /** Something happened to the link's objects: the next look reads them afresh. */
  suspect: boolean;
  /** The access rules of the last reconcile: where they changed, a difference is no drift. */
  context: AskContext | undefined;
  /** The spec of the last reconcile, `suspend` left out. */
  spec: string | undefined;
}

export class LinkMemory {
  readonly #byUid = new Map<string, LinkRecollection>();

  of(uid: string): LinkRecollection {
    let memory = this.#byUid.get(uid);
    if (memory === undefined) {
      memory = {
        rolesReady: false,
        leaving: false,
        failures: 0,
        waitingSince: undefined,
        definitionChangedAt: undefined,
        suspect: false,
        context: undefined,
        spec: undefined,
      };
      this.#byUid.set(uid, memory);
    }
    return memory;
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}
