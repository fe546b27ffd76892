/** Two clusters on the same accounts know nothing of each other. Each leaves alone what the links of the other need. */
import { FINALIZER } from '../../src/api/metadata.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { AwsChange } from './aws-model.ts';
import { isUnread } from './foreign-parts.ts';
import type { LawsParts } from './laws.ts';
import { OPERATORS } from './whose.ts';

export class NeighbourLaw {
  readonly #parts: LawsParts;

  constructor(parts: LawsParts) {
    this.#parts = parts;
  }

  /** To be called after each write of the other cluster's operator.
   *  @param worked UIDs of the links whose access worked before */
  judge(change: AwsChange, worked: ReadonlySet<string>): void {
    const { truth, scheduler, onViolation } = this.#parts;
    if (isUnseenByNeighbour(change)) return;
    for (const object of truth.links()) {
      const { uid, key } = object.link;
      const problem = worked.has(uid) && this.#isOwn(object) ? truth.problem(object) : undefined;
      if (problem === undefined) continue;
      const message = `${change.operation} on ${change.object} by the ${change.actor} breaks ${key}: ${problem}`;
      onViolation({ law: 'neither cluster takes what the other needs', atMs: scheduler.nowMs, message });
    }
  }

  /** A link that names the other cluster's role is refused, and has access only through what that cluster wrote. */
  #isOwn(object: LinkObject): boolean {
    const { maker } = this.#parts.aws.role(object.link.targetRole.text) ?? {};
    return isKept(object) && maker === (this.#parts.whose ?? OPERATORS).caller;
  }
}

/** Whether the operator keeps up a link's access. A link that is suspended or refused keeps what it has; if it was so from the
 *  beginning, that is nothing of its own, and it depends on what others have. */
export function isKept({ link, metadata }: LinkObject): boolean {
  if (link.suspended && !metadata.finalizers.includes(FINALIZER)) return false;
  return !link.deleting && Object.values(link.legs).every((policy) => policy === 'Enforce');
}

/** Whether an operator wrote over what the other one had just written to a definition, even if it put back Credentials. */
export function isUnseenByNeighbour({
  machine: [before, after] = [undefined, undefined],
}: AwsChange): boolean {
  return (
    before !== undefined && before.changedBy !== 'others' && after !== undefined && isUnread(before, after)
  );
}
