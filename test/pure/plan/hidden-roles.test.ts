import { expect, test } from '@jest/globals';
import { hideIn } from '../../../src/plan/hidden-roles.ts';

const THEIRS = 'arn:aws:iam::222222222222:role/crossaccountlink/shipping/theirs';
const OURS = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/ours';

test.each([
  ['"', '"'],
  ["'", "'"],
  ['(', ')'],
  ['[', ']'],
  ['', ','],
  ['', ' '],
])('a role of another namespace is hidden between %s and %s, and ours is not', (before, after) => {
  const hidden = hideIn(`${before}${THEIRS}${after} ${before}${OURS}${after}`, (arn) => arn === THEIRS);
  expect(hidden).toBe(`${before}(a role of another namespace)${after} ${before}${OURS}${after}`);
});
