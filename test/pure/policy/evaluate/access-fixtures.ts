/** Roles and policies of one link, as AWS holds them. */
import { parseRoleArn, type RoleArn } from '../../../../src/arn/arn.ts';
import {
  callingSession,
  canCall as mayCall,
  type ActingRole,
  type AssumableRole,
} from '../../../../src/policy/evaluate/access.ts';
import type { NamedPolicy } from '../../../../src/policy/evaluate/statement.ts';
import { parseObservedPolicy } from '../../../../src/policy/parse.ts';
import { narrow } from '../../../expectations.ts';

export const EXEC = 'arn:aws:iam::111111111111:role/service/exec';
export const TARGET = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
export const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout';
export const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:orders';

export function arn(text: string): RoleArn {
  const parsed = parseRoleArn(text);
  narrow(parsed, parsed);
  return parsed;
}

export function observed(...Statement: readonly object[]) {
  return parseObservedPolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
}

export function policy(name: string, ...statements: readonly object[]): NamedPolicy {
  return { name, policy: observed(...statements) };
}

export const GRANT = { Sid: 'Grant', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: TARGET };
export const TRUST = {
  Sid: 'Trust',
  Effect: 'Allow',
  Principal: { AWS: EXEC },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': [MACHINE, `${MACHINE}2`] } },
};
export const ADMIN = { Effect: 'Allow', Action: '*', Resource: '*' };
export const DENY = { Sid: 'No', Effect: 'Deny', Action: 'sts:*', Resource: '*' };

export function exec(parts: Partial<ActingRole> = {}): ActingRole {
  return { arn: arn(EXEC), policies: [policy('CrossAccountLink', GRANT)], ...parts };
}

export function target(...trust: readonly object[]): AssumableRole {
  return { arn: arn(TARGET), trust: observed(...(trust.length > 0 ? trust : [TRUST])) };
}

export function role(statements: readonly object[], boundary?: NamedPolicy): ActingRole {
  return {
    arn: arn(TARGET),
    policies: [policy('CrossAccountLink', ...statements)],
    ...(boundary && { boundary }),
  };
}

export function canCall(
  acting: ActingRole,
  action: string,
  resource: string,
  keys: Readonly<Record<string, string>> = {},
) {
  return mayCall(callingSession(acting, keys), action, resource);
}

export const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE };

export function denied(layer: string, policyName: string) {
  return { decision: 'ExplicitlyDenied', layer, by: { policy: policyName, statement: 'No' } };
}

/** The target role, with a Deny for all that a NotPrincipal does not list. */
export function except(AWS: string): AssumableRole {
  return target(TRUST, { ...DENY, Resource: undefined, NotPrincipal: { AWS } });
}
