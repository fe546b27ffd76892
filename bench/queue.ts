import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { awsClients } from '../testbed/aws-clients.ts';
import type { Fleet } from './fleet.ts';

/** A queue for the change events of all accounts, in the first target account. Returns its URL. */
export async function createQueue(url: string, { targets: [account = ''] }: Fleet): Promise<string> {
  const { sqs } = awsClients(url, account);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'changes' }));
  if (QueueUrl === undefined) throw new Error('no queue was made');
  return QueueUrl;
}
