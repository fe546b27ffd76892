/** What changed rules mean for links, and what changed in them. */
import { describe, expect, it } from '@jest/globals';
import type { AWSAccount } from '../../../../src/api/awsaccount.ts';
import { shownAccount, touchedBy } from '../../../../src/cli/plan/account-effects.ts';
import { diffSpecs } from '../../../../src/cli/plan/spec-diff.ts';
import type { ShownLink } from '../../../../src/cli/plan/view.ts';
import { parseLinkObject, type LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { manifest, READY } from '../fixtures.ts';
import { awsAccount } from '../../api/aws-account.ts';

function account(spec: object, accountID = '222222222222'): AWSAccount {
  return awsAccount({ spec: { accountID, ...spec } });
}

const entry = (names: readonly string[], allowedActions: readonly string[]) => ({
  namespaces: { names },
  asTarget: { rolePathPrefix: '/x/', allowedActions, allowedResources: ['*'] },
});

const LINK = parseLinkObject(manifest({ status: READY }));
const OTHER = parseLinkObject(manifest({ metadata: { namespace: 'shipping', name: 'other', uid: 'other' } }));
const shown = (obstacles: readonly string[] = [], operation?: string): ShownLink => ({
  namespace: 'payments',
  name: 'checkout',
  actions: operation === undefined ? [] : [{ operation, object: 'arn', reason: 'because', changes: [] }],
  obstacles,
  remarks: [],
});

describe('a changed AWSAccount', () => {
  const before = account({ access: [entry(['payments'], ['sqs:*']), entry(['shipping'], ['sqs:*'])] });
  const touched = (after: AWSAccount, from: AWSAccount | undefined = before) =>
    touchedBy([{ before: from, after }], [LINK, OTHER], new Map()).map(({ link }) => link.key);

  it('touches the links of namespaces for which the rules say something else', () => {
    const after = account({ access: [entry(['payments'], ['sqs:Send*']), entry(['shipping'], ['sqs:*'])] });
    expect(touched(after)).toStrictEqual(['payments/checkout']);
  });

  it('touches all of its links when something changes for all', () => {
    expect(
      touched(account({ ...before.spec, permissionsBoundaryARN: 'arn:aws:iam::222222222222:policy/b' })),
    ).toHaveLength(2);
  });

  it('touches none when nothing changes for them, nor when it is another account', () => {
    expect(touched(account({ ...before.spec, driftCheckInterval: '1m' }))).toStrictEqual([]);
    const [from, to] = [
      account({}, '333333333333'),
      account({ access: [entry(['payments'], ['*'])] }, '333333333333'),
    ];
    expect(touched(to, from)).toStrictEqual([]);
  });

  it('that is new touches all of its links', () => {
    expect(touchedBy([{ before: undefined, after: before }], [LINK, OTHER], new Map())).toHaveLength(2);
  });

  const unready = parseLinkObject(manifest());
  const effects: readonly [string, LinkObject, ShownLink, ShownLink, string | undefined][] = [
    ['a Ready link that would be refused', LINK, shown(), shown(['no']), 'breaks'],
    [
      'a link that is not Ready, and would be refused',
      unready,
      shown([], 'CreateRole'),
      shown(['no']),
      'loses',
    ],
    [
      'a link that is refused, and would be allowed',
      unready,
      shown(['no']),
      shown([], 'CreateRole'),
      'gains',
    ],
    ['a link for which other things would be written', LINK, shown(), shown([], 'PutRolePolicy'), 'changes'],
    ['a link that stays refused for another reason', unready, shown(['no']), shown(['neither']), 'changes'],
    ['a link that stays as it is', LINK, shown(), shown(), undefined],
  ];
  it.each(effects)('reports %s', (_, link, now, then, effect) => {
    const plans = new Map([['payments/checkout', { before: now, after: then }]]);
    const { links, unaffected } = shownAccount({ before, after: before }, [link], plans, undefined);
    expect(links.map((each) => each.effect)).toStrictEqual(effect === undefined ? [] : [effect]);
    expect(unaffected).toBe(effect === undefined ? 1 : 0);
  });
});

describe('what differs between two specs', () => {
  const cases: readonly [string, object, object, object[]][] = [
    ['nothing', { a: { b: ['x', 'y'] } }, { a: { b: ['y', 'x'] } }, []],
    [
      'a label whose name every object inherits',
      { a: {} },
      { a: { ['__proto__']: 'x' } },
      [{ path: 'spec.a.__proto__', after: 'x' }],
    ],
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'spec.a.b', before: '1', after: '2' }]],
    [
      'a field that comes, and one that goes',
      { a: 'x' },
      { b: true },
      [
        { path: 'spec.a', before: 'x' },
        { path: 'spec.b', after: 'true' },
      ],
    ],
    [
      'items of a list of plain values',
      { a: ['x', 'y'] },
      { a: ['y', 'z'] },
      [
        { path: 'spec.a', before: 'x' },
        { path: 'spec.a', after: 'z' },
      ],
    ],
    [
      'objects in a list, by their place',
      { a: [{ n: 1 }] },
      { a: [{ n: 2 }, { n: 3 }] },
      [
        { path: 'spec.a[0].n', before: '1', after: '2' },
        { path: 'spec.a[1]', after: '{"n":3}' },
      ],
    ],
  ];
  it.each(cases)('is %s', (_, before, after, changes) => {
    expect(
      diffSpecs(JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after)), 'spec'),
    ).toStrictEqual(changes);
  });
});
