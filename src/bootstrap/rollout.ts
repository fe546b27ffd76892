/**
 * The operator's role for many accounts at once: the same statements as for one, with placeholders for what differs between
 * accounts, and switches for statements that not every account needs. The CloudFormation and Terraform templates are made from
 * this.
 */
import { isDeepStrictEqual } from 'node:util';
import { policyToJson, type StatementJson } from '../policy/print.ts';
import { operatorTrust, sourcePolicy, targetPolicy } from './operator-policy.ts';

/** Features that an account may leave out, with some of the statements. */
export const SWITCHES = [
  'Source',
  'Target',
  'ExternalId',
  'Boundary',
  'ManagedPolicies',
  'StateMachineKeys',
  'EventQueue',
  'AccountDetails',
] as const;
export type Switch = (typeof SWITCHES)[number];

/** A statement with its condition: all switches in `on`, none in `off`. */
export interface ConditionalStatement {
  readonly on: readonly Switch[];
  readonly off: readonly Switch[];
  readonly statement: StatementJson;
}

/** How a template refers to an account's values. `managedPolicyArns` and `stateMachineKeyArns` stand for lists. */
export interface Placeholders {
  readonly partition: string;
  readonly accountId: string;
  readonly operatorArn: string;
  readonly externalId: string;
  readonly operatorRole: string;
  readonly clusterId: string;
  readonly stateMachines: string;
  /** The service principals of Step Functions in any partition. */
  readonly stepFunctions: readonly string[];
  readonly executionRoles: string;
  readonly rolePathPrefix: string;
  readonly boundaryArn: string;
  readonly managedPolicyArns: string;
  readonly stateMachineKeyArns: string;
  readonly eventQueueArn: string;
}

/** The trust policy, with the external ID if the account has one. */
export function rolloutTrust(names: Placeholders): readonly ConditionalStatement[] {
  return conditional(['ExternalId'], (on) =>
    policyToJson(operatorTrust(names.operatorArn, on.has('ExternalId') ? names.externalId : undefined)),
  );
}

/** The permissions of both sides; common statements do not depend on the side. */
export function rolloutPermissions(names: Placeholders): readonly ConditionalStatement[] {
  const source = conditional(['StateMachineKeys', 'EventQueue', 'AccountDetails'], (on) =>
    policyToJson(
      sourcePolicy({
        ...common(names, on),
        stateMachines: names.stateMachines,
        stepFunctions: names.stepFunctions,
        executionRoles: names.executionRoles,
        stateMachineKeyArns: on.has('StateMachineKeys') ? [names.stateMachineKeyArns] : [],
      }),
    ),
  );
  const target = conditional(['Boundary', 'ManagedPolicies', 'EventQueue', 'AccountDetails'], (on) =>
    policyToJson(
      targetPolicy({
        ...common(names, on),
        clusterId: names.clusterId,
        rolePathPrefix: names.rolePathPrefix,
        managedPolicyArns: on.has('ManagedPolicies') ? [names.managedPolicyArns] : [],
        ...(on.has('Boundary') && { boundaryArn: names.boundaryArn }),
      }),
    ),
  );
  const isShared = (row: ConditionalStatement) => source.some((other) => isDeepStrictEqual(row, other));
  const shared = target.filter(isShared);
  const only = (side: Switch, rows: readonly ConditionalStatement[]) =>
    rows
      .filter((row) => !shared.some((other) => isDeepStrictEqual(row, other)))
      .map(({ on, off, statement }) => ({ on: [side, ...on], off, statement }));
  return [...only('Source', source), ...only('Target', target), ...shared];
}

function common(names: Placeholders, on: ReadonlySet<Switch>) {
  const { partition, accountId, operatorRole, eventQueueArn } = names;
  return {
    partition,
    accountId,
    operatorRole,
    ...(on.has('EventQueue') && { eventQueueArn }),
    roleReads: on.has('AccountDetails') ? 'Account' : 'PerRole',
  } as const;
}

/** Finds out which statements depend on which switches, by making the policy with each of them off. Statements are matched by
 *  Sid; one whose text differs with a switch off is there twice. At most one switch changes a statement's text. */
function conditional(
  switches: readonly Switch[],
  print: (on: ReadonlySet<Switch>) => { readonly Statement: readonly StatementJson[] },
): readonly ConditionalStatement[] {
  const all = print(new Set(switches)).Statement;
  const without = switches.map((off) => ({
    off,
    statements: bySid(print(new Set(switches.filter((name) => name !== off))).Statement),
  }));
  const rows = all.flatMap((statement): readonly ConditionalStatement[] => {
    const gone = without.filter(({ statements }) => !statements.has(statement.Sid)).map(({ off }) => off);
    const changed = without.find(({ statements }) => {
      const other = statements.get(statement.Sid);
      return other !== undefined && !isDeepStrictEqual(other, statement);
    });
    const other = changed?.statements.get(statement.Sid);
    if (changed === undefined || other === undefined) return [{ on: gone, off: [], statement }];
    return [
      { on: [...gone, changed.off], off: [], statement },
      { on: gone, off: [changed.off], statement: other },
    ];
  });
  const known = bySid(all);
  const instead = without.flatMap(({ off, statements }) =>
    [...statements.values()]
      .filter(({ Sid }) => !known.has(Sid))
      .map((statement) => ({ on: [], off: [off], statement })),
  );
  return [...rows, ...instead];
}

function bySid(statements: readonly StatementJson[]): ReadonlyMap<string | undefined, StatementJson> {
  return new Map(statements.map((statement) => [statement.Sid, statement]));
}
