/** An AWS account in memory, behind the interface that the controllers use. A write changes it as the plan says. */
import type {
  AwsAccount,
  Applied,
  DefinitionReading,
  Freshness,
  DatedRoleReading,
} from '../../../src/aws/aws-account.ts';
import type { AliasedVersion } from '../../../src/aws/reads/definitions-in-use.ts';
import { AwsFailure, type FailureReason } from '../../../src/aws/errors/errors.ts';
import type { CallOptions } from '../../../src/aws/pace/lanes.ts';
import type { StateMachineReading } from '../../../src/aws/reads/state-machine.ts';
import type { ExecutionSummary, ObservedExecution } from '../../../src/observed/execution.ts';
import type {
  ObservedManagedPolicy,
  ObservedRole,
  ObservedStateMachine,
} from '../../../src/observed/objects.ts';
import type { StrayGrants } from '../../../src/observed/snapshot.ts';
import type { Action, Operation } from '../../../src/plan/action.ts';
import { roleAfter } from '../../../src/plan/role-after.ts';
import { Lifeline } from './lifeline.ts';

type Read =
  | 'role'
  | 'stateMachine'
  | 'aliasedVersions'
  | 'definitionsInUse'
  | 'execution'
  | 'recentExecutions'
  | 'managedPolicies';
type Call = Read | Operation;

export class ModelAccount implements AwsAccount {
  readonly accountId: string;
  readonly roles = new Map<string, ObservedRole>();
  readonly machines = new Map<string, ObservedStateMachine>();
  readonly policies = new Map<string, ObservedManagedPolicy>();
  /** What is still in use of every state machine. */
  inUse: readonly DefinitionReading[] = [];
  aliased: readonly AliasedVersion[] = [];
  /** Every execution that there is. */
  readonly executions = new Map<string, ObservedExecution>();
  /** The roles as a snapshot has them, where it is not up to date. */
  snapshot: ReadonlyMap<string, ObservedRole> | undefined;
  /** Grants on roles under which nothing is known to run, as the last snapshot has them. */
  strays: StrayGrants = new Map();
  /** Whether an update of a state machine is answered with its revision. */
  namesRevisions = true;
  /** Thrown instead of an answer, as long as it is here. */
  readonly failures = new Map<Call, Error>();
  /** Writes that take effect although `failures` has them fail. */
  readonly lostAnswers = new Set<Operation>();
  /** What each answer waits for. */
  gate: Promise<void> = Promise.resolve();
  /** Every call that was made, by name and object: `role checkout`, `role checkout from a snapshot`, `CreateRole x`. */
  readonly calls: string[];
  /** Every write that took effect. */
  readonly writes: Action[] = [];
  readonly #lifeline: Lifeline;
  #made = 0;

  /** @param calls where calls are logged; may be shared, to see an order among accounts
   *  @param lifeline of the process that calls */
  constructor(accountId: string, calls: string[] = [], lifeline = new Lifeline()) {
    this.accountId = accountId;
    this.calls = calls;
    this.#lifeline = lifeline;
  }

  /** The calls that read. */
  get reads(): readonly string[] {
    return this.calls.filter((call) => /^[a-z]/.test(call));
  }

  /** The writes that took effect, as `CreateRole checkout`. */
  get written(): readonly string[] {
    return this.writes.map(({ operation, object }) => `${operation} ${nameOf(object)}`);
  }

  async role(arn: string, _callOptions: CallOptions, freshness: Freshness): Promise<DatedRoleReading> {
    const fresh = freshness.kind === 'fresh';
    const role = (fresh ? this.roles : (this.snapshot ?? this.roles)).get(arn);
    await this.#called('role', `${nameOf(arn)}${fresh ? '' : ' from a snapshot'}`);
    return role === undefined ? { kind: 'absent', fresh } : { kind: 'found', role, fresh };
  }

  busyFor(): undefined {
    // It has no quotas.
    return undefined;
  }

  /** It is always as new as can be, where it can be read. */
  async renewSnapshot(arn: string): Promise<void> {
    if (this.failures.has('role')) await this.#called('role', `${nameOf(arn)} from a snapshot`);
  }

  /** Undefined where the snapshot cannot be read. */
  roleText(arn: string): string | undefined {
    const role = (this.snapshot ?? this.roles).get(arn);
    if (role === undefined || this.failures.has('role')) return undefined;
    const { managedPolicyArns, permissionsBoundaryArn = '' } = role;
    const policies = [...managedPolicyArns, permissionsBoundaryArn].map((one) => this.policies.get(one));
    return JSON.stringify([role, policies], (_, value: unknown) =>
      value instanceof Map ? [...value] : value,
    );
  }

  async stateMachine(arn: string): Promise<StateMachineReading> {
    const machine = this.machines.get(arn);
    await this.#called('stateMachine', nameOf(arn));
    return machine === undefined ? { kind: 'absent' } : { kind: 'found', machine };
  }

  async definitionsInUse({ arn }: ObservedStateMachine): Promise<readonly DefinitionReading[]> {
    const { inUse } = this;
    await this.#called('definitionsInUse', nameOf(arn));
    return inUse;
  }

  async aliasedVersions(arn: string): Promise<readonly AliasedVersion[]> {
    await this.#called('aliasedVersions', nameOf(arn));
    return this.aliased;
  }

  async execution(arn: string): Promise<ObservedExecution | undefined> {
    await this.#called('execution', nameOf(arn));
    return this.executions.get(arn);
  }

  async recentExecutions(arn: string): Promise<readonly ExecutionSummary[]> {
    await this.#called('recentExecutions', nameOf(arn));
    return [...this.executions.values()]
      .filter(({ stateMachineArn }) => stateMachineArn === arn)
      .toSorted((a, b) => b.startedAt - a.startedAt);
  }

  async managedPolicies(arns: readonly string[]): Promise<readonly ObservedManagedPolicy[]> {
    if (arns.length > 0) await this.#called('managedPolicies', arns.map(nameOf).join(', '));
    return arns.flatMap((arn) => this.policies.get(arn) ?? []);
  }

  strayGrants(): StrayGrants {
    return this.strays;
  }

  async apply(action: Action): Promise<Applied> {
    try {
      await this.#called(action.operation, nameOf(action.object));
    } catch (error) {
      if (this.lostAnswers.has(action.operation)) this.#change(action);
      throw error;
    }
    const answer = this.#change(action);
    this.#lifeline.wrote();
    return answer;
  }

  #change(action: Action): Applied {
    this.writes.push(action);
    this.#made += 1;
    if (action.operation === 'UpdateStateMachine')
      return this.#changeMachine(action.object, action.definition);
    const before = this.roles.get(action.object);
    if ((before === undefined) !== (action.operation === 'CreateRole')) throw impossible(action);
    const roleId = before?.roleId ?? `AROAMADE${this.#made}`;
    const role = roleAfter(before, action, roleId);
    if (role === undefined) this.roles.delete(action.object);
    else this.roles.set(action.object, role);
    return { roleId };
  }

  #changeMachine(arn: string, definition: string): Applied {
    const machine = this.machines.get(arn);
    if (machine === undefined) throw new Error(`there is no state machine ${arn}`);
    const revisionId = `r${this.#made}`;
    this.machines.set(arn, { ...machine, definition, revisionId });
    return this.namesRevisions ? { revisionId } : {};
  }

  async #called(call: Call, what: string): Promise<void> {
    this.#lifeline.calling();
    this.calls.push(`${call} ${what}`);
    await this.gate;
    const failure = this.failures.get(call);
    if (failure !== undefined) throw failure;
  }
}

/** A failure of AWS as tests need it. */
export function awsFailure(
  kind: AwsFailure['kind'],
  detail: {
    readonly reason?: FailureReason;
    readonly retryAfterMs?: number;
    readonly outcomeUnknown?: boolean;
  } = {},
): AwsFailure {
  const subject = {
    accountId: '222222222222',
    operation: 'SomeCall',
    object: 'arn:aws:iam::222222222222:role/x',
  };
  return new AwsFailure(subject, { kind, reason: 'AccessDenied', ...detail }, 'no');
}

/** Last part of an ARN. */
export function nameOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? '';
}

function impossible({ operation, object }: Action): Error {
  return new Error(`${operation} is impossible for ${object} as it is`);
}
