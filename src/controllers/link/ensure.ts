/**
 * A link on its way up: target role with its trust policy → permissions → grant → pause until IAM has propagated →
 * definition. The definition comes last, so that a running workflow never meets a role that is not ready.
 */
import type { CallOptions } from '../../aws/lanes.ts';
import { growthIsHeld, targetEntries } from '../../access/target.ts';
import { grantRoles } from './inventory.ts';
import { refuseUnread, type LinkRequirements, type Refusal } from '../../desired/requirements.ts';
import {
  asSeenBy,
  linkOf,
  type ContributorConflict,
  type ContributorState,
} from '../../desired/contribution.ts';
import { desiredGrant } from '../../desired/grant.ts';
import { desiredTargetRole } from '../../desired/target-role.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Action } from '../../plan/action.ts';
import { holdGrowth } from '../../plan/growth.ts';
import { planGrant, roomForGrant } from '../../plan/grant.ts';
import { planObserveOnlyGrant, planObserveOnlyRole } from '../../plan/observe-only.ts';
import { planTargetRole } from '../../plan/target-role.ts';
import { progressing, stalled, type EffectiveOutcome } from '../../report/outcome.ts';
import type { AccountAws, Freshness } from '../../aws/account-aws.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { credentialsOutcome } from '../../report/credentials-outcome.ts';
import { decidingPolicies, effectiveOutcome } from '../../report/effective-access.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { ObjectReconciler } from '../objects/object-reconciler.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';
import { newPolicyVersions, obstacle, remadeRole } from '../../report/external-changes.ts';
import type { ResolvedLink, Contributors } from '../objects/contributors.ts';

/** How closely to look this time. */
export interface ReadPolicy {
  readonly callOptions: CallOptions;
  readonly freshness: Freshness;
  /** Longest age of a machine's read. */
  readonly machineMaxAgeMs: number;
  /** Plan the definition although legs that are only observed differ: what `plan` prints. */
  readonly asIfReady: boolean;
  /** Whether the link was in order before: then differences are drift. */
  readonly wasInSync: boolean;
  /** Whether the definition has been changed since the link was last in order, and its spec has not. */
  readonly onlyDefinitionChanged: (view: MachineView) => boolean;
  /** Whether the roles were relied on before this process began. */
  readonly reliedOnBefore: boolean;
  readonly knownRoleId: string | undefined;
  /** Called before each write: puts the link's finalizer there. */
  readonly hold: () => Promise<void>;
  /** Called before a role is made anew, so that the record of the former one is gone first. */
  readonly forgetRoleId: () => Promise<void>;
}

export interface EnsureLinkParts {
  readonly contributors: Contributors;
  readonly passes: ObjectReconciler;
  readonly propagation: IamPropagation;
  readonly memory: LinkMemory;
  readonly clusterId: string;
}

const ROLE_LEGS: readonly Leg[] = ['targetRole', 'trustPolicy', 'permissions'];

export class EnsureLink {
  readonly #parts: EnsureLinkParts;

  constructor(parts: EnsureLinkParts) {
    this.#parts = parts;
  }

  /** Goes as far as it gets; what stands in the way stands in `build`. @throws AwsFailure, PassFailure */
  async run(resolved: ResolvedLink, readPolicy: ReadPolicy, record: ReconcileRecord): Promise<void> {
    const { source, target } = resolved;
    const refusal =
      refuseUnread(resolved.link, resolved.context) ??
      this.#parts.contributors.refuseBeyondCapacity(resolved);
    if (refusal !== undefined) return refuse(record, refusal);
    if (source.aws === undefined) return notReady(record, 'executionRoleGrant', source.name, source.problem);
    if (target.aws === undefined) return notReady(record, 'targetRole', target.name, target.problem);
    const asked = await this.#requirements(resolved, readPolicy, source.aws, record);
    if (asked === undefined) return;
    const { requirements, view } = asked;
    record.view = view;
    record.tasks = requirements.tasks;
    record.notes.push(...requirements.notes);
    await this.#targetRole(resolved, readPolicy, view, target.aws, record);
    if (record.legs.targetRole?.kind === 'stalled') return;
    await this.#grants(
      resolved,
      readPolicy,
      this.#requirementsNow(resolved) ?? requirements,
      source.aws,
      record,
    );
    this.#awaitIamPropagation(resolved, readPolicy, view, record);
    await this.#definition(resolved, readPolicy, source.aws, record);
    if (record.onTrack) record.effective = await this.#effective(resolved, readPolicy, requirements, record);
    if (readPolicy.wasInSync) record.told.push(...obstacle(record.effective));
  }

  async #requirements(
    resolved: ResolvedLink,
    readPolicy: ReadPolicy,
    aws: AccountAws,
    record: ReconcileRecord,
  ): Promise<{ requirements: LinkRequirements; view: MachineView } | undefined> {
    const { link } = resolved;
    const { contributors } = this.#parts;
    const sight = await contributors.machines.read(
      aws,
      link.stateMachine.text,
      readPolicy.callOptions,
      readPolicy.machineMaxAgeMs,
    );
    if (sight.kind === 'absent') {
      const message = `There is no state machine ${link.stateMachine.text}: create it, or make a link with its ARN.`;
      record.legs.stateMachineCredentials = stalled('StateMachineNotFound', message);
      return undefined;
    }
    if (sight.kind === 'unreadable') {
      record.legs.stateMachineCredentials = stalled('DefinitionUnreadable', sight.message);
      return undefined;
    }
    // What was still running when last looked at may have ended.
    const view =
      (sight.view.inUse ?? []).length > 0
        ? await contributors.machines.readDefinitionsInUse(
            aws,
            sight.view,
            readPolicy.callOptions,
            readPolicy.machineMaxAgeMs,
          )
        : sight.view;
    const requirements = contributors.requirementsOf(resolved, view);
    if (requirements.kind === 'required') return { requirements, view };
    refuse(record, requirements);
    return undefined;
  }

  /** A pass may have learned of more that still runs. */
  #requirementsNow(resolved: ResolvedLink): LinkRequirements | undefined {
    const sight = this.#parts.contributors.machines.known(resolved.link.stateMachine.text);
    const requirements =
      sight?.kind === 'found' ? this.#parts.contributors.requirementsOf(resolved, sight.view) : undefined;
    return requirements?.kind === 'required' ? requirements : undefined;
  }

  async #targetRole(
    resolved: ResolvedLink,
    readPolicy: ReadPolicy,
    view: MachineView,
    aws: AccountAws,
    record: ReconcileRecord,
  ): Promise<void> {
    const { link, target } = resolved;
    const enforce = link.legs.targetRole === 'Enforce';
    const accountBoundaryArn = target.rules.permissionsBoundaryArn;
    const desiredNow = () =>
      desiredTargetRole(link.targetRole, link.namespace, this.#contributorStates('targetRole', resolved), {
        clusterId: this.#parts.clusterId,
        ...(accountBoundaryArn !== undefined && { accountBoundaryArn }),
      });
    const facts = {
      ...(readPolicy.knownRoleId !== undefined && { knownRoleId: readPolicy.knownRoleId }),
      ...(accountBoundaryArn !== undefined && { accountBoundaryArn }),
    };
    const growthHeld = readPolicy.onlyDefinitionChanged(view) && this.#growthIsHeld(resolved);
    const result = await this.#parts.passes.updateRole({
      aws,
      arn: link.targetRole,
      callOptions: readPolicy.callOptions,
      freshness: readPolicy.freshness,
      wasInSync: readPolicy.wasInSync,
      enforce,
      links: [link.key],
      plan: (role) => {
        if (!enforce) return planObserveOnlyRole(desiredNow(), role, facts);
        const plan = planTargetRole(desiredNow(), role, facts);
        return growthHeld ? holdGrowth(plan, role) : plan;
      },
      learnBeforeShrinking: () =>
        this.#readDefinitionsInUse(resolved, readPolicy, this.#contributorStates('targetRole', resolved)),
      beforeWrites: async (actions) => {
        await readPolicy.hold();
        if (makesRole(actions)) await readPolicy.forgetRoleId();
      },
    });
    record.targetRole = result.role;
    if (readPolicy.wasInSync && result.plan.problem !== undefined)
      record.told.push(...remadeRole(result.role, readPolicy.knownRoleId));
    record.add(ROLE_LEGS, result, enforce, this.#conflictsOf(desiredNow().conflicts, resolved));
  }

  async #grants(
    resolved: ResolvedLink,
    readPolicy: ReadPolicy,
    requirements: LinkRequirements,
    aws: AccountAws,
    record: ReconcileRecord,
  ): Promise<void> {
    const { link } = resolved;
    const enforce = link.legs.executionRoleGrant === 'Enforce';
    const held: string[] = [];
    for (const arn of grantRoles(resolved.object, requirements.executionRoleArns)) {
      let conflicts: readonly ContributorConflict[] = [];
      const result = await this.#parts.passes.updateRole({
        aws,
        arn,
        callOptions: readPolicy.callOptions,
        freshness: readPolicy.freshness,
        wasInSync: readPolicy.wasInSync,
        enforce,
        links: [link.key],
        plan: (role) => {
          const room = roomForGrant(role, this.#parts.clusterId);
          const desired = desiredGrant(arn.text, this.#grantContributors(arn.text, resolved), room);
          conflicts = desired.conflicts;
          const plan = enforce ? planGrant : planObserveOnlyGrant;
          return plan(desired, role, this.#parts.clusterId);
        },
        learnBeforeShrinking: () =>
          this.#readDefinitionsInUse(resolved, readPolicy, this.#grantContributors(arn.text, resolved)),
        beforeWrites: readPolicy.hold,
      });
      if (arn.text === record.view?.executionRole.text) record.executionRole = result.role;
      record.add(['executionRoleGrant'], result, enforce, this.#conflictsOf(conflicts, resolved));
      if (record.legs.executionRoleGrant?.kind !== 'inSync') return;
      if (result.plan.withheld.length > 0) held.push(arn.text);
    }
    const needed = (this.#requirementsNow(resolved) ?? requirements).executionRoleArns;
    record.grantsOn = [...new Set([...needed, ...held])];
  }

  /** Notes whether the definition may rely on the roles, and says so where it has to wait. */
  #awaitIamPropagation(
    { link }: ResolvedLink,
    readPolicy: ReadPolicy,
    view: MachineView,
    record: ReconcileRecord,
  ): void {
    const memory = this.#parts.memory.of(link.uid);
    const roles = [link.targetRole.text, view.executionRole.text];
    const remainingMs = this.#parts.propagation.remainingMs(roles, readPolicy.reliedOnBefore);
    memory.rolesReady = (record.onTrack || (readPolicy.asIfReady && !record.isBlocked)) && remainingMs === 0;
    if (record.onTrack && remainingMs > 0) record.continueAfterMs = remainingMs;
  }

  async #definition(
    resolved: ResolvedLink,
    readPolicy: ReadPolicy,
    aws: AccountAws,
    record: ReconcileRecord,
  ): Promise<void> {
    const { link } = resolved;
    const enforce = link.legs.stateMachineCredentials === 'Enforce';
    const result = await this.#parts.passes.updateStateMachine({
      aws,
      arn: link.stateMachine.text,
      callOptions: readPolicy.callOptions,
      enforce,
      links: [link.key],
      wasInSync: readPolicy.wasInSync,
      maxAgeMs: readPolicy.machineMaxAgeMs,
      contributorStates: () => this.#contributorStates('stateMachine', resolved),
      beforeWrite: readPolicy.hold,
    });
    if (result.kind !== 'planned') {
      // It went between two reads of this reconcile: the next one tells it from the start.
      record.continueAfterMs = 0;
      return;
    }
    record.view = result.view;
    record.kept = result.plan.kept;
    record.add(['stateMachineCredentials'], result, enforce, this.#conflictsOf(result.conflicts, resolved));
    if (record.legs.stateMachineCredentials?.kind !== 'inSync') return;
    const outcome = credentialsOutcome(link, result.plan, record);
    record.legs.stateMachineCredentials = outcome;
    // Permissions that only the Tasks just let go of needed can go now.
    if (result.applied.some(letsGo)) record.continueAfterMs = LET_GO_MS;
    // Everything is in place already: nothing has to wait for IAM.
    else if (outcome.kind === 'inSync') record.continueAfterMs = undefined;
  }

  async #effective(
    { link, source, target }: ResolvedLink,
    readPolicy: ReadPolicy,
    requirements: LinkRequirements,
    record: ReconcileRecord,
  ): Promise<EffectiveOutcome> {
    const { executionRole, targetRole } = record;
    const policies = await Promise.all([
      source.aws?.managedPolicies(
        decidingPolicies([executionRole]),
        readPolicy.callOptions,
        readPolicy.freshness,
      ) ?? [],
      target.aws?.managedPolicies(
        decidingPolicies([targetRole]),
        readPolicy.callOptions,
        readPolicy.freshness,
      ) ?? [],
    ]);
    const memory = this.#parts.memory.of(link.uid);
    if (readPolicy.wasInSync) record.told.push(...newPolicyVersions(memory.policyVersions, policies.flat()));
    if (memory.policyVersions.size + policies.flat().length > 0)
      memory.policyVersions = new Map(policies.flat().map(({ arn, versionId }) => [arn, versionId]));
    const managed = new Map(
      policies.flat().map(({ arn, document }) => [arn, { name: arn, policy: document }]),
    );
    return effectiveOutcome(link, requirements, executionRole, targetRole, managed);
  }

  #contributorStates(index: 'targetRole' | 'stateMachine', { link }: ResolvedLink) {
    const key = index === 'targetRole' ? link.targetRole.text : link.stateMachine.text;
    return asSeenBy(link, this.#parts.contributors.contributorStates(index, key));
  }

  /** Running executions and routed versions keep what they began with: nothing they need is taken away.
   *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
  #readDefinitionsInUse(
    { link }: ResolvedLink,
    { callOptions }: ReadPolicy,
    contributorStates: readonly ContributorState[],
  ): Promise<boolean> {
    return this.#parts.contributors.readDefinitionsInUse(
      [link, ...contributorStates.map(linkOf)],
      callOptions,
    );
  }

  #grantContributors(executionRoleArn: string, { link }: ResolvedLink) {
    return asSeenBy(
      link,
      this.#parts.contributors.grantContributors(executionRoleArn, link.stateMachine.accountId),
    );
  }

  #conflictsOf<Item extends { readonly linkKey: string }>(
    all: readonly Item[],
    { link }: ResolvedLink,
  ): readonly Item[] {
    return all.filter(({ linkKey }) => linkKey === link.key);
  }

  #growthIsHeld({ link, context }: ResolvedLink): boolean {
    return growthIsHeld(targetEntries(context.target.entries, link.targetRole));
  }
}

/** Pause before a second look, once a definition has let go of Tasks. */
const LET_GO_MS = 500;

function letsGo({ changes }: Action): boolean {
  return changes.some(({ before }) => before !== undefined);
}

function makesRole(actions: readonly Action[]): boolean {
  return actions.some(({ operation }) => operation === 'CreateRole');
}

function refuse(record: ReconcileRecord, { leg, reason, message }: Refusal): void {
  record.legs[leg] = stalled(reason, message);
}

function notReady(
  record: ReconcileRecord,
  leg: Leg,
  account: string,
  problem = 'it has not been looked at yet',
): void {
  record.legs[leg] = progressing('AccountNotReady', `AWSAccount ${account} is not Ready: ${problem}`);
}
