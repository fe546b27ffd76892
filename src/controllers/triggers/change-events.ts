/**
 * Change events, and differences between snapshots → links to reconcile. They are hints: they make the operator read, and
 * decide nothing.
 */
import { parseRoleArn } from '../../arn/arn.ts';
import type { ChangeEvent, EventObject } from '../../aws/events/events.ts';
import type { Parts } from '../../base/parts.ts';
import { inTurns } from '../../base/turns.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { AliasCheck } from './alias-check.ts';
import type { RepairBackoff } from '../state/repair-backoff.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { targetRoleNameKey } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

interface ChangeEventsParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly machines: StateMachineCache;
  readonly memories: LinkMemories;
  readonly repairBackoff: RepairBackoff;
  readonly aliases: Pick<AliasCheck, 'suspected'>;
  readonly enqueue: (link: LinkObject) => void;
}

export class ChangeEvents {
  readonly #parts: ChangeEventsParts;

  constructor(parts: ChangeEventsParts) {
    this.#parts = parts;
  }

  /** Whether the operator itself caused the event: the identity in it is the operator's session, or a former one. Not every
   *  source of credentials names sessions alike. */
  isOwn({ accountId, user }: ChangeEvent): boolean {
    const account = this.#parts.accounts.get(accountId);
    if (account?.identityArn === undefined) return false;
    return (
      account.identityArn === user.who ||
      isPodBefore(account.identityArn, user.who) ||
      (user.accessKeyId !== undefined && account.hasUsed?.(user.accessKeyId) === true)
    );
  }

  /** Brings the links concerned to the queue. Works in turns, because a managed policy may concern every link of an account; if
   *  there are few, it ends within the first turn. */
  changed(event: ChangeEvent): Promise<void> {
    return inTurns(this.#changedInParts(event));
  }

  *#changedInParts({ accountId, objects, user }: ChangeEvent): Parts<void> {
    for (const object of objects) {
      if (object.kind === 'stateMachine') this.#parts.machines.doubtDefinitionsInUse(object.arn);
      const arns = this.#arnsOf(accountId, object);
      for (const arn of arns) this.#parts.repairBackoff.blame(arn, user.who);
      const paused =
        arns.length > 0 && arns.every((arn) => this.#parts.repairBackoff.pause(arn) !== undefined);
      for (const link of this.#linksThatMayTouch(accountId, object)) {
        yield;
        if (!this.#isTouched(accountId, object, link)) continue;
        if (object.kind === 'stateMachine') this.#parts.aliases.suspected(object.arn);
        const memory = this.#parts.memories.of(link.metadata.uid);
        memory.suspect = true;
        // A link that waits for a pause between repairs comes back by itself.
        if (!(paused && memory.pausing)) this.#parts.enqueue(link);
      }
    }
  }

  /** To be called when a role or managed policy differs from the previous snapshot: the links that use it need not wait for
   *  their next check. Works in turns, as {@link changed} does. */
  differs(accountId: string, arn: string): Promise<void> {
    return inTurns(this.#differsInParts(accountId, arn));
  }

  *#differsInParts(accountId: string, arn: string): Parts<void> {
    const role = parseRoleArn(arn);
    const object: EventObject =
      role === undefined ? { kind: 'managedPolicy', arn } : { kind: 'role', name: role.name };
    for (const link of this.#linksThatMayTouch(accountId, object)) {
      yield;
      if (this.#isTouched(accountId, object, link)) this.#parts.enqueue(link);
    }
  }

  #linksThatMayTouch(accountId: string, object: EventObject): Iterable<LinkObject> {
    const { links, machines } = this.#parts;
    switch (object.kind) {
      case 'stateMachine':
        return links.byIndex('stateMachine', object.arn);
      case 'role': {
        const underRole = machines
          .rolesNamed(accountId, object.name)
          .flatMap((role) => machines.under(role))
          .flatMap((machine) => links.byIndex('stateMachine', machine));
        return new Set([
          ...links.byIndex('targetRoleName', targetRoleNameKey(accountId, object.name)),
          ...underRole,
        ]);
      }
      case 'managedPolicy':
        return links.byIndex('account', accountId);
    }
  }

  #isTouched(accountId: string, object: EventObject, { link }: LinkObject): boolean {
    if (object.kind !== 'managedPolicy') return true;
    return (
      this.#parts.accounts.get(accountId)?.rules.permissionsBoundaryArn === object.arn ||
      link.permissionsBoundaryArn === object.arn ||
      link.permissions.managedPolicyArns.includes(object.arn)
    );
  }

  #arnsOf(accountId: string, object: EventObject): readonly string[] {
    if (object.kind !== 'role') return [object.arn];
    const targets = this.#parts.links
      .byIndex('targetRoleName', targetRoleNameKey(accountId, object.name))
      .map(({ link }) => link.targetRole.text);
    return [...new Set([...targets, ...this.#parts.machines.rolesNamed(accountId, object.name)])];
  }
}

/** Whether a session belongs to the same pod before a restart. EKS Pod Identity names a session after the pod:
 *  `…:assumed-role/ROLE/eks-CLUSTER-POD-ID`. So after a restart, what the former pod wrote is reported under another name. By
 *  its trust policy, nobody but EKS may assume that role. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html */
function isPodBefore(identityArn: string, who: string): boolean {
  const role = POD_SESSION.exec(identityArn)?.[1];
  return role !== undefined && POD_SESSION.exec(who)?.[1] === role;
}

const POD_SESSION = /^(arn:[^:]+:sts::\d{12}:assumed-role\/[^/]+\/)eks-[^/]+$/;
