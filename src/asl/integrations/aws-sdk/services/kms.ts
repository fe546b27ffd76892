/** KMS: keys by their ID or ARN, and their aliases. */
import { namedArn, onlyHinted, parsed } from '../../resources.ts';
import { allow, rowOf, rowOn } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { key, KEY_TYPE } from '../kms-keys.ts';

/** Operations on the key that `KeyId` names. */
function byKey(apis: readonly string[]): ServiceTable {
  return Object.fromEntries(
    apis.map((api): [string, Row] => {
      const action = `kms:${api.charAt(0).toUpperCase()}${api.slice(1)}`;
      return [api, rowOn(action, key('KeyId'))];
    }),
  );
}

const ALIAS_TYPE = 'arn:*:kms:*:*:alias/*';
const alias = parsed('AliasName', [ALIAS_TYPE], (name, { place: { partition, region, accountId } }) =>
  name.startsWith('alias/')
    ? namedArn(`arn:${partition}:kms:${region}:${accountId}:alias/`, name.slice('alias/'.length))
    : undefined,
);

/** The key behind an alias, which the call does not name. */
const aliased = onlyHinted('the key that the alias names', [KEY_TYPE], 'is not in the parameters');

/** https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html */
export const kms: ServiceTable = {
  ...byKey([
    'cancelKeyDeletion',
    'createGrant',
    'decrypt',
    'deleteImportedKeyMaterial',
    'deriveSharedSecret',
    'describeKey',
    'disableKey',
    'disableKeyRotation',
    'enableKey',
    'enableKeyRotation',
    'encrypt',
    'generateDataKey',
    'generateDataKeyPair',
    'generateDataKeyPairWithoutPlaintext',
    'generateDataKeyWithoutPlaintext',
    'generateMac',
    'getKeyPolicy',
    'getKeyRotationStatus',
    'getParametersForImport',
    'getPublicKey',
    'importKeyMaterial',
    'listGrants',
    'listKeyPolicies',
    'listKeyRotations',
    'listResourceTags',
    'putKeyPolicy',
    'replicateKey',
    'revokeGrant',
    'rotateKeyOnDemand',
    'scheduleKeyDeletion',
    'sign',
    'tagResource',
    'untagResource',
    'updateKeyDescription',
    'updatePrimaryRegion',
    'verify',
    'verifyMac',
  ]),
  // https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
  createAlias: rowOn('kms:CreateAlias', [alias, key('TargetKeyId')]),
  deleteAlias: rowOn('kms:DeleteAlias', [alias, aliased]),
  updateAlias: rowOn('kms:UpdateAlias', [alias, key('TargetKeyId'), aliased]),
  reEncrypt: rowOf(
    allow('kms:ReEncryptFrom', key('SourceKeyId')),
    allow('kms:ReEncryptTo', key('DestinationKeyId')),
  ),
};
