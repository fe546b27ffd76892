/** The CloudFormation of deploy/aws: sound, and of one mind with the operator about what matters. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { homeRegion, PARTITION_NAMES } from '../../../src/arn/partitions.ts';
import {
  EXECUTION_EVENTS,
  EXECUTION_STATUSES,
  POLICY_EVENTS,
  readEvent,
  ROLE_EVENTS,
  STATES_EVENTS,
} from '../../../src/aws/events/events.ts';
import { executionEvent } from '../../../testbed/cloudtrail.ts';

const FOLDER = fileURLToPath(new URL('../../../deploy/aws/', import.meta.url));

/** `!Ref X` and `!GetAtt X.Arn` read as `X` and `X.Arn`. */
function properties(template: string, resource: string) {
  const text = readFileSync(`${FOLDER}${template}`, 'utf8');
  return Object(parse(text, { logLevel: 'silent' })).Resources[resource].Properties;
}

function eventNames(rule: string): ReadonlySet<unknown> {
  return new Set(properties('account.yaml', rule).EventPattern.detail.eventName);
}

/** As EventBridge does it, for paths to texts and numbers.
 *  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
function transformed(paths: Readonly<Record<string, string>>, template: string, event: unknown): string {
  return template.replaceAll(/<(\w+)>/g, (_, name: string) =>
    String(
      paths[name]
        ?.replace(/^\$\./, '')
        .split('.')
        .reduce<unknown>((value, key) => Object(value)[key], event),
    ),
  );
}

describe('the templates for change events', () => {
  it('send exactly the events that the operator understands', () => {
    expect(eventNames('RolesAndPolicies')).toStrictEqual(new Set([...ROLE_EVENTS, ...POLICY_EVENTS]));
    expect(eventNames('StateMachines')).toStrictEqual(new Set(STATES_EVENTS));
  });

  it('send the ends of executions that the operator understands, successes only where somebody asks for them', () => {
    const { EventPattern } = properties('account.yaml', 'Executions');
    const { Parameters } = Object(
      parse(readFileSync(`${FOLDER}account.yaml`, 'utf8'), { logLevel: 'silent' }),
    );
    const { Default, Description } = Parameters.ExecutionStatuses;
    expect(EventPattern['detail-type']).toStrictEqual([EXECUTION_EVENTS]);
    expect(EventPattern.detail.status).toBe('ExecutionStatuses');
    expect(Description).toContain('SUCCEEDED');
    expect([...Default.split(','), 'SUCCEEDED'].toSorted()).toStrictEqual([...EXECUTION_STATUSES].toSorted());
  });

  it('take the ends of executions to the queue without their data, as the operator understands them', () => {
    const { EventPattern, Targets } = properties('central.yaml', 'ExecutionsToQueue');
    expect(EventPattern).toStrictEqual({
      source: ['aws.states'],
      'detail-type': [EXECUTION_EVENTS],
      account: 'SendingAccounts',
    });
    const { InputPathsMap, InputTemplate } = Targets[0].InputTransformer;
    const executionArn = 'arn:aws:states:us-east-1:111111111111:execution:checkout:run-1';
    const event = executionEvent({ executionArn, status: 'FAILED', stopDate: 7 });
    const message = transformed(InputPathsMap, InputTemplate, event);
    expect(message).not.toContain('4111');
    expect(readEvent(message)).toStrictEqual(readEvent(JSON.stringify(event)));
    expect(readEvent(message).kind).toBe('execution');
  });

  it('hear of IAM in the home Region of every partition', () => {
    const text = readFileSync(`${FOLDER}account.yaml`, 'utf8');
    const condition: readonly (readonly string[])[] = Object(parse(text, { logLevel: 'silent' })).Conditions
      .HearsOfIam;
    expect(condition.map(([, region]) => region)).toStrictEqual(PARTITION_NAMES.map(homeRegion));
  });

  it('let only the rules write into the queue, which is encrypted', () => {
    const [statement, ...others] = properties('central.yaml', 'QueuePolicy').PolicyDocument.Statement;
    expect(others).toStrictEqual([]);
    expect(statement.Principal).toStrictEqual({ Service: 'events.amazonaws.com' });
    expect(statement.Condition).toStrictEqual({
      ArnEquals: { 'aws:SourceArn': ['ToQueue.Arn', 'ExecutionsToQueue.Arn'] },
    });
    expect(properties('central.yaml', 'Queue').SqsManagedSseEnabled).toBe(true);
  });

  it('take events from the named accounts, and none that AWS did not send', () => {
    const { EventPattern: pattern } = properties('central.yaml', 'ToQueue');
    expect(pattern.account).toBe('SendingAccounts');
    expect(pattern.source).toStrictEqual(['aws.iam', 'aws.states']);
    expect(properties('central.yaml', 'BusPolicy').Statement.Principal.AWS).toBe('SendingAccounts');
  });
});
