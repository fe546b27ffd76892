/** The operator leaves foreign roles as they are, and what is foreign on an execution role, in a definition or on a role that a
 *  link preserves. */
import { targetEntries } from '../../src/access/target.ts';
import { hasFinalizer, type LinkObject } from '../../src/controllers/state/link-object.ts';
import type { Link } from '../../src/desired/link.ts';
import { TAGS } from '../../src/desired/names.ts';
import type { AwsChange, ModelMachine, ModelRole } from './aws-model.ts';
import { foreignPartOf, foreignPartOfDefinition, isUnread, keepsForeign } from './foreign-parts.ts';
import type { LawsParts } from './laws.ts';
import type { LinkTimes } from './link-times.ts';
import { OPERATORS, type Whose } from './whose.ts';

const LAW = 'foreign content is untouched';

interface ForeignLawState {
  readonly times: LinkTimes;
  /** Every target role that a link ever named. */
  readonly named: ReadonlySet<string>;
}

export class ForeignLaw {
  readonly #parts: LawsParts;
  readonly #whose: Whose;
  readonly #times: LinkTimes;
  readonly #named: ReadonlySet<string>;
  /** Target roles that a link might adopt, or preserves: what it adopted stays so, whatever its spec says later. */
  readonly #adoptable = new Set<string>();
  /** When a link last said of a role that nothing foreign stays on it, or the rules were changed. */
  readonly #clearedUntilMs = new Map<string, number>();

  constructor(parts: LawsParts, { times, named }: ForeignLawState) {
    this.#parts = parts;
    this.#whose = parts.whose ?? OPERATORS;
    this.#times = times;
    this.#named = named;
  }

  /** To be called with every link that is seen. */
  note({ targetRole, adopt, unmanaged }: Link): void {
    if (adopt || unmanaged === 'Preserve') this.#adoptable.add(targetRole.text);
  }

  /** Until now nothing foreign had to stay on the role. */
  cleared(targetRole: string): void {
    this.#clearedUntilMs.set(targetRole, this.#parts.scheduler.nowMs);
  }

  /** Foreign roles are never written, nor what is foreign on an execution role or in a definition. */
  judge(change: AwsChange): void {
    const { operation, object, role, machine } = change;
    if (machine !== undefined) {
      const [before, after] = machine;
      if (before === undefined || after === undefined || before.roleArn !== after.roleArn)
        return this.#violated(`${operation} on ${object}`);
      if (
        foreignPartOfDefinition(before.definition, this.#named) ===
        foreignPartOfDefinition(after.definition, this.#named)
      )
        return;
      if (isUnread(before, after)) this.#overwrote(before);
      else this.#violated(`${operation} on ${object} changes more than Credentials of links`);
      return;
    }
    const [before, after] = role ?? [];
    if (before === undefined) return;
    if (this.#named.has(object)) {
      if (before.maker !== this.#whose.caller) this.#foreignRoleWritten(operation, object, before, after);
      else if (after !== undefined && this.#isPreserved(before))
        this.#foreignPartWritten(operation, before, after);
    } else if (after === undefined || this.#foreignPartOf(before) !== this.#foreignPartOf(after)) {
      this.#violated(`${operation} on ${object}, which is no link's role`);
    }
  }

  #foreignPartOf(role: ModelRole): string {
    return foreignPartOf(role, this.#whose.clusterId);
  }

  /** Whoever deploys makes his deployment once more; another operator reads back what it wrote. */
  #overwrote(before: ModelMachine): void {
    if (before.changedBy === 'others') this.#parts.onOverwritten?.(before);
  }

  /** Only who may adopt a role writes to it, and gives it back. */
  #foreignRoleWritten(
    operation: string,
    object: string,
    before: ModelRole,
    after: ModelRole | undefined,
  ): void {
    if (!this.#adoptable.has(object) || after === undefined)
      this.#violated(`${operation} on ${object}, which somebody else made`);
    else if (this.#isPreserved(before) || !this.#isCleared(object))
      this.#foreignPartWritten(operation, before, after);
  }

  /** Whether a link may have said, or the rules say, that nothing foreign stays on a role that was adopted. */
  #isCleared(object: string): boolean {
    if (this.#times.isRecent(this.#clearedUntilMs.get(object) ?? Number.NEGATIVE_INFINITY)) return true;
    return this.#parts.truth.links().some(({ link }) => {
      if (link.targetRole.text !== object) return false;
      const { entries } = this.#parts.truth.contextOf(link).target;
      const allows = targetEntries(entries, link.targetRole).some((entry) => entry.allowPreserve);
      return link.unmanaged === 'Remove' || !allows;
    });
  }

  /** Whether a link has long said that what is foreign on its role stays: that goes before what others say. */
  #isPreserved(role: ModelRole): boolean {
    return this.#parts.truth
      .links()
      .some(
        (one) =>
          one.link.targetRole.text === role.arn &&
          isOpenTo(one.link, role) &&
          one.link.unmanaged === 'Preserve' &&
          this.#hasStanding(one) &&
          !this.#times.isRecent(this.#times.of(one.link.uid).editedMs),
      );
  }

  /** Who only observes the role, or whom the rules never admitted, has no say there. */
  #hasStanding(one: LinkObject): boolean {
    if (one.link.legs.targetRole === 'Observe') return false;
    return hasFinalizer(one) || this.#parts.truth.requirements(one)?.kind !== 'refused';
  }

  #foreignPartWritten(operation: string, before: ModelRole, after: ModelRole): void {
    if (!keepsForeign(before, after, this.#whose.clusterId))
      this.#violated(`${operation} on ${after.arn}, where links preserve what is foreign`);
  }

  #violated(message: string): void {
    this.#parts.onViolation({ law: LAW, atMs: this.#parts.scheduler.nowMs, message });
  }
}

/** A role of the operator's is that of one namespace: links of another one have no say there. */
function isOpenTo({ namespace }: Link, { tags }: ModelRole): boolean {
  return (tags.get(TAGS.namespace) ?? namespace) === namespace;
}
