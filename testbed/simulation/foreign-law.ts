/** The operator leaves alone foreign roles, and everything foreign on an execution role, in a definition or on a role that a link
 *  preserves. */
import { targetEntries } from '../../src/access/target.ts';
import { hasFinalizer, type LinkObject } from '../../src/controllers/state/link-object.ts';
import type { Link } from '../../src/desired/link.ts';
import { TAGS } from '../../src/desired/names.ts';
import type { AwsChange, ModelMachine, ModelRole } from './aws-model.ts';
import {
  foreignPartOf,
  foreignPartOfDefinition,
  isUnread,
  keepsForeign,
  tasksNaming,
} from './foreign-parts.ts';
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
  /** Target roles that a link might adopt, or preserves. What a link adopted stays adopted, whatever its spec says later. */
  readonly #adoptable = new Set<string>();
  /** By role: until when a link asked for nothing foreign to stay on it, or when the rules were last changed. */
  readonly #clearedUntilMs = new Map<string, number>();
  /** By ARN of a state machine: Tasks to which the operator gave the Credentials of a link. */
  readonly #linked = new Map<string, ReadonlySet<string>>();

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

  /** To be called for a role on which nothing foreign had to stay until now. */
  cleared(targetRole: string): void {
    this.#clearedUntilMs.set(targetRole, this.#parts.scheduler.nowMs);
  }

  /** The operator never writes to foreign roles, nor changes what is foreign on an execution role or in a definition. */
  judge(change: AwsChange): void {
    const { operation, object, role, machine } = change;
    if (machine !== undefined) {
      const [before, after] = machine;
      if (before === undefined || after === undefined || before.roleArn !== after.roleArn)
        return this.#violated(`${operation} on ${object}`);
      const linked = this.#linked.get(object) ?? new Set();
      const [theirs, left] = [before, after].map(({ definition }) =>
        foreignPartOfDefinition(definition, this.#named, linked),
      );
      this.#linked.set(object, new Set([...linked, ...tasksNaming(after.definition, this.#named)]));
      if (theirs === left) return;
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

  /** The developer repeats a deployment that was overwritten; another operator reads its own write back anyway. */
  #overwrote(before: ModelMachine): void {
    if (before.changedBy === 'others') this.#parts.onOverwritten?.(before);
  }

  /** Only a link that may adopt a role writes to it, and gives it back. */
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

  /** Whether a link may have said, or the rules say, that nothing foreign stays on an adopted role. */
  #isCleared(object: string): boolean {
    if (this.#times.isRecent(this.#clearedUntilMs.get(object) ?? Number.NEGATIVE_INFINITY)) return true;
    return this.#parts.truth.links().some(({ link }) => {
      if (link.targetRole.text !== object) return false;
      const { entries } = this.#parts.truth.contextOf(link).target;
      const allows = targetEntries(entries, link.targetRole).some((entry) => entry.allowPreserve);
      return link.unmanaged === 'Remove' || !allows;
    });
  }

  /** Whether a link has said for long enough that what is foreign on its role stays: this takes precedence over other links. */
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

  /** A link that only observes the role, or that the rules never admitted, has no say about it. */
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

/** A role of the operator belongs to one namespace: links of other namespaces have no say about it. */
function isOpenTo({ namespace }: Link, { tags }: ModelRole): boolean {
  return (tags.get(TAGS.namespace) ?? namespace) === namespace;
}
