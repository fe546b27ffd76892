/** An AWS account of which only the state machines are asked for, each answer given when the test says so. */
import type { AccountAws, FormerReading } from '../../../src/aws/account-aws.ts';
import type { StateMachineReading } from '../../../src/aws/reads.ts';
import type { ObservedStateMachine } from '../../../src/observed/objects.ts';

function unasked(): never {
  throw new Error('the test does not expect this call');
}

export class FakeAccount implements AccountAws {
  readonly accountId: string;
  readonly machines = new Map<string, ObservedStateMachine>();
  inUse: readonly FormerReading[] = [];
  /** Thrown instead of an answer. */
  failure: Error | undefined;
  /** Every read, by ARN. */
  readonly reads: string[] = [];
  /** What each answer waits for. */
  gate: Promise<void> = Promise.resolve();

  readonly role = unasked;
  readonly aliasedVersions = unasked;
  readonly managedPolicies = unasked;
  readonly apply = unasked;

  constructor(accountId: string) {
    this.accountId = accountId;
  }

  async stateMachine(arn: string): Promise<StateMachineReading> {
    this.reads.push(arn);
    const machine = this.machines.get(arn);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return machine === undefined ? { kind: 'absent' } : { kind: 'found', machine };
  }

  async formerDefinitions(machine: ObservedStateMachine): Promise<readonly FormerReading[]> {
    this.reads.push(`former ${machine.arn}`);
    const { inUse } = this;
    await this.gate;
    return inUse;
  }
}
