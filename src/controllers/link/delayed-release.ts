/**
 * The release of a link that leaves AWS as it is (retained or abandoned). What it alone wanted of an object that it shares, the
 * remaining links of that object take off. Once the link is gone, nothing records that the operator had written it: after a crash
 * it would be reported as drift. So the link keeps its finalizer, and contributes nothing, until one of the others has written each
 * object, or for a few seconds.
 */
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import type { Contributors } from '../objects/contributors.ts';
import { ACCESS } from '../objects/leftovers.ts';
import { GRANT_ALONE } from '../objects/drift-finder.ts';
import type { ObjectReconciler } from '../objects/object-reconciler.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

interface DelayedReleaseParts {
  readonly contributors: Pick<Contributors, 'linksBy' | 'linksUnder' | 'mayHaveWritten'>;
  readonly machines: Pick<StateMachineCache, 'rolesOf'>;
  readonly objects: Pick<ObjectReconciler, 'leave' | 'isUnfinished'>;
  readonly memory: LinkMemory;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** An object that a link shares with others that stay. */
interface LeftObject {
  readonly arn: string;
  readonly legs: ReadonlySet<Leg>;
  /** Those that write it. */
  readonly others: readonly LinkObject[];
}

/** Others may be held up for as long as their accounts are out of reach: nobody waits for that. */
const LONGEST_MS = 5_000;

export class DelayedRelease {
  readonly #parts: DelayedReleaseParts;

  constructor(parts: DelayedReleaseParts) {
    this.#parts = parts;
  }

  /** From now on the link contributes nothing. Returns, the first time, links that have to see to what it shares with them: one for
   *  each object. */
  begin(object: LinkObject): readonly LinkObject[] {
    const { memory, now, contributors } = this.#parts;
    const { uid } = object.link;
    if (memory.seen(uid).releasingSince !== undefined || !contributors.mayHaveWritten(object)) return [];
    memory.of(uid).releasingSince = now();
    const left = this.#leftBy(object);
    for (const { arn, legs } of left) this.#parts.objects.leave(arn, legs);
    return left.flatMap(({ others }) => others.slice(0, 1));
  }

  /** Whether the others have not seen yet to all that the link leaves, and there is time. */
  isAwaited(object: LinkObject): boolean {
    const { memory, now, objects } = this.#parts;
    const since = memory.seen(object.link.uid).releasingSince;
    if (since === undefined || now() - since >= LONGEST_MS) return false;
    return this.#leftBy(object).some(({ arn }) => objects.isUnfinished(arn));
  }

  /** To be called where the link does not leave AWS as it is, after all. */
  end({ link }: LinkObject): void {
    const { memory } = this.#parts;
    if (memory.seen(link.uid).releasingSince !== undefined) memory.of(link.uid).releasingSince = undefined;
  }

  #leftBy({ link, status }: LinkObject): readonly LeftObject[] {
    const { contributors, machines } = this.#parts;
    const { inventory = [] } = status;
    const machine = link.stateMachine.text;
    const granted = inventory.filter(({ leg }) => leg === 'ExecutionRoleGrant').map(({ arn }) => arn);
    const objects = [
      {
        arn: link.targetRole.text,
        part: 'targetRole',
        legs: ACCESS,
        sharing: contributors.linksBy('targetRole', link.targetRole.text),
      },
      {
        arn: machine,
        part: 'stateMachineCredentials',
        legs: CREDENTIALS_ALONE,
        sharing: contributors.linksBy('stateMachine', machine),
      },
      ...[...new Set([...granted, ...machines.rolesOf(machine)])].map((arn) => ({
        arn,
        part: 'executionRoleGrant' as const,
        legs: GRANT_ALONE,
        sharing: contributors.linksUnder(arn),
      })),
    ] as const;
    return objects
      .map(({ arn, part, legs, sharing }) => ({
        arn,
        legs,
        others: sharing.filter((other) => stays(other.link, part) && other.link.uid !== link.uid),
      }))
      .filter(({ others }) => others.length > 0);
  }
}

const CREDENTIALS_ALONE: ReadonlySet<Leg> = new Set(['stateMachineCredentials']);

/** Whether a link goes on writing what is written with one of its legs. */
function stays({ deleting, suspended, legs }: Link, part: keyof Link['legs']): boolean {
  return !deleting && !suspended && legs[part] === 'Enforce';
}
