/** Limits of IAM that the emulator does not enforce. */
import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { awsClients } from '../../aws-clients.ts';
import { awsError } from '../aws-answers.ts';
import type { AwsCall } from '../aws-call.ts';
import type { Fault, Rule } from '../rules.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters, white space not counted for
 *  inline policies. The trust policy's is the default of an adjustable quota. */
const TRUST_POLICY = 2048;
const INLINE_POLICIES_OF_A_ROLE = 10_240;

/** Refuses trust policies and inline policies beyond IAM's sizes. */
export function limitPolicySizes(emulatorUrl: string): Rule<AwsCall> {
  return {
    match: ({ service }) => service === 'iam',
    fault: async (call) => {
      const { operation, parameters } = call;
      const document = parameters.get('PolicyDocument') ?? parameters.get('AssumeRolePolicyDocument') ?? '';
      if (operation === 'CreateRole' || operation === 'UpdateAssumeRolePolicy') {
        if (document.length > TRUST_POLICY) return limitExceeded(call, 'ACLSizePerRole', TRUST_POLICY);
      } else if (operation === 'PutRolePolicy') {
        const size = lengthOf(document) + (await sizeOfOthers(emulatorUrl, call));
        if (size > INLINE_POLICIES_OF_A_ROLE) {
          const name = parameters.get('RoleName') ?? '';
          return sizeExceeded(
            call,
            `Maximum policy size of ${INLINE_POLICIES_OF_A_ROLE} bytes exceeded for role ${name}`,
          );
        }
      }
      return undefined;
    },
  };
}

/** Refuses a role whose name differs only in case from another role's of the account: IAM's names are unique regardless of
 *  case. */
export function ignoreCaseOfRoleNames(emulatorUrl: string): Rule<AwsCall> {
  return {
    match: ({ service, operation }) => service === 'iam' && operation === 'CreateRole',
    fault: async (call) => {
      const name = call.parameters.get('RoleName') ?? '';
      const { Roles = [] } = await awsClients(emulatorUrl, call.accountId).iam.send(new ListRolesCommand());
      const taken = Roles.some((role) => role.RoleName?.toLowerCase() === name.toLowerCase());
      if (!taken) return undefined;
      const message = `Role with name ${name} already exists.`;
      return { kind: 'answer', answer: awsError(call, 'EntityAlreadyExists', message, 409) };
    },
  };
}

async function sizeOfOthers(url: string, { accountId, parameters }: AwsCall): Promise<number> {
  const { iam } = awsClients(url, accountId);
  const RoleName = parameters.get('RoleName') ?? '';
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  let size = 0;
  for (const PolicyName of PolicyNames) {
    if (PolicyName === parameters.get('PolicyName')) continue;
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    size += lengthOf(decodeURIComponent(PolicyDocument));
  }
  return size;
}

function lengthOf(document: string): number {
  return document.replaceAll(/\s/g, '').length;
}

function limitExceeded(call: AwsCall, quota: string, limit: number): Fault {
  return sizeExceeded(call, `Cannot exceed quota for ${quota}: ${limit}`);
}

function sizeExceeded(call: AwsCall, message: string): Fault {
  return { kind: 'answer', answer: awsError(call, 'LimitExceeded', message, 409) };
}
