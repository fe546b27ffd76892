/** Where an account holds growth, a changed definition widens no role. At any step, a role gets only what it has already, and
 *  what its links needed of the definitions that existed between their last edit and the time when they were next in sync. What
 *  somebody else adds to the operator's policy on it is removed, as everywhere. */
import { growthIsBlocked, targetEntries } from '../../src/access/target.ts';
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import { policyName } from '../../src/desired/names.ts';
import { isAllowedBy } from '../../src/plan/statements.ts';
import type { Statement } from '../../src/policy/document.ts';
import { parseObservedPolicy } from '../../src/policy/parse.ts';
import type { AwsChange, ModelRole } from './aws-model.ts';
import type { LawsParts } from './laws.ts';
import { OPERATORS, type Whose } from './whose.ts';

export const HOLD_LAW = 'a definition widens no role where growth is held';

/** How long a status may say what was read before somebody changed AWS: two intervals of checks, because the second may rely on
 *  what was read for the first, and the time by which IAM lags. */
export const UNNOTICED_MS = 12 * 60_000;

interface Entitlement {
  /** What the link's owner has asked for, knowing the definitions. */
  readonly statements: Statement[];
  /** Whether the link was edited and has not been in sync since. Until it is, its owner is taken to mean every definition. */
  open: boolean;
}

/** A statement that somebody other than the operator put into the operator's policy on a role. */
interface Added {
  readonly statement: Statement;
  readonly atMs: number;
}

export class HoldLaw {
  readonly #parts: LawsParts;
  readonly #whose: Whose;
  readonly #inFlightMs: number;
  /** By the link's UID. */
  readonly #entitled = new Map<string, Entitlement>();
  /** By the role's ARN. */
  readonly #added = new Map<string, readonly Added[]>();
  #rulesChangedAtMs = 0;

  /** @param inFlightMs how long after a change of the rules the operator may still act on the former ones */
  constructor(parts: LawsParts, inFlightMs: number) {
    this.#parts = parts;
    this.#whose = parts.whose ?? OPERATORS;
    this.#inFlightMs = inFlightMs;
  }

  /** To be called when the rules of an account change: owners know of that.
   *  @param noticedAtMs when the operator knows of it at the latest, except for what is in flight then */
  rulesChanged(noticedAtMs = this.#parts.scheduler.nowMs): void {
    this.#rulesChangedAtMs = noticedAtMs;
    for (const object of this.#parts.truth.links()) this.edited(object);
  }

  /** To be called when a link is made or edited. */
  edited(object: LinkObject): void {
    const entitled = this.#of(object);
    entitled.open = true;
    this.#entitle(object, entitled);
  }

  /** To be called when a link's status is written. */
  statusWritten(object: LinkObject): void {
    const ready = findCondition(object.status.conditions, 'Ready');
    if (ready?.status !== 'True' || ready.observedGeneration !== object.metadata.generation) return;
    this.#of(object).open = false;
    const { nowMs } = this.#parts.scheduler;
    const kept = this.additions(object.link.targetRole.text).find(({ atMs }) => nowMs - atMs > UNNOTICED_MS);
    if (kept !== undefined)
      this.#violated(
        `${object.link.key} is Ready, and ${object.link.targetRole.text} has ${additionText(kept)}`,
      );
  }

  /** What somebody added to the operator's policy on a role where growth is held, as far as it is still there. Nobody has asked
   *  for it, and what each link of the role needs is known.
   *  @param arn left out: of all roles */
  additions(arn?: string): readonly Added[] {
    const roles = arn === undefined ? [...this.#added.keys()] : [arn];
    return roles.flatMap((role) => {
      const added = this.#added.get(role) ?? [];
      const naming = added.length === 0 ? [] : this.#naming(role);
      const isKnown = naming.length > 0 && naming.every((one) => this.#isHeld(one) && this.#isActive(one));
      const asked = naming.flatMap((one) => this.#of(one).statements);
      return isKnown ? added.filter(({ statement }) => !isAllowedBy(statement, asked)) : [];
    });
  }

  /** To be called after each change in AWS. */
  judge({ actor, operation, object, role, machine }: AwsChange): void {
    if (machine !== undefined && actor === 'others') {
      for (const one of this.#parts.truth.links()) {
        const entitled = this.#of(one);
        if (one.link.stateMachine.text === object && entitled.open) this.#entitle(one, entitled);
      }
    }
    if (role !== undefined) this.#noteAdditions(object, actor, role);
    const rulesAgeMs = this.#parts.scheduler.nowMs - this.#rulesChangedAtMs;
    if (role === undefined || actor !== this.#whose.caller || rulesAgeMs < this.#inFlightMs) return;
    const naming = this.#naming(object);
    if (naming.length === 0 || !naming.every((one) => this.#isHeld(one))) return;
    const [before, after] = role;
    const allowed = [
      ...oursOn(before, this.#whose.clusterId),
      ...naming.flatMap((one) => this.#of(one).statements),
    ];
    const wider = oursOn(after, this.#whose.clusterId).find((statement) => !isAllowedBy(statement, allowed));
    if (wider !== undefined) this.#violated(`${operation} on ${object} adds ${JSON.stringify(wider)}`);
  }

  #noteAdditions(
    arn: string,
    actor: AwsChange['actor'],
    [before, after]: NonNullable<AwsChange['role']>,
  ): void {
    const [had, has] = [oursOn(before, this.#whose.clusterId), oursOn(after, this.#whose.clusterId)];
    const atMs = this.#parts.scheduler.nowMs;
    const news = actor === this.#whose.caller ? [] : has.filter((statement) => !isAllowedBy(statement, had));
    const kept = (this.#added.get(arn) ?? []).filter(({ statement }) => isAllowedBy(statement, has));
    this.#added.set(arn, [...kept, ...news.map((statement) => ({ statement, atMs }))]);
  }

  #naming(arn: string): readonly LinkObject[] {
    return this.#parts.truth.links().filter(({ link }) => link.targetRole.text === arn);
  }

  /** While a link of the role is suspended, refused or being deleted, nothing is removed. */
  #isActive(one: LinkObject): boolean {
    const { suspended, deleting, legs } = one.link;
    const isRequired = this.#parts.truth.requirements(one)?.kind === 'required';
    return isRequired && !suspended && !deleting && legs.targetRole === 'Enforce';
  }

  #violated(message: string): void {
    this.#parts.onViolation({ law: HOLD_LAW, atMs: this.#parts.scheduler.nowMs, message });
  }

  #isHeld({ link }: LinkObject): boolean {
    const { target } = this.#parts.truth.contextOf(link);
    return growthIsBlocked(targetEntries(target.entries, link.targetRole));
  }

  #entitle(object: LinkObject, { statements }: Entitlement): void {
    const requirements = this.#parts.truth.requirements(object);
    if (requirements?.kind === 'required') statements.push(...requirements.permissions);
  }

  #of({ link: { uid } }: LinkObject): Entitlement {
    const known = this.#entitled.get(uid);
    if (known !== undefined) return known;
    const made: Entitlement = { statements: [], open: true };
    this.#entitled.set(uid, made);
    return made;
  }
}

export function additionText({ statement }: Added): string {
  return `what somebody added: ${JSON.stringify(statement)}`;
}

function oursOn(role: ModelRole | undefined, clusterId: string): readonly Statement[] {
  const text = role?.inline.get(policyName(clusterId));
  const policy = text === undefined ? undefined : parseObservedPolicy(text);
  return policy?.kind === 'parsed' ? policy.document.statements : [];
}
