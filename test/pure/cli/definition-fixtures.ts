/** A definition that sends to one queue, and what `permissions` derives from a text. */
import { permissions } from '../../../src/cli/permissions/permissions.ts';
import { Written } from './fixtures.ts';

export const QUEUE = 'https://sqs.us-east-1.amazonaws.com/222222222222/orders';
export const RESOURCE = 'arn:aws:sqs:us-east-1:222222222222:orders';

export function sending(queue = QUEUE): object {
  return {
    StartAt: 'Send',
    States: {
      Send: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl: queue, MessageBody: 'x' },
        End: true,
      },
    },
  };
}

export const JSON_TEXT = JSON.stringify(sending());

export async function derive(text: string) {
  const io = new Written({ file: text });
  const status = await permissions(
    'file',
    { targetAccount: '222222222222', region: 'us-east-1', output: 'json' },
    io,
  );
  return { status, value: JSON.parse(io.output), warnings: io.warnings };
}

/** Resources of the policy of each machine, by its name. */
export async function resources(text: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { value } = await derive(text);
  const machines = value.machines ?? [{ name: '', ...value }];
  return Object.fromEntries(
    machines.map(({ name, policy }: { name: string; policy: { Statement: { Resource: string[] }[] } }) => [
      name,
      policy.Statement.flatMap(({ Resource }) => Resource),
    ]),
  );
}

export const INDENTED = `
StartAt: Send
States:
  Send:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage
    Parameters: {QueueUrl: "${QUEUE}", MessageBody: x}
    End: true
`;
