/** Desired × observed → the writes that bring an execution role's grant in order: one inline policy, never more. */
import type { DesiredGrant } from '../desired/grant.ts';
import { grantStatement } from '../desired/grant.ts';
import { GRANT_SID, isOwnSid, isTaggedFor, policyName } from '../desired/names.ts';
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { samePolicy } from '../policy/canonical.ts';
import { policyOf, type PolicyDocument } from '../policy/document.ts';
import { POLICY_QUOTAS, policySize, type PolicyQuotas } from '../policy/size.ts';
import { emptyPlan, type Action, type ObjectPlan, type PlanProblem } from './action.ts';
import { documentOf, policyChanges } from './role-writes.ts';
import { additive, isAllowedBy } from './statements.ts';

interface GrantFacts {
  /** Whether the link is known to have had its grant here. If it had, a policy of the operator's name in which every statement
   *  is somebody else's is drift, not somebody else's policy. */
  readonly wroteBefore?: boolean;
}

/** Plans the grant. A role of the links' target accounts is refused as an execution role: its policy of the same name holds
 *  permissions. */
export function planGrant(
  desired: DesiredGrant,
  observed: ObservedRole | undefined,
  clusterId: string,
  { wroteBefore = false }: GrantFacts = {},
): ObjectPlan {
  const object = desired.executionRoleArn;
  if (observed === undefined) {
    if (desired.targetRoleArns.length === 0) return emptyPlan;
    return { ...emptyPlan, problem: executionRoleNotFound(object) };
  }
  const name = policyName(clusterId);
  const current = observed.inlinePolicies.get(name);
  // What somebody made of the link's grant may look like permissions; then the trust policy decides.
  const isPutBack = wroteBefore && desired.targetRoleArns.length > 0;
  const isTargetRole =
    looksLikeTargetRole(observed, clusterId) && (!isPutBack || hasOwnStatement(observed.trust));
  if (isTargetRole) return targetRoleAsSource(desired, object);
  if (current !== undefined && !wroteBefore && !isOwnGrant(current))
    return desired.targetRoleArns.length === 0
      ? { ...emptyPlan, leftBehind: `policy ${name} of ${object} (no statement in it is the operator's)` }
      : notOwned(object, name);
  const wanted = wantedDocument(desired, documentOf(current));
  const stays =
    wanted === undefined ? current === undefined || !desired.mayShrink : saysSame(current, wanted);
  return {
    actions: stays ? [] : [write(object, name, current, wanted)],
    withheld:
      desired.mayShrink || current === undefined
        ? []
        : [
            `nothing is removed from the grant on ${object} while a link that shares it is suspended, refused or not read yet`,
          ],
  };
}

/** A policy is ours if it has the name and the Sid of the grant. Somebody else may use the name, and on a target role it holds
 *  the permissions. */
function isOwnGrant(policy: ObservedPolicy): boolean {
  return policy.kind === 'parsed'
    ? policy.document.statements.some(({ sid }) => sid === GRANT_SID)
    : policy.text.includes(`"${GRANT_SID}"`);
}

/** Whether a role has this operator's grant. */
export function bearsGrant({ inlinePolicies }: ObservedRole, clusterId: string): boolean {
  const policy = inlinePolicies.get(policyName(clusterId));
  return policy !== undefined && isOwnGrant(policy);
}

/** Whether a role is one that links assume: its policy holds permissions and no grant or, if it needs none, its tags say so. */
function looksLikeTargetRole({ tags, inlinePolicies }: ObservedRole, clusterId: string): boolean {
  const policy = inlinePolicies.get(policyName(clusterId));
  return policy === undefined ? isTaggedFor(clusterId, tags) : hasOwnStatement(policy) && !isOwnGrant(policy);
}

function hasOwnStatement(policy: ObservedPolicy): boolean {
  return policy.kind === 'parsed' && policy.document.statements.some(({ sid }) => isOwnSid(sid));
}

/** The policies for permissions and for the grant have the same name, so a role cannot have both: the permissions stay. */
function targetRoleAsSource({ targetRoleArns }: DesiredGrant, object: string): ObjectPlan {
  if (targetRoleArns.length === 0) return emptyPlan;
  const message =
    `Execution role ${object} has this operator's permissions, or its tag, and cannot have a grant as well: ` +
    `give the state machine an execution role of its own.`;
  return { ...emptyPlan, problem: { leg: 'executionRoleGrant', reason: 'PolicyNotOwned', message } };
}

function notOwned(object: string, name: string): ObjectPlan {
  return {
    actions: [],
    withheld: [],
    problem: {
      leg: 'executionRoleGrant',
      reason: 'PolicyNotOwned',
      message:
        `Inline policy ${name} on ${object} has the name of the operator's grant, but none of its statements: ` +
        `rename or delete it, and the operator writes its own.`,
    },
  };
}

function saysSame(current: ObservedPolicy | undefined, wanted: PolicyDocument): boolean {
  const document = documentOf(current);
  return document !== undefined && samePolicy(document, wanted);
}

function write(
  object: string,
  name: string,
  current: ObservedPolicy | undefined,
  wanted: PolicyDocument | undefined,
): Action {
  const policy = {
    leg: 'executionRoleGrant',
    object,
    policyName: name,
    changes: policyChanges(current, wanted, 'grant'),
  } as const;
  return wanted === undefined
    ? { ...policy, operation: 'DeleteRolePolicy', reason: 'no link needs the grant any more' }
    : {
        ...policy,
        operation: 'PutRolePolicy',
        reason: current === undefined ? 'the grant is missing' : 'the grant differs',
        document: wanted,
      };
}

/** How many characters the role's other inline policies leave for the grant.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function roomForGrant(
  observed: ObservedRole | undefined,
  clusterId: string,
  { inlineTotal }: PolicyQuotas = POLICY_QUOTAS,
): number {
  const own = policyName(clusterId);
  const others = [...(observed?.inlinePolicies ?? [])].filter(([name]) => name !== own);
  const taken = others.map(([, policy]) => sizeOf(policy)).reduce((sum, size) => sum + size, 0);
  return inlineTotal - taken;
}

function sizeOf(policy: ObservedPolicy): number {
  return policy.kind === 'parsed' ? policySize(policy.document) : policy.text.replaceAll(/\s/g, '').length;
}

function wantedDocument(
  desired: DesiredGrant,
  before: PolicyDocument | undefined,
): PolicyDocument | undefined {
  const standing = before?.statements ?? [];
  const kept = desired.keptTargetRoleArns.filter((arn) => isAllowedBy(grantStatement([arn]), standing));
  const targets = desired.mayShrink
    ? [...new Set([...desired.targetRoleArns, ...kept])]
    : desired.targetRoleArns;
  const wanted = targets.length === 0 ? [] : [grantStatement(targets)];
  const statements = desired.mayShrink ? wanted : additive(wanted, standing);
  return statements.length === 0 ? undefined : policyOf(statements);
}

/** The problem of a link whose state machine runs under a role that does not exist. */
export function executionRoleNotFound(arn: string): PlanProblem {
  return {
    leg: 'executionRoleGrant',
    reason: 'ExecutionRoleNotFound',
    message: `Execution role ${arn} does not exist: create it again, or give the state machine another role.`,
  };
}
