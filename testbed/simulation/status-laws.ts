/** What a link's status may say, checked whenever one is written. */
import type { DriftRecord } from '../../src/api/generated.ts';
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { AwsChange } from './aws-model.ts';
import type { LawsParts } from './laws.ts';
import { OPERATORS } from './whose.ts';

/** Legs without which the access fails. */
const NEEDED = [
  'TrustPolicyReady',
  'PermissionsReady',
  'ExecutionRoleGrantReady',
  'StateMachineCredentialsReady',
] as const;

export class StatusLaws {
  readonly #parts: LawsParts;
  /** ARNs of what somebody other than the operator has changed since the simulation began. */
  readonly #othersChanged = new Set<string>();

  constructor(parts: LawsParts) {
    this.#parts = parts;
  }

  /** To be called after each change in AWS. */
  changed({ actor, object, role }: AwsChange): void {
    if (actor === (this.#parts.whose ?? OPERATORS).caller) return;
    this.#othersChanged.add(object);
    if (role?.[0] === undefined || role[1] !== undefined) return;
    // Trust policies that named a deleted role now show its ID instead.
    for (const { link } of this.#parts.truth.links()) this.#othersChanged.add(link.targetRole.text);
  }

  /** To be called when the cluster is restored: what was written to AWS since the backup is on no record any more, so anybody may
   *  have written it. */
  restored(): void {
    const { aws, truth } = this.#parts;
    for (const { link, status } of [...truth.links(), ...truth.gone()]) {
      const runsUnder = aws.machines.get(link.stateMachine.text)?.roleArn;
      // If the machine is gone, only a status tells under which role it ran.
      const roles = [runsUnder, status.executionRoleARN].filter((arn) => arn !== undefined);
      for (const arn of [link.targetRole.text, link.stateMachine.text, ...roles])
        this.#othersChanged.add(arn);
    }
  }

  /** To be called with each status that is written. */
  statusWritten(before: LinkObject, after: LinkObject): void {
    this.#isNoOwnDoing(before, after);
    const { conditions = [] } = after.status;
    if (findCondition(conditions, 'Effective')?.status !== 'True') return;
    const missing = NEEDED.map((type) => findCondition(conditions, type)).find(
      (one) => one?.status === 'False',
    );
    if (missing !== undefined)
      this.#violated(
        'Effective is not True while a leg is missing',
        `${after.link.key}: ${missing.type} ${missing.reason}: ${missing.message}`,
      );
  }

  /** Edits of specs and the operator's own writes are no drift: whatever is reported as drift, somebody else must have
   *  changed. */
  #isNoOwnDoing(before: LinkObject, after: LinkObject): void {
    const count = (after.status.drift?.total ?? 0) - (before.status.drift?.total ?? 0);
    const news: readonly DriftRecord[] = (after.status.drift?.recent ?? []).slice(0, Math.max(0, count));
    const own = news.find(({ object }) => !this.#othersChanged.has(object));
    if (own !== undefined)
      this.#violated(
        'drift is what somebody else did',
        `${after.link.key} tells of ${own.field} of ${own.object}, which nobody else has changed`,
      );
  }

  #violated(law: string, message: string): void {
    this.#parts.onViolation({
      law,
      atMs: this.#parts.scheduler.nowMs,
      message,
    });
  }
}
