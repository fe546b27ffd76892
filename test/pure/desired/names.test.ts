import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  formerTags,
  formerText,
  isOwnSid,
  managedKeys,
  managedKeyTags,
  policyName,
  trustSid,
} from '../../../src/desired/names.ts';
import { isOwnTag } from '../../../src/observed/tags.ts';

/** What IAM takes as a tag key, a space and an underscore included. */
const key = fc
  .string({
    unit: fc.constantFrom('a', 'B', '0', ' ', '_', '.', ':', '/', '=', '+', '-', '@'),
    minLength: 1,
    maxLength: 128,
  })
  .filter((text) => !isOwnTag(text));
const keys = fc.uniqueArray(key, { maxLength: 40 });

test('the keys that are recorded on a role are read back, whatever they hold', () => {
  fc.assert(
    fc.property(keys, (some) =>
      expect(managedKeys(managedKeyTags(some)).toSorted()).toStrictEqual(some.toSorted()),
    ),
  );
});

test('a description that is recorded is read back, whatever it holds, and takes six tags at most', () => {
  const latin = fc.string({ unit: fc.constantFrom('a', '.', 'é', 'ÿ', '¡', '\n'), maxLength: 1_000 });
  fc.assert(
    fc.property(fc.oneof(latin, fc.string({ unit: 'grapheme' })), (text) =>
      expect(formerText(formerTags('description', text), 'description')).toBe(text),
    ),
  );
  expect(formerTags('description', 'é'.repeat(1_000)).size).toBe(6);
});

test('what an earlier version recorded is read back', () => {
  const tags = new Map([
    [[...formerTags('description', '').keys()].join(), Buffer.from('für').toString('base64url')],
  ]);
  expect(formerText(tags, 'description')).toBe('für');
});

test('no record is longer than a tag value may be', () => {
  fc.assert(
    fc.property(keys, (some) => {
      for (const value of managedKeyTags(some).values()) expect(value.length).toBeLessThanOrEqual(256);
    }),
  );
});

test('the record does not depend on the order of the keys', () => {
  expect(managedKeyTags(['b', 'a'])).toStrictEqual(managedKeyTags(['a', 'b', 'a']));
});

test('a role without tags of ours carries no record', () => {
  expect(managedKeyTags([])).toStrictEqual(new Map());
});

test('many keys are recorded over several tags, under the prefix that specs may not use', () => {
  const record = managedKeyTags(Array.from({ length: 20 }, (_, index) => `key-${'x'.repeat(60)}-${index}`));
  expect(record.size).toBeGreaterThan(1);
  expect([...record.keys()].filter((tag) => !isOwnTag(tag))).toStrictEqual([]);
});

test('the published names are what users refer to in their own policies', () => {
  expect(policyName('prod')).toBe('CrossAccountLink-prod');
  expect(trustSid('arn:aws:iam::111111111111:role/exec')).toMatch(/^CrossAccountLink[A-Za-z0-9]+$/);
});

test('our Sids and tags are known by their prefix, tags in any case of letters', () => {
  expect(['CrossAccountLinkGrant', 'Mine', undefined].map(isOwnSid)).toStrictEqual([true, false, false]);
  expect(['crossaccountlink.dev/cluster-id', 'CrossAccountLink.dev/x', 'team'].map(isOwnTag)).toStrictEqual([
    true,
    true,
    false,
  ]);
});

test('each execution role has a Sid of its own', () => {
  expect(trustSid('arn:aws:iam::111111111111:role/a')).not.toBe(trustSid('arn:aws:iam::111111111111:role/b'));
});
