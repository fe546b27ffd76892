import { describe, expect, it } from '@jest/globals';
import type { Tone } from '../../../src/console/model/contract.ts';
import { filterLinks } from '../../../src/console/model/filter.ts';
import { row } from './fixtures.ts';

const NAMES = new Map([['222222222222', 'billing-prod']]);
const LINKS = [
  row({
    name: 'refunds',
    namespace: 'risk',
    tone: 'trouble',
    reason: 'AccountNotAllowed',
    message: 'not sqs',
  }),
  row({ name: 'checkout' }),
  row({
    name: 'invoice',
    role: { account: '333333333333', path: '/crossaccountlink/ledger/', name: 'book' },
  }),
];

const found = (query: string, tones: readonly Tone[] = []) =>
  filterLinks(LINKS, { query, tones: new Set(tones) }, NAMES).map(({ name }) => name);

describe('the filter', () => {
  it.each([
    ['', ['checkout', 'invoice', 'refunds'], 'finds all, by name'],
    ['refund', ['refunds'], 'finds part of a name'],
    ['CHECK', ['checkout'], 'does not mind capitals'],
    ['payments checkout', ['checkout'], 'wants every word'],
    ['payments/inv', ['invoice'], 'knows NAMESPACE/NAME'],
    ['billing-prod', ['checkout', 'refunds'], 'knows accounts by name'],
    ['account:333', ['invoice'], 'narrows to accounts'],
    ['ns:risk', ['refunds'], 'narrows to namespaces'],
    ['reason:accountnot', ['refunds'], 'narrows to reasons'],
    ['role:ledger/book', ['invoice'], 'narrows to roles, path included'],
    ['sqs', ['refunds'], 'looks into messages'],
    ['ns:sqs', [], 'does not look into messages where it is narrowed'],
    ['arn:aws', [], 'takes a colon that narrows nothing for text'],
    ['constructor:x', [], 'takes what every object inherits for text'],
  ])('%p → %p: %s', (query, names) => {
    expect(found(query)).toStrictEqual(names);
  });

  it('shows only the tones that were chosen', () => {
    expect(found('', ['trouble', 'paused'])).toStrictEqual(['refunds']);
  });
});
