/** What a link asks for, and when it is refused. */
import { describe, expect, test } from '@jest/globals';
import { refuseUnread, type AccessContext, type Refusal } from '../../../src/desired/refusals.ts';
import { contributionOf } from '../../../src/desired/requirements.ts';
import type { Link } from '../../../src/desired/link.ts';
import { asSource, asTarget } from '../access/fixtures.ts';
import { task, type State } from '../asl/machines.ts';
import { callsOf, EXECUTION_ROLE, link, permitting } from './fixtures.ts';
import { contextOf, SOURCE_ENTRY } from './views.ts';
import {
  SENDING,
  SEND,
  PUBLISH,
  AT_RUN_TIME,
  IN_SOURCE,
  ACTIVITY,
  TARGET_ENTRY,
  ALLOWING,
  viewOf,
  requirements,
  refusal,
  listing,
} from './requirements-fixtures.ts';

describe('what a link asks for', () => {
  test('is the execution role of its machine, its Tasks, and the permissions that these need', () => {
    const { executionRoleArns, tasks, permissions, permissionsComplete } = requirements(
      listing('Send'),
      viewOf({ Send: SEND, Publish: PUBLISH }),
    );
    expect([executionRoleArns, tasks, permissionsComplete]).toStrictEqual([[EXECUTION_ROLE], ['Send'], true]);
    expect(callsOf(permissions)).toStrictEqual([SENDING]);
  });

  test('goes into its contribution whole', () => {
    const asked = requirements(listing('Send'), viewOf({ Send: SEND }));
    const { kind: _, notes: __, ...rest } = asked;
    const progress = { rolesReady: true, growthWaits: false };
    expect(contributionOf(listing('Send'), asked, progress)).toStrictEqual({
      link: listing('Send'),
      ...rest,
      ...progress,
    });
  });

  test('without a list is every Task whose resources all lie in the target account', () => {
    expect(
      requirements(link('a'), viewOf({ Send: SEND, Publish: PUBLISH, Approve: ACTIVITY })).tasks,
    ).toStrictEqual(['Send', 'Publish']);
  });

  test('without a list leaves alone what might be meant, and says so', () => {
    const { tasks, notes } = requirements(link('a'), viewOf({ Send: SEND, Notify: AT_RUN_TIME }));
    expect(tasks).toStrictEqual(['Send']);
    expect(notes.some((note) => note.includes('"Notify"'))).toBe(true);
  });

  test('is no Task at all where none names the target account: then it says which might be meant, the likely ones first', () => {
    const bare = task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders' });
    const { tasks, noTasks } = requirements(
      link('a'),
      viewOf({ Approve: ACTIVITY, Theirs: IN_SOURCE, Get: bare, Notify: AT_RUN_TIME }),
    );
    expect(tasks).toStrictEqual([]);
    expect(noTasks).toBe(
      'No Task of checkout uses the role: "Get" does not say in which account its resource lies, ' +
        '"Notify" names its resource only at run time, "Theirs" names a resource of another account, ' +
        '"Approve" cannot have Credentials. Name the resources by ARNs of account 222222222222, or list the link’s ' +
        'Tasks under spec.stateMachineCredentials.tasks.',
    );
  });

  test('names five of them and counts the rest', () => {
    const bare = task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders' });
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    const states = Object.fromEntries(names.map((name) => [name, bare]));
    expect(requirements(link('a'), viewOf(states)).noTasks).toMatch(/"E" [^"]*, and 2 more\./);
  });

  test('holds statements that the spec adds, beside those that are derived', () => {
    const statements = [
      { actions: ['sns:Publish'], resources: ['arn:aws:sns:us-east-1:222222222222:x'], conditions: {} },
    ];
    const { permissions } = requirements(
      link('a', { permissions: permitting({ statements }), tasks: ['Send'] }),
      viewOf({ Send: SEND }),
    );
    expect(callsOf(permissions)).toStrictEqual([
      'sns:Publish on arn:aws:sns:us-east-1:222222222222:x',
      SENDING,
    ]);
  });

  test('holds nothing but these statements when derive is false', () => {
    const statements = [
      { actions: ['sns:Publish'], resources: ['arn:aws:sns:us-east-1:222222222222:x'], conditions: {} },
    ];
    const { permissions } = requirements(
      link('a', { permissions: permitting({ derive: false, statements }), tasks: ['Send'] }),
      viewOf({ Send: SEND }),
    );
    expect(callsOf(permissions)).toStrictEqual(['sns:Publish on arn:aws:sns:us-east-1:222222222222:x']);
  });

  test('takes the ARNs that the spec gives for a Task whose resource is only known at run time', () => {
    const resources = [{ task: 'Notify', arns: ['arn:aws:sns:us-east-1:222222222222:owner-*'] }];
    const { permissions } = requirements(
      link('a', { permissions: permitting({ resources }), tasks: ['Notify'] }),
      viewOf({ Notify: AT_RUN_TIME }),
    );
    expect(callsOf(permissions)).toStrictEqual(['sns:Publish on arn:aws:sns:us-east-1:222222222222:owner-*']);
  });
});

const REFUSED: readonly {
  when: string;
  link: Link;
  states: Record<string, State>;
  context: AccessContext;
  leg: Refusal['leg'];
  reason: Refusal['reason'];
  says: RegExp;
}[] = [
  {
    when: 'the source account does not let the namespace link the machine',
    link: listing('Send'),
    states: { Send: SEND },
    context: contextOf([], [TARGET_ENTRY]),
    leg: 'targetRole',
    reason: 'AccountNotAllowed',
    says: /link from state machine checkout: it has no access entry for this namespace/,
  },
  {
    when: 'the target account does not let the namespace hold the role',
    link: listing('Send'),
    states: { Send: SEND },
    context: contextOf([SOURCE_ENTRY], []),
    leg: 'targetRole',
    reason: 'AccountNotAllowed',
    says: /a role at path \/crossaccountlink\/payments\/: it has no access entry for this namespace/,
  },
  {
    when: 'the execution role may not be given a grant',
    link: listing('Send'),
    states: { Send: SEND },
    context: contextOf([asSource(['checkout'])], [TARGET_ENTRY]),
    leg: 'executionRoleGrant',
    reason: 'AccountNotAllowed',
    says: /asSource\.executionRoles/,
  },
  {
    when: "the execution role is the operator's own",
    link: listing('Send'),
    states: { Send: SEND },
    context: contextOf([SOURCE_ENTRY], [TARGET_ENTRY], [EXECUTION_ROLE]),
    leg: 'executionRoleGrant',
    reason: 'AccountNotAllowed',
    says: /the operator's own/,
  },
  {
    when: 'the permissions that are derived are not allowed',
    link: listing('Send', 'Publish'),
    states: { Send: SEND, Publish: PUBLISH },
    context: contextOf([SOURCE_ENTRY], [asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] })]),
    leg: 'permissions',
    reason: 'AccountNotAllowed',
    says: /sns:Publish on arn:aws:sns:us-east-1:222222222222:orders/,
  },
  {
    when: 'a listed Task is not in the definition',
    link: listing('Charge'),
    states: { Send: SEND },
    context: ALLOWING,
    leg: 'stateMachineCredentials',
    reason: 'TaskNotFound',
    says: /no Task named "Charge"/,
  },
  {
    when: 'a listed Task takes no Credentials',
    link: listing('Approve'),
    states: { Approve: ACTIVITY },
    context: ALLOWING,
    leg: 'stateMachineCredentials',
    reason: 'CredentialsNotSupported',
    says: /"Approve"/,
  },
  {
    when: 'a listed Task takes no Credentials, though nothing is to be derived for it',
    link: link('a', { tasks: ['Approve'], permissions: permitting({ derive: false }) }),
    states: { Approve: ACTIVITY },
    context: ALLOWING,
    leg: 'stateMachineCredentials',
    reason: 'CredentialsNotSupported',
    says: /"Approve"/,
  },
  {
    when: 'a Task chooses its resource at run time and nothing says which',
    link: listing('Notify'),
    states: { Notify: AT_RUN_TIME },
    context: ALLOWING,
    leg: 'permissions',
    reason: 'ResourceNotStatic',
    says: /"Notify"/,
  },
];

describe('a link is refused when', () => {
  for (const one of REFUSED) {
    test(one.when, () => {
      const { leg, reason, message } = refusal(one.link, viewOf(one.states), one.context);
      expect([leg, reason]).toStrictEqual([one.leg, one.reason]);
      expect(message).toMatch(one.says);
      expect(message).toMatch(/[^.]\.$/);
    });
  }

  test('a statement of its spec is not allowed, three of the calls being named', () => {
    const statements = [
      {
        actions: ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'ec2:RunInstances'],
        resources: ['*'],
        conditions: {},
      },
    ];
    const { message } = refusal(
      link('a', { permissions: permitting({ statements }) }),
      viewOf({ Send: SEND }),
    );
    expect(message).toMatch(/ec2:RunInstances on \*, s3:GetObject on \*, s3:ListBucket on \* and 1 more/);
  });
});

for (const derive of [true, false]) {
  test(`a listed Task that names a resource of another account is refused, derive being ${derive}`, () => {
    const of = link('a', { tasks: ['Send', 'Theirs'], permissions: permitting({ derive }) });
    expect(refusal(of, viewOf({ Send: SEND, Theirs: IN_SOURCE }))).toMatchObject({
      leg: 'stateMachineCredentials',
      reason: 'ResourceElsewhere',
      message: expect.stringMatching(/"Theirs".*arn:aws:sns:us-east-1:111111111111:orders/),
    });
  });
}

test('what can be refused is refused before anything is read from AWS', () => {
  expect(refuseUnread(link('a'), contextOf([], [TARGET_ENTRY]))?.reason).toBe('AccountNotAllowed');
  expect(refuseUnread(link('a'), contextOf([SOURCE_ENTRY], []))?.reason).toBe('AccountNotAllowed');
  expect(refuseUnread(link('a'), ALLOWING)).toBeUndefined();
});

describe('a Task counts as owned', () => {
  const both = { tasks: ['Send', 'Former'], inOrder: true };

  test("when it was the link's and in order", () => {
    expect(
      requirements(listing('Send', 'Publish'), viewOf({ Send: SEND, Publish: PUBLISH }), ALLOWING, both)
        .tasksInSyncBefore,
    ).toStrictEqual(['Send']);
  });

  test('but not when the link was not in order', () => {
    expect(
      requirements(listing('Send'), viewOf({ Send: SEND }), ALLOWING, { ...both, inOrder: false })
        .tasksInSyncBefore,
    ).toStrictEqual([]);
  });
});
