/** What is written to a definition: the Credentials of the link's Tasks, and nothing else; and what the link says if they
 *  cannot be written. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine as definitionOf, sendTo, type State, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const THEIRS = 'arn:aws:iam::222222222222:role/somebody-elses';
const CREDENTIALS = 'StateMachineCredentialsReady';

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
});

/** The link `a` to a machine of these states, as it says of itself once it has been looked at. */
async function linked(states: Readonly<Record<string, State>>, spec: JsonObject = {}): Promise<string> {
  const text = definitionOf(states);
  the.cluster.put('checkout', EXEC.text, text);
  the.create('a', spec);
  await the.converge();
  return text;
}

function only(...tasks: readonly string[]): JsonObject {
  return { stateMachineCredentials: { tasks } };
}

function withRole(text: string, ...tasks: readonly string[]): string {
  return setCredentials(text, new Map(tasks.map((name) => [name, ROLE.text])));
}

describe('Credentials of somebody else', () => {
  it.each([
    ['static', { RoleArn: THEIRS }],
    ['dynamic', { 'RoleArn.$': '$.role' }],
  ])('that are %s stay, the link names their Task, and is Ready without it', async (_kind, Credentials) => {
    const text = await linked({ Theirs: { ...sendTo('theirs'), Credentials }, Ours: sendTo('ours') });
    expect(the.condition('a', 'Ready')).toBe('False ForeignCredentials');
    expect(the.condition('a', CREDENTIALS)).toBe('False ForeignCredentials');
    expect(the.condition('a', 'Stalled')).toBe('True ForeignCredentials');
    expect(the.message('a', 'Ready')).toMatch(
      /Task "Theirs" of checkout already names .*: remove its Credentials, or leave the Task out/,
    );
    the.edit('a', only('Ours'));
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.definition).toBe(withRole(text, 'Ours'));
    the.delete('a');
    await the.converge();
    expect(the.definition).toBe(text);
  });
});

describe('a Task that takes no Credentials', () => {
  const Authentication = { ConnectionArn: 'arn:aws:events:us-east-1:222222222222:connection/api/1' };
  it.each([
    ['an activity', task('arn:aws:states:us-east-1:111111111111:activity:approve'), /it is an activity/],
    [
      'an HTTP call',
      task('arn:aws:states:::http:invoke', {
        ApiEndpoint: 'https://api.example.com/orders',
        Method: 'GET',
        Authentication,
      }),
      /it calls an HTTP endpoint/,
    ],
  ])('since it is %s: a link that lists it is refused by name', async (_what, Special, why) => {
    const text = await linked({ Special, Plain: sendTo('plain') }, only('Special', 'Plain'));
    expect(the.condition('a', 'Ready')).toBe('False CredentialsNotSupported');
    expect(the.message('a', 'Ready')).toMatch(/Task "Special" cannot have Credentials: /);
    expect(the.message('a', 'Ready')).toMatch(why);
    expect(the.cluster.target.roles.size).toBe(0);
    expect(the.definition).toBe(text);
    the.edit('a', only('Plain'));
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.definition).toBe(withRole(text, 'Plain'));
  });
});

it('a Task that is listed and not there is named', async () => {
  await linked({ 'Charge card': sendTo('charges') }, only('Charge kard'));
  expect(the.condition('a', 'Ready')).toBe('False TaskNotFound');
  expect(the.message('a', 'Ready')).toMatch(
    /checkout has no Task named "Charge kard": correct stateMachineCredentials\.tasks/,
  );
});

it('a Task that is new is linked, and its permission is there before it', async () => {
  await linked({ One: sendTo('one') });
  const grown = definitionOf({ One: sendTo('one'), Two: sendTo('two') });
  the.changeDefinition(grown);
  the.calls.length = 0;
  await the.converge();
  expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual([
    'PutRolePolicy checkout',
    'UpdateStateMachine checkout',
  ]);
  expect(the.definition).toBe(withRole(grown, 'One', 'Two'));
  expect(the.permissions).toMatch(/:one".*:two"/);
});

it('a Task that calls what only the run time knows is linked once the ARNs are given', async () => {
  const anywhere = task('arn:aws:states:::sqs:sendMessage', { 'QueueUrl.$': '$.queue', MessageBody: 'x' });
  const text = await linked({ Anywhere: anywhere }, only('Anywhere'));
  expect(the.condition('a', 'Ready')).toBe('False ResourceNotStatic');
  expect(the.message('a', 'Ready')).toContain('Task "Anywhere"');
  const resources = [{ task: 'Anywhere', arns: ['arn:aws:sqs:us-east-1:222222222222:any-*'] }];
  the.edit('a', { targetRole: { arn: ROLE.text, permissions: { resources } } });
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  expect(the.definition).toBe(withRole(text, 'Anywhere'));
});
