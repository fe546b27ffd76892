import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  isOwnSid,
  isOwnTag,
  managedKeys,
  managedKeyTags,
  policyName,
  trustSid,
} from '../../../src/desired/names.ts';

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
      assert.deepEqual(managedKeys(managedKeyTags(some)).toSorted(), some.toSorted()),
    ),
  );
});

test('no record is longer than a tag value may be', () => {
  fc.assert(
    fc.property(keys, (some) => {
      for (const value of managedKeyTags(some).values()) assert.ok(value.length <= 256);
    }),
  );
});

test('the record does not depend on the order of the keys', () => {
  assert.deepEqual(managedKeyTags(['b', 'a']), managedKeyTags(['a', 'b', 'a']));
});

test('a role without tags of ours carries no record', () => {
  assert.deepEqual(managedKeyTags([]), new Map());
});

test('many keys are recorded over several tags, under the prefix that specs may not use', () => {
  const record = managedKeyTags(Array.from({ length: 20 }, (_, index) => `key-${'x'.repeat(60)}-${index}`));
  assert.ok(record.size > 1);
  assert.ok([...record.keys()].every(isOwnTag));
  assert.ok([...record.values()].every((value) => value.length <= 256));
});

test('the published names are what users refer to in their own policies', () => {
  assert.equal(policyName('prod'), 'CrossAccountLink-prod');
  assert.match(trustSid('arn:aws:iam::111111111111:role/exec'), /^CrossAccountLink[A-Za-z0-9]+$/);
});

test('our Sids and tags are told by their prefix, tags in any case of letters', () => {
  assert.deepEqual(['CrossAccountLinkGrant', 'Mine', undefined].map(isOwnSid), [true, false, false]);
  assert.deepEqual(['crossaccountlink.dev/cluster-id', 'CrossAccountLink.dev/x', 'team'].map(isOwnTag), [
    true,
    true,
    false,
  ]);
});

test('each execution role has a Sid of its own', () => {
  assert.notEqual(trustSid('arn:aws:iam::111111111111:role/a'), trustSid('arn:aws:iam::111111111111:role/b'));
});
