/**
 * Delays the release of a link that leaves AWS as it is (retained or abandoned). What only this link wanted of a shared object
 * is taken off by the remaining links of that object. Once the link is gone, nothing records that the operator had written it,
 * so after a crash it would be reported as drift. Therefore the link keeps its finalizer, and contributes nothing, until one of
 * the others has written each object, but for a few seconds at most.
 */
import type { Link } from '../../desired/link.ts';
import { legsWrittenWith } from '../../report/legs-on-record.ts';
import type { Contributors } from '../objects/contributors.ts';
import type { ObjectReconciler } from '../objects/object-reconciler.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { isOnRecord } from '../state/on-record.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

interface DelayedReleaseParts {
  readonly contributors: Pick<Contributors, 'linksBy' | 'linksUnder' | 'mayHaveWritten'>;
  readonly machines: Pick<StateMachineCache, 'rolesOf'>;
  readonly objects: Pick<ObjectReconciler, 'leave' | 'isUnfinished'>;
  readonly memories: LinkMemories;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** An object that a link names. */
interface NamedObject {
  readonly arn: string;
  /** With which it is written. */
  readonly part: keyof Link['legs'];
  /** The other links that name it. */
  readonly others: readonly LinkObject[];
}

/** The longest wait. The accounts of the other links may be out of reach for any time, and a deletion must not wait for that. */
const LONGEST_MS = 5_000;

export class DelayedRelease {
  readonly #parts: DelayedReleaseParts;

  constructor(parts: DelayedReleaseParts) {
    this.#parts = parts;
  }

  /** From now on the link contributes nothing. When called for the first time, returns one link for each shared object:
   *  reconciled, it takes off what this one leaves. */
  begin(object: LinkObject): readonly LinkObject[] {
    const { memories, now, contributors } = this.#parts;
    const { uid } = object.link;
    if (memories.peek(uid).releasingSince !== undefined || !contributors.mayHaveWritten(object)) return [];
    memories.of(uid).releasingSince = now();
    const left = this.#leftBy(object);
    for (const { arn, part } of left) this.#parts.objects.leave(arn, legsWrittenWith(part));
    return left.flatMap(({ others }) => others.slice(0, 1));
  }

  /** Whether to keep waiting: the other links have not yet taken off all that this one leaves, and the time is not over. */
  isAwaited(object: LinkObject): boolean {
    const { memories, now, objects } = this.#parts;
    const since = memories.peek(object.link.uid).releasingSince;
    if (since === undefined || now() - since >= LONGEST_MS) return false;
    return this.#leftBy(object).some(({ arn }) => objects.isUnfinished(arn));
  }

  /** To be called if the link does not leave AWS as it is after all. */
  end({ link }: LinkObject): void {
    const { memories } = this.#parts;
    if (memories.peek(link.uid).releasingSince !== undefined)
      memories.of(link.uid).releasingSince = undefined;
  }

  /** ARNs of the roles from which other links remove what this one alone asked for: now, or once they are resumed. They look for
   *  grants on a target role that they share, too. From a state machine nothing is removed. None for a link for which nothing is
   *  known to have been written: it may name whatever it likes, and must not hear under which roles that runs, or who uses it. */
  rolesShared(object: LinkObject): readonly string[] {
    const { uid, stateMachine } = object.link;
    if (!isOnRecord(object, this.#parts.memories.peek(uid))) return [];
    const { accountId } = stateMachine;
    const objects = this.#objectsOf(object);
    const onRole = objects.find(({ part }) => part === 'targetRole')?.others ?? [];
    const nearby = onRole.filter(({ link }) => link.stateMachine.accountId === accountId);
    return objects
      .filter(({ part, others }) => {
        const concerned = part === 'executionRoleGrant' ? [...others, ...nearby] : others;
        return part !== 'stateMachineCredentials' && concerned.some(({ link }) => writes(link, part));
      })
      .map(({ arn }) => arn);
  }

  /** The objects that other links stay on and write, with these links alone. */
  #leftBy(object: LinkObject): readonly NamedObject[] {
    return this.#objectsOf(object)
      .map(({ arn, part, others }) => ({
        arn,
        part,
        others: others.filter(({ link }) => writes(link, part) && !link.suspended),
      }))
      .filter(({ others }) => others.length > 0);
  }

  #objectsOf({ link, status }: LinkObject): readonly NamedObject[] {
    const { contributors, machines } = this.#parts;
    const { inventory = [] } = status;
    const machine = link.stateMachine.text;
    const granted = inventory.filter(({ leg }) => leg === 'ExecutionRoleGrant').map(({ arn }) => arn);
    const without = (links: readonly LinkObject[]) => links.filter((other) => other.link.uid !== link.uid);
    return [
      {
        arn: link.targetRole.text,
        part: 'targetRole',
        others: without(contributors.linksBy('targetRole', link.targetRole.text)),
      },
      {
        arn: machine,
        part: 'stateMachineCredentials',
        others: without(contributors.linksBy('stateMachine', machine)),
      },
      ...[...new Set([...granted, ...machines.rolesOf(machine)])].map((arn) => ({
        arn,
        part: 'executionRoleGrant' as const,
        others: without(contributors.linksUnder(arn)),
      })),
    ];
  }
}

/** Whether a link stays and writes one of its legs. */
function writes({ deleting, legs }: Link, part: keyof Link['legs']): boolean {
  return !deleting && legs[part] === 'Enforce';
}
