/** The two questions behind a link's `Effective` condition, in terms of roles as they were read from AWS. */
import type { RoleArn } from '../../arn/arn.ts';
import type { ObservedPolicy } from '../document.ts';
import { escapePattern } from '../pattern.ts';
import { authorize, type Verdict } from './authorize.ts';
import { requestContext, type RequestContext } from './context.ts';
import type { NamedPolicy } from './statement.ts';

/** A role with everything that limits its sessions. */
export interface ActingRole {
  readonly arn: RoleArn;
  /** Inline and attached policies. One whose text could not be read belongs here as `unreadable`. */
  readonly policies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** Left out when not known; then conditions on them cannot be decided. */
  readonly tags?: ReadonlyMap<string, string>;
}

export interface AssumableRole {
  readonly arn: RoleArn;
  readonly trust: ObservedPolicy;
  readonly tags?: ReadonlyMap<string, string>;
}

/** May a session of the execution role assume the target role, sending this external ID? */
export function canAssume(executionRole: ActingRole, targetRole: AssumableRole, externalId: string): Verdict {
  const context = sessionContext(
    executionRole,
    [
      ['sts:ExternalId', externalId],
      ['aws:ResourceAccount', targetRole.arn.accountId],
      ...tagEntries('aws:ResourceTag', targetRole.tags),
      ...tagEntries('iam:ResourceTag', targetRole.tags),
    ],
    targetRole.tags === undefined ? [] : ['aws:resourcetag/', 'iam:resourcetag/'],
  );
  return authorize(
    { action: 'sts:AssumeRole', resource: escapePattern(targetRole.arn.text), context },
    { role: executionRole.arn, hasBoundary: executionRole.boundary !== undefined },
    {
      identity: executionRole.policies,
      ...(executionRole.boundary && { boundary: executionRole.boundary }),
      trust: {
        policy: { name: 'trust policy', policy: targetRole.trust },
        sameAccount: executionRole.arn.accountId === targetRole.arn.accountId,
      },
    },
  );
}

/**
 * May a session of the role make this call, as far as its own policies and boundary decide? A resource policy in the
 * same account could allow what they leave open; none is read.
 * @param action one action, e.g. `sqs:SendMessage`
 * @param resource an ARN pattern that has to be allowed whole, or `*` for an action that takes no resource
 * @param keys further condition keys of the call that are known, e.g. `iam:PassedToService`
 */
export function canCall(
  role: ActingRole,
  action: string,
  resource: string,
  keys: Readonly<Record<string, string>> = {},
): Verdict {
  return authorize(
    { action, resource, context: sessionContext(role, Object.entries(keys), ['sts:externalid']) },
    { role: role.arn, hasBoundary: role.boundary !== undefined },
    { identity: role.policies, ...(role.boundary && { boundary: role.boundary }) },
  );
}

type Entry = readonly [key: string, value: string];

/**
 * What is known of every call that Step Functions makes with a role's session. `aws:username` stands only in calls
 * of users; the endpoints that Step Functions calls take nothing but TLS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function sessionContext(
  { arn, tags }: ActingRole,
  entries: readonly Entry[],
  absent: readonly string[],
): RequestContext {
  const absentPrefixes = ['aws:username', ...absent, ...(tags === undefined ? [] : ['aws:principaltag/'])];
  return requestContext(
    [
      ['aws:PrincipalArn', arn.text],
      ['aws:PrincipalAccount', arn.accountId],
      ['aws:PrincipalType', 'AssumedRole'],
      ['aws:PrincipalIsAWSService', 'false'],
      ['aws:SecureTransport', 'true'],
      ...tagEntries('aws:PrincipalTag', tags),
      ...entries,
    ],
    (key) => absentPrefixes.some((prefix) => key.startsWith(prefix)),
  );
}

function tagEntries(prefix: string, tags: ReadonlyMap<string, string> = new Map()): readonly Entry[] {
  return [...tags].map(([key, value]) => [`${prefix}/${key}`, value]);
}
