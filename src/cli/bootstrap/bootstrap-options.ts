/** The options of `bootstrap`, checked: each option by itself, then whether they fit together. */
import { parseArn } from '../../arn/arn.ts';
import { isPartition, unknownPartition } from '../../arn/partitions.ts';
import { withoutEnding } from '../../base/without-ending.ts';
import { CLUSTER_ID_PATTERN } from '../../desired/names.ts';

export interface BootstrapOptions {
  readonly as: string;
  /** Left out with `stackSet`. */
  readonly account?: string;
  /** ARN of the operator's own identity; left out when that identity itself is printed. */
  readonly operator?: string;
  readonly clusterId?: string;
  readonly externalId?: string;
  readonly roleName?: string;
  readonly partition: string;
  readonly stateMachines: string;
  readonly executionRoles?: string;
  readonly stateMachineKey: readonly string[];
  readonly rolePathPrefix: string;
  readonly boundary?: string;
  readonly managedPolicy: readonly string[];
  readonly eventQueue?: string;
  readonly roleReads?: string;
  readonly stackSet?: boolean;
  readonly identity?: string;
  readonly oidcProvider?: string;
  readonly serviceAccount?: string;
  /** False if the pod identity association disables them. */
  readonly sessionTags?: boolean;
  readonly assume?: readonly string[];
  readonly output: string;
}

export type Side = 'source' | 'target' | 'both';

const SIDES: ReadonlyMap<string, Side> = new Map([
  ['source', 'source'],
  ['target', 'target'],
  ['both', 'both'],
]);

/** The side of the options; `operator` for the operator's own identity. */
export function sideOf({ as }: BootstrapOptions): Side | 'operator' {
  const side = as === 'operator' ? as : SIDES.get(as);
  if (side === undefined) throw new Error(`--as ${as}: source, target, both and operator are known`);
  return side;
}

/** What a valid text looks like, for the check and for people. */
interface Shape {
  readonly pattern: RegExp;
  readonly wants: string;
}

const IAM_NAME = '[A-Za-z0-9_+=,.@-]';
const ROLE_NAME: Shape = {
  pattern: new RegExp(`^${IAM_NAME}{1,64}$`),
  wants: 'a role name is 1 to 64 letters, digits and _ + = , . @ -',
};
const EXTERNAL_ID: Shape = {
  pattern: /^[A-Za-z0-9_+=,.@:/-]{2,1224}$/,
  wants: 'an external ID is 2 to 1224 letters, digits and _ + = , . @ : / -',
};
const CLUSTER_ID: Shape = {
  pattern: CLUSTER_ID_PATTERN,
  wants: 'a cluster ID is up to 63 letters, digits and dashes',
};
const STATE_MACHINES: Shape = {
  pattern: /^[A-Za-z0-9_+=.@*?-]{1,80}$/,
  wants: 'the name of a state machine, with * and ? where you like: checkout*',
};
const EXECUTION_ROLES: Shape = {
  pattern: new RegExp(`^(?:[A-Za-z0-9_+=,.@*?-]+/)*[A-Za-z0-9_+=,.@*?-]+$`),
  wants: 'path and name of execution roles, without arn:… and without a slash before them: payments/*',
};
const ROLE_PATH_PREFIX: Shape = {
  pattern: new RegExp(`^/(?!aws-reserved/|aws-service-role/)(?:${IAM_NAME}+/)*$`),
  wants: 'it begins and ends with /, and AWS keeps /aws-reserved/ and /aws-service-role/ for itself',
};
const SERVICE_ACCOUNT: Shape = {
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
  wants: 'NAMESPACE/NAME of the ServiceAccount that the operator runs under',
};
const ISSUER: Shape = {
  pattern: /^[a-z0-9][a-z0-9.-]*\.[a-z]+(?:\/[\w./-]*)?$/i,
  wants: "the URL of the cluster's OIDC provider, or its ARN: https://oidc.eks.REGION.amazonaws.com/id/…",
};
const ACCOUNT: Shape = { pattern: /^\d{12}$/, wants: 'twelve digits' };

/** The part of an ARN after `arn:PARTITION:`. (parseArn refuses a wildcard as the account.) */
const KEY: Shape = {
  pattern: /^kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  wants: 'arn:PARTITION:kms:REGION:ACCOUNT_ID:key/ID',
};
const POLICY: Shape = {
  pattern: new RegExp(`^iam::(?:aws|\\d{12}):policy/(?:${IAM_NAME}+/)*${IAM_NAME}{1,128}$`),
  wants: 'arn:PARTITION:iam::ACCOUNT_ID:policy/NAME',
};
const QUEUE: Shape = {
  pattern: /^sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/,
  wants: 'arn:PARTITION:sqs:REGION:ACCOUNT_ID:NAME (its ARN, not its URL; a standard queue)',
};
const PRINCIPAL: Shape = {
  pattern: new RegExp(`^iam::\\d{12}:(?:role|user)/(?:${IAM_NAME}+/)*${IAM_NAME}{1,64}$`),
  wants: 'arn:PARTITION:iam::ACCOUNT_ID:role/NAME, or of a user',
};
const ROLES: Shape = {
  pattern: new RegExp(`^iam::(?:\\*|\\d{12}):role/(?:[A-Za-z0-9_+=,.@*?-]+/)*[A-Za-z0-9_+=,.@*?-]+$`),
  wants: 'arn:PARTITION:iam::ACCOUNT_ID:role/NAME, * allowed',
};

/** Checks all options.
 *  @throws Error that names the option, its value, and what it takes */
export function checkOptions(options: BootstrapOptions): void {
  const side = sideOf(options);
  if (!isPartition(options.partition))
    throw new Error(`--partition ${options.partition}: ${unknownPartition(options.partition)}`);
  if (options.output !== 'cloudformation' && options.output !== 'terraform') {
    throw new Error(`--output ${options.output}: cloudformation and terraform are known`);
  }
  check('--account', options.account, ACCOUNT);
  check('--role-name', options.roleName, ROLE_NAME);
  if (side === 'operator') checkIdentity(options);
  else checkSide(options);
  if (options.stackSet === true) checkStackSet(options, side);
  else if (options.account === undefined)
    throw new Error('--account is missing: the account that the role is for');
}

function checkSide(options: BootstrapOptions): void {
  const { partition } = options;
  if (options.operator === undefined && options.stackSet !== true) {
    throw new Error('--operator is missing: the ARN of the role or user that the operator runs as');
  }
  if (options.operator !== undefined) checkOperator(options.operator, partition);
  check('--external-id', options.externalId, EXTERNAL_ID);
  check('--cluster-id', options.clusterId, CLUSTER_ID);
  check('--state-machines', options.stateMachines, STATE_MACHINES);
  check('--execution-roles', options.executionRoles, EXECUTION_ROLES);
  check('--role-path-prefix', options.rolePathPrefix, ROLE_PATH_PREFIX);
  if (!['Account', 'PerRole'].includes(options.roleReads ?? 'Account')) {
    throw new Error(`--role-reads ${options.roleReads}: Account and PerRole are known, as in the AWSAccount`);
  }
  for (const key of options.stateMachineKey) checkArn('--state-machine-key', key, partition, KEY);
  for (const policy of options.managedPolicy) checkPolicy('--managed-policy', policy, options);
  if (options.boundary !== undefined) checkPolicy('--boundary', options.boundary, options);
  if (options.eventQueue !== undefined) checkArn('--event-queue', options.eventQueue, partition, QUEUE);
}

/** IAM attaches to a role only policies of the role's own account, and AWS's own. */
function checkPolicy(flag: string, policy: string, { account, partition }: BootstrapOptions): void {
  checkArn(flag, policy, partition, POLICY);
  const owner = parseArn(policy)?.accountId;
  if (account !== undefined && owner !== 'aws' && owner !== account) {
    throw new Error(
      `${flag} ${policy}: a role takes policies of its own account, here ${account}, and of AWS`,
    );
  }
}

/** A principal that AWS accepts in a trust policy and that lasts: a session ends, and the trust with it. */
function checkOperator(operator: string, partition: string): void {
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(operator);
  if (session !== null) {
    const [, itsPartition, account, role] = session;
    throw new Error(
      `--operator ${operator}: this is a session, which ends; write its role, arn:${itsPartition}:iam::${account}:role/${role} ` +
        `(with its path: aws iam get-role --role-name ${role} --query Role.Arn)`,
    );
  }
  checkArn('--operator', operator, partition, PRINCIPAL);
}

function checkIdentity(options: BootstrapOptions): void {
  const { identity, oidcProvider, serviceAccount, partition } = options;
  if (identity !== 'irsa' && identity !== 'pod-identity') {
    throw new Error(`--identity ${identity ?? 'is missing'}: irsa and pod-identity are known`);
  }
  check('--service-account', serviceAccount, SERVICE_ACCOUNT);
  if (identity === 'irsa') {
    if (oidcProvider === undefined) {
      throw new Error(
        '--oidc-provider is missing: aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer',
      );
    }
    check('--oidc-provider', issuerOf(oidcProvider), ISSUER);
  }
  for (const role of options.assume ?? []) checkArn('--assume', role, partition, ROLES);
}

function checkStackSet({ account, output, boundary }: BootstrapOptions, side: Side | 'operator'): void {
  if (side === 'operator')
    throw new Error('--stack-set is for the linked accounts: the operator runs in one');
  if (account !== undefined)
    throw new Error('--account and --stack-set: a stack set knows its accounts by itself');
  if (output !== 'cloudformation') {
    throw new Error('--stack-set is CloudFormation: for Terraform use the module in deploy/terraform');
  }
  if (boundary !== undefined && parseArn(boundary)?.accountId === 'aws') {
    throw new Error(`--boundary ${boundary}: a stack set takes a policy of each account, not one of AWS`);
  }
}

/** The provider's URL without `https://`, in whichever form it is given. */
export function issuerOf(provider: string): string {
  const issuer = provider.replace(/^arn:[^:]+:iam::\d{12}:oidc-provider\//, '').replace(/^https:\/\//, '');
  return withoutEnding(issuer, '/');
}

function check(option: string, text: string | undefined, { pattern, wants }: Shape): void {
  if (text !== undefined && !pattern.test(text)) throw new Error(`${said(option, text)}: ${wants}`);
}

function checkArn(option: string, text: string, partition: string, { pattern, wants }: Shape): void {
  const [, itsPartition, rest] = /^arn:([^:]+):(.+)$/.exec(text) ?? [];
  if (rest === undefined || !pattern.test(rest)) throw new Error(`${said(option, text)}: write ${wants}`);
  if (itsPartition !== partition) {
    throw new Error(`${option} ${text}: it lies in another partition than --partition ${partition}`);
  }
}

/** A shell variable that was never set leaves an empty text. */
function said(option: string, text: string): string {
  return text === '' ? `${option} is empty` : `${option} ${text}`;
}
