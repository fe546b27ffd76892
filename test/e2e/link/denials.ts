/** What an account's rules refuse, one link each: the table of denials.test.ts. */
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { TARGET, targetRole } from './aws-owners.ts';

/** A namespace that the accounts allow very little. */
export const NARROW = 'narrow';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

export interface Denial {
  readonly what: string;
  readonly namespace?: string;
  readonly machine?: string;
  readonly role?: Partial<CrossAccountLinkSpec['targetRole']>;
  readonly leg: 'TargetRoleReady' | 'PermissionsReady' | 'ExecutionRoleGrantReady';
  readonly message: RegExp;
}

export const DENIALS: readonly Denial[] = [
  {
    what: 'a namespace that no entry names',
    namespace: 'strangers',
    leg: 'TargetRoleReady',
    message: /does not let this namespace link from state machine ok-orders: ask its administrators/,
  },
  {
    what: 'a state machine that no glob matches',
    machine: 'other-orders',
    leg: 'TargetRoleReady',
    message: /link from state machine other-orders/,
  },
  {
    what: 'an execution role that no glob matches',
    machine: 'ok-foreign-role',
    leg: 'ExecutionRoleGrantReady',
    message: /change execution role arn:aws:iam::111111111111:role\/tenants\/other-orders: .*executionRoles/,
  },
  {
    what: 'a role outside the path prefix',
    role: { arn: targetRole('elsewhere/outside') },
    leg: 'TargetRoleReady',
    message: /hold a role at path \/crossaccountlink\/elsewhere\/: .*rolePathPrefix/,
  },
  {
    what: 'an action beyond allowedActions',
    role: {
      permissions: {
        statements: [
          { actions: ['sqs:PurgeQueue'], resources: [`arn:aws:sqs:us-east-1:${TARGET}:ok-orders`] },
        ],
      },
    },
    leg: 'PermissionsReady',
    message: /does not allow sqs:PurgeQueue on arn:aws:sqs:us-east-1:222222222222:ok-orders/,
  },
  {
    what: 'a wildcard that covers more than allowedActions',
    role: {
      permissions: {
        statements: [{ actions: ['sqs:Send*'], resources: [`arn:aws:sqs:us-east-1:${TARGET}:ok-orders`] }],
      },
    },
    leg: 'PermissionsReady',
    message: /does not allow sqs:Send\* on/,
  },
  {
    what: 'a Task’s queue beyond allowedResources',
    machine: 'ok-other-queue',
    leg: 'PermissionsReady',
    message: /does not allow sqs:SendMessage on arn:aws:sqs:us-east-1:222222222222:secret/,
  },
  {
    what: 'PassRole outside passRoles',
    role: {
      permissions: {
        statements: [
          {
            actions: ['iam:PassRole'],
            resources: [`arn:aws:iam::${TARGET}:role/admin`],
            conditions: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } },
          },
        ],
      },
    },
    leg: 'PermissionsReady',
    message: /does not allow iam:PassRole on arn:aws:iam::222222222222:role\/admin/,
  },
  {
    what: 'PassRole to a service that passRoles does not name',
    role: {
      permissions: {
        statements: [
          {
            actions: ['iam:PassRole'],
            resources: [`arn:aws:iam::${TARGET}:role/billing-task`],
            conditions: { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com'] } },
          },
        ],
      },
    },
    leg: 'PermissionsReady',
    message: /does not allow iam:PassRole on/,
  },
  {
    what: 'a managed policy that is not listed',
    role: { permissions: { managedPolicyARNs: [READ_ONLY] } },
    leg: 'TargetRoleReady',
    message: /does not allow managed policy arn:aws:iam::aws:policy\/ReadOnlyAccess/,
  },
  {
    what: 'Preserve where allowPreserve is not set',
    role: { unmanaged: 'Preserve' },
    leg: 'TargetRoleReady',
    message: /does not allow "unmanaged: Preserve".*use Remove/,
  },
  {
    what: 'adoption of a role that is not adoptable',
    role: { adoptionPolicy: 'Adopt', unmanaged: 'Remove' },
    leg: 'TargetRoleReady',
    message: /does not let .*role\/crossaccountlink\/narrow\/.* be adopted: .*adoptableRoles/,
  },
  {
    what: 'another boundary than the account’s',
    role: { permissionsBoundaryARN: `arn:aws:iam::${TARGET}:policy/own` },
    leg: 'TargetRoleReady',
    message: /puts boundary arn:aws:iam::222222222222:policy\/boundary on every role: leave .* out/,
  },
];
