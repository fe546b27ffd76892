/** An AWS account that holds one state machine and no roles, and obeys. */
import type { AccountAws, Applied, FormerReading, RoleSight } from '../../../src/aws/account-aws.ts';
import { AwsFailure } from '../../../src/aws/errors.ts';
import type { AliasedVersion } from '../../../src/aws/definitions-in-use.ts';
import type { StateMachineReading } from '../../../src/aws/reads.ts';
import type { ObservedStateMachine } from '../../../src/observed/objects.ts';
import type { Action } from '../../../src/plan/action.ts';

export class ObedientAccount implements AccountAws {
  readonly accountId: string;
  machine: ObservedStateMachine | undefined;
  inUse: readonly FormerReading[] = [];
  aliased: readonly AliasedVersion[] | AwsFailure = [];
  readonly writes: string[] = [];

  constructor(accountId: string) {
    this.accountId = accountId;
  }

  role(): Promise<RoleSight> {
    return Promise.resolve({ kind: 'absent', fresh: true });
  }

  stateMachine(): Promise<StateMachineReading> {
    const { machine } = this;
    return Promise.resolve(machine === undefined ? { kind: 'absent' } : { kind: 'found', machine });
  }

  formerDefinitions(): Promise<readonly FormerReading[]> {
    return Promise.resolve(this.inUse);
  }

  aliasedVersions(): Promise<readonly AliasedVersion[]> {
    const { aliased } = this;
    return aliased instanceof AwsFailure ? Promise.reject(aliased) : Promise.resolve(aliased);
  }

  managedPolicies() {
    return Promise.resolve([]);
  }

  apply(action: Action): Promise<Applied> {
    this.writes.push(action.operation);
    if (action.operation === 'UpdateStateMachine' && this.machine !== undefined) {
      this.machine = { ...this.machine, definition: action.definition };
    }
    return Promise.resolve({});
  }
}
