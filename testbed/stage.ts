/** Everything a link needs to become Ready: control plane with CRDs and RBAC, an AWS that enforces IAM, the operator. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { awsClients } from './aws-clients.ts';
import { startEmulator, type AwsCredentials, type SharedEmulator } from './aws-emulator.ts';
import {
  connectControlPlane,
  manageControlPlane,
  startControlPlane,
  type ControlPlaneOptions,
  type SharedControlPlane,
} from './control-plane.ts';
import { install } from './kubernetes/installation.ts';
import { LogNews } from './log-news.ts';
import { startOperator, type OperatorOptions, type OperatorProcess } from './operator.ts';
import type { TestFile } from './test-file.ts';

/** The account to which the operator's own credentials belong. */
export const HOME_ACCOUNT = '999999999999';
export const OPERATOR_ROLE = 'crossaccountlink-operator';
export const OPERATOR_EXTERNAL_ID = 'crossaccountlink-demo';

export interface Stage {
  readonly controlPlane: SharedControlPlane;
  /** Kills the API server and boots it again on the same data and address. */
  restartApiServer(): Promise<void>;
  readonly emulator: SharedEmulator;
  /** The operator's own credentials, which can only assume its roles. */
  readonly credentials: AwsCredentials;
  /** Starts an operator; the stage stops it at the end. */
  operator(options?: Partial<OperatorOptions>): Promise<OperatorProcess>;
  /** Runs kubectl as the admin; throws its words if it fails. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(manifest: string): Promise<string>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly accounts: readonly string[];
  /** What the control plane should be like; see {@link openControlPlane}. */
  readonly controlPlane?: ControlPlaneOptions;
  /** Opens the stage's control plane; {@link openControlPlane} unless given. */
  readonly openPlane?: () => Promise<OpenControlPlane>;
  /** Starts the AWS of the stage. Left out: an AWS that enforces IAM; in a test, the one that the files of its worker share. */
  readonly startAws?: () => Promise<SharedEmulator>;
}

export async function startStage({
  accounts,
  controlPlane: options,
  openPlane = () => openControlPlane(options),
  startAws = openEmulator,
}: StageOptions): Promise<Stage> {
  const [plane, emulator] = await Promise.all([openPlane(), startAws()]);
  const { controlPlane } = plane;
  const operators: OperatorProcess[] = [];
  const news = new LogNews();
  const witness = () => operators.map((operator) => news.of(operator)).join('');
  globalThis.testFile?.witnesses.add(witness);
  const stop = async () => {
    globalThis.testFile?.witnesses.delete(witness);
    await Promise.all(operators.map((operator) => operator.stop()));
    await Promise.all([plane.stop(), emulator.stop()]);
  };
  try {
    const kubectl = async (...args: readonly string[]) => {
      const outcome = await controlPlane.kubectl(args);
      if (outcome.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${outcome.stderr}`);
      return outcome.stdout;
    };
    const credentials = await createOperatorUser(emulator.url);
    await Promise.all(accounts.map((account) => createOperatorRole(emulator.url, account)));
    return {
      controlPlane,
      restartApiServer: plane.restartApiServer,
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

export interface OpenControlPlane {
  readonly controlPlane: SharedControlPlane;
  /** Kills the API server and boots it again on the same data and address. */
  restartApiServer(): Promise<void>;
  /** Stops it, or gives it back. */
  stop(): Promise<void>;
}

interface OpenOptions extends ControlPlaneOptions {
  /** Leave out the CRDs and everything else that an operator needs. */
  readonly bare?: boolean;
}

/** A control plane on which an operator can start. In a test it is the one that the files of its worker share, unless it has to
 *  behave like an older release. */
export async function openControlPlane(options: OpenOptions = {}): Promise<OpenControlPlane> {
  const { testFile } = globalThis;
  return testFile === undefined || options.emulatedVersion !== undefined
    ? ownControlPlane(options)
    : borrowedControlPlane(testFile, options);
}

async function ownControlPlane({ bare = false, ...options }: OpenOptions): Promise<OpenControlPlane> {
  const controlPlane = await startControlPlane({ modest: globalThis.testFile !== undefined, ...options });
  try {
    if (!bare) await install(controlPlane);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  const { restartApiServer, stop } = controlPlane;
  return { controlPlane, restartApiServer, stop };
}

async function borrowedControlPlane(
  testFile: TestFile,
  { bare = false, controllerManager = false }: OpenOptions,
): Promise<OpenControlPlane> {
  const { restartApiServer, ...address } = await testFile.borrowControlPlane({ bare });
  const controlPlane = await connectControlPlane(address);
  const manager = controllerManager ? manageControlPlane(controlPlane) : undefined;
  return { controlPlane, restartApiServer, stop: async () => manager?.stop() };
}

async function openEmulator(): Promise<SharedEmulator> {
  if (globalThis.testFile === undefined) return startEmulator();
  const address = await globalThis.testFile.borrowEmulator();
  return { ...address, stop: () => Promise.resolve() };
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

/** What the operator may do in an account. The emulator matches roles without their path, so the resource is `role/*`; the exact
 *  policies of `bootstrap` are enforced elsewhere (test/e2e/least-privilege). */
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
  'DescribeExecution',
  'DescribeStateMachineForExecution',
  'GetExecutionHistory',
  'PublishStateMachineVersion',
].map((name) => `states:${name}`);

function policy(statements: readonly { Action: string | readonly string[]; Resource: string }[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
}
