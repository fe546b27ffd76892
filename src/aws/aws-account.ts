/** What the controllers need of one AWS account. The real one stands in `aws/`; tests may put a model in its place. */
import type { AwsFailure } from './errors/errors.ts';
import type { CallOptions } from './pace/lanes.ts';
import type { AliasedVersion } from './reads/definitions-in-use.ts';
import type { RoleReading } from '../observed/role-cache.ts';
import type { StateMachineReading } from './reads/state-machine.ts';
import type { ExecutionSummary, ObservedExecution } from '../observed/execution.ts';
import type { ObservedManagedPolicy, ObservedStateMachine } from '../observed/objects.ts';
import type { StrayGrants } from '../observed/snapshot.ts';
import type { Action } from '../plan/action.ts';

/** How old an answer may be. */
export type Freshness =
  /** Read now, this object alone. */
  | { readonly kind: 'fresh' }
  /** From an account snapshot that began at most so many milliseconds ago, overlaid with own writes. */
  | { readonly kind: 'snapshot'; readonly maxAgeMs: number };

/** A role, and whether it was read just now. What a snapshot shows only suggests: confirm with a fresh read. */
export type DatedRoleReading = RoleReading & {
  readonly fresh: boolean;
  /** Set where AWS showed what was before an own write, in place of which stands what was written: milliseconds until
   *  what it shows would be believed. */
  readonly lagsForMs?: number;
};

/** What AWS answered to a write, as far as later plans need it. */
export interface Applied {
  readonly roleId?: string;
  readonly revisionId?: string;
}

/** A definition that still runs although the machine has a newer one. */
export interface DefinitionReading {
  readonly machine: Pick<ObservedStateMachine, 'definition' | 'executionRoleArn'>;
  /** `alias live (version 3)`, `execution run-17`. */
  readonly inUseBy: string;
}

/** A call that will be made about an object, an ARN. */
export interface ComingCall {
  readonly service: 'iam' | 'states';
  readonly operation: string;
  readonly object: string;
}

/** Every method throws AwsFailure, and nothing else. */
export interface AwsAccount {
  readonly accountId: string;
  role(arn: string, callOptions: CallOptions, freshness: Freshness): Promise<DatedRoleReading>;
  /** All that the snapshot at hand shows of a role, texts of managed policies included, in one text: another one as soon as
   *  any of it is another. Asks AWS nothing. Undefined where there is no snapshot that began at most so many milliseconds
   *  ago, or it does not decide. */
  roleText(arn: string, maxAgeMs: number): string | undefined;
  /** Looks at the account anew where a snapshot is what shows the role, and began longer ago than so many milliseconds. */
  renewSnapshot(arn: string, callOptions: CallOptions, maxAgeMs: number): Promise<void>;
  /** Where the account's quotas do not bear such a call now, when to come back (`laneBusy`). AWS is asked nothing. */
  busyFor(coming: ComingCall, callOptions: CallOptions): AwsFailure | undefined;
  stateMachine(arn: string, callOptions: CallOptions): Promise<StateMachineReading>;
  /** The versions that aliases of a machine route to. */
  aliasedVersions(stateMachineArn: string, callOptions: CallOptions): Promise<readonly AliasedVersion[]>;
  /** Definitions that aliases route to and that running executions were started with. */
  definitionsInUse(
    machine: ObservedStateMachine,
    callOptions: CallOptions,
  ): Promise<readonly DefinitionReading[]>;
  /** An execution with the newest part of its history; undefined when it does not exist. */
  execution(executionArn: string, callOptions: CallOptions): Promise<ObservedExecution | undefined>;
  /** The executions of a machine that began last, the newest first. */
  recentExecutions(stateMachineArn: string, callOptions: CallOptions): Promise<readonly ExecutionSummary[]>;
  /** The texts of managed policies; those that do not exist are left out. */
  managedPolicies(
    arns: readonly string[],
    callOptions: CallOptions,
    freshness: Freshness,
  ): Promise<readonly ObservedManagedPolicy[]>;
  /** What the last snapshot showed of grants on roles under which nothing was known to run then. The same map as long as
   *  there is no newer snapshot. */
  strayGrants(): StrayGrants;
  /** Makes one write, behind the fence; own writes overlay later snapshots.
   *  @param links keys of the links on whose behalf, for the audit line */
  apply(action: Action, callOptions: CallOptions, links: readonly string[]): Promise<Applied>;
}
