import { describe, expect, test } from '@jest/globals';
import { GRANT_SID, policyName, TAGS } from '../../../src/desired/names.ts';
import { claimRole, type RoleClaim, type RoleRecords } from '../../../src/plan/ownership.ts';
import { allow, CLUSTER, NAMESPACE, QUEUE } from '../desired/fixtures.ts';
import { FOREIGN_TRUST, observed, OWNED, parsed, ROLE_ID } from './fixtures.ts';
import { narrow } from '../../expectations.ts';

const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';
const NONE = new Map<string, string>();
const GRANTING = new Map([
  [policyName(CLUSTER), parsed({ ...allow(['sts:AssumeRole'], [QUEUE]), sid: GRANT_SID })],
]);
/** Of the operator of another cluster. */
const OTHERS = new Map([[policyName('other'), parsed(allow(['sqs:SendMessage'], [QUEUE]))]]);

interface Case {
  readonly when: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly adopt?: boolean;
  /** What the status remembers; null for a status that remembers nothing. */
  readonly known?: string | null;
  /** What is on record of several links. */
  readonly records?: RoleRecords;
  /** RoleIds on record as another namespace's. */
  readonly others?: readonly string[];
  readonly noPermissions?: boolean;
  /** Another cluster's operator has a policy on it. */
  readonly othersPolicy?: boolean;
  /** `grant`: under the name of the operator's policy stands what execution roles have. */
  readonly ownPolicy?: boolean | 'grant';
  readonly ownTrust?: boolean;
  readonly boundary?: string;
  readonly accountBoundary?: string;
  readonly claim: RoleClaim['kind'] | 'RoleNotOwned' | 'RoleOwnedByOtherNamespace' | 'AdoptionNeedsBoundary';
}

function tags(changes: Readonly<Record<string, string | null>>): ReadonlyMap<string, string> {
  const all = new Map<string, string>(OWNED);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  return all;
}

const CASES: readonly Case[] = [
  { when: 'its tags and its Id are as they should be', tags: OWNED, claim: 'made' },
  { when: 'the status remembers no Id yet', tags: OWNED, known: null, claim: 'made' },
  { when: 'it has the mark of adoption', tags: tags({ [TAGS.adopted]: 'true' }), claim: 'adopted' },
  { when: 'it was made, and the link may also adopt', tags: OWNED, adopt: true, claim: 'made' },

  { when: 'nobody tagged it', tags: NONE, known: null, claim: 'RoleNotOwned' },
  {
    when: 'nobody tagged it and the link may adopt',
    tags: NONE,
    known: null,
    adopt: true,
    claim: 'adoptable',
  },

  { when: 'it is of another cluster', tags: tags({ [TAGS.clusterId]: 'other' }), claim: 'RoleNotOwned' },
  {
    when: 'it is of another cluster, whose tags were taken off, though the link may adopt',
    tags: NONE,
    known: null,
    ownPolicy: false,
    othersPolicy: true,
    adopt: true,
    claim: 'RoleNotOwned',
  },
  {
    when: 'its tags were removed, and somebody put a policy on it that looks like another cluster’s',
    tags: NONE,
    othersPolicy: true,
    claim: 'untagged',
  },
  {
    when: 'it is of another cluster, though the link may adopt',
    tags: tags({ [TAGS.clusterId]: 'other' }),
    adopt: true,
    claim: 'RoleNotOwned',
  },
  {
    when: 'it is of another cluster and another namespace',
    tags: tags({ [TAGS.clusterId]: 'other', [TAGS.namespace]: 'shipping' }),
    claim: 'RoleNotOwned',
  },
  {
    when: 'it is of another namespace',
    tags: tags({ [TAGS.namespace]: 'shipping' }),
    claim: 'RoleOwnedByOtherNamespace',
  },
  {
    when: 'it is of another namespace, though the link may adopt',
    tags: tags({ [TAGS.namespace]: 'shipping' }),
    adopt: true,
    claim: 'RoleOwnedByOtherNamespace',
  },
  {
    when: 'it is on record as another namespace’s, whose tags were taken off, though the link may adopt',
    tags: NONE,
    known: null,
    others: [ROLE_ID],
    adopt: true,
    claim: 'RoleOwnedByOtherNamespace',
  },
  {
    when: 'it is on record as another namespace’s, and somebody wrote this one into its tags',
    tags: OWNED,
    known: null,
    others: [ROLE_ID],
    claim: 'RoleOwnedByOtherNamespace',
  },
  {
    when: 'a restored status of another namespace has its Id as well',
    tags: OWNED,
    others: [ROLE_ID],
    claim: 'made',
  },
  {
    when: 'another namespace had one under the name that is gone',
    tags: OWNED,
    known: null,
    others: ['AROAFORMER'],
    claim: 'made',
  },

  {
    when: 'it was deleted and recreated with copied tags',
    tags: OWNED,
    known: 'AROAFORMER',
    ownTrust: false,
    ownPolicy: false,
    claim: 'RoleNotOwned',
  },
  {
    when: 'it was deleted and recreated with copied tags and a copied trust policy',
    tags: OWNED,
    known: 'AROAFORMER',
    ownPolicy: false,
    claim: 'RoleNotOwned',
  },
  {
    when: 'tags, trust and policy are ours, and a restored status remembers an older Id',
    tags: OWNED,
    known: 'AROAFORMER',
    claim: 'made',
  },
  {
    when: 'it was deleted and recreated with copied tags, and the link may adopt',
    tags: OWNED,
    known: 'AROAFORMER',
    ownTrust: false,
    ownPolicy: false,
    adopt: true,
    claim: 'adoptable',
  },

  {
    when: 'the link remembers an older Id, and one that shares the role the present one',
    tags: OWNED,
    records: ['AROAFORMER', ROLE_ID],
    ownTrust: false,
    ownPolicy: false,
    claim: 'made',
  },
  {
    when: 'the link remembers an older Id, and one that shares the role is making it: the policy does not stand yet',
    tags: OWNED,
    records: ['AROAFORMER', undefined],
    ownPolicy: false,
    claim: 'made',
  },
  {
    when: 'a link is making it, and somebody tagged it who put nothing of ours there',
    tags: OWNED,
    records: [undefined],
    ownTrust: false,
    ownPolicy: false,
    claim: 'RoleNotOwned',
  },
  {
    when: 'a restored status remembers an older Id, and the links need no permissions of it',
    tags: OWNED,
    known: 'AROAFORMER',
    ownPolicy: false,
    noPermissions: true,
    claim: 'made',
  },
  {
    when: 'somebody put our tags on it, and nothing else on it is ours',
    tags: OWNED,
    known: null,
    ownTrust: false,
    ownPolicy: false,
    claim: 'RoleNotOwned',
  },
  {
    when: 'somebody put our tags and the mark of adoption on it',
    tags: tags({ [TAGS.adopted]: 'true' }),
    known: null,
    ownTrust: false,
    ownPolicy: false,
    claim: 'RoleNotOwned',
  },
  {
    when: 'somebody put our tags on a role that the link may adopt',
    tags: OWNED,
    known: null,
    ownTrust: false,
    ownPolicy: false,
    adopt: true,
    claim: 'adoptable',
  },
  {
    when: 'somebody put our tags on an execution role that has a grant',
    tags: OWNED,
    known: null,
    ownTrust: false,
    ownPolicy: 'grant',
    claim: 'RoleNotOwned',
  },
  {
    when: 'a status that somebody wrote remembers the Id of an execution role that has a grant',
    tags: NONE,
    ownTrust: false,
    ownPolicy: 'grant',
    claim: 'RoleNotOwned',
  },
  {
    when: 'somebody took its trust policy and its policy away, and the status remembers it',
    tags: OWNED,
    ownTrust: false,
    ownPolicy: false,
    claim: 'made',
  },
  {
    when: 'the status remembers no Id, and it has no policy yet',
    tags: OWNED,
    known: null,
    ownPolicy: false,
    claim: 'made',
  },
  {
    when: 'it was deleted and recreated without tags',
    tags: NONE,
    known: 'AROAFORMER',
    claim: 'RoleNotOwned',
  },

  { when: 'its tags were removed', tags: NONE, claim: 'untagged' },
  {
    when: 'only the tag of the namespace was taken off',
    tags: tags({ [TAGS.namespace]: null }),
    claim: 'untagged',
  },
  {
    when: 'only the tag of the cluster was taken off',
    tags: tags({ [TAGS.clusterId]: null }),
    claim: 'untagged',
  },
  {
    when: 'the tag of the cluster was taken off and another namespace stands there',
    tags: tags({ [TAGS.clusterId]: null, [TAGS.namespace]: 'shipping' }),
    claim: 'RoleNotOwned',
  },
  {
    when: 'its tags were removed, and the links need no permissions of it: its trust is there',
    tags: NONE,
    ownPolicy: false,
    noPermissions: true,
    ownTrust: true,
    claim: 'untagged',
  },
  {
    when: 'its tags and its trust were taken off, and the links need no permissions of it',
    tags: NONE,
    ownPolicy: false,
    noPermissions: true,
    ownTrust: false,
    claim: 'RoleNotOwned',
  },
  { when: 'its tags and its policy were taken off', tags: NONE, ownPolicy: false, claim: 'RoleNotOwned' },
  {
    when: 'its tags were removed and the status forgot its Id',
    tags: NONE,
    known: null,
    claim: 'RoleNotOwned',
  },
  { when: 'its tags were removed and the link may adopt', tags: NONE, adopt: true, claim: 'adoptable' },

  {
    when: 'the account asks for a boundary that the role to adopt lacks',
    tags: NONE,
    known: null,
    adopt: true,
    accountBoundary: BOUNDARY,
    claim: 'AdoptionNeedsBoundary',
  },
  {
    when: 'the role to adopt carries another boundary than the account asks for',
    tags: NONE,
    known: null,
    adopt: true,
    boundary: 'arn:aws:iam::222222222222:policy/other',
    accountBoundary: BOUNDARY,
    claim: 'AdoptionNeedsBoundary',
  },
  {
    when: 'the role to adopt carries the boundary that the account asks for',
    tags: NONE,
    known: null,
    adopt: true,
    boundary: BOUNDARY,
    accountBoundary: BOUNDARY,
    claim: 'adoptable',
  },
  {
    when: 'it was made and its boundary was taken off',
    tags: OWNED,
    accountBoundary: BOUNDARY,
    claim: 'made',
  },
];

function claimOf(one: Case): RoleClaim {
  const wish = {
    adopt: one.adopt ?? false,
    wanted: true,
    permissions: one.noPermissions === true ? [] : [allow(['sqs:SendMessage'], [QUEUE])],
    ownership: { clusterId: CLUSTER, namespace: NAMESPACE },
  };
  const { inlinePolicies } = observed(one.ownPolicy === false ? { inlinePolicies: new Map() } : {});
  const role = observed({
    tags: one.tags,
    inlinePolicies: one.othersPolicy === true ? new Map([...inlinePolicies, ...OTHERS]) : inlinePolicies,
    ...(one.boundary !== undefined && { permissionsBoundaryArn: one.boundary }),
    ...(one.ownPolicy === 'grant' && { inlinePolicies: GRANTING }),
    ...(one.ownTrust === false && { trust: parsed(FOREIGN_TRUST) }),
  });
  const known = one.known === null ? [] : [one.known ?? ROLE_ID];
  return claimRole(wish, role, one.records ?? known, {
    ...(one.accountBoundary !== undefined && { accountBoundaryArn: one.accountBoundary }),
    ...(one.others !== undefined && { othersRoleIds: new Set(one.others) }),
  });
}

describe('a role is', () => {
  for (const one of CASES) {
    test(`${one.claim} when ${one.when}`, () => {
      const claim = claimOf(one);
      expect(claim.kind === 'refused' ? claim.reason : claim.kind).toBe(one.claim);
    });
  }
});

test('every refusal names the role and says in one sentence what to do', () => {
  for (const claim of CASES.map(claimOf)) {
    if (claim.kind === 'refused')
      expect(claim.message).toMatch(/^Role arn:\S+ .+: (delete|create a link|put) .+\.$/);
  }
});

test.each([
  ['deleted and recreated', 'it was deleted and recreated with copied tags', ['AROAFORMER'], OWNED],
  ['deleted and recreated', 'it was deleted and recreated without tags', ['AROAFORMER'], NONE],
  ['was not made by this operator', 'nothing is on record of it', [], NONE],
  ['was not made by this operator', 'a link is making it', ['AROAFORMER', undefined], NONE],
  ['was not made by this operator', 'it is on record and nothing on it is ours', [ROLE_ID], NONE],
  ["carries this operator's tags, but nothing", 'nothing is on record of it', [], OWNED],
] as const)('the refusal says "%s" when %s', (words, when, records, ofRole) => {
  const bare = { ownTrust: false, ownPolicy: false, claim: 'RoleNotOwned' } as const;
  expect(claimOf({ when, tags: ofRole, records, ...bare })).toMatchObject({
    message: expect.stringContaining(words),
  });
});

test('an execution role that has the grant is not adopted', () => {
  const role = observed({ tags: NONE, inlinePolicies: GRANTING });
  const wish = {
    adopt: true,
    wanted: true,
    permissions: [],
    ownership: { clusterId: CLUSTER, namespace: NAMESPACE },
  };
  const claim = claimRole(wish, role, [], {});
  narrow(claim.kind === 'refused', claim);
  expect([claim.reason, claim.message]).toStrictEqual([
    'RoleNotOwned',
    expect.stringContaining("has this operator's grant"),
  ]);
});

test.each([
  ['nothing is on record', [] as const],
  ['a link is making it', [undefined] as const],
  ['a status remembers another Id', ['AROAFORMER'] as const],
])(
  'an execution role that has the grant is nobody’s target role, whatever its tags, when %s',
  (_, records) => {
    const granting = parsed({ ...allow(['sts:AssumeRole'], [QUEUE]), sid: GRANT_SID });
    const { inlinePolicies } = observed();
    const role = observed({
      trust: parsed(FOREIGN_TRUST),
      inlinePolicies: new Map([...inlinePolicies.keys()].map((name) => [name, granting])),
    });
    const wish = {
      adopt: false,
      wanted: true,
      permissions: [],
      ownership: { clusterId: CLUSTER, namespace: NAMESPACE },
    };
    expect(claimRole(wish, role, records, {})).toMatchObject({
      kind: 'refused',
      reason: 'RoleNotOwned',
    });
  },
);

test('another namespace is never named to a link', () => {
  const claim = claimOf({
    when: '',
    tags: tags({ [TAGS.namespace]: 'shipping' }),
    claim: 'RoleOwnedByOtherNamespace',
  });
  narrow(claim.kind === 'refused' && !claim.message.includes('shipping'), claim);
});
