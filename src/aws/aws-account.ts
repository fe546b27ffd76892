/** What the controllers need of one AWS account. The real one is in `aws/`; tests may use a model instead. */
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
  /** From an account snapshot that began at most this many milliseconds ago, with own writes laid over it. */
  | { readonly kind: 'snapshot'; readonly maxAgeMs: number };

/** A role, and whether it was read just now. A snapshot only suggests: confirm with a fresh read. */
export type DatedRoleReading = RoleReading & {
  readonly fresh: boolean;
  /** Set if AWS showed the state before an own write, which was replaced by what was written: milliseconds until a read can be
   *  trusted. */
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
  /** Everything that the present snapshot shows of a role, texts of managed policies included, as one text that differs as soon
   *  as any of it does. Asks AWS nothing. Undefined if no snapshot began at most this many milliseconds ago, or if the snapshot
   *  does not decide about the role. */
  roleText(arn: string, maxAgeMs: number): string | undefined;
  /** Takes a new snapshot if the role is known from one that began longer ago than this many milliseconds. */
  renewSnapshot(arn: string, callOptions: CallOptions, maxAgeMs: number): Promise<void>;
  /** When to come back (`laneBusy`), if the account's quotas have no room for such a call now; undefined if they have. Asks AWS
   *  nothing. */
  busyFor(coming: ComingCall, callOptions: CallOptions): AwsFailure | undefined;
  stateMachine(arn: string, callOptions: CallOptions): Promise<StateMachineReading>;
  /** The versions to which the aliases of a machine route. */
  aliasedVersions(stateMachineArn: string, callOptions: CallOptions): Promise<readonly AliasedVersion[]>;
  /** Definitions to which aliases route, and with which running executions were started. */
  definitionsInUse(
    machine: ObservedStateMachine,
    callOptions: CallOptions,
  ): Promise<readonly DefinitionReading[]>;
  /** An execution with the newest part of its history; undefined if it does not exist. */
  execution(executionArn: string, callOptions: CallOptions): Promise<ObservedExecution | undefined>;
  /** The executions of a machine that began last, the newest first. */
  recentExecutions(stateMachineArn: string, callOptions: CallOptions): Promise<readonly ExecutionSummary[]>;
  /** The texts of managed policies; those that do not exist are left out. */
  managedPolicies(
    arns: readonly string[],
    callOptions: CallOptions,
    freshness: Freshness,
  ): Promise<readonly ObservedManagedPolicy[]>;
  /** Grants in the last snapshot on roles under which nothing was known to run then. The same map until there is a newer
   *  snapshot. */
  strayGrants(): StrayGrants;
  /** Makes one write, behind the fence. It is laid over later snapshots.
   *  @param links keys of the links for which it is made, for the audit line */
  apply(action: Action, callOptions: CallOptions, links: readonly string[]): Promise<Applied>;
}
