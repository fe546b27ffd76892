/** A link as the pure core sees it: its spec with every default filled in, its ARNs parsed. */
import type { RoleArn, StateMachineArn } from '../arn/arn.ts';
import { compareText } from '../base/compare-text.ts';
import type { Conditions } from '../policy/document.ts';

type ManagementPolicy = 'Enforce' | 'Observe';

export interface Link {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. Together with the key it decides which of two links is older. */
  readonly createdAt: string;
  readonly deleting: boolean;
  /** RFC 3339; set while the link is being deleted. */
  readonly deletedAt?: string;
  readonly suspended: boolean;
  readonly stateMachine: StateMachineArn;
  readonly targetRole: RoleArn;
  readonly legs: Legs;
  readonly adopt: boolean;
  /** What happens to foreign content on the role. Left out: it is removed, except from an adopted role. */
  readonly unmanaged?: 'Remove' | 'Preserve';
  readonly permissions: PermissionsSpec;
  readonly permissionsBoundaryArn?: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of Task states; left out: every Task whose resources all lie in the target account. */
  readonly tasks?: readonly string[];
  readonly publishVersion: boolean;
  readonly retain: boolean;
}

/** Who maintains each leg. The trust policy and the permissions go with the target role. */
export interface Legs {
  readonly targetRole: ManagementPolicy;
  readonly executionRoleGrant: ManagementPolicy;
  readonly stateMachineCredentials: ManagementPolicy;
}

export interface PermissionsSpec {
  readonly derive: boolean;
  /** Left out: a person is asked. */
  readonly unresolved?: 'AllowedResources';
  readonly resources: readonly { readonly task: string; readonly arns: readonly string[] }[];
  readonly statements: readonly ExplicitStatement[];
  readonly managedPolicyArns: readonly string[];
}

interface ExplicitStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
}

/** Order of age: the older link keeps a contested Task, scalar or place. */
export function byAge(a: Link, b: Link): number {
  return compareText(a.createdAt, b.createdAt) || compareText(a.key, b.key);
}

/** Whether any leg of the link may be written at all. A link that only observes has no finalizer. */
export function writesAnything(link: Link): boolean {
  return Object.values(link.legs).includes('Enforce');
}

/** Whether any leg of the link is only observed. */
export function observesAnything(link: Link): boolean {
  return Object.values(link.legs).includes('Observe');
}
