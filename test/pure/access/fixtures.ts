/** Access rules as an administrator writes them. */
import { entriesFor } from '../../../src/access/namespaces.ts';
import { accountRules, type AccountRules } from '../../../src/access/rules.ts';
import { targetEntries } from '../../../src/access/target.ts';
import type { AWSAccountSpec } from '../../../src/api/generated.ts';
import {
  parseRoleArn,
  parseStateMachineArn,
  type RoleArn,
  type StateMachineArn,
} from '../../../src/arn/arn.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';

type Entries = NonNullable<AWSAccountSpec['access']>;
export type Entry = Entries[number];
type AsTarget = NonNullable<Entry['asTarget']>;

export function rulesOf(accountId: string, access: Entries, boundary?: string): AccountRules {
  return accountRules(accountId === TARGET ? 'billing' : 'checkout', {
    accountID: accountId,
    partition: 'aws',
    access,
    ...(boundary !== undefined && { permissionsBoundaryARN: boundary }),
  });
}

/** An entry for namespace `payments` that admits its roles, and grants what is given. */
export function asTarget(grants: Partial<AsTarget>): Entry {
  return {
    namespaces: { names: ['payments'] },
    asTarget: { rolePathPrefix: '/crossaccountlink/payments/', ...grants },
  };
}

export function asSource(stateMachines: string[], executionRoles: string[] = []): Entry {
  return { namespaces: { names: ['payments'] }, asSource: { stateMachines, executionRoles } };
}

export const PAYMENTS = { name: 'payments', labels: {} };

/** What the entries of the namespace `payments` allow the role. */
export function targetsFor(rules: AccountRules, arn: RoleArn) {
  return targetEntries(entriesFor(rules, PAYMENTS), arn);
}

export function role(path: string, accountId = TARGET): RoleArn {
  const arn = parseRoleArn(`arn:aws:iam::${accountId}:role/${path}`);
  if (arn === undefined) throw new Error(`${path} is not the ARN of a role`);
  return arn;
}

export function machine(name: string, accountId = SOURCE): StateMachineArn {
  const arn = parseStateMachineArn(`arn:aws:states:us-east-1:${accountId}:stateMachine:${name}`);
  if (arn === undefined) throw new Error(`${name} is not the ARN of a state machine`);
  return arn;
}
