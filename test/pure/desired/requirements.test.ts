import { describe, expect, test } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { refuseUnread, type AccessContext, type Refusal } from '../../../src/desired/refusals.ts';
import {
  requirementsOf,
  contributionOf,
  type LinkRequirements,
  type TasksOnRecord,
} from '../../../src/desired/requirements.ts';
import type { Link } from '../../../src/desired/link.ts';
import type { DefinitionInUse, MachineView } from '../../../src/desired/machine-view.ts';
import { asSource, asTarget, role, SOURCE } from '../access/fixtures.ts';
import { machine, task, type State } from '../asl/machines.ts';
import { callsOf, EXECUTION_ROLE, link, permitting, QUEUE, ROLE } from './fixtures.ts';
import { allowing, contextOf, SOURCE_ENTRY, viewOf as viewOfDefinition } from './views.ts';
import { narrow } from '../../expectations.ts';

const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/222222222222/orders';
const SENDING = `sqs:SendMessage on ${QUEUE}`;
const PUBLISHING = 'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders';
const SEND = task('arn:aws:states:::sqs:sendMessage', { QueueUrl: QUEUE_URL, MessageBody: 'x' });
const PUBLISH = task('arn:aws:states:::sns:publish', {
  TopicArn: 'arn:aws:sns:us-east-1:222222222222:orders',
  Message: 'x',
});
const AT_RUN_TIME = task('arn:aws:states:::sns:publish', { 'TopicArn.$': '$.topic', Message: 'x' });
const IN_SOURCE = task('arn:aws:states:::sns:publish', {
  TopicArn: 'arn:aws:sns:us-east-1:111111111111:orders',
  Message: 'x',
});
const ACTIVITY = task('arn:aws:states:us-east-1:111111111111:activity:approve');
const NOTHING: TasksOnRecord = { tasks: [], inOrder: false };

const TARGET_ENTRY = allowing('sqs:*', 'sns:*');
const ALLOWING = contextOf([SOURCE_ENTRY], [TARGET_ENTRY]);

function executionRole(name: string) {
  return role(name, SOURCE);
}

function viewOf(states: Record<string, State>, inUse: readonly DefinitionInUse[] = []): MachineView {
  return viewOfDefinition(machine(states), inUse);
}

function formerly(states: Record<string, State>, roleName = 'checkout-exec'): DefinitionInUse {
  return {
    definition: parseDefinition(machine(states)),
    executionRole: executionRole(roleName),
    inUseBy: 'alias live (version 3)',
    length: 100,
  };
}

function naming(state: State): State {
  return { ...state, Credentials: { RoleArn: ROLE.text } };
}

function requirements(of: Link, view: MachineView, context = ALLOWING, before = NOTHING): LinkRequirements {
  const result = requirementsOf({ link: of, view, context, onRecord: before });
  narrow(result.kind === 'required', result.kind === 'refused' ? result.message : '');
  return result;
}

function refusal(of: Link, view: MachineView, context = ALLOWING, before = NOTHING): Refusal {
  const result = requirementsOf({ link: of, view, context, onRecord: before });
  narrow(result.kind === 'refused', 'it is not refused');
  return result;
}

const listing = (...tasks: string[]) => link('a', { tasks });

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
        '"Approve" can take no Credentials. Name the resources by ARNs of account 222222222222, or list the link’s ' +
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

describe('what still runs of older definitions', () => {
  test('keeps the permissions of its Tasks that use the role', () => {
    const { permissions } = requirements(
      listing('Send'),
      viewOf({ Send: SEND }, [formerly({ Publish: naming(PUBLISH) })]),
    );
    expect(callsOf(permissions)).toStrictEqual([PUBLISHING, SENDING]);
  });

  test('keeps its execution role let in', () => {
    const inUse = formerly({ Send: naming(SEND) }, 'former-exec');
    expect(requirements(listing('Send'), viewOf({ Send: SEND }, [inUse])).executionRoleArns).toStrictEqual([
      EXECUTION_ROLE,
      executionRole('former-exec').text,
    ]);
  });

  describe('and another link of the role is about one of its Tasks:', () => {
    const view = viewOf({ Send: SEND, Publish: PUBLISH }, [
      formerly({ Send: naming(SEND), Publish: naming(PUBLISH), Former: naming(PUBLISH) }),
    ]);
    const callsWith = (of: Link, sharing: readonly Link[]) => {
      const result = requirementsOf({ link: of, view, context: ALLOWING, onRecord: NOTHING, sharing });
      narrow(result.kind === 'required', 'it is refused');
      return callsOf(result.permissions);
    };
    const SENT = `sqs:SendMessage on ${QUEUE}`;
    const PUBLISHED = 'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders';

    test.each<readonly [string, other: Link, calls: readonly string[]]>([
      ['what that one lists is left to it', link('b', { tasks: ['Publish', 'Former'] }), [SENT]],
      ['so is what it selects by its resources', link('b', {}), [SENT]],
      ['what neither lists stays', link('b', { tasks: ['Publish'] }), [PUBLISHED, SENT]],
    ])('%s', (_, other, calls) => {
      expect(callsWith(listing('Send'), [other])).toStrictEqual(calls);
    });

    test.each([
      ['lists', listing('Send', 'Publish')],
      ['selects', link('a', {})],
    ])('what the link itself %s stays', (_, of) => {
      expect(callsWith(of, [link('b', { tasks: ['Publish', 'Former'] })])).toContain(PUBLISHED);
    });

    test('what the rules refuse of that one says nothing', () => {
      const refused = link('b', {
        tasks: ['Publish', 'Former'],
        permissionsBoundaryArn: 'none',
        adopt: true,
      });
      expect(callsWith(listing('Send'), [refused])).toContain(PUBLISHED);
    });
  });

  test('adds nothing when none of its Tasks uses the role', () => {
    const inUse = formerly({ Publish: PUBLISH }, 'former-exec');
    expect(requirements(listing('Send'), viewOf({ Send: SEND }, [inUse]))).toStrictEqual(
      requirements(listing('Send'), viewOf({ Send: SEND })),
    );
  });

  test('does not let in an execution role that the rules do not allow, and says so', () => {
    const inUse = formerly({ Send: naming(SEND) }, 'admin');
    const { executionRoleArns, notes } = requirements(listing('Send'), viewOf({ Send: SEND }, [inUse]));
    expect(executionRoleArns).toStrictEqual([EXECUTION_ROLE]);
    expect(notes.some((note) => note.includes('alias live (version 3)') && note.includes('role/admin'))).toBe(
      true,
    );
  });

  test('counts what Express executions may still run', () => {
    const view = {
      ...viewOf({ Send: SEND }),
      recent: [{ ...formerly({ Publish: naming(PUBLISH) }), until: 1 }],
    };
    expect(callsOf(requirements(listing('Send'), view).permissions)).toStrictEqual([PUBLISHING, SENDING]);
  });

  test('keeps nothing of permissions that the rules do not allow any more, and refuses nobody for them', () => {
    const onlyQueues = contextOf(
      [SOURCE_ENTRY],
      [asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] })],
    );
    const view = viewOf({ Send: SEND }, [formerly({ Publish: naming(PUBLISH) })]);
    expect(callsOf(requirements(listing('Send'), view, onlyQueues).permissions)).toStrictEqual([SENDING]);
  });

  test('refuses nobody when its permissions can no longer be derived; the link says that they are not complete', () => {
    const view = viewOf({ Send: SEND }, [formerly({ Notify: naming(AT_RUN_TIME) })]);
    expect(requirements(listing('Send'), view).permissionsComplete).toBe(false);
  });
});

describe('a Task that the link lets go of', () => {
  const before = { tasks: ['Send', 'Publish'], inOrder: true };

  test('keeps its permissions until the definition has let go of it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(PUBLISH) });
    expect(callsOf(requirements(listing('Send'), view, ALLOWING, before).permissions)).toStrictEqual([
      PUBLISHING,
      SENDING,
    ]);
  });

  test('leaves them to another link of the role that has come to be about it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(PUBLISH) });
    const sharing = [link('b', { tasks: ['Publish'] })];
    const result = requirementsOf({
      link: listing('Send'),
      view,
      context: ALLOWING,
      onRecord: before,
      sharing,
    });
    narrow(result.kind === 'required', 'it is refused');
    expect(callsOf(result.permissions)).toHaveLength(1);
  });

  test('loses them then', () => {
    const view = viewOf({ Send: SEND, Publish: PUBLISH });
    expect(callsOf(requirements(listing('Send'), view, ALLOWING, before).permissions)).toStrictEqual([
      SENDING,
    ]);
  });

  test('can be let go of together with the ARNs that were given for it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(AT_RUN_TIME) });
    const { tasks, permissionsComplete } = requirements(listing('Send'), view, ALLOWING, before);
    expect([tasks, permissionsComplete]).toStrictEqual([['Send'], true]);
  });
});
