import { expect, it } from '@jest/globals';
import { LINK_INDEXES, type LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { LinkQuota } from '../../../../src/controllers/state/link-quota.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { Store } from '../../../../src/kubernetes/store.ts';
import { TARGET } from '../../access/fixtures.ts';
import { link } from '../../desired/fixtures.ts';
import { accountOf, objectOf, TARGET_ENTRY } from '../test-cluster.ts';

/** An account that has so many links of namespaces with this label. */
const BILLING = accountOf(TARGET, [
  { ...TARGET_ENTRY, namespaces: { selector: { matchLabels: { team: 'a' } } }, maxLinks: 1 },
]);

const older = link('older', { createdAt: '2026-01-01T00:00:00Z' });
const younger = link('younger', { createdAt: '2026-01-02T00:00:00Z' });

function bench(...links: readonly Link[]) {
  const store = new Store<LinkObject>();
  for (const [name, keysFor] of Object.entries(LINK_INDEXES)) store.addIndex(name, keysFor);
  for (const each of links) store.upsert(objectOf(each));
  const labels = new Map([['payments', { team: 'a' }]]);
  const refused = new Set<string>();
  const quota = new LinkQuota(
    store,
    (name) => ({ name, labels: labels.get(name) ?? {} }),
    ({ uid }) => !refused.has(uid),
  );
  const isRefused = (of: Link) => quota.refuse(of, [BILLING])?.reason === 'TooManyLinks';
  return { store, labels, refused, quota, isRefused };
}

it('the oldest links have a place, and the youngest has to wait, which names the full account', () => {
  const { quota, isRefused } = bench(younger, older);
  expect(isRefused(older)).toBe(false);
  expect(quota.refuse(younger, [BILLING])).toMatchObject({
    kind: 'refused',
    leg: 'targetRole',
    reason: 'TooManyLinks',
  });
  expect(quota.refuse(younger, [BILLING])?.message).toContain('AWSAccount billing allows 1 link here');
});

it.each([
  [
    1,
    'allows 1 link here, and older ones come first: ask its administrators to raise access[].maxLinks, or delete one that is not needed.',
  ],
  [0, 'allows no links here: ask its administrators to raise access[].maxLinks.'],
])('the refusal where %d may stand says what to do', (maxLinks, says) => {
  const { quota } = bench(younger, older);
  const full = accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks }]);
  expect(quota.refuse(younger, [full])?.message).toBe(`AWSAccount billing ${says}`);
});

it('a place that becomes free is seen once a link is known to be gone', () => {
  const { store, quota, isRefused } = bench(younger, older);
  expect(isRefused(younger)).toBe(true);
  store.remove(older.uid);
  quota.linksChanged();
  expect(isRefused(younger)).toBe(false);
});

it('links that come and go one by one count as if all were counted anew', () => {
  const { store, quota, isRefused } = bench(younger);
  expect(isRefused(younger)).toBe(false);
  for (const change of store.upsert(objectOf(older))) quota.linksChanged(change);
  expect(isRefused(younger)).toBe(true);
  for (const change of store.remove(older.uid)) quota.linksChanged(change);
  expect(isRefused(younger)).toBe(false);
});

it('an entry that limits links does so beside one that does not', () => {
  const { quota } = bench(younger, older);
  const account = accountOf(TARGET, [
    { ...TARGET_ENTRY, namespaces: { names: ['shipping'] } },
    { ...TARGET_ENTRY, maxLinks: 1 },
  ]);
  expect(quota.refuse(younger, [account])?.reason).toBe('TooManyLinks');
});

it('labels of a namespace count as they are now, not as when the links were sorted', () => {
  const elder = { ...older, namespace: 'other', key: 'other/older' };
  const { labels, isRefused } = bench(younger, elder);
  expect(isRefused(younger)).toBe(false);
  labels.set('other', { team: 'a' });
  expect(isRefused(younger)).toBe(true);
});

it('a link that takes no place leaves it to the next', () => {
  const { refused, isRefused } = bench(younger, older);
  refused.add(older.uid);
  expect(isRefused(younger)).toBe(false);
});
