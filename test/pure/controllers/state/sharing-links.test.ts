/** Anybody who may create links may create thousands that name one role. The time to go through them all grows with their
 *  number, not with its square. */
import { beforeEach, expect, it } from '@jest/globals';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { SharingLinks } from '../../../../src/controllers/state/sharing-links.ts';
import { machine } from '../../access/fixtures.ts';
import { link } from '../../desired/fixtures.ts';
import { objectOf, TestCluster } from '../test-cluster.ts';

const NAMES = Array.from({ length: 50 }, (_, n) => `link-${n}`);

let links: TestCluster['links'];
/** Links that were looked at. */
let looks: number;
let sharing: SharingLinks;

beforeEach(() => {
  ({ links } = new TestCluster());
  looks = 0;
  sharing = new SharingLinks({
    get changes() {
      return links.changes;
    },
    byIndex: (index: string, key: string): readonly LinkObject[] => {
      const found = links.byIndex(index, key);
      looks += found.length;
      return found;
    },
  });
});

it.each([
  ['for which nothing was written', false, 0],
  ['for which the operator wrote', true, NAMES.length],
])('thousands of links %s are gathered once for all of them', (_, written, gathered) => {
  for (const name of NAMES) links.upsert(objectOf(link(name), { written }));
  for (const name of NAMES) expect(sharing.of(link(name)).links).toHaveLength(gathered);
  expect(looks).toBe(NAMES.length);
});

it('so are thousands of links of one role with a state machine each, and none counts for another', () => {
  const each = NAMES.map((name) => link(name, { stateMachine: machine(name) }));
  for (const one of each) links.upsert(objectOf(one));
  for (const one of each) expect(sharing.of(one).links).toStrictEqual([]);
  expect(looks).toBe(NAMES.length);
});

it('those of other namespaces are left out', () => {
  links.upsert(objectOf(link('theirs', { namespace: 'orders', uid: 'theirs' })));
  expect(sharing.of(link('ours')).links).toStrictEqual([]);
});

it('a status that tells of a first write is a change', () => {
  links.upsert(objectOf(link('other'), { written: false }));
  const before = sharing.of(link('one'));
  links.upsert(objectOf(link('other'), { written: true }));
  const after = sharing.of(link('one'));
  expect([before.links, after.links.map(({ name }) => name)]).toStrictEqual([[], ['other']]);
  expect(after.choice).not.toBe(before.choice);
});

it('which status was written last is no other choice: each would have the needs of all worked out again', () => {
  for (const name of ['one', 'other']) links.upsert(objectOf(link(name)));
  const before = sharing.of(link('one'));
  links.upsert(objectOf(link('one')));
  const after = sharing.of(link('one'));
  expect(after.links).not.toStrictEqual(before.links);
  expect(after.choice).toBe(before.choice);
});

it('a link that shares its role with nobody chooses for itself alone', () => {
  links.upsert(objectOf(link('one')));
  expect(sharing.of(link('one'))).toStrictEqual({ links: [], choice: '' });
});
