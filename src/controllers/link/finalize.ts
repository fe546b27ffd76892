/**
 * Removes what a link added, in the reverse order of ensure.ts: Credentials → (executions that still need the role end)
 * → grant → target role. What other links need stays; what is gone already is done.
 */
import { namesRole } from '../../asl/task.ts';
import type { AccountAws } from '../../aws/account-aws.ts';
import type { CallOptions } from '../../aws/lanes.ts';
import { LONGEST_EXPRESS_MS, type MachineView } from '../../desired/machine-view.ts';
import type { Action } from '../../plan/action.ts';
import {
  accountNotReady,
  deletionBlocked,
  definitionJustChanged,
  removalWithheld,
  roleInUse,
  SHARED_OBJECT_RECHECK_MS,
  tasksNotTakenOver,
  type DeletionOutcome,
  type DeletionWait,
} from '../../report/deletion-outcome.ts';
import type { CredentialsReconciler } from '../objects/credentials.ts';
import type { GrantReconciler } from '../objects/grant.ts';
import type { UpdateOptions } from '../objects/object-update.ts';
import type { GrantsAstray } from '../objects/stray-grants.ts';
import type { TargetRoleReconciler } from '../objects/target-role.ts';
import { leave, type LinkMemory } from '../state/link-memory.ts';
import { isOnRecord, type ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { grantRoles, hadCredentials, recordedRoles } from './inventory.ts';

export interface FinalizeLinkParts {
  readonly machines: StateMachineCache;
  readonly targetRole: TargetRoleReconciler;
  readonly grant: GrantReconciler;
  readonly credentials: CredentialsReconciler;
  readonly grantsAstray: Pick<GrantsAstray, 'of'>;
  readonly memory: LinkMemory;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long AWS is given until every new execution uses a definition that was changed. */
  readonly takeUpMs: number;
  /** Since when this process leads, in the same. */
  readonly leadingSince: () => number;
}

export interface FinalizeOptions {
  readonly callOptions: CallOptions;
  /** Milliseconds since the deletion was asked for. */
  readonly deletingForMs: number;
  /** How long a deletion waits for executions before it is called blocked. */
  readonly patienceMs: number;
}

export interface FinalizeRecord {
  readonly applied: Action[];
  /** Tasks that keep Credentials which name the role although it goes, so that they fail. */
  kept: readonly string[];
  /** What stays in AWS, each with the reason. */
  readonly leftBehind: string[];
}

export class FinalizeLink {
  readonly #parts: FinalizeLinkParts;

  constructor(parts: FinalizeLinkParts) {
    this.#parts = parts;
  }

  /** Removes what the link alone needs, as far as it gets, and notes in `record` what it did.
   *  @throws AwsFailure when a read fails, WriteFailure when a write does */
  async run(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    record: FinalizeRecord,
  ): Promise<DeletionOutcome> {
    const { source, target, link } = resolved;
    if (source.aws === undefined) return accountNotReady(source.name, source.problem);
    if (target.aws === undefined) return accountNotReady(target.name, target.problem);
    const memory = this.#parts.memory.of(link.uid);
    const isProven = isOnRecord(resolved.object, memory);
    const whose = await this.#parts.targetRole.whose(resolved, target.aws, options.callOptions, isProven);
    if (whose.kind === 'others' && !(await this.#wroteBesides(resolved, options, source.aws))) {
      if (isProven) record.leftBehind.push(`${inventoryText(resolved)} (${whose.message})`);
      return { kind: 'gone' };
    }
    if (whose.kind === 'unproven') {
      if (whose.message !== undefined) record.leftBehind.push(whose.message);
      if (recordedRoles(resolved.object).length === 0) return { kind: 'gone' };
      // The role may be kept elsewhere, and the grant be all that was written before a crash.
      leave(memory, 'executionRole');
      // Unread, the link itself would keep anything from being taken off the grant.
      const { text: machine } = link.stateMachine;
      await this.#parts.machines.read(source.aws, machine, options.callOptions, SHARED_OBJECT_RECHECK_MS);
      return (await this.#grants(resolved, options, source.aws, record)) ?? { kind: 'gone' };
    }
    // What proves it on the role goes with the role.
    memory.finalizerPresent = true;
    leave(memory, 'stateMachine');
    const inUse =
      (await this.#credentials(resolved, options, source.aws, record)) ??
      (await this.#executions(resolved, options, source.aws));
    if (inUse !== undefined) return inUse;
    leave(memory, 'executionRole');
    const grantWithheld = await this.#grants(resolved, options, source.aws, record);
    if (grantWithheld !== undefined) return grantWithheld;
    leave(memory, 'targetRole');
    return (await this.#targetRole(resolved, options, target.aws, record)) ?? { kind: 'gone' };
  }

  /** A role that the link only observes may be kept by another operator: then what this one wrote for the link is told by
   *  its grant. */
  async #wroteBesides(
    { object, link }: ResolvedLink,
    { callOptions }: FinalizeOptions,
    aws: AccountAws,
  ): Promise<boolean> {
    if (link.legs.targetRole === 'Enforce') return false;
    const { memory, grant } = this.#parts;
    if (memory.seen(link.uid).finalizerPresent) return true;
    for (const role of grantRoles(object, [])) if (await grant.stands(role, aws, callOptions)) return true;
    return false;
  }

  async #credentials(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    if (link.legs.stateMachineCredentials === 'Observe') return undefined;
    const { credentials } = this.#parts;
    const result = await credentials.reconcile(resolved, aws, updateOptions(options));
    if (result.kind === 'absent') return undefined;
    if (result.kind === 'unreadable')
      return deletionBlocked(`${result.message} Correct it, or abandon the link.`);
    record.applied.push(...result.applied);
    record.kept = result.plan.kept;
    if (result.plan.withheld.length > 0) return removalWithheld(link.stateMachine.name, result.awaitsReads);
    const notTakenOver = tasksNaming(result.view, link.targetRole.text).filter((task) =>
      result.plan.waiting.includes(task),
    );
    return notTakenOver.length === 0 ? undefined : tasksNotTakenOver(notTakenOver);
  }

  /** An execution that starts right after an update may still use the definition of before: until then a list of
   *  executions proves nothing. Whoever wrote it: a younger link takes Tasks over in its own reconcile, and of what another
   *  process wrote it is only known that it was before this one led.
   *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
  #untilTakenUp({ object, link }: ResolvedLink, options: FinalizeOptions): DeletionWait | undefined {
    const { machines, now, takeUpMs, leadingSince } = this.#parts;
    const unseen = hadCredentials(object) ? leadingSince() : Number.NEGATIVE_INFINITY;
    const remainingMs = (machines.changedAt(link.stateMachine.text) ?? unseen) + takeUpMs - now();
    const message = 'Waits until every new execution uses the changed definition.';
    return remainingMs > 0
      ? definitionJustChanged(message, link.stateMachine.name, remainingMs, isOverdue(options))
      : undefined;
  }

  /** Running executions and versions behind aliases keep the definition that they began with, and so need the role. */
  async #executions(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    const { callOptions, deletingForMs, patienceMs } = options;
    const { machines } = this.#parts;
    const arn = link.stateMachine.text;
    const machine = await machines.read(aws, arn, callOptions, SHARED_OBJECT_RECHECK_MS);
    if (machine.kind !== 'found') return undefined;
    const untilTakenUp = this.#untilTakenUp(resolved, options);
    if (untilTakenUp !== undefined) return untilTakenUp;
    const view = await machines.readDefinitionsInUse(aws, machine.view, callOptions, 0);
    const inUseBy = [
      ...(view.inUse ?? [])
        .filter((one) => tasksNaming(one, link.targetRole.text).length > 0)
        .map((one) => one.inUseBy),
      ...(view.unreadInUse === true ? ['more versions and executions than are read'] : []),
    ];
    if (inUseBy.length > 0) return roleInUse(inUseBy, deletingForMs >= patienceMs);
    return this.#expressExecutions(view, resolved, options);
  }

  /** Express executions cannot be listed, so the longest that one may last is waited for since a definition named the role.
   *  What the definition was before this process first read it, nobody here knows. */
  #expressExecutions(
    { machine, recent, unreadRecentUntil }: MachineView,
    { object, link }: ResolvedLink,
    options: FinalizeOptions,
  ): DeletionWait | undefined {
    if (machine.type !== 'EXPRESS') return undefined;
    const named = recent.filter((one) => tasksNaming(one, link.targetRole.text).length > 0);
    const unread = unreadRecentUntil !== undefined && hadCredentials(object) ? [unreadRecentUntil] : [];
    const until = Math.max(Number.NEGATIVE_INFINITY, ...named.map((one) => one.until), ...unread);
    const remainingMs = until - this.#parts.now();
    const message = 'Waits until Express executions that may still run have ended.';
    return remainingMs > 0
      ? definitionJustChanged(message, link.stateMachine.name, remainingMs, isOverdue(options))
      : undefined;
  }

  async #grants(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<DeletionWait | undefined> {
    const { link, object } = resolved;
    if (link.legs.executionRoleGrant === 'Observe') return undefined;
    const { grant, machines, grantsAstray } = this.#parts;
    const machine = machines.known(link.stateMachine.text);
    const current = machine?.kind === 'found' ? [machine.view.executionRole.text] : [];
    for (const role of grantRoles(object, [...current, ...grantsAstray.of(resolved, aws)])) {
      const result = await grant.reconcile(resolved, role, aws, updateOptions(options));
      record.applied.push(...result.applied);
      if (result.plan.leftBehind !== undefined) record.leftBehind.push(result.plan.leftBehind);
      if (result.plan.withheld.length > 0)
        return removalWithheld(`the grant on ${role.name}`, result.awaitsReads);
    }
    return undefined;
  }

  async #targetRole(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    if (link.legs.targetRole === 'Observe') return undefined;
    const result = await this.#parts.targetRole.reconcile(resolved, aws, updateOptions(options), false);
    record.applied.push(...result.applied);
    const { leftBehind } = result.plan;
    if (leftBehind !== undefined) record.leftBehind.push(leftBehind);
    return result.plan.withheld.length === 0
      ? undefined
      : removalWithheld(link.targetRole.name, result.awaitsReads);
  }
}

/** A removal is planned from fresh reads only. The link has its finalizer, and keeps the RoleId in its status. */
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

/** Whether a definition has been changed for longer than the deletion has patience: it is waited at least as long as an
 *  Express execution may last before anybody has to do something. */
function isOverdue({ deletingForMs, patienceMs }: FinalizeOptions): boolean {
  return deletingForMs >= Math.max(patienceMs, LONGEST_EXPRESS_MS);
}

/** What the status says the operator wrote for the link. */
function inventoryText({ object }: ResolvedLink): string {
  const arns = (object.status.inventory ?? []).map(({ arn }) => arn);
  return arns.length === 0 ? object.link.targetRole.text : arns.join(', ');
}

function nothingToDo(): Promise<void> {
  return Promise.resolve();
}

function tasksNaming({ definition }: Pick<MachineView, 'definition'>, roleArn: string): readonly string[] {
  return definition.tasks.filter((task) => namesRole(task, roleArn)).map(({ name }) => name);
}
