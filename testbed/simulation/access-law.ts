/** The operator breaks no access that a link needs, and no status says Ready while the access fails. */
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import { byAge } from '../../src/desired/link.ts';
import { TAGS } from '../../src/desired/names.ts';
import type { AwsChange } from './aws-model.ts';
import { keepsForeign } from './foreign-parts.ts';
import { UNNOTICED_MS } from './hold-law.ts';
import type { LawsParts } from './laws.ts';
import type { LinkTimes } from './link-times.ts';
import { isKept } from './neighbour-law.ts';
import { OPERATORS } from './whose.ts';

export class AccessLaw {
  readonly #parts: LawsParts;
  readonly #times: LinkTimes;
  /** Roles that others have made, or made again. */
  readonly #remade = new Set<string>();

  constructor(parts: LawsParts, times: LinkTimes) {
    this.#parts = parts;
    this.#times = times;
  }

  /** To be called when others have made a role. */
  remade(role: string): void {
    this.#remade.add(role);
  }

  /** To be called after a write of the operator.
   *  @param before for each link, by UID: since when its access did not work, as of just before that write */
  judge(change: AwsChange, before: ReadonlyMap<string, number | undefined>): void {
    for (const object of this.#parts.truth.links()) {
      const { uid, key } = object.link;
      const { brokenSinceMs, touchedMs } = this.#times.of(uid);
      const broke = before.has(uid) && before.get(uid) === undefined && brokenSinceMs !== undefined;
      if (!broke || this.#times.isRecent(touchedMs) || !isKept(object)) continue;
      const mayBreak =
        this.#isContested(object) ||
        this.#gaveWay(object, change) ||
        this.#isStripped(object) ||
        this.#livedByForeign(object, change);
      if (!mayBreak)
        this.#violated(
          'nothing is removed that a living link needs',
          `${change.operation} on ${change.object} breaks ${key}: ${this.#parts.truth.problem(object)}`,
        );
    }
  }

  /** To be called after a status was written. */
  statusWritten(object: LinkObject): void {
    const ready = findCondition(object.status.conditions, 'Ready');
    if (ready?.status !== 'True' || ready.observedGeneration !== object.metadata.generation) return;
    // The status itself says that something is broken and about to be repaired.
    if (object.status.drift?.recent?.some(({ repairing }) => repairing === true) === true) return;
    const { brokenSinceMs } = this.#times.of(object.link.uid);
    if (brokenSinceMs === undefined) return;
    if (this.#times.elapsedMs(brokenSinceMs) < UNNOTICED_MS) return;
    this.#violated(
      'Ready is not True while the access fails',
      `${object.link.key}: ${this.#parts.truth.problem(object)}`,
    );
  }

  /** Of the links of two namespaces that name one role, only one can have it. */
  #isContested({ link }: LinkObject): boolean {
    const { truth } = this.#parts;
    return [...truth.links(), ...truth.gone()].some(
      (other) =>
        other.link.targetRole.text === link.targetRole.text && other.link.namespace !== link.namespace,
    );
  }

  /** If somebody made a role again, its tags alone show whose it is. Without them the operator refuses the role, and no link may
   *  name it. */
  #isStripped({ link: { targetRole } }: LinkObject): boolean {
    const role = this.#parts.aws.role(targetRole.text);
    return this.#remade.has(targetRole.text) && role?.tags.has(TAGS.clusterId) === false;
  }

  /** An older link takes its Tasks from a younger one, for example when it is resumed. */
  #gaveWay({ link }: LinkObject, { machine: [, after] = [undefined, undefined] }: AwsChange): boolean {
    const older = this.#parts.truth
      .links()
      .map((object) => object.link)
      .filter((other) => byAge(other, link) < 0);
    return (
      after?.arn === link.stateMachine.text &&
      older.some(
        ({ targetRole, stateMachine }) =>
          stateMachine.text === after.arn &&
          targetRole.text !== link.targetRole.text &&
          after.definition.includes(`"${targetRole.text}"`),
      )
    );
  }

  /** Foreign parts are removed before the operator's own altered or removed parts are put back. If access works only because a
   *  foreign policy happens to allow it, nobody has promised that it lasts. */
  #livedByForeign({ link }: LinkObject, { operation, object, role }: AwsChange): boolean {
    const { clusterId } = this.#parts.whose ?? OPERATORS;
    const [before, after] = role ?? [];
    const isRemoval = operation === 'DeleteRolePolicy' || operation === 'DetachRolePolicy';
    return (
      isRemoval &&
      object === link.targetRole.text &&
      before !== undefined &&
      after !== undefined &&
      !keepsForeign(before, after, clusterId)
    );
  }

  #violated(law: string, message: string): void {
    this.#parts.onViolation({ law, atMs: this.#parts.scheduler.nowMs, message });
  }
}
