/** Where an account holds growth, a changed definition widens no role: at any step a role gets only what its links needed
 *  of the definitions that stood from their last edit until they were next in sync, beside what it has. */
import { growthIsBlocked, targetEntries } from '../../src/access/target.ts';
import { findCondition } from '../../src/api/conditions.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import { policyName } from '../../src/desired/names.ts';
import { isAllowedBy } from '../../src/plan/statements.ts';
import type { Statement } from '../../src/policy/document.ts';
import { parseObservedPolicy } from '../../src/policy/parse.ts';
import type { AwsChange, ModelRole } from './aws-model.ts';
import type { LawsParts } from './laws.ts';
import { CLUSTER_ID } from './scenery.ts';

interface Entitlement {
  /** What the link's owner has asked for, knowing the definitions. */
  readonly statements: Statement[];
  /** Whether the link was edited and has not been in sync since: until then every definition is one that its owner meant. */
  open: boolean;
}

export class HoldLaw {
  readonly #parts: LawsParts;
  readonly #inFlightMs: number;
  /** By the link's UID. */
  readonly #entitled = new Map<string, Entitlement>();

  #rulesChangedAtMs = 0;

  /** @param inFlightMs for so long after rules changed, the operator may act on what was before */
  constructor(parts: LawsParts, inFlightMs: number) {
    this.#parts = parts;
    this.#inFlightMs = inFlightMs;
  }

  /** To be called when the rules of an account change: owners know of that. */
  rulesChanged(): void {
    this.#rulesChangedAtMs = this.#parts.scheduler.nowMs;
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
    const ready = findCondition(object.status.conditions ?? [], 'Ready');
    if (ready?.status === 'True' && ready.observedGeneration === object.metadata.generation)
      this.#of(object).open = false;
  }

  /** To be called after each change in AWS. */
  judge({ actor, operation, object, role, machine }: AwsChange): void {
    if (machine !== undefined && actor === 'others') {
      for (const one of this.#parts.truth.links()) {
        const entitled = this.#of(one);
        if (one.link.stateMachine.text === object && entitled.open) this.#entitle(one, entitled);
      }
    }
    const rulesAgeMs = this.#parts.scheduler.nowMs - this.#rulesChangedAtMs;
    if (role === undefined || actor !== 'operator' || rulesAgeMs < this.#inFlightMs) return;
    const naming = this.#parts.truth.links().filter(({ link }) => link.targetRole.text === object);
    if (naming.length === 0 || !naming.every((one) => this.#isHeld(one))) return;
    const [before, after] = role;
    const allowed = [...oursOn(before), ...naming.flatMap((one) => this.#of(one).statements)];
    const wider = oursOn(after).find((statement) => !isAllowedBy(statement, allowed));
    if (wider === undefined) return;
    this.#parts.onViolation({
      law: 'a definition widens no role where growth is held',
      atMs: this.#parts.scheduler.nowMs,
      message: `${operation} on ${object} adds ${JSON.stringify(wider)}`,
    });
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

function oursOn(role: ModelRole | undefined): readonly Statement[] {
  const text = role?.inline.get(policyName(CLUSTER_ID));
  const policy = text === undefined ? undefined : parseObservedPolicy(text);
  return policy?.kind === 'parsed' ? policy.document.statements : [];
}
