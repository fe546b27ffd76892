/** A deletion finds tags, RoleId, trust or policies of the role changed: what is proven to be the operator's is removed,
 *  everything else stays and is named. Each situation also with the operator restarted in between. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { policyName, TAGS } from '../../../../src/desired/names.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const ADOPTING = { targetRole: { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' } };
const CREDENTIALS_AND_GRANT = ['UpdateStateMachine checkout', 'DeleteRolePolicy checkout-exec'];
const ALL = [
  ...CREDENTIALS_AND_GRANT,
  'TagRole checkout',
  'DeleteRolePolicy checkout',
  'DeleteRole checkout',
  'finalizers []',
];
const NOTHING_OF_THE_ROLE = [...CREDENTIALS_AND_GRANT, 'finalizers []'];

interface Situation {
  readonly given: string;
  readonly spec?: JsonObject;
  /** The role as it stood before the link; absent: the operator makes it. */
  readonly stood?: ObservedRole;
  readonly change: (role: ObservedRole) => ObservedRole;
  readonly writes: readonly string[];
  /** What the Event names; absent: it says that all is removed. */
  readonly leftBehind?: RegExp;
}

const untagged = (role: ObservedRole): ObservedRole => ({ ...role, tags: new Map() });

const SITUATIONS: readonly Situation[] = [
  {
    given: 'the tags were stripped: RoleId, trust and policy prove it, it is tagged again and deleted',
    change: untagged,
    writes: ALL,
  },
  {
    given: 'the tags were stripped, and somebody tagged it since',
    change: (role) => ({ ...role, tags: new Map([['cleaned', 'yes']]) }),
    writes: ALL,
  },
  {
    given: 'tags and policy were stripped',
    change: (role) => ({ ...untagged(role), inlinePolicies: new Map() }),
    writes: NOTHING_OF_THE_ROLE,
    leftBehind: /left behind: arn:aws:iam::222222222222:role\/crossaccountlink\/payments\/checkout \(/,
  },
  {
    given: 'tags and trust were stripped',
    change: (role) => ({ ...untagged(role), trust: parsed(FOREIGN_TRUST) }),
    writes: NOTHING_OF_THE_ROLE,
    leftBehind: /left behind: arn:aws:iam::222222222222:role/,
  },
  {
    given: 'the tags were stripped, and somebody else is let in since',
    change: (role) => ({
      ...untagged(role),
      trust: parsed(FOREIGN_TRUST, ...(role.trust.kind === 'parsed' ? role.trust.document.statements : [])),
    }),
    writes: NOTHING_OF_THE_ROLE,
    leftBehind: /left behind: arn:aws:iam::222222222222:role/,
  },
  {
    given: 'the tags were stripped, and the RoleId is another',
    change: (role) => ({ ...untagged(role), roleId: 'AROAANOTHER' }),
    writes: NOTHING_OF_THE_ROLE,
    leftBehind: /left behind: arn:aws:iam::222222222222:role/,
  },
  {
    given: 'a restored status knows an older RoleId: tags, trust and policy outweigh it',
    change: (role) => ({ ...role, roleId: 'AROANEWER' }),
    writes: [...CREDENTIALS_AND_GRANT, 'DeleteRolePolicy checkout', 'DeleteRole checkout', 'finalizers []'],
  },
  {
    given:
      'nothing on it is the operator\u2019s any more, and it has another RoleId: it is somebody else\u2019s',
    change: (role) => ({
      ...untagged(role),
      roleId: 'AROAANOTHER',
      trust: parsed(FOREIGN_TRUST),
      inlinePolicies: new Map(),
    }),
    writes: NOTHING_OF_THE_ROLE,
  },
  {
    given: 'it was adopted and its tags were stripped: it is given back, never deleted',
    spec: ADOPTING,
    stood: { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) },
    change: untagged,
    writes: [
      ...CREDENTIALS_AND_GRANT,
      'TagRole checkout',
      'UpdateAssumeRolePolicy checkout',
      'DeleteRolePolicy checkout',
      'UntagRole checkout',
      'finalizers []',
    ],
  },
  {
    given: 'it belongs to another cluster by its tag: nothing is touched, Credentials included',
    change: (role) => ({ ...role, tags: new Map([...role.tags, [TAGS.clusterId, 'first']]) }),
    writes: ['finalizers []'],
    leftBehind:
      /left behind: arn:\S+checkout, arn:\S+checkout-exec, arn:\S+checkout \(they belong to the operator of cluster first\)/,
  },
  {
    given: 'it belongs to another cluster by its policy, and its tags were stripped: nothing is touched',
    change: (role) => ({
      ...untagged(role),
      inlinePolicies: new Map(
        [...role.inlinePolicies.values()].map((policy) => [policyName('first'), policy]),
      ),
    }),
    writes: ['finalizers []'],
    leftBehind: /left behind: .*cluster first/,
  },
];

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
  the.cluster.letAdopt();
});

describe('a link is deleted, and of its role', () => {
  for (const { given, spec, stood, change, writes, leftBehind } of SITUATIONS) {
    for (const [when, between] of [
      ['', () => undefined],
      [' (the operator was restarted)', () => the.restart()],
    ] as const) {
      it(`${given}${when}`, async () => {
        if (stood !== undefined) the.cluster.target.roles.set(ROLE.text, stood);
        await the.ready('a', spec);
        expect(the.condition('a', 'Ready')).toBe('True InSync');
        the.changeRole(change);
        the.notes.length = 0;
        between();
        the.delete('a');
        await the.reconcile('a');
        expect(the.object('a')).toBeUndefined();
        expect(the.writes).toStrictEqual(writes);
        expect(the.events).toStrictEqual([
          leftBehind === undefined ? 'Normal Deleted' : 'Warning LeftBehind',
        ]);
        if (leftBehind !== undefined) expect(the.notes.join()).toMatch(leftBehind);
      });
    }
  }
});

it('while the link lives, stripped tags come back and nothing else is written', async () => {
  await the.ready('a');
  the.changeRole(untagged);
  the.restart();
  await the.converge();
  expect(the.writes.filter((write) => !write.startsWith('status'))).toStrictEqual(['TagRole checkout']);
  expect(the.cluster.target.roles.get(ROLE.text)?.tags.get(TAGS.clusterId)).toBe(CLUSTER);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});
