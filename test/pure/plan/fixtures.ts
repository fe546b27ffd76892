/** A role as this operator leaves it, and what may have become of it. */
import { policyName, TAGS, trustSid } from '../../../src/desired/names.ts';
import { desiredTargetRole, type DesiredTargetRole } from '../../../src/desired/target-role.ts';
import type { Link } from '../../../src/desired/link.ts';
import type { Action } from '../../../src/plan/action.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import type { ObservedPolicy, ObservedRole } from '../../../src/observed/objects.ts';
import { policyOf, type Statement } from '../../../src/policy/document.ts';
import { machine } from '../access/fixtures.ts';
import {
  allow,
  CLUSTER,
  CONTEXT,
  contributes,
  EXECUTION_ROLE,
  link,
  NAMESPACE,
  QUEUE,
  ROLE,
} from '../desired/fixtures.ts';

export const ROLE_ID = 'AROAOURS';
export const OWN_POLICY = policyName(CLUSTER);
export const OWNED: ReadonlyMap<string, string> = new Map([
  [TAGS.clusterId, CLUSTER],
  [TAGS.namespace, NAMESPACE],
]);

/** What one link asks of its role. */
export function desired(fields: Partial<Link> = {}): DesiredTargetRole {
  return desiredTargetRole(ROLE, NAMESPACE, [contributes(link('a', fields))], CONTEXT);
}

/** What is asked of the role once its last link leaves. */
export function leaving(fields: Partial<Link> = {}): DesiredTargetRole {
  return desiredTargetRole(ROLE, NAMESPACE, [{ kind: 'departing', link: link('a', fields) }], CONTEXT);
}

/** The role is on record, and nothing on it exceeds the rules. */
export const FACTS = { records: [ROLE_ID], excessOf: () => undefined };

/** What one link writes to its role. */
export function plan(fields: Partial<Link>, role: ObservedRole | undefined): readonly Action[] {
  return planTargetRole(desired(fields), role, FACTS).actions;
}

export function operations(actions: readonly Action[]): readonly string[] {
  return actions.map(({ operation }) => operation);
}

export function parsed(...statements: readonly Statement[]): ObservedPolicy {
  return { kind: 'parsed', document: policyOf(statements) };
}

export const OWN_TRUST: Statement = {
  sid: trustSid(EXECUTION_ROLE),
  effect: 'Allow',
  principals: { negated: false, anyone: false, byType: { AWS: [EXECUTION_ROLE] } },
  actions: { negated: false, values: ['sts:AssumeRole'] },
  conditions: { StringEquals: { 'sts:ExternalId': [machine('checkout').text] } },
};

/** What an execution role needs for executions to start. */
export const STATES_TRUST: Statement = {
  effect: 'Allow',
  principals: { negated: false, anyone: false, byType: { Service: ['states.amazonaws.com'] } },
  actions: { negated: false, values: ['sts:AssumeRole'] },
};

export const FOREIGN_TRUST: Statement = {
  effect: 'Allow',
  principals: { negated: false, anyone: false, byType: { Service: ['lambda.amazonaws.com'] } },
  actions: { negated: false, values: ['sts:AssumeRole'] },
};

/** The role that `desired()` describes, as it stands. */
export function observed(fields: Partial<ObservedRole> = {}): ObservedRole {
  return {
    arn: ROLE.text,
    roleId: ROLE_ID,
    trust: parsed(OWN_TRUST),
    inlinePolicies: new Map([[OWN_POLICY, parsed(allow(['sqs:SendMessage'], [QUEUE]))]]),
    managedPolicyArns: [],
    tags: OWNED,
    instanceProfiles: [],
    description: '',
    ...fields,
  };
}
