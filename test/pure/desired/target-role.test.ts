import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
  QUEUE,
  ROLE,
} from './fixtures.ts';

const OTHER_ROLE = role('refund-exec', SOURCE).text;
const REFUND = machine('refund');
const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';

function desire(contributorStates: readonly ContributorState[], context = CONTEXT) {
  return desiredTargetRole(ROLE, NAMESPACE, contributorStates, context);
}

/** A permission so long that a role bears only a few of them. */
function long(name: string, length: number) {
  return allow(['sqs:SendMessage'], [`${QUEUE}-${name}${'x'.repeat(length)}`]);
}

function attaching(managedPolicyArns: readonly string[]): Partial<Link> {
  return { permissions: { derive: true, resources: [], statements: [], managedPolicyArns } };
}

describe('the trust policy', () => {
  test('lets in exactly the execution role, with the state machine as external ID', () => {
    const [statement, ...more] = desire([contributes(link('a'))]).trust;
    assert.deepEqual(more, []);
    assert.match(statement?.sid ?? '', /^CrossAccountLinkTrust[0-9a-f]{12}$/);
    assert.deepEqual(
      { ...statement, sid: undefined },
      {
        sid: undefined,
        effect: 'Allow',
        principals: { negated: false, anyone: false, byType: { AWS: [EXECUTION_ROLE] } },
        actions: { negated: false, values: ['sts:AssumeRole'] },
        conditions: { StringEquals: { 'sts:ExternalId': [machine('checkout').text] } },
      },
    );
  });

  test('never lets one execution role in with the machine of another', () => {
    const { trust } = desire([
      contributes(link('a')),
      contributes(link('b', { stateMachine: REFUND }), { executionRoleArns: [OTHER_ROLE] }),
    ]);
    assert.deepEqual(letIn(trust), [
      `${EXECUTION_ROLE} as ${machine('checkout').text}`,
      `${OTHER_ROLE} as ${REFUND.text}`,
    ]);
  });

  test('holds one statement for an execution role, however many machines run under it', () => {
    const { trust } = desire([contributes(link('a')), contributes(link('b', { stateMachine: REFUND }))]);
    assert.equal(trust.length, 1);
    assert.equal(letIn(trust).length, 2);
  });

  test('lets in every role that the machine still runs under', () => {
    const { trust } = desire([contributes(link('a'), { executionRoleArns: [EXECUTION_ROLE, OTHER_ROLE] })]);
    assert.equal(letIn(trust).length, 2);
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
    assert.deepEqual(callsOf(desire(two).permissions), [
      'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders',
      `sqs:SendMessage on ${QUEUE}`,
    ]);
  });

  test('write what both ask for once', () => {
    assert.equal(desire([contributes(link('a')), contributes(link('b'))]).permissions.length, 1);
  });

  test('get the union of their managed policies, each once and sorted', () => {
    const { managedPolicyArns } = desire([
      contributes(link('a', attaching(['z', 'b']))),
      contributes(link('b', attaching(['b', 'a']))),
    ]);
    assert.deepEqual(managedPolicyArns, ['a', 'b', 'z']);
  });

  test('ask the same, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...manyLinks()], { minLength: 1 }), fc.nat(), (some, seed) => {
        const turned = [...some.slice(seed % some.length), ...some.slice(0, seed % some.length)];
        assert.deepEqual(desire(turned), desire(some));
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
    assert.deepEqual([desired.wanted, desired.trust], [false, []]);
  });

  test('a link of another namespace neither adds to the role nor holds anything on it', () => {
    const foreign = link('b', { namespace: 'shipping', unmanaged: 'Preserve', retain: true });
    const alone = desire([contributes(link('a'))]);
    assert.deepEqual(desire([contributes(link('a')), contributes(foreign)]), alone);
    assert.deepEqual(desire([contributes(link('a')), { kind: 'frozen', link: foreign }]), alone);
  });

  for (const kind of ['frozen', 'unread'] as const) {
    test(`while a link is ${kind} it adds nothing, and nothing may be removed`, () => {
      const desired = desire([contributes(link('a')), { kind, link: link('b', { stateMachine: REFUND }) }]);
      assert.equal(letIn(desired.trust).length, 1);
      assert.equal(desired.mayShrink, false);
    });
  }

  test('a leaving link contributes nothing, and what it added may go', () => {
    const desired = desire([contributes(link('a')), { kind: 'departing', link: link('b') }]);
    assert.equal(desired.mayShrink, true);
  });

  test('when only a leaving link is left the role is wanted no more', () => {
    assert.equal(desire([{ kind: 'departing', link: link('a') }]).wanted, false);
  });

  test('while a Task that still runs needs what cannot be told, nothing may be removed', () => {
    assert.equal(desire([contributes(link('a'), { permissionsComplete: false })]).mayShrink, false);
  });
});

describe('whose policy for the role as a whole counts', () => {
  const withAll = { adopt: true, unmanaged: 'Preserve', retain: true } as const;

  test('adoption is what a link asks that the access rules let adopt, not one that they hold', () => {
    assert.equal(desire([contributes(link('a')), contributes(link('b', withAll))]).adopt, true);
    assert.equal(desire([contributes(link('a')), { kind: 'frozen', link: link('b', withAll) }]).adopt, false);
  });

  test('Preserve and Retain win over Remove and Delete, whoever is older', () => {
    for (const keeper of ['0', 'z']) {
      const desired = desire([contributes(link('a')), contributes(link(keeper, withAll))]);
      assert.deepEqual([desired.preserveUnmanaged, desired.retain], [true, true]);
    }
  });

  test('Preserve of a link that leaves still counts, for its foreign content is there to be met', () => {
    const desired = desire([{ kind: 'departing', link: link('a', withAll) }]);
    assert.equal(desired.preserveUnmanaged, true);
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
      assert.equal(read([contributes(second), contributes(first)]), 'first');
    });

    test('the younger one is told of the conflict, without the name of the other', () => {
      const { conflicts } = desire([contributes(second), contributes(first)]);
      assert.deepEqual(
        conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason })),
        [{ linkKey: second.key, leg: 'targetRole', reason: 'Conflict' }],
      );
      assert.ok(conflicts[0]?.message.includes(`targetRole.${field}`));
      assert.ok(!conflicts[0]?.message.includes(first.key));
    });

    test('none is told of anything when they agree', () => {
      const agreeing = link('a', older);
      assert.deepEqual(desire([contributes(first), contributes(agreeing)]).conflicts, []);
    });

    test('the younger one is heard when the older one says nothing', () => {
      const silent = link('z', { createdAt: '2025-01-01T00:00:00Z' });
      const desired = [contributes(silent), contributes(second)];
      assert.equal(read(desired), 'second');
      assert.deepEqual(desire(desired).conflicts, []);
    });

    for (const kind of ['frozen', 'unread'] as const) {
      test(`nothing is set while the older one is ${kind}, so that what stands stays`, () => {
        assert.equal(read([{ kind, link: first }, contributes(second)]), undefined);
      });
    }

    test('the younger one is heard once the older one leaves', () => {
      assert.equal(read([{ kind: 'departing', link: first }, contributes(second)]), 'second');
    });
  });
}

test('of two links of one second the key decides, so that every process decides alike', () => {
  const pair = [contributes(link('b', { description: 'b' })), contributes(link('a', { description: 'a' }))];
  assert.equal(desire(pair).description, 'a');
});

test('the boundary of the account goes before that of a link', () => {
  const contributorStates = [contributes(link('a', { permissionsBoundaryArn: 'own' }))];
  const desired = desiredTargetRole(ROLE, NAMESPACE, contributorStates, {
    ...CONTEXT,
    accountBoundaryArn: BOUNDARY,
  });
  assert.equal(desired.permissionsBoundaryArn, BOUNDARY);
});

test('a tag may be called as what every object inherits', () => {
  const contributorStates = [contributes(link('a', { tags: { constructor: 'x' } })), contributes(link('b'))];
  const { tags, conflicts } = desire(contributorStates);
  assert.deepEqual([tags, conflicts], [new Map([['constructor', 'x']]), []]);
});

describe('a role that cannot bear all of its links', () => {
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
    assert.deepEqual(desired, {
      ...desire([older]),
      conflicts: desired.conflicts,
    });
    assert.deepEqual(
      desired.conflicts.map(({ linkKey, leg, reason }) => ({ linkKey, leg, reason })),
      [{ linkKey: 'payments/b', leg: 'permissions', reason: 'GrantTooLarge' }],
    );
    assert.match(desired.conflicts[0]?.message ?? '', /would have 1[0-9]{4} of the 10240 characters/);
  });

  test('still takes in a third that fits', () => {
    const desired = desire([younger, older, youngest]);
    assert.deepEqual(
      desired.conflicts.map(({ linkKey }) => linkKey),
      ['payments/b'],
    );
    assert.equal(letIn(desired.trust).length, 2);
  });

  test('says TrustPolicyTooLarge when it is the trust policy', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      contributes(link(`link-${index}`, { stateMachine: machine(`machine-${index}`) }), {
        executionRoleArns: [role(`exec-${index}-${'x'.repeat(50)}`, SOURCE).text],
      }),
    );
    const { trust, conflicts } = desire(many);
    assert.ok(conflicts.length > 0);
    assert.ok(
      conflicts.every(({ reason, leg }) => reason === 'TrustPolicyTooLarge' && leg === 'trustPolicy'),
    );
    assert.equal(letIn(trust).length, many.length - conflicts.length);
    assert.ok(policySize({ version: '2012-10-17', statements: trust }) <= 2_048);
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
          assert.ok(policySize({ version: '2012-10-17', statements: permissions }) <= 10_240);
          const now = conflicts.map(({ linkKey }) => linkKey);
          assert.deepEqual(now.slice(0, refused.length), refused);
          refused = now;
        }
      }),
    );
  });
});
