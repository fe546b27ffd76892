/** State machine definitions in few words. */
import { TARGET } from './aws-owners.ts';

export type State = Readonly<Record<string, unknown>>;

/** Tasks one after the other. */
export function chain(states: Readonly<Record<string, State>>): object {
  const names = Object.keys(states);
  return {
    Comment: 'Checks a customer out',
    StartAt: names[0],
    States: Object.fromEntries(
      names.map((name, index) => {
        const next = names[index + 1];
        return [name, { ...states[name], ...(next === undefined ? { End: true } : { Next: next }) }];
      }),
    ),
  };
}

/** Names its queue with the account, so that the link includes the Task without listing it. */
export function sendMessage(queue: string, account = TARGET): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: {
      QueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/${queue}`,
      'MessageBody.$': '$.order',
    },
    ResultPath: null,
  };
}

/** `table` is a bare name, or an ARN. */
export function putItem(table: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:putItem',
    Parameters: { TableName: table, Item: { id: { 'S.$': '$.id' } } },
    ResultPath: null,
  };
}
