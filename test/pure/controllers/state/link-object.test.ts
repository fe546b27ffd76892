import { describe, expect, it } from '@jest/globals';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import { UnexpectedStructure } from '../../../../src/api/structure.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import {
  isMissed,
  isGone,
  LINK_INDEXES,
  parseLinkObject,
  targetRoleNameKey,
} from '../../../../src/controllers/state/link-object.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link } from '../../desired/fixtures.ts';
import { CREATED, objectOf } from '../test-cluster.ts';

const object = objectOf(link('a', { targetRole: role('crossaccountlink/payments/CheckOut') }));

it.each<readonly [index: keyof typeof LINK_INDEXES, keys: readonly string[]]>([
  ['stateMachine', [machine('checkout').text]],
  ['targetRole', [`arn:aws:iam::${TARGET}:role/crossaccountlink/payments/CheckOut`]],
  ['targetRoleName', [`${TARGET}/checkout`]],
  ['sourceAccount', [SOURCE]],
  ['account', [SOURCE, TARGET]],
  ['namespace', ['payments']],
  ['deleting', []],
])('a link is found by its %s', (index, keys) => {
  expect(LINK_INDEXES[index](object)).toEqual(keys);
});

describe('what tenants add to the metadata of a link', () => {
  const { spec } = objectOf(link('a'));
  const metadataWith = (annotations: Readonly<Record<string, string>>) =>
    parseLinkObject({
      metadata: { ...objectOf(link('a')).metadata, labels: { team: 'x'.repeat(63) }, annotations },
      spec,
    }).metadata;

  it('takes no more memory than a digest, however much it is', () => {
    const much = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`example.com/${at}`, 'x'.repeat(250)]),
    );
    expect(JSON.stringify(metadataWith(much)).length).toBeLessThan(500);
    const token = { 'crossaccountlink.dev/reconcile-requested-at': 'x'.repeat(250_000) };
    expect(JSON.stringify(metadataWith(token)).length).toBeLessThan(9_000);
  });

  const listed = (finalizers: readonly string[]) =>
    parseLinkObject({ metadata: { ...objectOf(link('a')).metadata, finalizers }, spec }).metadata.finalizers;

  it.each([true, false])(
    'of thousands of finalizers is a few, and the own one if it is there: %s',
    (isOurs) => {
      const others = Array.from({ length: 10_000 }, (_, at) => `example.com/${at}`);
      const finalizers = isOurs ? [...others, FINALIZER] : others;
      const value = { metadata: { ...objectOf(link('a')).metadata, finalizers }, spec };
      const { metadata } = parseLinkObject(value);
      expect(metadata.finalizers.length).toBeLessThanOrEqual(20);
      expect(metadata.finalizers.includes(FINALIZER)).toBe(isOurs);
      expect(metadata.hasMoreFinalizers).toBe(true);
    },
  );

  it.each([1, 18, 19, 20, 21, 40])(
    'of %i finalizers of others lists the same ones with the own one as without it',
    (count) => {
      const others = Array.from({ length: count }, (_, at) => `example.com/${at}`);
      expect(listed([...others, FINALIZER])).toStrictEqual([...listed(others), FINALIZER]);
    },
  );

  it('still shows that it has changed', () => {
    expect(metadataWith({ 'example.com/look': '1' })).not.toStrictEqual(
      metadataWith({ 'example.com/look': '2' }),
    );
    expect(metadataWith({})).not.toStrictEqual(metadataWith({ 'example.com/look': '' }));
  });

  it('leaves what the operator reads as it is', () => {
    const read = {
      'crossaccountlink.dev/reconcile-requested-at': 'now',
      'crossaccountlink.dev/abandon': 'true',
      'crossaccountlink.dev/execution-roles': `${role('one').text} ${role('two').text}`,
    };
    expect(metadataWith(read).annotations).toStrictEqual(read);
    expect(metadataWith({ ...read, 'example.com/look': '1' }).annotations).toMatchObject(read);
  });
});

it('a link is found by the execution roles on which its status says that it has a grant, each once', () => {
  const status = {
    executionRoleARN: 'one',
    inventory: [
      { leg: 'TargetRole', arn: 'target' },
      { leg: 'ExecutionRoleGrant', arn: 'one' },
      { leg: 'ExecutionRoleGrant', arn: 'two' },
    ],
  } as const;
  expect(LINK_INDEXES.recordedRole(object)).toEqual([]);
  expect(LINK_INDEXES.recordedRole({ ...object, status })).toEqual(['one', 'two']);
});

it('a link that is being deleted is found by both of its accounts', () => {
  expect(LINK_INDEXES.deleting(objectOf(link('a', { deleting: true })))).toEqual([SOURCE, TARGET]);
});

it('the name of a role counts without regard to case, as in IAM', () => {
  expect(targetRoleNameKey(TARGET, 'CHECKOUT')).toBe(targetRoleNameKey(TARGET, 'checkout'));
});

it.each<readonly [what: string, released: boolean, fields: Partial<(typeof object)['metadata']>]>([
  ['stays', false, {}],
  ['is being deleted', false, { deletionTimestamp: CREATED }],
  [
    'is being deleted, and is held by others alone',
    true,
    { deletionTimestamp: CREATED, finalizers: ['example.com/hold'] },
  ],
  ['has no finalizer yet', false, { finalizers: [] }],
])('a link that %s is released: %s', (_what, released, fields) => {
  expect(isGone({ ...object, metadata: { ...object.metadata, ...fields } })).toBe(released);
});

const WRITTEN = { status: { inventory: [{ leg: 'TargetRole', arn: 'x' }] } };

it.each<readonly [what: string, missed: boolean, value: JsonObject]>([
  ['for which the operator wrote', true, WRITTEN],
  ['whose inventory is empty', false, { status: { inventory: [] } }],
  ['with a finalizer alone', false, { metadata: { finalizers: [FINALIZER] } }],
  [
    'which is being deleted',
    true,
    { ...WRITTEN, metadata: { deletionTimestamp: CREATED, finalizers: [FINALIZER] } },
  ],
  [
    'which is being deleted, and is held by others alone',
    false,
    { ...WRITTEN, metadata: { deletionTimestamp: CREATED, finalizers: ['example.com/hold'] } },
  ],
])('a link that cannot be read, %s, is missed: %s', (_what, missed, value) => {
  expect(isMissed(value)).toBe(missed);
});

it.each([
  ['no object', 'text'],
  ['no spec', { metadata: object.metadata }],
  [
    'an ARN that is none',
    { metadata: object.metadata, spec: { stateMachineARN: 'x', targetRole: { arn: 'y' } } },
  ],
])('%s is refused with the place', (_what, value) => {
  expect(() => parseLinkObject(value)).toThrow(UnexpectedStructure);
});
