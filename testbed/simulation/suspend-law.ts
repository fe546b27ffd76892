/** What Ready says of a link that is suspended: what it said before, for nobody looks any more; and nothing, where the spec is
 *  another than the one that it spoke of. */
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { LawsParts } from './laws.ts';

export class SuspendLaw {
  readonly #parts: LawsParts;
  /** By UID: the spec that Ready spoke of when the link was last looked at, `suspend` left out. */
  readonly #spokenOf = new Map<string, string>();

  constructor(parts: LawsParts) {
    this.#parts = parts;
  }

  /** To be called when the cluster is restored: of which spec a status speaks is as unknown as which came after it. */
  restored(): void {
    this.#spokenOf.clear();
  }

  /** To be called with each status that is written. */
  statusWritten(before: LinkObject, after: LinkObject): void {
    const { link, metadata } = after;
    const [was, is] = [before, after].map(({ status }) => findCondition(status.conditions ?? [], 'Ready'));
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
