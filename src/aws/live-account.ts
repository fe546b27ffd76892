/** One AWS account as the controllers work with it: fresh reads, snapshots with own writes laid over them, and writes. */
import { lastPartOf } from '../arn/arn.ts';
import type {
  AwsAccount,
  Applied,
  ComingCall,
  DefinitionReading,
  Freshness,
  DatedRoleReading,
} from './aws-account.ts';
import { roleAfter } from '../plan/role-after.ts';
import type { ObservedManagedPolicy, ObservedStateMachine } from '../observed/objects.ts';
import { RoleCache, type BelievedReading } from '../observed/role-cache.ts';
import type { RoleLookup, StrayGrants } from '../observed/snapshot.ts';
import type { Action } from '../plan/action.ts';
import { applyAction } from './writes/apply.ts';
import type { Audit } from './writes/audit.ts';
import type { AccountCalls } from './calls/calls.ts';
import type { Clock } from '../base/clock.ts';
import { counted } from '../base/counted.ts';
import { AwsFailure, tooManyExecutions, wasNotTried } from './errors/errors.ts';
import { listRecentExecutions, readExecution } from './reads/executions.ts';
import type { CallOptions } from './pace/lanes.ts';
import {
  readAliasedVersions,
  readRunningExecutions,
  type AliasedVersion,
} from './reads/definitions-in-use.ts';
import { readRole } from './reads/role.ts';
import { readStateMachine, type StateMachineReading } from './reads/state-machine.ts';
import { ManagedPolicies } from './reads/managed-policies.ts';
import { OwnWrites } from './writes/own-writes.ts';
import { AccountSnapshots, type SnapshotInterest } from './reads/snapshots.ts';

interface LiveAccountParts {
  readonly calls: AccountCalls;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly interest: SnapshotInterest;
  /** How long after an own write a read of the object may show the former state, in milliseconds. */
  readonly readLagMs?: number;
}

const NO_GRANTS: StrayGrants = new Map();

export class LiveAccount implements AwsAccount {
  readonly accountId: string;
  readonly calls: AccountCalls;
  readonly snapshots: AccountSnapshots;
  readonly #clock: Clock;
  readonly #audit: Audit;
  readonly #roles: RoleCache;
  readonly #ownWrites: OwnWrites;
  readonly #policies: ManagedPolicies;

  constructor({ calls, clock, audit, interest, readLagMs }: LiveAccountParts) {
    this.#roles = new RoleCache(readLagMs);
    this.accountId = calls.config.accountId;
    this.calls = calls;
    this.snapshots = new AccountSnapshots(calls, clock, {
      ...interest,
      differs: (arn, lastStartedAt) => {
        // A difference that was written here since is no news.
        if (!this.#roles.isOwnWrite(arn, lastStartedAt)) interest.differs?.(arn, lastStartedAt);
      },
    });
    this.#policies = new ManagedPolicies(calls, clock, () => this.snapshots.last);
    this.#clock = clock;
    this.#audit = audit;
    this.#ownWrites = new OwnWrites(() => clock.monotonicMs());
  }

  async role(arn: string, callOptions: CallOptions, freshness: Freshness): Promise<DatedRoleReading> {
    if (freshness.kind === 'fresh' || this.#roles.isDoubtful(arn)) return this.#readFresh(arn, callOptions);
    const lookup = await this.#lookUp(arn, callOptions, freshness.maxAgeMs);
    switch (lookup.kind) {
      case 'unknown':
        return this.#readFresh(arn, callOptions);
      case 'absent':
        return { kind: 'absent', fresh: false };
      case 'nameTaken':
        return { kind: 'nameTaken', arn: lookup.arn, fresh: false };
      case 'found':
        return { kind: 'found', role: lookup.role, fresh: false };
    }
  }

  roleText(arn: string, maxAgeMs: number): string | undefined {
    const { last } = this.snapshots;
    if (last === undefined || last.startedAt < this.#clock.monotonicMs() - maxAgeMs) return undefined;
    const text = last.roles.textOf(arn);
    if (text === undefined || !this.#roles.isShownBy(arn, last.startedAt)) return undefined;
    const texts = [text];
    for (const policyArn of last.roles.decidingPolicies(arn)) {
      const policy = this.#policies.textOf(policyArn, maxAgeMs);
      if (policy === undefined) return undefined;
      texts.push(policy);
    }
    return texts.join('\n');
  }

  async renewSnapshot(arn: string, callOptions: CallOptions, maxAgeMs: number): Promise<void> {
    const now = this.#clock.monotonicMs();
    const isShown = !this.#roles.isDoubtful(arn) && this.#roles.lookUpWritten(arn, now) === undefined;
    if (this.calls.config.roleReads !== 'PerRole' && isShown)
      await this.snapshots.startedSince(now - maxAgeMs, callOptions);
  }

  busyFor(coming: ComingCall, callOptions: CallOptions): AwsFailure | undefined {
    return this.calls.busyFor(coming, callOptions);
  }

  stateMachine(arn: string, callOptions: CallOptions): Promise<StateMachineReading> {
    return readStateMachine(this.calls, callOptions, arn);
  }

  aliasedVersions(stateMachineArn: string, callOptions: CallOptions): Promise<readonly AliasedVersion[]> {
    return readAliasedVersions(this.calls, callOptions, stateMachineArn);
  }

  execution(executionArn: string, callOptions: CallOptions) {
    return readExecution(this.calls, callOptions, executionArn);
  }

  recentExecutions(stateMachineArn: string, callOptions: CallOptions) {
    return listRecentExecutions(this.calls, callOptions, stateMachineArn);
  }

  async definitionsInUse(
    machine: ObservedStateMachine,
    callOptions: CallOptions,
  ): Promise<readonly DefinitionReading[]> {
    // While a machine is being deleted, AWS no longer lists its aliases.
    const versions =
      machine.isBeingDeleted === true ? [] : await this.aliasedVersions(machine.arn, callOptions);
    const aliased = versions.map(({ aliasArns, ...held }) => ({
      machine: held,
      inUseBy: `alias ${aliasArns.map(lastPartOf).join(', ')}`,
    }));
    if (machine.type === 'EXPRESS') return aliased;
    const running = await readRunningExecutions(this.calls, callOptions, machine.arn);
    if (!running.complete) throw tooManyExecutions(this.accountId, machine.arn);
    return [
      ...aliased,
      ...running.revisions.map(({ executions, oldestStart, ...held }) => ({
        machine: held,
        inUseBy: `${counted(executions, 'running execution')} (the oldest since ${oldestStart})`,
      })),
    ];
  }

  async managedPolicies(
    arns: readonly string[],
    callOptions: CallOptions,
    freshness: Freshness,
  ): Promise<readonly ObservedManagedPolicy[]> {
    const policies = await Promise.all(arns.map((arn) => this.#policies.read(arn, callOptions, freshness)));
    return policies.filter((policy) => policy !== undefined);
  }

  /** Whether a managed policy is one of the account itself that somebody asked for: snapshots have to include it. */
  wantsPolicy(arn: string): boolean {
    return this.#policies.isWanted(arn);
  }

  get wantsPolicies(): boolean {
    return this.#policies.areWanted;
  }

  strayGrants(): StrayGrants {
    return this.snapshots.last?.strayGrants ?? NO_GRANTS;
  }

  async apply(action: Action, callOptions: CallOptions, links: readonly string[]): Promise<Applied> {
    this.#roles.writing(action.object);
    try {
      const roleId = this.#roles.lastSeen(action.object)?.roleId;
      const result = await applyAction(this.calls, action, {
        callOptions,
        links,
        audit: this.#audit,
        roleId,
        isUnspread: this.#ownWrites.isUnspread(action),
      });
      this.#ownWrites.written(action);
      if (action.operation !== 'UpdateStateMachine') this.#note(action, result.roleId);
      return result;
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (error.outcomeUnknown || !wasNotTried(error)) this.#roles.doubt(action.object);
      if (error.outcomeUnknown) this.#ownWrites.written(action);
      throw this.#ownWrites.judge(error, action);
    }
  }

  async #lookUp(arn: string, callOptions: CallOptions, maxAgeMs: number): Promise<RoleLookup> {
    const now = this.#clock.monotonicMs();
    const written = this.#roles.lookUpWritten(arn, now);
    if (written !== undefined) return written;
    if (this.calls.config.roleReads === 'PerRole') return this.#roles.lookUpRead(arn, now - maxAgeMs);
    return this.#roles.lookUp(arn, await this.snapshots.startedSince(now - maxAgeMs, callOptions));
  }

  async #readFresh(arn: string, callOptions: CallOptions): Promise<DatedRoleReading> {
    const startedAt = this.#clock.monotonicMs();
    const { reading, ...lag } = await this.#readOrRecall(arn, callOptions, startedAt);
    return { ...reading, ...lag, fresh: true };
  }

  /** A role that was just written may be shown in part: its name is listed, and what it names is not found yet. */
  async #readOrRecall(arn: string, callOptions: CallOptions, startedAt: number): Promise<BelievedReading> {
    try {
      return this.#roles.read(arn, await readRole(this.calls, callOptions, arn), startedAt);
    } catch (error) {
      const isTorn = error instanceof AwsFailure && error.kind === 'conflict';
      const written = isTorn ? this.#roles.asWritten(arn, startedAt) : undefined;
      if (written === undefined) throw error;
      return written;
    }
  }

  #note(action: Action, roleId: string | undefined): void {
    const before = this.#roles.lastSeen(action.object);
    if (before === undefined && action.operation !== 'CreateRole' && action.operation !== 'DeleteRole') {
      this.#roles.doubt(action.object);
      return;
    }
    const after = roleAfter(before, action, roleId);
    this.#roles.written(action.object, after, this.#clock.monotonicMs());
  }
}
