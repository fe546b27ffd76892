/**
 * Removes what a link added, in the reverse order of ensure.ts: Credentials → (wait for executions that still need the role) →
 * grant → target role. What other links need stays. What is gone already counts as removed.
 */
import { tasksNaming } from '../../asl/definition/large-definition.ts';
import { writesAnything } from '../../desired/link.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Action } from '../../plan/action.ts';
import {
  accountNotReady,
  credentialsObserved,
  definitionUnreadable,
  removalWithheld,
  patienceOf,
  SHARED_OBJECT_RECHECK_MS,
  tasksNotTakenOver,
  type DeletionAge,
  type DeletionOutcome,
  type DeletionWait,
} from '../../report/deletion-outcome.ts';
import type { WhoseRole } from '../../plan/ownership.ts';
import type { CredentialsReconciler } from '../objects/credentials.ts';
import type { GrantReconciler } from '../objects/grant.ts';
import type { UpdateOptions } from '../objects/object-update.ts';
import type { StrayGrantFinder } from '../objects/stray-grants.ts';
import type { TargetRoleReconciler } from '../objects/target-role.ts';
import { depart, type LinkMemories } from '../state/link-memory.ts';
import { isOnRecord } from '../state/on-record.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { isBeingDeleted } from '../state/machine-reading.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { grantRoles, recordedRoles } from './inventory.ts';
import type { RoleUsers } from './role-users.ts';

interface FinalizeLinkParts {
  readonly machines: StateMachineCache;
  readonly targetRole: TargetRoleReconciler;
  readonly grant: GrantReconciler;
  readonly credentials: CredentialsReconciler;
  readonly strayGrantFinder: Pick<StrayGrantFinder, 'of'>;
  readonly memories: LinkMemories;
  readonly roleUsers: RoleUsers;
}

export interface FinalizeOptions extends DeletionAge {
  readonly callOptions: CallOptions;
}

export interface FinalizeRecord {
  readonly applied: Action[];
  /** Tasks that keep Credentials that name the role, although it is removed: they fail. */
  kept: readonly string[];
  /** What stays in AWS, each with the reason. */
  readonly leftBehind: string[];
}

/** One reconcile on the way down: the link, how fresh its reads are, and what was done so far. */
interface FinalizeRun {
  readonly resolved: ResolvedLink;
  readonly options: FinalizeOptions;
  /** Filled as the reconcile goes on. */
  readonly record: FinalizeRecord;
}

export class FinalizeLink {
  readonly #parts: FinalizeLinkParts;

  constructor(parts: FinalizeLinkParts) {
    this.#parts = parts;
  }

  /** Removes what only this link needs, as far as it gets, and notes in `record` what it did.
   *  @throws AwsFailure when a read fails, WriteFailure when a write fails */
  async run(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    record: FinalizeRecord,
  ): Promise<DeletionOutcome> {
    const run = { resolved, options, record };
    const { source, target, link } = resolved;
    if (source.aws === undefined) return accountNotReady(source.name, source.problem, patienceOf(options));
    if (target.aws === undefined) return accountNotReady(target.name, target.problem, patienceOf(options));
    const memory = this.#parts.memories.of(link.uid);
    const isProven = isOnRecord(resolved.object, memory);
    const { targetRole } = this.#parts;
    const whose: WhoseRole = isProven
      ? await targetRole.whoseNow(resolved, target.aws, options.callOptions)
      : await targetRole.whose(resolved, target.aws, options.callOptions);
    if (whose.kind === 'others' && !(await this.#wroteBesides(resolved, options, source.aws))) {
      if (isProven) record.leftBehind.push(`${inventoryText(resolved)} (${whose.message})`);
      return { kind: 'gone' };
    }
    if (whose.kind === 'unproven') {
      if (whose.message !== undefined) record.leftBehind.push(whose.message);
      if (recordedRoles(resolved.object).length === 0) return { kind: 'gone' };
      // If somebody else keeps the role, the grant may be all that was written before a crash.
      depart(memory, 'executionRole');
      // A link whose own state machine is unread would keep everything on the grant.
      const { text: machine } = link.stateMachine;
      await this.#parts.machines.read(source.aws, machine, options.callOptions, SHARED_OBJECT_RECHECK_MS);
      return (await this.#grants(run, source.aws)) ?? { kind: 'gone' };
    }
    // The proof on the role goes with the role.
    memory.wroteForLink = true;
    depart(memory, 'stateMachine');
    const inUse =
      (await this.#credentials(run, source.aws)) ??
      (await this.#parts.roleUsers.awaited(resolved, options, source.aws));
    if (inUse !== undefined) return inUse;
    depart(memory, 'executionRole');
    const grantWithheld = await this.#grants(run, source.aws);
    if (grantWithheld !== undefined) return grantWithheld;
    depart(memory, 'targetRole');
    return (await this.#targetRole(run, target.aws)) ?? { kind: 'gone' };
  }

  /** If the link only observes the role, another operator may keep it. Then the grant shows what this operator wrote for the
   *  link. */
  async #wroteBesides(
    resolved: ResolvedLink,
    { callOptions }: FinalizeOptions,
    aws: AwsAccount,
  ): Promise<boolean> {
    const { link } = resolved;
    if (link.legs.targetRole === 'Enforce') return false;
    const { memories, grant } = this.#parts;
    if (memories.peek(link.uid).wroteForLink) return true;
    for (const role of grantRoles(resolved, [])) if (await grant.stands(role, aws, callOptions)) return true;
    return false;
  }

  async #credentials(
    { resolved, options, record }: FinalizeRun,
    aws: AwsAccount,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    if (link.legs.stateMachineCredentials === 'Observe') return this.#observedTasks(resolved, options, aws);
    const { credentials } = this.#parts;
    const result = await credentials.reconcile(resolved, aws, updateOptions(options));
    if (result.kind === 'absent') return undefined;
    if (result.kind === 'unreadable') return definitionUnreadable(result.message);
    record.applied.push(...result.applied);
    record.kept = result.plan.kept;
    if (result.plan.withheld.length > 0) return removalWithheld(link.stateMachine.name, result, options);
    const notTakenOver = tasksNaming(result.view.definition, link.targetRole.text).filter((task) =>
      result.plan.waiting.has(task),
    );
    return notTakenOver.length === 0 ? undefined : tasksNotTakenOver(notTakenOver, options);
  }

  /** If the link only observes the definition, somebody else has to remove the Credentials before the role that they name goes. */
  async #observedTasks(
    resolved: ResolvedLink,
    { callOptions }: FinalizeOptions,
    aws: AwsAccount,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    const { machines, credentials } = this.#parts;
    if (!writesAnything(link)) return undefined;
    const { text: arn, name } = link.stateMachine;
    const machine = await machines.read(aws, arn, callOptions, SHARED_OBJECT_RECHECK_MS);
    if (machine.kind === 'absent' || isBeingDeleted(machine)) return undefined;
    if (machine.kind === 'unreadable') return definitionUnreadable(machine.message);
    const tasks = await credentials.stillNaming(resolved, machine.view);
    return tasks.length === 0 ? undefined : credentialsObserved(name, tasks);
  }

  async #grants(
    { resolved, options, record }: FinalizeRun,
    aws: AwsAccount,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    if (link.legs.executionRoleGrant === 'Observe') return undefined;
    const { grant, machines, strayGrantFinder } = this.#parts;
    const machine = machines.known(link.stateMachine.text);
    const current = machine?.kind === 'found' ? [machine.view.executionRole.text] : [];
    for (const role of grantRoles(resolved, [...current, ...strayGrantFinder.of(resolved, aws)])) {
      const result = await grant.reconcile(resolved, role, aws, updateOptions(options));
      record.applied.push(...result.applied);
      if (result.plan.leftBehind !== undefined) record.leftBehind.push(result.plan.leftBehind);
      if (result.plan.withheld.length > 0)
        return removalWithheld(`the grant on ${role.name}`, result, options);
    }
    return undefined;
  }

  async #targetRole(
    { resolved, options, record }: FinalizeRun,
    aws: AwsAccount,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    if (link.legs.targetRole === 'Observe') return undefined;
    const result = await this.#parts.targetRole.reconcile(
      resolved,
      aws,
      updateOptions(options),
      () => 'Grant',
    );
    record.applied.push(...result.applied);
    const { leftBehind } = result.plan;
    if (leftBehind !== undefined) record.leftBehind.push(leftBehind);
    if (result.applied.some(({ operation }) => operation === 'DeleteRole'))
      record.leftBehind.push(...this.#othersCredentials(resolved, record));
    return result.plan.withheld.length === 0
      ? undefined
      : removalWithheld(link.targetRole.name, result, options);
  }

  /** Credentials that somebody else wrote and that name the removed role. */
  #othersCredentials({ link }: ResolvedLink, { kept }: FinalizeRecord): readonly string[] {
    if (link.legs.stateMachineCredentials === 'Observe') return [];
    const machine = this.#parts.machines.known(link.stateMachine.text);
    if (machine?.kind !== 'found') return [];
    return tasksNaming(machine.view.definition, link.targetRole.text)
      .filter((task) => !kept.includes(task))
      .map((task) => `Credentials of "${task}" in ${link.stateMachine.name} (not written for this link)`);
  }
}

/** A removal is planned from fresh reads only. The link has its finalizer already, and its RoleId stays in its status. */
function updateOptions({ callOptions }: FinalizeOptions): UpdateOptions {
  return {
    callOptions,
    freshness: { kind: 'fresh' },
    machineMaxAgeMs: 0,
    inSyncBefore: new Set(),
    lastUpdates: new Map(),
    isDeletion: true,
    beforeWrites: nothingToDo,
  };
}

/** What the status says the operator wrote for the link. */
function inventoryText({ object }: ResolvedLink): string {
  const arns = (object.status.inventory ?? []).map(({ arn }) => arn);
  return arns.length === 0 ? object.link.targetRole.text : arns.join(', ');
}

function nothingToDo(): Promise<void> {
  return Promise.resolve();
}
