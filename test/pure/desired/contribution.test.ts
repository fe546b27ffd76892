import { expect, test } from '@jest/globals';
import { asSeenBy, mayShrink } from '../../../src/desired/contribution.ts';
import { byAge, writesAnything } from '../../../src/desired/link.ts';
import { contributes, ENFORCE, link, OBSERVE } from './fixtures.ts';

test('something may be removed when every link that could need it is known and none is frozen', () => {
  const [one, other] = [link('a'), link('b')];
  expect(mayShrink([contributes(one), { kind: 'departing', link: other }])).toBe(true);
  expect(mayShrink([contributes(one), { kind: 'frozen', link: other }])).toBe(false);
  expect(mayShrink([contributes(one), { kind: 'unread', link: other }])).toBe(false);
});

test('a link that only observes is planned for as if it enforced, for its own report', () => {
  const observed = link('a', { legs: OBSERVE });
  expect(asSeenBy(observed, [contributes(observed)])).toStrictEqual([
    contributes({ ...observed, legs: ENFORCE }),
  ]);
});

test('what other links only observe stays out of it', () => {
  const others = [contributes(link('b', { legs: OBSERVE }))];
  expect(asSeenBy(link('a'), others)).toStrictEqual(others);
});

test('a link that stays takes nothing away for one that leaves', () => {
  const leaving = link('b');
  expect(asSeenBy(link('a'), [{ kind: 'departing', link: leaving }])).toStrictEqual([
    { kind: 'frozen', link: leaving },
  ]);
});

test('a link writes something as long as one leg is enforced', () => {
  expect(writesAnything(link('a'))).toBe(true);
  expect(writesAnything(link('a', { legs: { ...OBSERVE, executionRoleGrant: 'Enforce' } }))).toBe(true);
  expect(writesAnything(link('a', { legs: OBSERVE }))).toBe(false);
});

test('older is who was created earlier, then who comes first by namespace and name', () => {
  const early = link('z', { createdAt: '2025-01-01T00:00:00Z' });
  const links = [link('b'), link('a'), early, link('b', { namespace: 'accounts' })];
  expect(links.toSorted(byAge).map(({ key }) => key)).toStrictEqual([
    'payments/z',
    'accounts/b',
    'payments/a',
    'payments/b',
  ]);
});
