/** What an account's rules refuse, one link each: the table of denials.test.ts. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine as machineArn, role, TARGET } from '../../access/fixtures.ts';

const QUEUE = `arn:aws:sqs:us-east-1:${TARGET}:orders`;

export interface Denial {
  readonly what: string;
  /** The state machine; `checkout` unless given. */
  readonly machine?: string;
  readonly targetRole?: JsonObject;
  readonly leg: 'TargetRoleReady' | 'PermissionsReady' | 'ExecutionRoleGrantReady';
  readonly message: RegExp;
}

export const DENIALS: readonly Denial[] = [
  {
    what: 'a state machine that no glob matches',
    machine: 'other',
    leg: 'TargetRoleReady',
    message: /does not let this namespace link from state machine other: ask its administrators/,
  },
  {
    what: 'an execution role that no glob matches',
    machine: 'checkout-foreign',
    leg: 'ExecutionRoleGrantReady',
    message: /change execution role arn:aws:iam::111111111111:role\/foreign: .*executionRoles/,
  },
  {
    what: 'a role outside the path prefix',
    targetRole: { arn: role('crossaccountlink/elsewhere/checkout').text },
    leg: 'TargetRoleReady',
    message: /hold a role at path \/crossaccountlink\/elsewhere\/: .*rolePathPrefix/,
  },
  {
    what: 'an action beyond allowedActions',
    targetRole: allowing('sqs:PurgeQueue', QUEUE),
    leg: 'PermissionsReady',
    message: /does not allow sqs:PurgeQueue on arn:aws:sqs:us-east-1:222222222222:orders/,
  },
  {
    what: 'a wildcard that covers more than allowedActions',
    targetRole: allowing('sqs:Send*', QUEUE),
    leg: 'PermissionsReady',
    message: /does not allow sqs:Send\* on/,
  },
  {
    what: 'a Task’s queue beyond allowedResources',
    machine: 'checkout-secret',
    leg: 'PermissionsReady',
    message: /does not allow sqs:SendMessage on arn:aws:sqs:us-east-1:222222222222:secret/,
  },
  {
    what: 'PassRole outside passRoles',
    targetRole: passing(role('admin').text, 'ecs-tasks.amazonaws.com'),
    leg: 'PermissionsReady',
    message: /does not allow iam:PassRole on arn:aws:iam::222222222222:role\/admin/,
  },
  {
    what: 'PassRole to a service that passRoles does not name',
    targetRole: passing(role('billing-task').text, 'lambda.amazonaws.com'),
    leg: 'PermissionsReady',
    message: /does not allow iam:PassRole on/,
  },
  {
    what: 'a managed policy that is not listed',
    targetRole: { permissions: { managedPolicyARNs: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } },
    leg: 'TargetRoleReady',
    message: /does not allow managed policy arn:aws:iam::aws:policy\/ReadOnlyAccess/,
  },
  {
    what: 'Preserve where allowPreserve is not set',
    targetRole: { unmanaged: 'Preserve' },
    leg: 'TargetRoleReady',
    message: /does not allow "unmanaged: Preserve".*use Remove/,
  },
  {
    what: 'adoption of a role that is not adoptable',
    targetRole: { adoptionPolicy: 'Adopt', unmanaged: 'Remove' },
    leg: 'TargetRoleReady',
    message: /does not let .*role\/crossaccountlink\/payments\/checkout be adopted: .*adoptableRoles/,
  },
  {
    what: 'another boundary than the account’s',
    targetRole: { permissionsBoundaryARN: `arn:aws:iam::${TARGET}:policy/own` },
    leg: 'TargetRoleReady',
    message: /puts boundary arn:aws:iam::222222222222:policy\/boundary on every role: leave .* out/,
  },
];

/** The spec of a link that is refused; all else of it is allowed. */
export function specOf({ machine = 'checkout', targetRole }: Denial): JsonObject {
  return {
    stateMachineARN: machineArn(machine).text,
    targetRole: { arn: role('crossaccountlink/payments/checkout').text, ...targetRole },
  };
}

function allowing(action: string, resource: string): JsonObject {
  return { permissions: { statements: [{ actions: [action], resources: [resource] }] } };
}

function passing(arn: string, service: string): JsonObject {
  const conditions = { StringEquals: { 'iam:PassedToService': [service] } };
  return { permissions: { statements: [{ actions: ['iam:PassRole'], resources: [arn], conditions }] } };
}
