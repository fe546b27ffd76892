import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASONS } from '../../../src/api/reasons.ts';

/** The reasons that the product promises by name. */
const PROMISED = [
  'InSync',
  'Creating',
  'Repairing',
  'DriftDetected',
  'Suspended',
  'AccountNotAllowed',
  'AccountNotReady',
  'RoleNotOwned',
  'RoleOwnedByOtherNamespace',
  'AdoptionNeedsBoundary',
  'StateMachineNotFound',
  'ExecutionRoleNotFound',
  'ResourceNotStatic',
  'UnknownIntegration',
  'CredentialsNotSupported',
  'ForeignCredentials',
  'ExpressSyncNotSupported',
  'TrustPolicyTooLarge',
  'GrantTooLarge',
  'DefinitionTooLarge',
  'AccessDenied',
  'ManagedRuleDenied',
  'KeyAccessDenied',
  'LoggingDenied',
  'Throttled',
  'Propagating',
  'ExplicitlyDenied',
  'Conflict',
  'DeletionBlocked',
  'DuplicateAccount',
];

describe('REASONS', () => {
  it('holds every reason that the product promises', () => {
    const missing = PROMISED.filter((reason) => !Object.hasOwn(REASONS, reason));
    assert.deepEqual(missing, []);
  });

  it('says of each reason, in whole sentences, what it means and what to do', () => {
    for (const [reason, { meaning, remedy }] of Object.entries(REASONS)) {
      assert.match(reason, /^[A-Z][A-Za-z]+$/);
      assert.match(meaning, /^\S.*\.$/, reason);
      assert.match(remedy, /^\S.*\.$/, reason);
    }
  });
});
