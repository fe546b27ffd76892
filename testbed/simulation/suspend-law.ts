/** What Ready says about a suspended link: what it said before, because the operator no longer looks; and nothing, if the spec is
 *  no longer the one it spoke about. */
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { LawsParts } from './laws.ts';

export class SuspendLaw {
  readonly #parts: LawsParts;
  /** By UID: the spec, without `suspend`, about which Ready spoke when the link was last looked at. */
  readonly #spokenOf = new Map<string, string>();

  constructor(parts: LawsParts) {
    this.#parts = parts;
  }

  /** To be called when the cluster is restored: nobody knows any more about which spec a status speaks. */
  restored(): void {
    this.#spokenOf.clear();
  }

  /** To be called with each status that is written. */
  statusWritten(before: LinkObject, after: LinkObject): void {
    const { link, metadata } = after;
    const [was, is] = [before, after].map(({ status }) => findCondition(status.conditions, 'Ready'));
    const spec = JSON.stringify({ ...after.spec, suspend: false });
    if (!link.suspended) {
      if (is?.observedGeneration === metadata.generation) this.#spokenOf.set(link.uid, spec);
      return;
    }
    const spokenOf = this.#spokenOf.get(link.uid);
    if (link.deleting || spokenOf === undefined) return;
    const wanted = spokenOf === spec ? was?.status : 'Unknown';
    if (is?.status === wanted) return;
    const message = `${link.key}: Ready was ${was?.status} and is ${is?.status}, of ${spokenOf === spec ? 'the same' : 'another'} spec`;
    this.#parts.onViolation({
      law: 'Ready of a suspended link says what it said',
      atMs: this.#parts.scheduler.nowMs,
      message,
    });
  }
}
