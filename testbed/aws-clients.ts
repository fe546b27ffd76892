/** SDK clients for the emulator (or a proxy before it), for what a test does as a user of AWS. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { rootCredentials, type AwsCredentials } from './aws-emulator.ts';

export interface AwsClients {
  readonly iam: IAMClient;
  readonly sfn: SFNClient;
  readonly sts: STSClient;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
}

/** Clients that call `url` with the given credentials; an account id means this account's root. They do not retry, so that a test
 *  sees the first answer. */
export function awsClients(url: string, caller: AwsCredentials | string, region = 'us-east-1'): AwsClients {
  const credentials = typeof caller === 'string' ? rootCredentials(caller) : caller;
  const settings = { endpoint: url, region, credentials, maxAttempts: 1 };
  return {
    iam: new IAMClient(settings),
    // StartSyncExecution would go to `sync-HOST`, a name that does not exist on loopback.
    sfn: new SFNClient({ ...settings, disableHostPrefix: true }),
    sts: new STSClient(settings),
    sqs: new SQSClient(settings),
    dynamodb: new DynamoDBClient(settings),
  };
}

/** Takes a session of a role, as Step Functions does with an external id. Throws AWS's refusal. */
export async function assumeRole(
  clients: AwsClients,
  roleArn: string,
  externalId?: string,
): Promise<Required<AwsCredentials>> {
  const { Credentials } = await clients.sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'testbed', ExternalId: externalId }),
  );
  if (
    Credentials?.AccessKeyId === undefined ||
    Credentials.SecretAccessKey === undefined ||
    Credentials.SessionToken === undefined
  ) {
    throw new Error(`AssumeRole of ${roleArn} answered without credentials`);
  }
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
}
