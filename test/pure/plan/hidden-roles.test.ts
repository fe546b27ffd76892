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

test.each([
  ['alone', (arn: string) => arn],
  ['in a list', (arn: string) => `["${OURS}","${arn}","${OURS}"]`],
  ['in a sentence', (arn: string) => `${OURS}, ${arn}, and more`],
  ['with nothing but a comma before and after it', (arn: string) => `${OURS},${arn},${OURS}`],
])('a role of another namespace whose name holds commas is hidden whole %s', (_, say) => {
  const theirs = `${THEIRS},and,theirs`;
  expect(hideIn(say(theirs), (arn) => arn === theirs)).toBe(say('(a role of another namespace)'));
});
