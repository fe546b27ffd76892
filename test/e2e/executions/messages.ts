/** Who sent the messages that are in a queue. */
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Takes the messages with this text off the queue, and returns the accounts that sent them. */
export async function sendersOf(sqs: SQSClient, queue: string, text: string): Promise<ReadonlySet<string>> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  const senders = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['SenderId'],
      }),
    );
    if (Messages.length === 0) return senders;
    for (const { Body, Attributes, ReceiptHandle } of Messages) {
      if (Body !== text) throw new Error(`a message "${Body}" that nobody asked about`);
      senders.add(Attributes?.SenderId ?? 'nobody');
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
