/** An AWS account for a dry run: everything is read once from the real one, and writes change only this copy. */
import type { AwsAccount, Applied, Freshness, DatedRoleReading } from '../../aws/aws-account.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { StateMachineReading } from '../../aws/reads/state-machine.ts';
import type { ObservedStateMachine } from '../../observed/objects.ts';
import type { Action } from '../../plan/action.ts';
import { roleAfter } from '../../plan/role-after.ts';

export class DryRunAccount implements AwsAccount {
  readonly accountId: string;
  readonly #real: AwsAccount;
  readonly #onWrite: (action: Action) => void;
  readonly #roles = new Map<string, Promise<DatedRoleReading>>();
  readonly #machines = new Map<string, Promise<StateMachineReading>>();

  /** @param onWrite called with each write, instead of AWS */
  constructor(real: AwsAccount, onWrite: (action: Action) => void) {
    this.accountId = real.accountId;
    this.#real = real;
    this.#onWrite = onWrite;
  }

  role(arn: string, callOptions: CallOptions): Promise<DatedRoleReading> {
    return remembered(this.#roles, arn, () => this.#real.role(arn, callOptions, { kind: 'fresh' }));
  }

  /** Does nothing: there are no snapshots. */
  async renewSnapshot(): Promise<void> {
    // Nothing is compared with a check before.
  }

  busyFor(): undefined {
    // It waits for its turn, as nobody waits behind it.
    return undefined;
  }

  roleText(): undefined {
    return undefined;
  }

  stateMachine(arn: string, callOptions: CallOptions): Promise<StateMachineReading> {
    return remembered(this.#machines, arn, () => this.#real.stateMachine(arn, callOptions));
  }

  aliasedVersions(stateMachineArn: string, callOptions: CallOptions) {
    return this.#real.aliasedVersions(stateMachineArn, callOptions);
  }

  execution(executionArn: string, callOptions: CallOptions) {
    return this.#real.execution(executionArn, callOptions);
  }

  recentExecutions(stateMachineArn: string, callOptions: CallOptions) {
    return this.#real.recentExecutions(stateMachineArn, callOptions);
  }

  definitionsInUse(machine: ObservedStateMachine, callOptions: CallOptions) {
    return this.#real.definitionsInUse(machine, callOptions);
  }

  managedPolicies(arns: readonly string[], callOptions: CallOptions, freshness: Freshness) {
    return this.#real.managedPolicies(arns, callOptions, freshness);
  }

  strayGrants() {
    return this.#real.strayGrants();
  }

  async apply(action: Action, callOptions: CallOptions): Promise<Applied> {
    this.#onWrite(action);
    if (action.operation === 'UpdateStateMachine')
      await this.#edit(action.object, action.definition, callOptions);
    else await this.#write(action, callOptions);
    return {};
  }

  async #edit(arn: string, definition: string, callOptions: CallOptions): Promise<void> {
    const reading = await this.stateMachine(arn, callOptions);
    if (reading.kind === 'absent') return;
    const machine = { ...reading.machine, definition };
    this.#machines.set(arn, Promise.resolve({ kind: 'found', machine }));
  }

  async #write(action: Action, callOptions: CallOptions): Promise<void> {
    const reading = await this.role(action.object, callOptions);
    const role = roleAfter(reading.kind === 'found' ? reading.role : undefined, action, undefined);
    const after: DatedRoleReading =
      role === undefined ? { kind: 'absent', fresh: true } : { kind: 'found', role, fresh: true };
    this.#roles.set(action.object, Promise.resolve(after));
  }
}

function remembered<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(key) ?? read();
  known.set(key, value);
  return value;
}
