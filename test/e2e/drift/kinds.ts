/** The kinds of drift: how somebody makes each by hand, and how the operator names the field. */
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { setCredentials } from '../../../testbed/set-credentials.ts';
import { SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { type Scene } from '../link/scene.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

/** One link of the table: everything about it is named after the kind. */
export interface TableLink {
  readonly name: string;
  readonly machineArn: string;
  readonly executionRoleArn: string;
  readonly roleArn: string;
}

export interface Kind {
  readonly name: string;
  readonly make: (scene: Scene, link: TableLink) => Promise<unknown>;
  /** One of the recorded fields. */
  readonly field: RegExp;
  /** Where the drift is: the object that the record should name. */
  readonly object: 'targetRole' | 'executionRole' | 'stateMachine';
}

export const BOUNDARY = `arn:aws:iam::${TARGET}:policy/link-boundary`;
export const OTHER_BOUNDARY = `arn:aws:iam::${TARGET}:policy/other-boundary`;
export const EXTRA_MANAGED = `arn:aws:iam::${TARGET}:policy/extra`;

export const KINDS: readonly Kind[] = [
  {
    name: 'role-deleted',
    object: 'targetRole',
    field: /^role$/,
    make: async ({ target }, { name }) => {
      await target.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: OPERATOR_POLICY }));
      await target.iam.send(new DeleteRoleCommand({ RoleName: name }));
    },
  },
  trustDrift('trust-statement-removed', () => [allow({ Service: 'lambda.amazonaws.com' })]),
  trustDrift('trust-open-to-everybody', () => [allow('*')]),
  trustDrift('trust-open-to-account', (own) => [own, allow({ AWS: `arn:aws:iam::${SOURCE}:root` })]),
  trustDrift('trust-with-another-principal', (own) => [
    { ...own, Principal: { AWS: [principalOf(own), `arn:aws:iam::${TARGET}:root`].flat() } },
  ]),
  trustDrift('trust-without-external-id', ({ Condition: _dropped, ...own }) => [own]),
  trustDrift('trust-with-another-external-id', (own) => [
    { ...own, Condition: { StringEquals: { 'sts:ExternalId': 'somebody-else' } } },
  ]),
  trustDrift('trust-statement-added', (own) => [
    own,
    { ...allow({ Service: 'ec2.amazonaws.com' }), Sid: 'Mine' },
  ]),
  trustDrift('trust-principal-remade', (own) => [{ ...own, Principal: { AWS: 'AROA0123456789ABCDEFG' } }]),
  {
    name: 'permissions-edited',
    object: 'targetRole',
    field: /^inlinePolicies\[CrossAccountLink-testbed\]/,
    make: ({ target }, { name }) =>
      target.iam.send(putPolicy(name, OPERATOR_POLICY, { Effect: 'Allow', Action: 'sqs:*', Resource: '*' })),
  },
  {
    name: 'permissions-removed',
    object: 'targetRole',
    field: /^inlinePolicies\[CrossAccountLink-testbed\]/,
    make: ({ target }, { name }) =>
      target.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: OPERATOR_POLICY })),
  },
  {
    name: 'inline-policy-added',
    object: 'targetRole',
    field: /^inlinePolicies\[extra\]/,
    make: ({ target }, { name }) =>
      target.iam.send(putPolicy(name, 'extra', { Effect: 'Allow', Action: 's3:*', Resource: '*' })),
  },
  {
    name: 'managed-policy-attached',
    object: 'targetRole',
    field: /^managedPolicies\[/,
    make: ({ target }, { name }) =>
      target.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: EXTRA_MANAGED })),
  },
  {
    name: 'boundary-changed',
    object: 'targetRole',
    field: /^permissionsBoundary$/,
    make: ({ target }, { name }) =>
      target.iam.send(
        new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary: OTHER_BOUNDARY }),
      ),
  },
  {
    name: 'boundary-removed',
    object: 'targetRole',
    field: /^permissionsBoundary$/,
    make: ({ target }, { name }) =>
      target.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name })),
  },
  {
    name: 'ownership-tags-removed',
    object: 'targetRole',
    field: /^tags\[crossaccountlink\.dev\/cluster-id\]$/,
    make: ({ target }, { name }) =>
      target.iam.send(
        new UntagRoleCommand({
          RoleName: name,
          TagKeys: ['crossaccountlink.dev/cluster-id', 'crossaccountlink.dev/namespace'],
        }),
      ),
  },
  {
    name: 'instance-profile-attached',
    object: 'targetRole',
    field: /^instanceProfiles\[/,
    make: async ({ target }, { name }) => {
      const InstanceProfileName = crypto.randomUUID();
      await target.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
      await target.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: name }));
    },
  },
  {
    name: 'grant-widened',
    object: 'executionRole',
    field: /^grant/,
    make: ({ source }, { name }) =>
      source.iam.send(
        putPolicy(name, OPERATOR_POLICY, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }),
      ),
  },
  {
    name: 'grant-removed',
    object: 'executionRole',
    field: /^grant/,
    make: ({ source }, { name }) =>
      source.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: OPERATOR_POLICY })),
  },
  {
    name: 'credentials-removed',
    object: 'stateMachine',
    field: /^States\["Charge"\]\.Credentials\.RoleArn$/,
    make: (scene, link) => editDefinition(scene, link, new Map([['Charge', null]])),
  },
  {
    name: 'credentials-changed',
    object: 'stateMachine',
    field: /^States\["Charge"\]\.Credentials\.RoleArn$/,
    make: (scene, link) => editDefinition(scene, link, new Map([['Charge', targetRole('somebody-elses')]])),
  },
];

type TrustStatement = Readonly<Record<string, unknown>>;

/** Rewrites the trust policy, starting from the present one. */
function trustDrift(name: string, change: (own: TrustStatement) => readonly TrustStatement[]): Kind {
  return {
    name,
    object: 'targetRole',
    field: /^trustPolicy\.Statement\[/,
    make: async ({ target }, link) => {
      const own: TrustStatement = {
        Sid: 'CrossAccountLinkTrust',
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: link.executionRoleArn },
        Condition: { StringEquals: { 'sts:ExternalId': link.machineArn } },
      };
      await target.iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: link.name,
          PolicyDocument: document(...change(own)),
        }),
      );
    },
  };
}

function allow(Principal: unknown): TrustStatement {
  return { Effect: 'Allow', Action: 'sts:AssumeRole', Principal };
}

function principalOf({ Principal }: TrustStatement): unknown {
  return Object(Principal)['AWS'];
}

function putPolicy(RoleName: string, PolicyName: string, statement: object): PutRolePolicyCommand {
  return new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(statement) });
}

async function editDefinition(
  scene: Scene,
  { machineArn }: TableLink,
  assignments: ReadonlyMap<string, string | null>,
): Promise<void> {
  const definition = setCredentials(await scene.definition(machineArn), assignments);
  await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn: machineArn, definition }));
}
