import { expect, it } from '@jest/globals';
import { AccountRegistry } from '../../../../src/controllers/state/account-registry.ts';
import { SOURCE, TARGET } from '../../access/fixtures.ts';
import { accountOf } from '../test-cluster.ts';

it('an account is found by its ID, as it was last published, until it is taken out', () => {
  const accounts = new AccountRegistry();
  const first = accountOf(SOURCE, []);
  const second = accountOf(SOURCE, [], { problem: 'denied' });
  expect(accounts.get(SOURCE)).toBeUndefined();
  accounts.set(first);
  accounts.set(second);
  accounts.set(accountOf(TARGET, []));
  expect(accounts.get(SOURCE)).toBe(second);
  accounts.delete(SOURCE);
  expect(accounts.get(SOURCE)).toBeUndefined();
  expect(accounts.get(TARGET)?.name).toBe('billing');
});
