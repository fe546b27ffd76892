/**
 * Makes what a link needs: target role with its trust policy and permissions → grant → pause until IAM has propagated →
 * definition. The definition comes last, so that a running workflow never meets a role that is not ready.
 */
import type { AwsAccount } from '../../aws/aws-account.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { Needs } from '../../desired/contribution.ts';
import type { Refusal } from '../../desired/refusals.ts';
import type { LinkRequirements } from '../../desired/requirements.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Action, PlanProblem } from '../../plan/action.ts';
import { executionRoleNotFound } from '../../plan/grant.ts';
import { leavesUnclaimed } from '../../plan/write-dependencies.ts';
import { credentialsOutcome } from '../../report/credentials-outcome.ts';
import { accountNotReadyMessage } from '../../report/deletion-outcome.ts';
import { lostTasks, remadeRole } from '../../report/external-changes.ts';
import { legsWrittenWith } from '../../report/legs-on-record.ts';
import { stalled } from '../../report/outcome.ts';
import type { CredentialsReconciler } from '../objects/credentials.ts';
import type { GrantReconciler } from '../objects/grant.ts';
import type { TargetRoleReconciler } from '../objects/target-role.ts';
import type { Account } from '../state/account-registry.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import { isRoleRefusal } from '../state/on-record.ts';
import type { LinkResolver, ResolvedLink } from '../state/resolved-link.ts';
import { isBeingDeleted } from '../state/machine-reading.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { EffectiveCheck } from './effective-check.ts';
import { grantRoles, neededRoles } from './inventory.ts';
import type { EnsureRun, Needed, ReadPolicy } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import type { TakeBack } from './take-back.ts';

interface EnsureLinkParts {
  readonly resolver: LinkResolver;
  readonly machines: StateMachineCache;
  readonly targetRole: TargetRoleReconciler;
  readonly grant: GrantReconciler;
  readonly credentials: CredentialsReconciler;
  readonly takeBack: TakeBack;
  readonly effective: EffectiveCheck;
  readonly propagation: IamPropagation;
  readonly memories: LinkMemories;
}

const ROLE_LEGS = [...legsWrittenWith('targetRole')];

/** Pause before the next reconcile after some Tasks in the definition stopped using the role: then the permissions that only
 *  these Tasks needed can go. */
const SHRINK_AFTER_MS = 500;

export class EnsureLink {
  readonly #parts: EnsureLinkParts;

  constructor(parts: EnsureLinkParts) {
    this.#parts = parts;
  }

  /** Goes as far as it gets, and notes in `record` what it did and what it waits for. Failed writes are noted there, too.
   *  @throws AwsFailure when a read fails, or when nothing may be written any more */
  async run(resolved: ResolvedLink, readPolicy: ReadPolicy, record: ReconcileRecord): Promise<void> {
    try {
      await this.#goUp({ resolved, readPolicy, record });
    } finally {
      record.reportOlderValue();
    }
  }

  async #goUp(run: EnsureRun): Promise<void> {
    const { resolved, readPolicy, record } = run;
    const { source, target } = resolved;
    const refusal = this.#parts.resolver.refuseUnread(resolved);
    if (refusal !== undefined) return refuse(record, refusal);
    if (source.aws === undefined) return notReady(record, 'executionRoleGrant', source);
    if (target.aws === undefined) return notReady(record, 'targetRole', target);
    const needed = await this.#requirements(run, source.aws);
    if (needed === undefined) return;
    const { requirements, view } = needed;
    record.view = view;
    record.accountBoundaryArn = target.rules.permissionsBoundaryArn;
    record.tasks = requirements.tasks;
    record.needed = { permissions: requirements.permissions, definition: view.machine.definition };
    record.noTasks = requirements.noTasks;
    record.deniedTasks = this.#parts.effective.deniedTasks(resolved, requirements);
    record.notes.push(...requirements.notes);
    if (record.deniedTasks.length === 0 && (await readPolicy.isAsBefore(needed)))
      return record.noteAsBefore();
    const { asked, problem } = await this.#targetRole(run, view, target.aws);
    const isRefused = problem?.leg === 'targetRole' && isRoleRefusal(problem.reason);
    const isUnclaimed = leavesUnclaimed(record.failures.map(({ action }) => action));
    this.#parts.memories.of(resolved.link.uid).roleClaimed = !isRefused && !isUnclaimed;
    if (isRefused) return this.#parts.takeBack.ofRefusedRole(run, problem.reason, source.aws);
    // What does not fit, or would let in too many, is not written; what already stands stays as it is.
    if (problem !== undefined) return;
    if (isUnclaimed) return this.#lookForExecutionRole(run, view, source.aws);
    const latest = (await this.#latestRequirements(resolved)) ?? requirements;
    await this.#grants(run, latest, source.aws);
    this.#awaitIamPropagation(run, requirements, asked);
    await this.#definition(run, source.aws);
    const hasChanged = await this.#hasChangedSince(run, needed);
    if (hasChanged) {
      // The status has to speak of the state machine for which the roles were checked.
      record.view = view;
      record.continueAfterMs ??= 0;
    }
    await this.#parts.effective.look(run, requirements, hasChanged);
  }

  /** Returns what the link needs of its state machine as it is now; undefined, with the reason noted, if that is unknown or
   *  refused. */
  async #requirements(
    { resolved, readPolicy, record }: EnsureRun,
    aws: AwsAccount,
  ): Promise<Needed | undefined> {
    const { machines, resolver } = this.#parts;
    const arn = resolved.link.stateMachine.text;
    const { callOptions, firstCallOptions, machineMaxAgeMs } = readPolicy;
    const machine = await machines.read(aws, arn, firstCallOptions, machineMaxAgeMs);
    if (machine.kind === 'absent') {
      const message = `There is no state machine ${arn}: create it, or create a link with the right ARN.`;
      record.legs.stateMachineCredentials = stalled('StateMachineNotFound', message);
      return undefined;
    }
    if (machine.kind === 'unreadable') {
      record.legs.stateMachineCredentials = stalled('DefinitionUnreadable', machine.message);
      return undefined;
    }
    if (isBeingDeleted(machine)) {
      const message =
        `State machine ${arn} is being deleted (DELETING), and what its executions need stays until then: delete the link, ` +
        `or create the machine again once it is gone.`;
      record.legs.stateMachineCredentials = stalled('StateMachineNotFound', message);
      return undefined;
    }
    // Some of the definitions that were in use at the last read may be out of use by now.
    const hadInUse = (machine.view.inUse ?? []).length > 0;
    const view = hadInUse
      ? await machines.readDefinitionsInUse(aws, machine.view, callOptions, machineMaxAgeMs)
      : machine.view;
    const requirements = await resolver.workOut(resolved, view);
    if (requirements.kind === 'required') return { requirements, view };
    refuse(record, requirements);
    return undefined;
  }

  /** IAM refuses a trust policy whose principal does not exist. If the execution role is merely too new, the link waits; if it
   *  does not exist at all, a person has to act. */
  async #lookForExecutionRole(
    { readPolicy: { callOptions }, record }: EnsureRun,
    { executionRole }: MachineView,
    aws: AwsAccount,
  ): Promise<void> {
    if (!record.failures.some(({ failure }) => failure.kind === 'waiting')) return;
    const reading = await aws.role(executionRole.text, callOptions, { kind: 'fresh' });
    if (reading.kind === 'found') return;
    const { reason, message } = executionRoleNotFound(executionRole.text);
    record.legs.executionRoleGrant = stalled(reason, message);
  }

  /** The requirements as of now: an update of an object may have read more definitions in use, which add to what the link
   *  needs. */
  async #latestRequirements(resolved: ResolvedLink): Promise<LinkRequirements | undefined> {
    const { machines, resolver } = this.#parts;
    const machine = machines.known(resolved.link.stateMachine.text);
    if (machine?.kind !== 'found') return undefined;
    const requirements = await resolver.workOut(resolved, machine.view);
    return requirements.kind === 'required' ? requirements : undefined;
  }

  /** Returns what the link asked of the role, and the problem that keeps it from being written at all. There is no problem if
   *  repairs are paused, or if an older link decides about the description: what stands of the link elsewhere stays. */
  async #targetRole(
    { resolved, readPolicy, record }: EnsureRun,
    view: MachineView,
    aws: AwsAccount,
  ): Promise<{ asked: Needs | undefined; problem: PlanProblem | undefined }> {
    const { machines } = this.#parts;
    // Before the role is planned, another link's reconcile may read the state machine again.
    const growth = () => {
      const latest = machines.known(resolved.link.stateMachine.text);
      return readPolicy.growthWaits(latest?.kind === 'found' ? latest.view : view) ? 'Hold' : 'Grant';
    };
    const result = await this.#parts.targetRole.reconcile(resolved, aws, readPolicy, growth);
    if (!result.isAsking) throw outdated(resolved);
    record.targetRole = result.role;
    record.awaitsName = result.awaitsName;
    if (result.applied.some(({ operation }) => operation === 'CreateRole'))
      record.formerRoleId = readPolicy.knownRoleId;
    if (readPolicy.wasInSync && result.plan.problem !== undefined)
      record.externalChanges.push(...remadeRole(result.role, readPolicy.knownRoleId));
    record.add(ROLE_LEGS, result);
    return { asked: result.asked, problem: result.plan.problem };
  }

  async #grants(run: EnsureRun, requirements: LinkRequirements, aws: AwsAccount): Promise<void> {
    const { resolved, readPolicy, record } = run;
    const withheldOn: string[] = [];
    const roles = grantRoles(resolved, neededRoles(requirements));
    for (const role of roles) {
      const result = await this.#parts.grant.reconcile(resolved, role, aws, readPolicy);
      if (role.text === record.view?.executionRole.text) {
        if (!result.isAsking) throw outdated(resolved);
        record.executionRole = result.role;
      }
      record.add(['executionRoleGrant'], result);
      const leg = record.legs.executionRoleGrant?.kind;
      if (leg !== 'inSync' && leg !== 'differs') return;
      if (result.plan.withheld.length > 0) withheldOn.push(role.text);
    }
    if (record.legs.executionRoleGrant?.kind === 'differs') return;
    const needed = neededRoles((await this.#latestRequirements(resolved)) ?? requirements);
    record.grantsOn = [...new Set([...needed, ...withheldOn])];
    if (withheldOn.some((role) => !needed.includes(role))) record.mayShrinkLater = true;
    const known = new Set(roles.map(({ text }) => text));
    await this.#parts.takeBack.ofStrayGrants(run, known, aws);
  }

  /** Notes for which requirements the roles are ready and, if IAM needs more time, how long to wait. Tasks that did not name
   *  the role before may rely on something that another process wrote just before it died.
   *  @param asked what the target role was planned for */
  #awaitIamPropagation(
    { resolved: { link }, readPolicy, record }: EnsureRun,
    { executionRoleArns, tasks, tasksInSyncBefore }: LinkRequirements,
    asked: Needs | undefined,
  ): void {
    const memory = this.#parts.memories.of(link.uid);
    const roles = [link.targetRole.text, ...executionRoleArns];
    const reliedOnBefore = readPolicy.reliedOnBefore && tasks.length === tasksInSyncBefore.length;
    const remainingMs = this.#parts.propagation.remainingMs(roles, reliedOnBefore);
    const isReady = (record.onTrack || (readPolicy.asIfReady && !record.isBlocked)) && remainingMs === 0;
    memory.rolesReadyFor = isReady ? asked : undefined;
    record.awaitsPropagation = record.onTrack && remainingMs > 0;
    if (record.awaitsPropagation) record.continueAfterMs = remainingMs;
  }

  async #definition({ resolved, readPolicy, record }: EnsureRun, aws: AwsAccount): Promise<void> {
    const { link } = resolved;
    const isNext = record.onTrack && record.continueAfterMs === undefined;
    const leftBefore = readPolicy.lastUpdates.get(link.stateMachine.text)?.unmade;
    // Roles that are only observed do not become ready. What would then be written to the definition is reported all the same.
    const result = await this.#parts.credentials.reconcile(resolved, aws, readPolicy, !record.isBlocked);
    if (result.kind !== 'planned') {
      // The state machine was deleted between two reads of this reconcile. The next one finds that from the start.
      record.continueAfterMs = 0;
      return;
    }
    if (!result.isAsking) throw outdated(resolved);
    record.view = result.view;
    record.kept = result.plan.kept;
    record.add(['stateMachineCredentials'], result);
    record.externalChanges.push(...lostTasks(link, result.plan, leftBefore));
    const soFar = record.legs.stateMachineCredentials;
    const outcome = credentialsOutcome(link, result.plan, record, soFar);
    record.legs.stateMachineCredentials = outcome;
    if (soFar?.kind !== 'inSync') return;
    if (result.applied.some(takesCredentials)) record.continueAfterMs = SHRINK_AFTER_MS;
    // The definition has changed since the roles were checked: they come first.
    else if (isNext && outcome.kind === 'progressing') record.continueAfterMs = SHRINK_AFTER_MS;
    // Everything is in place already: nothing has to wait for IAM.
    else if (outcome.kind === 'inSync') {
      record.continueAfterMs = undefined;
      record.awaitsPropagation = false;
    }
  }

  /** Whether somebody changed the state machine while its roles were checked, so that by now it needs something else of them. */
  async #hasChangedSince({ resolved, record }: EnsureRun, { view, requirements }: Needed): Promise<boolean> {
    const now = record.view;
    if (now === undefined || isSameMachine(now, view)) return false;
    const latest = await this.#latestRequirements(resolved);
    return latest === undefined || needsText(latest) !== needsText(requirements);
  }
}

/** Whether the write removes or replaces Credentials that a Task had. */
export function takesCredentials({ operation, changes }: Action): boolean {
  return operation === 'UpdateStateMachine' && changes.some(({ before }) => before !== undefined);
}

function isSameMachine(a: MachineView, b: MachineView): boolean {
  return a.definition === b.definition && a.executionRole.text === b.executionRole.text;
}

function needsText({ tasks, permissions, executionRoleArns }: LinkRequirements): string {
  return JSON.stringify([tasks, permissions, executionRoleArns]);
}

function refuse(record: ReconcileRecord, { leg, reason, message }: Refusal): void {
  record.legs[leg] = stalled(reason, message);
}

/** The error if an object was planned without the link, because since the reconcile began the rules have come to refuse it, or
 *  its state machine is gone. A plan that makes nothing for the link would otherwise be reported as in sync. */
function outdated({ link }: ResolvedLink): ApiError {
  return new ApiError(409, 'Conflict', `${link.key} is not what it was when its reconcile began`);
}

function notReady(record: ReconcileRecord, leg: Leg, account: Account): void {
  const message = accountNotReadyMessage(account.name, account.problem);
  record.unreachable = { leg, message, since: account.unreachableSince };
}
