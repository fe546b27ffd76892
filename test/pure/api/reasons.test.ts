import { describe, expect, it } from '@jest/globals';
import { REASONS } from '../../../src/api/reasons.ts';
import { about } from '../../expectations.ts';

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
    expect(missing).toStrictEqual([]);
  });

  it('says of each reason, in whole sentences, what it means and what to do', () => {
    for (const [reason, { meaning, remedy }] of Object.entries(REASONS)) {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      about(reason, () => expect(meaning).toMatch(/^\S.*\.$/));
      about(reason, () => expect(remedy).toMatch(/^\S.*\.$/));
    }
  });
});
