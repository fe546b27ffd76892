/** Everything a link needs to become Ready: control plane with CRDs and RBAC, an AWS that enforces IAM, the operator. */
import { fileURLToPath } from 'node:url';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { awsClients } from './aws-clients.ts';
import { startEmulator, type AwsCredentials, type Emulator } from './aws-emulator.ts';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { startOperator, type OperatorOptions, type OperatorProcess } from './operator.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The account that the operator's own credentials belong to. */
export const HOME_ACCOUNT = '999999999999';
export const OPERATOR_ROLE = 'crossaccountlink-operator';
export const OPERATOR_EXTERNAL_ID = 'crossaccountlink-demo';

export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly emulator: Emulator;
  /** The operator's own credentials, good for nothing but assuming its roles. */
  readonly credentials: AwsCredentials;
  /** Starts an operator; the stage stops it in the end. */
  operator(options?: Partial<OperatorOptions>): Promise<OperatorProcess>;
  /** kubectl as the admin; throws with its words when it fails. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(manifest: string): Promise<string>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly accounts: readonly string[];
  readonly controlPlane?: ControlPlaneOptions;
  /** Starts the AWS of the stage; one that enforces IAM unless given. */
  readonly startAws?: () => Promise<Emulator>;
}

export async function startStage({
  accounts,
  controlPlane: options = {},
  startAws = startEmulator,
}: StageOptions): Promise<Stage> {
  const [controlPlane, emulator] = await Promise.all([startControlPlane(options), startAws()]);
  const operators: OperatorProcess[] = [];
  const stop = async () => {
    await Promise.all(operators.map((operator) => operator.stop()));
    await Promise.all([controlPlane.stop(), emulator.stop()]);
  };
  try {
    const kubectl = async (...args: readonly string[]) => {
      const outcome = await controlPlane.kubectl(args);
      if (outcome.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${outcome.stderr}`);
      return outcome.stdout;
    };
    const credentials = await createOperatorUser(emulator.url);
    await Promise.all(accounts.map((account) => createOperatorRole(emulator.url, account)));
    await kubectl('apply', '--server-side', '-f', `${ROOT}crds/`);
    await kubectl('apply', '-f', `${ROOT}deploy/base/namespace.yaml`);
    for (const file of ['serviceaccount', 'rbac']) {
      await kubectl('apply', '-n', 'crossaccountlink-system', '-f', `${ROOT}deploy/base/${file}.yaml`);
    }
    await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
    return {
      controlPlane,
      emulator,
      credentials,
      kubectl,
      stop,
      async operator(extra = {}) {
        const operator = await startOperator({ controlPlane, awsUrl: emulator.url, credentials, ...extra });
        operators.push(operator);
        return operator;
      },
      async apply(manifest) {
        const outcome = await controlPlane.kubectl(['apply', '-f', '-'], { input: manifest });
        if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
        return outcome.stdout;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createOperatorUser(url: string): Promise<AwsCredentials> {
  const { iam } = awsClients(url, HOME_ACCOUNT);
  await iam.send(new CreateUserCommand({ UserName: OPERATOR_ROLE }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName: OPERATOR_ROLE,
      PolicyName: 'assume',
      PolicyDocument: policy([
        { Action: 'sts:AssumeRole', Resource: `arn:aws:iam::*:role/${OPERATOR_ROLE}` },
      ]),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: OPERATOR_ROLE }));
  if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined)
    throw new Error('no access key');
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

/** What the operator may do in an account. The emulator matches roles without their path, so the resource is `role/*`;
 *  the exact policies of `bootstrap` are enforced elsewhere (test/e2e/least-privilege). */
async function createOperatorRole(url: string, account: string): Promise<void> {
  const { iam } = awsClients(url, account);
  await iam.send(
    new CreateRoleCommand({
      RoleName: OPERATOR_ROLE,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: `arn:aws:iam::${HOME_ACCOUNT}:user/${OPERATOR_ROLE}` },
            Condition: { StringEquals: { 'sts:ExternalId': OPERATOR_EXTERNAL_ID } },
          },
        ],
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: OPERATOR_ROLE,
      PolicyName: 'operate',
      PolicyDocument: policy([
        { Action: 'iam:GetAccountAuthorizationDetails', Resource: '*' },
        { Action: OPERATOR_IAM_ACTIONS, Resource: `arn:aws:iam::${account}:role/*` },
        { Action: ['iam:GetPolicy', 'iam:GetPolicyVersion'], Resource: '*' },
        { Action: OPERATOR_STATES_ACTIONS, Resource: '*' },
        { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'], Resource: '*' },
      ]),
    }),
  );
}

const OPERATOR_IAM_ACTIONS = [
  'CreateRole',
  'DeleteRole',
  'GetRole',
  'UpdateRole',
  'UpdateRoleDescription',
  'UpdateAssumeRolePolicy',
  'TagRole',
  'UntagRole',
  'GetRolePolicy',
  'PutRolePolicy',
  'DeleteRolePolicy',
  'ListRolePolicies',
  'ListAttachedRolePolicies',
  'AttachRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'DeleteRolePermissionsBoundary',
  'ListInstanceProfilesForRole',
  'RemoveRoleFromInstanceProfile',
].map((name) => `iam:${name}`);

const OPERATOR_STATES_ACTIONS = [
  'DescribeStateMachine',
  'UpdateStateMachine',
  'ListStateMachineAliases',
  'DescribeStateMachineAlias',
  'ListStateMachineVersions',
  'ListExecutions',
  'DescribeStateMachineForExecution',
  'PublishStateMachineVersion',
].map((name) => `states:${name}`);

function policy(statements: readonly { Action: string | readonly string[]; Resource: string }[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
}
