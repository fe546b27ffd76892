import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import type { Link } from '../../../src/desired/link.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { policySize } from '../../../src/policy/size.ts';
import { machine, role, SOURCE } from '../access/fixtures.ts';
import {
  allow,
  callsOf,
  CONTEXT,
  contributes,
  EXECUTION_ROLE,
  letIn,
  link,
  NAMESPACE,
  OBSERVE,
  permitting,
  QUEUE,
  ROLE,
} from './fixtures.ts';

const OTHER_ROLE = role('refund-exec', SOURCE).text;
const REFUND = machine('refund');
const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';

function desire(contributorStates: readonly ContributorState[], context = CONTEXT) {
  return desiredTargetRole(ROLE, NAMESPACE, contributorStates, context);
}

/** A permission so long that a role has only a few of them. */
function long(name: string, length: number) {
  return allow(['sqs:SendMessage'], [`${QUEUE}-${name}${'x'.repeat(length)}`]);
}

function attaching(managedPolicyArns: readonly string[]): Partial<Link> {
  return { permissions: permitting({ managedPolicyArns }) };
}

describe('the trust policy', () => {
  test('lets in exactly the execution role, with the state machine as external ID', () => {
    const [statement, ...more] = desire([contributes(link('a'))]).trust;
    expect(more).toStrictEqual([]);
    expect(statement?.sid ?? '').toMatch(/^CrossAccountLinkTrust[0-9a-f]{12}$/);
    expect({ ...statement, sid: undefined }).toStrictEqual({
      sid: undefined,
      effect: 'Allow',
      principals: { negated: false, anyone: false, byType: { AWS: [EXECUTION_ROLE] } },
      actions: { negated: false, values: ['sts:AssumeRole'] },
      conditions: { StringEquals: { 'sts:ExternalId': [machine('checkout').text] } },
    });
  });

  test('never lets one execution role in with the machine of another', () => {
    const { trust } = desire([
      contributes(link('a')),
      contributes(link('b', { stateMachine: REFUND }), { executionRoleArns: [OTHER_ROLE] }),
    ]);
    expect(letIn(trust)).toStrictEqual([
      `${EXECUTION_ROLE} as ${machine('checkout').text}`,
      `${OTHER_ROLE} as ${REFUND.text}`,
    ]);
  });

  test('holds one statement for an execution role, however many machines run under it', () => {
    const { trust } = desire([contributes(link('a')), contributes(link('b', { stateMachine: REFUND }))]);
    expect(trust).toHaveLength(1);
    expect(letIn(trust)).toHaveLength(2);
  });

  test('lets in every role that the machine still runs under', () => {
    const { trust } = desire([contributes(link('a'), { executionRoleArns: [EXECUTION_ROLE, OTHER_ROLE] })]);
    expect(letIn(trust)).toHaveLength(2);
  });
});

describe('links that share a role', () => {
  const extra = allow(['sns:Publish'], ['arn:aws:sns:us-east-1:222222222222:orders']);
  const two = [
    contributes(link('a')),
    contributes(link('b', { stateMachine: REFUND }), {
      executionRoleArns: [OTHER_ROLE],
      permissions: [extra],
    }),
  ];

  test('get the union of their permissions', () => {
    expect(callsOf(desire(two).permissions)).toStrictEqual([
      'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders',
      `sqs:SendMessage on ${QUEUE}`,
    ]);
  });

  test('write what both ask for once', () => {
    expect(desire([contributes(link('a')), contributes(link('b'))]).permissions).toHaveLength(1);
  });

  test('get the union of their managed policies, each once and sorted', () => {
    const { managedPolicyArns } = desire([
      contributes(link('a', attaching(['z', 'b']))),
      contributes(link('b', attaching(['b', 'a']))),
    ]);
    expect(managedPolicyArns).toStrictEqual(['a', 'b', 'z']);
  });

  test('ask the same, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...manyLinks()], { minLength: 1 }), fc.nat(), (some, seed) => {
        const turned = [...some.slice(seed % some.length), ...some.slice(0, seed % some.length)];
        expect(desire(turned)).toStrictEqual(desire(some));
      }),
    );
  });

  /** Links that quarrel about everything that they can quarrel about. */
  function manyLinks(): readonly ContributorState[] {
    return ['a', 'b', 'c', 'd', 'e'].map((name, index) =>
      contributes(
        link(name, {
          createdAt: `2026-01-0${1 + (index % 3)}T00:00:00Z`,
          stateMachine: machine(`machine-${name}`),
          description: `by ${name}`,
          tags: { team: name, [name]: 'yes' },
        }),
        {
          executionRoleArns: [index % 2 === 0 ? EXECUTION_ROLE : OTHER_ROLE],
          permissions: [long(name, 3_000)],
        },
      ),
    );
  }
});

describe('who takes part', () => {
  test('a link that observes the role asks nothing of it', () => {
    const desired = desire([contributes(link('a', { legs: OBSERVE }))]);
    expect([desired.wanted, desired.trust]).toStrictEqual([false, []]);
  });

  test('a link of another namespace neither adds to the role nor holds anything on it', () => {
    const foreign = link('b', { namespace: 'shipping', unmanaged: 'Preserve', retain: true });
    const alone = desire([contributes(link('a'))]);
    expect(desire([contributes(link('a')), contributes(foreign)])).toStrictEqual(alone);
    expect(desire([contributes(link('a')), { kind: 'frozen', link: foreign }])).toStrictEqual(alone);
  });

  for (const kind of ['frozen', 'unread'] as const) {
    test(`while a link is ${kind} it adds nothing, and nothing may be removed`, () => {
      const desired = desire([contributes(link('a')), { kind, link: link('b', { stateMachine: REFUND }) }]);
      expect(letIn(desired.trust)).toHaveLength(1);
      expect(desired.mayShrink).toBe(false);
    });
  }

  test('a leaving link contributes nothing, and what it added may go', () => {
    const desired = desire([contributes(link('a')), { kind: 'departing', link: link('b') }]);
    expect(desired.mayShrink).toBe(true);
  });

  test('when only a leaving link is left the role is wanted no more', () => {
    expect(desire([{ kind: 'departing', link: link('a') }]).wanted).toBe(false);
  });

  test('while a Task that still runs needs what cannot be derived, nothing may be removed', () => {
    expect(desire([contributes(link('a'), { permissionsComplete: false })]).mayShrink).toBe(false);
  });
});

describe('whose policy for the role as a whole counts', () => {
  const withAll = { adopt: true, unmanaged: 'Preserve', retain: true } as const;

  test('adoption is what a link asks that the access rules let adopt, not one that they hold', () => {
    expect(desire([contributes(link('a')), contributes(link('b', withAll))]).adopt).toBe(true);
    expect(desire([contributes(link('a')), { kind: 'frozen', link: link('b', withAll) }]).adopt).toBe(false);
  });

  test('Preserve and Retain win over Remove and Delete, whoever is older', () => {
    for (const keeper of ['0', 'z']) {
      const desired = desire([contributes(link('a')), contributes(link(keeper, withAll))]);
      expect([desired.preserveUnmanaged, desired.retain]).toStrictEqual([true, true]);
    }
  });

  test('Preserve of a link that leaves still counts, for its foreign content is there to be met', () => {
    const desired = desire([{ kind: 'departing', link: link('a', withAll) }]);
    expect(desired.preserveUnmanaged).toBe(true);
  });
});

const SCALARS: readonly {
  field: string;
  older: Partial<Link>;
  younger: Partial<Link>;
  read: (contributorStates: readonly ContributorState[]) => string | undefined;
}[] = [
  {
    field: 'permissionsBoundaryARN',
    older: { permissionsBoundaryArn: 'first' },
    younger: { permissionsBoundaryArn: 'second' },
    read: (contributorStates) => desire(contributorStates).permissionsBoundaryArn,
  },
  {
    field: 'description',
    older: { description: 'first' },
    younger: { description: 'second' },
    read: (contributorStates) => desire(contributorStates).description,
  },
  {
    field: 'tags[team]',
    older: { tags: { team: 'first' } },
    younger: { tags: { team: 'second' } },
    read: (contributorStates) => desire(contributorStates).tags.get('team'),
  },
];

for (const { field, older, younger, read } of SCALARS) {
  describe(`of two links that set ${field}`, () => {
    const first = link('z', { ...older, createdAt: '2025-01-01T00:00:00Z' });
    const second = link('a', younger);

    test('the older one is heard', () => {
      expect(read([contributes(second), contributes(first)])).toBe('first');
    });

    test('the younger one has the conflict, without the name of the other', () => {
      const { conflicts } = desire([contributes(second), contributes(first)]);
      expect(conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason }))).toStrictEqual([
        { linkKey: second.key, leg: 'targetRole', reason: 'Conflict' },
      ]);
      expect(conflicts[0]?.message).toContain(`targetRole.${field}`);
      expect(conflicts[0]?.message).not.toContain(first.key);
    });

    test('neither has a conflict when they agree', () => {
      const agreeing = link('a', older);
      expect(desire([contributes(first), contributes(agreeing)]).conflicts).toStrictEqual([]);
    });

    test('the younger one is heard when the older one says nothing', () => {
      const silent = link('z', { createdAt: '2025-01-01T00:00:00Z' });
      const desired = [contributes(silent), contributes(second)];
      expect(read(desired)).toBe('second');
      expect(desire(desired).conflicts).toStrictEqual([]);
    });

    for (const kind of ['frozen', 'unread'] as const) {
      test(`nothing is set while the older one is ${kind}, so that what stands stays`, () => {
        expect(read([{ kind, link: first }, contributes(second)])).toBeUndefined();
      });
    }

    test('the younger one is heard once the older one leaves', () => {
      expect(read([{ kind: 'departing', link: first }, contributes(second)])).toBe('second');
    });
  });
}

test('of two links of one second the key decides, so that every process decides alike', () => {
  const pair = [contributes(link('b', { description: 'b' })), contributes(link('a', { description: 'a' }))];
  expect(desire(pair).description).toBe('a');
});

test('the boundary of the account goes before that of a link', () => {
  const contributorStates = [contributes(link('a', { permissionsBoundaryArn: 'own' }))];
  const desired = desiredTargetRole(ROLE, NAMESPACE, contributorStates, {
    ...CONTEXT,
    accountBoundaryArn: BOUNDARY,
  });
  expect(desired.permissionsBoundaryArn).toBe(BOUNDARY);
});

test('a tag may be called as what every object inherits', () => {
  const contributorStates = [contributes(link('a', { tags: { constructor: 'x' } })), contributes(link('b'))];
  const { tags, conflicts } = desire(contributorStates);
  expect([tags, conflicts]).toStrictEqual([new Map([['constructor', 'x']]), []]);
});

describe('a role that has no room for all of its links', () => {
  const older = contributes(link('a'), { permissions: [long('a', 8_000)] });
  const younger = contributes(link('b', { stateMachine: REFUND, tags: { b: 'x' } }), {
    executionRoleArns: [OTHER_ROLE],
    permissions: [long('b', 8_000)],
  });
  const youngest = contributes(link('c', { stateMachine: machine('small') }), {
    executionRoleArns: [role('small-exec', SOURCE).text],
    permissions: [long('c', 10)],
  });

  test('keeps the older one, and the younger one gives way with all that it asks', () => {
    const desired = desire([younger, older]);
    expect(desired).toStrictEqual({
      ...desire([older]),
      conflicts: desired.conflicts,
    });
    expect(desired.conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason }))).toStrictEqual([
      { linkKey: 'payments/b', leg: 'permissions', reason: 'GrantTooLarge' },
    ]);
    expect(desired.conflicts[0]?.message ?? '').toMatch(/would have 1[0-9]{4} of the 10240 characters/);
  });

  test('still takes in a third that fits', () => {
    const desired = desire([younger, older, youngest]);
    expect(desired.conflicts.map(({ linkKey }) => linkKey)).toStrictEqual(['payments/b']);
    expect(letIn(desired.trust)).toHaveLength(2);
  });

  test('says TrustPolicyTooLarge when it is the trust policy', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      contributes(link(`link-${index}`, { stateMachine: machine(`machine-${index}`) }), {
        executionRoleArns: [role(`exec-${index}-${'x'.repeat(50)}`, SOURCE).text],
      }),
    );
    const { trust, conflicts } = desire(many);
    const kinds = new Set(conflicts.map(({ leg, reason }) => `${leg}: ${reason}`));
    expect(kinds).toStrictEqual(new Set(['trustPolicy: TrustPolicyTooLarge']));
    expect(letIn(trust)).toHaveLength(many.length - conflicts.length);
    expect(policySize({ version: '2012-10-17', statements: trust })).toBeLessThanOrEqual(2_048);
  });

  test('never outgrows the quota, and younger links change nothing for older ones', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const contributorStates = lengths.map((length, index) =>
          contributes(link(`link-${index}`, { stateMachine: machine(`machine-${index}`) }), {
            permissions: [long(`${index}-`, length)],
          }),
        );
        let refused: readonly string[] = [];
        for (const count of contributorStates.keys()) {
          const { permissions, conflicts } = desire(contributorStates.slice(0, count + 1));
          expect(policySize({ version: '2012-10-17', statements: permissions })).toBeLessThanOrEqual(10_240);
          const now = conflicts.map(({ linkKey }) => linkKey);
          expect(now.slice(0, refused.length)).toStrictEqual(refused);
          refused = now;
        }
      }),
    );
  });
});

function tagged(name: string, count: number): Link {
  return link(name, {
    tags: Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}-${at}`, 'x'])),
  });
}

describe('tags of several links that are more than a role holds', () => {
  test('are those of the older link, and the younger one is told', () => {
    const { tags, conflicts } = desire([contributes(tagged('b', 30)), contributes(tagged('a', 30))]);
    expect([...tags.keys()].every((key) => key.startsWith('a-'))).toBe(true);
    expect(conflicts.map(({ linkKey, leg, reason }) => [linkKey, leg, reason])).toStrictEqual([
      ['payments/b', 'targetRole', 'QuotaExceeded'],
    ]);
    expect(conflicts[0]?.message).toMatch(/would have 65 tags, .* IAM allows 50: set fewer/);
  });

  test('are all of a link that the CRD admits, however many', () => {
    const { tags, conflicts } = desire([contributes(tagged('a', 40))]);
    expect([tags.size, conflicts]).toStrictEqual([40, []]);
  });
});
