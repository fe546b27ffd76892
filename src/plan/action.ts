/** What a plan is made of: each action is one AWS write, with the reason and the change a person reads. */
import type { Reason } from '../api/reasons.ts';
import type { Leg } from '../desired/leg.ts';
import type { FieldChange } from '../policy/diff.ts';
import type { PolicyDocument } from '../policy/document.ts';

export type { FieldChange };

interface ActionBase {
  readonly leg: Leg;
  /** ARN of the object that is written. */
  readonly object: string;
  /** Why, in one short clause: `the role does not exist`. */
  readonly reason: string;
  readonly changes: readonly FieldChange[];
}

/** AWS writes, named after the API operation. Role actions name the role by its full ARN, which is checked
 *  before the write, because IAM's own calls take a name without the path. */
export type Action =
  | (ActionBase & {
      readonly operation: 'CreateRole';
      readonly trust: PolicyDocument;
      readonly description?: string;
      readonly permissionsBoundaryArn?: string;
      readonly tags: ReadonlyMap<string, string>;
    })
  | (ActionBase & { readonly operation: 'UpdateAssumeRolePolicy'; readonly trust: PolicyDocument })
  | (ActionBase & { readonly operation: 'UpdateRoleDescription'; readonly description: string })
  | (ActionBase & {
      readonly operation: 'PutRolePolicy';
      readonly policyName: string;
      readonly document: PolicyDocument;
    })
  | (ActionBase & { readonly operation: 'DeleteRolePolicy'; readonly policyName: string })
  | (ActionBase & { readonly operation: 'AttachRolePolicy'; readonly policyArn: string })
  | (ActionBase & {
      readonly operation: 'DetachRolePolicy';
      readonly policyArn: string;
      /** Whether the role's tags say that the operator attached it. */
      readonly isOnRecord?: boolean;
    })
  | (ActionBase & { readonly operation: 'PutRolePermissionsBoundary'; readonly boundaryArn: string })
  | (ActionBase & { readonly operation: 'DeleteRolePermissionsBoundary' })
  | (ActionBase & { readonly operation: 'TagRole'; readonly tags: ReadonlyMap<string, string> })
  | (ActionBase & { readonly operation: 'UntagRole'; readonly keys: readonly string[] })
  | (ActionBase & { readonly operation: 'RemoveRoleFromInstanceProfile'; readonly instanceProfile: string })
  | (ActionBase & { readonly operation: 'DeleteRole' })
  | (ActionBase & {
      readonly operation: 'UpdateStateMachine';
      readonly definition: string;
      readonly publishVersion: boolean;
      /** Revision from which the plan was made. If a fresh read shows another one, the plan is made again. */
      readonly plannedFromRevision?: string;
    });

export type Operation = Action['operation'];

/** Whether a write may allow a call that was denied before it. */
export function mayAllow({ operation }: Action): boolean {
  return ALLOWING.has(operation);
}

const ALLOWING: ReadonlySet<Operation> = new Set([
  'CreateRole',
  'UpdateAssumeRolePolicy',
  'PutRolePolicy',
  'AttachRolePolicy',
  'PutRolePermissionsBoundary',
  // The removed policy may have held a Deny.
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'DeleteRolePermissionsBoundary',
] satisfies readonly Operation[]);

/** What would be written to one AWS object, or what keeps it from being written. */
export interface ObjectPlan {
  readonly actions: readonly Action[];
  /** Set when nothing may be written to the object except what takes rights away: `actions` then holds only that. */
  readonly problem?: PlanProblem;
  /** A part of the object that waits for a person, while the rest is written. */
  readonly blocked?: PlanProblem;
  /** What stays although no link needs it any more, because nothing proves that it is the operator's; with the reason. */
  readonly leftBehind?: string;
  /** Removals that wait, in words for a person: a contributor is frozen or unread, or old definitions are in use. */
  readonly withheld: readonly string[];
  /** Writes that have to come after the others, because only these show that they may be made. Left out: none. */
  readonly awaiting?: readonly Action[];
  /** Differences that are left alone, because as far as is known they are somebody else's. */
  readonly leaves?: readonly FieldChange[];
}

export interface PlanProblem {
  readonly leg: Leg;
  readonly reason: Reason;
  readonly message: string;
}

export const emptyPlan: ObjectPlan = { actions: [], withheld: [] };
