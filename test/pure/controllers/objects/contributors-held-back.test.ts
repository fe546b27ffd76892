import { describe, expect, test } from '@jest/globals';
import { SOURCE } from '../../access/fixtures.ts';
import { ENFORCE, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { EXEC, TestCluster } from '../test-cluster.ts';
import { onRole } from './contributor-kinds.ts';

describe('a link without a finalizer,', () => {
  test('enforced again, or robbed of its finalizer, keeps what it has, and gets nothing until the finalizer is back', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', {}, false);
    const { link: b } = the.add('b');
    the.parts.memories.of(metadata.uid).wroteForLink = true;
    await the.read('checkout');
    expect(onRole(the, b)).toStrictEqual(['a unread', 'b active']);
    const [onIts] = the.parts.contributors.grantContributors(EXEC.text, SOURCE, b);
    expect(onIts).toMatchObject({
      kind: 'active',
      contribution: { link: { name: 'a' }, executionRoleArns: [], keptExecutionRoleArns: [EXEC.text] },
    });
  });

  test('that only observes and once wrote holds up nobody', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', { legs: OBSERVE }, false);
    const { link: b } = the.add('b');
    the.parts.memories.of(metadata.uid).wroteForLink = true;
    await the.read('checkout');
    expect(onRole(the, b)).toStrictEqual(['a active', 'b active']);
  });

  test.each([
    ['admitted and new', {}, true],
    ['that only observes the role', { legs: { ...ENFORCE, targetRole: 'Observe' } }, false],
    ['that is being deleted', { deleting: true }, false],
    ['that takes it away', { unmanaged: 'Remove' }, false],
  ] as const)('%s: what is foreign on the role stays for it: %s', async (_, over, expected) => {
    const the = new TestCluster();
    the.letAdopt();
    the.add('a', { unmanaged: 'Preserve', ...over }, false);
    await the.read('checkout');
    expect(the.parts.contributors.preservesForeign(ROLE.text, 'payments')).toBe(expected);
    expect(the.parts.contributors.preservesForeign(ROLE.text, 'orders')).toBe(false);
  });

  test('that the rules do not admit preserves nothing', async () => {
    const the = new TestCluster();
    the.add('a', { unmanaged: 'Preserve' }, false);
    await the.read('checkout');
    expect(the.parts.contributors.preservesForeign(ROLE.text, 'payments')).toBe(false);
  });
});
