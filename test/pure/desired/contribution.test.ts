import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSeenBy, mayShrink } from '../../../src/desired/contribution.ts';
import { byAge, writesAnything } from '../../../src/desired/link.ts';
import { contributes, ENFORCE, link, OBSERVE } from './fixtures.ts';

test('something may be removed when every link that could need it is known and none is held', () => {
  const [one, other] = [link('a'), link('b')];
  assert.equal(mayShrink([contributes(one), { kind: 'departing', link: other }]), true);
  assert.equal(mayShrink([contributes(one), { kind: 'frozen', link: other }]), false);
  assert.equal(mayShrink([contributes(one), { kind: 'unread', link: other }]), false);
});

test('a link that only observes is planned for as if it enforced, for its own report', () => {
  const observed = link('a', { legs: OBSERVE });
  assert.deepEqual(asSeenBy(observed, [contributes(observed)]), [
    contributes({ ...observed, legs: ENFORCE }),
  ]);
});

test('what other links only observe stays out of it', () => {
  const others = [contributes(link('b', { legs: OBSERVE }))];
  assert.deepEqual(asSeenBy(link('a'), others), others);
});

test('a link that stays takes nothing away for one that leaves', () => {
  const leaving = link('b');
  assert.deepEqual(asSeenBy(link('a'), [{ kind: 'departing', link: leaving }]), [
    { kind: 'frozen', link: leaving },
  ]);
});

test('a link writes something as long as one leg is enforced', () => {
  assert.equal(writesAnything(link('a')), true);
  assert.equal(writesAnything(link('a', { legs: { ...OBSERVE, executionRoleGrant: 'Enforce' } })), true);
  assert.equal(writesAnything(link('a', { legs: OBSERVE })), false);
});

test('older is who was created earlier, then who comes first by namespace and name', () => {
  const early = link('z', { createdAt: '2025-01-01T00:00:00Z' });
  const links = [link('b'), link('a'), early, link('b', { namespace: 'accounts' })];
  assert.deepEqual(
    links.toSorted(byAge).map(({ key }) => key),
    ['payments/z', 'accounts/b', 'payments/a', 'payments/b'],
  );
});
