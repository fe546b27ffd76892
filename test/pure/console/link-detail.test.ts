import { describe, expect, it } from '@jest/globals';
import { LEG_CONDITIONS } from '../../../src/api/conditions.ts';
import { REASONS } from '../../../src/api/reasons.ts';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import type { LinkDetail } from '../../../src/console/model/contract.ts';
import { linkDetail } from '../../../src/console/model/link-detail.ts';
import { policyView } from '../../../src/console/model/policy-view.ts';
import { event, link, ROLE } from './fixtures.ts';

const detailOf = (reason: string) =>
  linkDetail(link({ conditions: [{ type: 'Ready', status: 'False', reason }] }), []);

const TROUBLE = { type: 'Ready', status: 'False', reason: 'AccessDenied' };

/** What each command does: the plugin's verb, or what kubectl itself is asked for. */
const verbsOf = (commands: LinkDetail['commands']) =>
  commands.map(({ command }) => {
    if (command.includes('crossaccountlink.dev/abandon=true')) return 'abandon';
    return /^kubectl (?:crossaccountlink )?([a-z]+) /.exec(command)?.[1];
  });

describe('the legs of a link', () => {
  it('are the five, in the order of their making', () => {
    expect(linkDetail(link(), []).legs.map(({ condition }) => condition)).toStrictEqual([...LEG_CONDITIONS]);
  });

  it('lie in the account that holds them', () => {
    expect(linkDetail(link(), []).legs.map(({ account }) => account)).toStrictEqual([
      '222222222222',
      '222222222222',
      '222222222222',
      '111111111111',
      '111111111111',
    ]);
  });

  it('tell trouble with its message, and what is not known as work', () => {
    const conditions = [
      { type: 'TargetRoleReady', status: 'True' },
      {
        type: 'PermissionsReady',
        status: 'False',
        reason: 'AccessDenied',
        message: 'iam:PutRolePolicy is denied.',
      },
    ];
    const { legs } = linkDetail(link({ conditions }), []);
    expect(legs.map(({ state }) => state)).toStrictEqual([
      'ready',
      'working',
      'trouble',
      'working',
      'working',
    ]);
    expect(legs[2]).toMatchObject({ reason: 'AccessDenied', message: 'iam:PutRolePolicy is denied.' });
  });

  it('observe as the link does, unless they say otherwise', () => {
    const spec = { managementPolicy: 'Observe', executionRoleGrant: { managementPolicy: 'Enforce' } };
    expect(linkDetail(link({ spec }), []).legs.map(({ observed }) => observed)).toStrictEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('a link in full', () => {
  it('gives the advice of a reason that is ours, and none for another', () => {
    expect(detailOf('AccountNotAllowed').advice?.remedy).toBe(REASONS.AccountNotAllowed.remedy);
    expect(detailOf('toString').advice).toBeUndefined();
  });

  it('advises to resume a link that is suspended, whatever it said before', () => {
    const suspended = linkDetail(link({ spec: { suspend: true }, conditions: [TROUBLE] }), []);
    expect(suspended.advice).toBe(REASONS.Suspended);
    expect(verbsOf(suspended.commands)).toContain('resume');
  });

  it('offers to resume a link that cannot be deleted because it is suspended', () => {
    const metadata = { deletionTimestamp: '2026-01-02T00:00:00Z' };
    const { commands } = linkDetail(link({ metadata, spec: { suspend: true }, conditions: [TROUBLE] }), []);
    expect(verbsOf(commands)).toStrictEqual(['check', 'plan', 'resume', 'abandon', 'get']);
  });

  it('has no advice on what was said of an older spec', () => {
    expect(
      linkDetail(link({ metadata: { generation: 2 }, conditions: [TROUBLE] }), []).advice,
    ).toBeUndefined();
  });

  it('gives the advice that fits the very message, as check does', () => {
    const message = 'No AWSAccount registers 1: …';
    const conditions = [{ type: 'Ready', status: 'False', reason: 'AccountNotAllowed', message }];
    expect(linkDetail(link({ conditions }), []).advice?.remedy).toMatch(/^If the account in the ARN/);
  });

  it('says all of the message, of which a row has the beginning', () => {
    const message = `${'Task "Charge" names a resource elsewhere. '.repeat(20)}Split the Task.`;
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ResourceElsewhere', message }];
    const detail = linkDetail(link({ conditions }), []);
    expect(detail.message).toBe(message);
    expect(detail.row.message.length).toBeLessThan(message.length);
  });

  it('shows what would be changed if it did not only observe', () => {
    const change = { path: 'role', after: ROLE };
    const pending = [
      { object: ROLE, operation: 'CreateRole', reason: 'it does not exist', changes: [change] },
    ];
    const [write] = pending;
    expect(linkDetail(link({ status: { pending } }), []).pending).toStrictEqual([
      { ...write, omittedChanges: 0 },
    ]);
    expect(linkDetail(link(), []).pending).toBeUndefined();
  });

  it('tells how many changes a status had no room for', () => {
    const pending = [
      { object: ROLE, operation: 'CreateRole', reason: 'it does not exist', changes: [], omittedChanges: 7 },
    ];
    expect(linkDetail(link({ status: { pending } }), []).pending).toStrictEqual(pending);
  });

  it('tells Events with the latest first', () => {
    const events = [event(), event({ reason: 'Later', lastTimestamp: '2026-01-01T13:00:00Z' })];
    expect(linkDetail(link(), events).events.map(({ reason }) => reason)).toStrictEqual([
      'Later',
      'DriftDetected',
    ]);
  });

  it.each([
    ['in order', ['plan', 'reconcile', 'suspend'], { conditions: [{ type: 'Ready', status: 'True' }] }],
    ['in trouble', ['check', 'plan', 'reconcile', 'suspend'], { conditions: [TROUBLE] }],
    ['suspended', ['check', 'plan', 'resume'], { spec: { suspend: true } }],
    [
      'being deleted',
      ['check', 'plan', 'reconcile', 'abandon'],
      { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' } },
    ],
  ])('that is %s offers %j, and its object', (_how, verbs, parts) => {
    expect(verbsOf(linkDetail(link(parts), []).commands)).toStrictEqual([...verbs, 'get']);
  });
});

describe('the derived policy', () => {
  const definition = parseDefinition(
    JSON.stringify({
      StartAt: 'Charge',
      States: {
        Charge: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Parameters: {
            QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/charges',
            MessageBody: 'x',
          },
          Next: 'Again',
        },
        Again: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Parameters: {
            QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/charges',
            MessageBody: 'y',
          },
          End: true,
        },
      },
    }),
  );

  it('names the Tasks behind each statement', () => {
    expect(policyView(link(), definition)).toMatchObject({
      kind: 'derived',
      statements: [
        {
          actions: ['sqs:SendMessage'],
          resources: ['arn:aws:sqs:us-east-1:222222222222:charges'],
          tasks: ['Again', 'Charge'],
        },
      ],
    });
  });

  it('adds the statements that the link writes itself, and says so of no Task', () => {
    const statement = { actions: ['kms:Decrypt'], resources: ['*'] };
    const spec = { targetRole: { arn: ROLE, permissions: { derive: false, statements: [statement] } } };
    const view = policyView(link({ spec }), definition);
    expect(view).toMatchObject({ kind: 'derived', statements: [{ ...statement, tasks: [] }] });
  });

  it('names a Task that the link lists and the definition lacks', () => {
    const spec = { stateMachineCredentials: { tasks: ['Gone'] } };
    expect(policyView(link({ spec }), definition)).toMatchObject({ remarks: [{ task: 'Gone' }] });
  });
});
