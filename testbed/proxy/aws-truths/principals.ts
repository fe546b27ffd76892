/** How IAM treats the roles that a trust policy names. */
import {
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { awsClients } from '../../aws-clients.ts';
import { awsError } from '../aws-answers.ts';
import type { AwsCall } from '../aws-call.ts';
import type { Fault, Rule } from '../rules.ts';

const ROLE_ARN = /arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[^"]*\/)?([^"/]+)/g;

/**
 * Refuses trust policies that name a role that does not exist, or that was made less than `settlingMs` ago: IAM says `Invalid
 * principal in policy` both for "never" and for "not yet".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
 */
export function refuseUnknownPrincipals(emulatorUrl: string, settlingMs: number): Rule<AwsCall> {
  return {
    match: ({ service, operation }) =>
      service === 'iam' && (operation === 'CreateRole' || operation === 'UpdateAssumeRolePolicy'),
    fault: async (call) => {
      for (const [arn, accountId = '', name = ''] of trustOf(call).matchAll(ROLE_ARN)) {
        const role = await findRole(emulatorUrl, accountId, name);
        const settled =
          role?.CreateDate !== undefined && Date.now() - role.CreateDate.getTime() >= settlingMs;
        if (role?.Arn !== arn || !settled) return invalidPrincipal(call, arn);
      }
      return undefined;
    },
  };
}

/**
 * When a role is deleted, trust policies that name it show its unique ID from then on, and a new role of that name is
 * not trusted. Looks for such policies in `accounts`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
export function orphanPrincipals(emulatorUrl: string, accounts: readonly string[]): Rule<AwsCall> {
  return {
    match: ({ service, operation }) => service === 'iam' && operation === 'DeleteRole',
    fault: async (call) => {
      const role = await findRole(emulatorUrl, call.accountId, call.parameters.get('RoleName') ?? '');
      if (role?.Arn === undefined || role.RoleId === undefined) return undefined;
      const { Arn: arn, RoleId: roleId } = role;
      return {
        kind: 'change',
        change: async (answer) => {
          if (answer.status === 200) {
            for (const account of accounts) await replacePrincipal(emulatorUrl, account, arn, roleId);
          }
          return answer;
        },
      };
    },
  };
}

async function replacePrincipal(url: string, accountId: string, arn: string, roleId: string): Promise<void> {
  const { iam } = awsClients(url, accountId);
  const details = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }));
  for (const { RoleName, AssumeRolePolicyDocument = '' } of details.RoleDetailList ?? []) {
    const trust = decodeURIComponent(AssumeRolePolicyDocument);
    if (!trust.includes(`"${arn}"`)) continue;
    await iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: trust.replaceAll(`"${arn}"`, `"${roleId}"`),
      }),
    );
  }
}

async function findRole(url: string, accountId: string, name: string) {
  try {
    return (await awsClients(url, accountId).iam.send(new GetRoleCommand({ RoleName: name }))).Role;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined;
    throw error;
  }
}

function trustOf({ parameters }: AwsCall): string {
  return parameters.get('AssumeRolePolicyDocument') ?? parameters.get('PolicyDocument') ?? '';
}

function invalidPrincipal(call: AwsCall, arn: string): Fault {
  const message = `Invalid principal in policy: "AWS":"${arn}"`;
  return { kind: 'answer', answer: awsError(call, 'MalformedPolicyDocument', message) };
}
