/** What AWS holds, made small. */
import type { ObservedRole, ObservedStateMachine } from '../../../src/observed/objects.ts';
import { machine, role, SOURCE } from '../access/fixtures.ts';

/** A role that lets nobody in and is allowed nothing. */
export function bareRole(arn: string, fields: Partial<ObservedRole> = {}): ObservedRole {
  return {
    arn,
    roleId: 'AROAEXAMPLE',
    trust: { kind: 'parsed', document: { version: '2012-10-17', statements: [] } },
    inlinePolicies: new Map(),
    managedPolicyArns: [],
    tags: new Map(),
    instanceProfiles: [],
    ...fields,
  };
}

/** The state machine `checkout`, as it stands before anybody updates it: it has no revision. */
export function observedMachine(
  definition: string,
  fields: Partial<ObservedStateMachine> = {},
): ObservedStateMachine {
  return {
    arn: machine('checkout').text,
    type: 'STANDARD',
    executionRoleArn: role('checkout-exec', SOURCE).text,
    definition,
    creationDate: '2026-01-01T00:00:00Z',
    ...fields,
  };
}
