import { describe, expect, it } from '@jest/globals';
import { noSuchLink, parseLinkName, withoutKind } from '../../../src/cli/cluster/link-name.ts';

const named = (text: string, given?: string) => {
  const { namespace, name } = parseLinkName(text, given, 'here');
  return `${namespace}/${name}`;
};

describe('the name of a link', () => {
  it.each([
    ['checkout', 'here/checkout'],
    ['xal/checkout', 'here/checkout'],
    ['calink/checkout', 'here/checkout'],
    ['crossaccountlink/checkout', 'here/checkout'],
    ['CrossAccountLinks/checkout', 'here/checkout'],
    ['crossaccountlinks.crossaccountlink.dev/checkout', 'here/checkout'],
    ['crossaccountlink.crossaccountlink.dev/checkout', 'here/checkout'],
    ['crossaccountlinks.v1alpha1.crossaccountlink.dev/checkout', 'here/checkout'],
    ['payments/checkout', 'payments/checkout'],
    ['xal/payments/checkout', 'payments/checkout'],
    ['a.name.with-dots', 'here/a.name.with-dots'],
    // A link may be called so.
    ['xal', 'here/xal'],
  ])('%s means %s', (text, key) => {
    expect(named(text)).toBe(key);
  });

  it.each([
    ['xal checkout', 'checkout'],
    ['CrossAccountLinks checkout other', 'checkout other'],
    ['xal', 'xal'],
    ['checkout xal', 'checkout xal'],
    ['payments checkout', 'payments checkout'],
  ])('may have its kind before it, as in kubectl get %s', (given, names) => {
    expect(withoutKind(given.split(' ')).join(' ')).toBe(names);
  });

  it('is looked for in the namespace of -n', () => {
    expect(named('checkout', 'payments')).toBe('payments/checkout');
    expect(named('payments/checkout', 'payments')).toBe('payments/checkout');
  });

  it.each([
    ['orders/checkout', 'payments', /says namespace orders, and --namespace says payments/],
    ['', undefined, /"" is not a valid link name: write NAME, xal\/NAME or NAMESPACE\/NAME/],
    ['Checkout!', undefined, /is not a valid link name/],
    ['a/b/c', undefined, /is not a valid link name/],
    ['xal/a/b/c', undefined, /is not a valid link name/],
    ['../checkout', undefined, /names no namespace/],
    ['payments/', undefined, /is not a valid link name/],
    ['awsaccount/billing', undefined, /is an AWSAccount: this verb takes names of CrossAccountLinks/],
  ])('%p is refused', (text, given, message) => {
    expect(() => parseLinkName(text, given, 'here')).toThrow(message);
  });

  it('is said to have been read with a kind that could have been meant as a namespace, when the link is not there', () => {
    const { message } = noSuchLink(parseLinkName('xal/checkout', undefined, 'here'));
    expect(message).toMatch(/^there is no CrossAccountLink here\/checkout \("xal\/" was read as the kind/);
    expect(noSuchLink(parseLinkName('a/b', undefined, 'here')).message).toBe(
      'there is no CrossAccountLink a/b',
    );
  });
});
