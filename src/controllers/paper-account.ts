/** An AWS account on paper: everything is read once from the real one, and what is written stays here. */
import type { AccountAws, Applied, Freshness, RoleSight } from '../aws/account-aws.ts';
import type { Want } from '../aws/lanes.ts';
import type { StateMachineReading } from '../aws/reads.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';
import type { Action } from '../plan/action.ts';
import { roleAfter } from '../plan/after.ts';

export class PaperAccount implements AccountAws {
  readonly accountId: string;
  readonly #real: AccountAws;
  readonly #onWrite: (action: Action) => void;
  readonly #roles = new Map<string, Promise<RoleSight>>();
  readonly #machines = new Map<string, Promise<StateMachineReading>>();

  /** @param onWrite is told of each write in place of AWS */
  constructor(real: AccountAws, onWrite: (action: Action) => void) {
    this.accountId = real.accountId;
    this.#real = real;
    this.#onWrite = onWrite;
  }

  role(arn: string, want: Want): Promise<RoleSight> {
    return remembered(this.#roles, arn, () => this.#real.role(arn, want, { kind: 'fresh' }));
  }

  stateMachine(arn: string, want: Want): Promise<StateMachineReading> {
    return remembered(this.#machines, arn, () => this.#real.stateMachine(arn, want));
  }

  aliasedVersions(stateMachineArn: string, want: Want) {
    return this.#real.aliasedVersions(stateMachineArn, want);
  }

  formerDefinitions(machine: ObservedStateMachine, want: Want) {
    return this.#real.formerDefinitions(machine, want);
  }

  managedPolicies(arns: readonly string[], want: Want, freshness: Freshness) {
    return this.#real.managedPolicies(arns, want, freshness);
  }

  async apply(action: Action, want: Want): Promise<Applied> {
    this.#onWrite(action);
    if (action.operation === 'UpdateStateMachine') await this.#edit(action.object, action.definition, want);
    else await this.#write(action, want);
    return {};
  }

  async #edit(arn: string, definition: string, want: Want): Promise<void> {
    const reading = await this.stateMachine(arn, want);
    if (reading.kind === 'absent') return;
    const machine = { ...reading.machine, definition };
    this.#machines.set(arn, Promise.resolve({ kind: 'found', machine }));
  }

  async #write(action: Action, want: Want): Promise<void> {
    const sight = await this.role(action.object, want);
    const role = roleAfter(sight.kind === 'found' ? sight.role : undefined, action, undefined);
    const after: RoleSight =
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
