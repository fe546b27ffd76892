import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { resourceLocation, selectTasks } from '../../../src/asl/derive/select.ts';
import type { ResourceLocation } from '../../../src/asl/derive/select.ts';
import { machine, ROLE, task, tasksOf } from './machines.ts';
import { narrow } from '../../expectations.ts';

const TARGET = '222222222222';
const topic = (account: string): string => `arn:aws:sns:us-east-1:${account}:alerts`;

describe('where a Task’s resources lie', () => {
  const cases: [string, string, JsonObject | undefined, ResourceLocation][] = [
    ['an ARN of the target account', 'sns:publish', { TopicArn: topic(TARGET) }, 'target'],
    ['an ARN of another account', 'sns:publish', { TopicArn: topic('333333333333') }, 'elsewhere'],
    [
      'a queue’s URL',
      'sqs:sendMessage',
      { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/orders` },
      'target',
    ],
    ['a bare name', 'dynamodb:getItem', { TableName: 'orders' }, 'bare'],
    ['a bucket, whose name carries no account', 'aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' }, 'bare'],
    ['a path', 'sns:publish', { 'TopicArn.$': '$.topic' }, 'unknown'],
    ['no parameters at all', 'sns:publish', undefined, 'unknown'],
    [
      'a call on no resource',
      'aws-sdk:comprehend:detectSentiment',
      { Text: 'x', LanguageCode: 'en' },
      'bare',
    ],
    [
      'a role’s ARN and a bare name',
      'emr-serverless:startJobRun',
      { ApplicationId: 'app', ExecutionRoleArn: ROLE },
      'bare',
    ],
    ['an integration nobody knows', 'magic:wand', { Arn: topic(TARGET) }, 'unknown'],
  ];
  for (const [name, service, parameters, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      const [found] = tasksOf(machine({ Call: task(`arn:aws:states:::${service}`, parameters) }));
      narrow(found, found);
      expect(resourceLocation(found, TARGET)).toBe(expected);
    });
  }

  it('a Lambda function as the Resource: by its own ARN', () => {
    const [found] = tasksOf(machine({ Call: task(`arn:aws:lambda:us-east-1:${TARGET}:function:f`) }));
    narrow(found, found);
    expect(resourceLocation(found, TARGET)).toBe('target');
    expect(resourceLocation(found, '333333333333')).toBe('elsewhere');
  });
});

describe('the Tasks of a link', () => {
  const definition = parseDefinition(
    machine({
      Ours: task('arn:aws:states:::sns:publish', { TopicArn: topic(TARGET) }),
      Theirs: task('arn:aws:states:::sns:publish', { TopicArn: topic('333333333333') }),
      Bare: task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders' }),
      Late: task('arn:aws:states:::sns:publish', { 'TopicArn.$': '$.t' }),
      Work: task(`arn:aws:states:us-east-1:${TARGET}:activity:work`),
    }),
  );

  it('without a list are those whose resources all lie in the target account', () => {
    const { selected, missing } = selectTasks(definition, TARGET);
    expect(selected.map(({ name }) => name)).toStrictEqual(['Ours']);
    expect(missing).toStrictEqual([]);
  });

  it('without a list leave ambiguous ones alone, and name them', () => {
    expect(selectTasks(definition, TARGET).ambiguous).toStrictEqual([
      {
        task: 'Bare',
        message:
          'Task "Bare" does not say in which account its resource lies: list it under spec.stateMachineCredentials.tasks if it is the link’s',
      },
      {
        task: 'Late',
        message:
          'Task "Late" names its resource only at run time: list it under spec.stateMachineCredentials.tasks if it is the link’s',
      },
    ]);
  });

  it('where none is selected, are named, those first that might be meant', () => {
    const tasks = {
      Theirs: task('arn:aws:states:::sns:publish', { TopicArn: topic('333333333333') }),
      Work: task(`arn:aws:states:us-east-1:${TARGET}:activity:work`),
      Bare: task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders' }),
    };
    const { candidates } = selectTasks(parseDefinition(machine(tasks)), TARGET);
    expect(candidates.map((candidate) => candidate.task)).toStrictEqual(['Bare', 'Theirs', 'Work']);
  });

  it('are exactly the listed ones, and a name that no Task has is reported', () => {
    const { selected, ambiguous, missing } = selectTasks(definition, TARGET, ['Bare', 'Work', 'Gone']);
    expect(selected.map(({ name }) => name)).toStrictEqual(['Bare', 'Work']);
    expect(ambiguous).toStrictEqual([]);
    expect(missing).toStrictEqual(['Gone']);
  });
});
