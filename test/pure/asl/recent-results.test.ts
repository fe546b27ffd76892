/** A definition that gets Credentials is read again: earlier results for its Tasks hold, as long as they say the same. */
import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { contentOf } from '../../../src/asl/derive/recent-results.ts';
import { selectTasks } from '../../../src/asl/derive/select.ts';

const TARGET = '222222222222';
const PLACE = { partition: 'aws', region: 'us-east-1', accountId: TARGET };

function definitionOf(fields: object = {}, queue = 'orders') {
  const parameters = { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/${queue}`, MessageBody: 'x' };
  const send = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: parameters,
    End: true,
  };
  return parseDefinition(JSON.stringify({ StartAt: 'Send', States: { Send: { ...send, ...fields } } }));
}

const CREDENTIALS = { Credentials: { RoleArn: `arn:aws:iam::${TARGET}:role/pay` } };

describe('what Tasks came to lately', () => {
  it('selects the Tasks of the definition at hand, Credentials and all', () => {
    selectTasks(definitionOf(), TARGET);
    const linked = definitionOf(CREDENTIALS);
    const { selected } = selectTasks(linked, TARGET);
    expect(selected).toHaveLength(1);
    expect(selected[0]).toBe(linked.tasks[0]);
  });

  it('holds for one account', () => {
    expect(selectTasks(definitionOf(), TARGET).selected).toHaveLength(1);
    expect(selectTasks(definitionOf(), '333333333333').selected).toHaveLength(0);
  });

  it('gives the same permissions once a definition has its Credentials', () => {
    const before = derivePermissions(definitionOf().tasks, PLACE);
    expect(derivePermissions(definitionOf(CREDENTIALS).tasks, PLACE)).toBe(before);
  });

  it('gives others for another resource', () => {
    const resources = ['orders', 'notes'].map((queue) =>
      derivePermissions(definitionOf({}, queue).tasks, PLACE).statements.flatMap(
        (one) => one.resources?.values,
      ),
    );
    expect(resources).toStrictEqual([
      [`arn:aws:sqs:us-east-1:${TARGET}:orders`],
      [`arn:aws:sqs:us-east-1:${TARGET}:notes`],
    ]);
  });

  it('is not kept where hints decide', () => {
    const tasks = definitionOf({ Parameters: { 'QueueUrl.$': '$.queue' } }).tasks;
    derivePermissions(tasks, PLACE);
    const hinted = { ...PLACE, hints: [{ task: 'Send', arns: [`arn:aws:sqs:us-east-1:${TARGET}:hinted`] }] };
    expect(derivePermissions(tasks, hinted).statements[0]?.resources?.values).toStrictEqual([
      `arn:aws:sqs:us-east-1:${TARGET}:hinted`,
    ]);
  });

  it('is not kept of Tasks whose arguments follow from other states, nor of long ones', () => {
    const known = {
      StartAt: 'Fill',
      States: {
        Fill: { Type: 'Pass', Result: { queue: 'a' }, Next: 'Send' },
        Send: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {}, End: true },
      },
    };
    const long = definitionOf({ Parameters: { MessageBody: 'x'.repeat(5_000) } });
    expect(contentOf(parseDefinition(JSON.stringify(known)).tasks, '')).toBeUndefined();
    expect(contentOf(long.tasks, '')).toBeUndefined();
    expect(contentOf(definitionOf().tasks, '')).toBeDefined();
  });
});
