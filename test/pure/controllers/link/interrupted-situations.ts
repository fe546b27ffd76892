/** Links in sync for which AWS refuses or puts off a write: what does not rely on that write goes on. */
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { CHECK, withoutPolicy, type Situation } from './reconciler-situations.ts';

export const INTERRUPTED: readonly Situation[] = [
  {
    given: 'whose trust policy cannot be put back: permissions and grant are all the same',
    arrange: (the) => {
      the.changeRole((role) => ({ ...withoutPolicy(role), trust: untouchedRole(ROLE.text).trust }));
      the.changeRole(withoutPolicy, EXEC.text);
      the.cluster.target.failures.set('UpdateAssumeRolePolicy', awsFailure('terminal'));
    },
    writes: [
      'status True InSync',
      'UpdateAssumeRolePolicy checkout',
      'PutRolePolicy checkout',
      'status True InSync',
      'PutRolePolicy checkout-exec',
      'status False AccessDenied',
    ],
    conditions: {
      TrustPolicyReady: 'False AccessDenied',
      PermissionsReady: 'True InSync',
      ExecutionRoleGrantReady: 'True InSync',
      Effective: 'Unknown NotEvaluated',
    },
    // Of permissions and grant, which were put back, and of the trust policy, which was not.
    events: [
      ...['permissions', 'grant'].flatMap(() => ['Warning DriftDetected', 'Normal DriftRepaired']),
      'Warning DriftDetected',
      'Warning AccessDenied',
    ],
    result: CHECK,
  },
  {
    given: 'whose permissions are not put back because AWS asks for patience: the leg is not True meanwhile',
    arrange: (the) => {
      the.changeRole(withoutPolicy);
      the.cluster.target.failures.set('PutRolePolicy', awsFailure('throttled'));
    },
    writes: ['status True InSync', 'PutRolePolicy checkout', 'status Unknown AccessDenied'],
    conditions: { PermissionsReady: 'Unknown AccessDenied', TargetRoleReady: 'True InSync' },
    events: ['Warning DriftDetected', 'Normal AccessDenied'],
    result: 'throttled',
  },
];
