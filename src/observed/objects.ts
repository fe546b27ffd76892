/** What AWS holds, as the planner sees it: read completely, parsed once, compared by meaning. */
import type { ObservedPolicy } from '../policy/document.ts';

export type { ObservedPolicy };

export interface ObservedRole {
  readonly arn: string;
  /** `AROA…`: changes when a role is deleted and recreated under the same name. */
  readonly roleId: string;
  readonly trust: ObservedPolicy;
  readonly inlinePolicies: ReadonlyMap<string, ObservedPolicy>;
  /** ARNs of the attached managed policies. */
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Names of the instance profiles that contain the role; each blocks its deletion. */
  readonly instanceProfiles: readonly string[];
  /** Left out if read from an account snapshot, which has no descriptions. */
  readonly description?: string;
}

export interface ObservedStateMachine {
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly executionRoleArn: string;
  /** Amazon States Language, as AWS returned it. */
  readonly definition: string;
  /** Changes with every update; left out right after an update whose answer did not have it. */
  readonly revisionId?: string;
  /** ISO 8601; differs if a machine was deleted and recreated. */
  readonly creationDate: string;
  /** It can no longer be changed or started, and is gone once its executions have ended, which may take long.
   *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html */
  readonly isBeingDeleted?: boolean;
}

/** A managed policy's text: what a boundary allows, or what an attached policy grants. */
export interface ObservedManagedPolicy {
  readonly arn: string;
  /** The version that is in force: `v3`. */
  readonly versionId: string;
  readonly document: ObservedPolicy;
}
