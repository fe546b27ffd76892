/** The three questions behind a link's `Effective` condition, in terms of roles as they were read from AWS. */
import type { RoleArn, StateMachineArn } from '../../arn/arn.ts';
import { principalNames } from '../../arn/partitions.ts';
import type { ObservedPolicy } from '../document.ts';
import { escapePattern } from '../pattern.ts';
import type { StepBudget } from '../steps.ts';
import { authorize, authorizeService, type EvaluationResult } from './authorize.ts';
import { requestContext } from './context.ts';
import { Evaluation } from './evaluation.ts';
import { ALWAYS, HANDED_ON, NEVER, NOT_HANDED_ON, OF_SERVICES, type KeyEntry } from './session-keys.ts';
import type { NamedPolicy } from './statement.ts';

/** A role with everything that limits its sessions. */
export interface ActingRole {
  readonly arn: RoleArn;
  /** Inline and attached policies; one whose text could not be read is included as `unreadable`. */
  readonly policies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** Left out if not known: then conditions on tags cannot be decided. */
  readonly tags?: ReadonlyMap<string, string>;
}

export interface AssumableRole {
  readonly arn: RoleArn;
  readonly trust: ObservedPolicy;
  readonly tags?: ReadonlyMap<string, string>;
}

/** May Step Functions assume the execution role of this state machine? The role's trust policy has to name the service, for all
 *  Regions or for the machine's Region, and what it says about the source must be true of the machine.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html */
export function canRun(
  executionRole: AssumableRole,
  stateMachine: StateMachineArn,
  budget?: StepBudget,
): EvaluationResult {
  const { arn, trust, tags } = executionRole;
  const { partition, region, accountId, text } = stateMachine;
  const services = ['states.amazonaws.com', `states.${region}.amazonaws.com`];
  const names = services.flatMap((service) => principalNames(service, partition));
  const entries: readonly KeyEntry[] = [
    ...ALWAYS,
    ['aws:PrincipalIsAWSService', 'true'],
    ['aws:SourceAccount', accountId],
    ['aws:SourceArn', text],
    ...ofAssumedRole(executionRole),
  ];
  const context = requestContext(entries, startsWithAny([...NEVER, ...absentTags(tags, RESOURCE_TAGS)]));
  return authorizeService(
    {
      action: 'sts:AssumeRole',
      resource: escapePattern(arn.text),
      evaluation: new Evaluation(context, budget),
    },
    names,
    { name: 'trust policy', policy: trust },
  );
}

/** May a session of the execution role assume the target role, if it sends this external ID? */
export function canAssume(
  executionRole: ActingRole,
  targetRole: AssumableRole,
  externalId: string,
  budget?: StepBudget,
): EvaluationResult {
  const evaluation = sessionOf(
    executionRole,
    [['sts:ExternalId', externalId], NOT_HANDED_ON, ...ofAssumedRole(targetRole)],
    [...HANDED_ON, ...absentTags(targetRole.tags, RESOURCE_TAGS)],
    budget,
  );
  return authorize(
    { action: 'sts:AssumeRole', resource: escapePattern(targetRole.arn.text), evaluation },
    executionRole.arn,
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

/** A session of a role, which may be asked about many calls. */
export interface CallingSession {
  readonly role: ActingRole;
  readonly evaluation: Evaluation;
}

/** @param keys further condition keys of the calls, e.g. `iam:PassedToService`, used if nothing else is known of them
 *  @param budget for all calls of the session; left out, it has a budget of its own */
export function callingSession(
  role: ActingRole,
  keys: Readonly<Record<string, string>>,
  budget?: StepBudget,
): CallingSession {
  const isAbsent = startsWithAny(absentOf(role, NOT_IN_CALLS));
  const possible = Object.entries(keys).filter(([key]) => !isAbsent(key.toLowerCase()));
  return { role, evaluation: sessionOf(role, possible, NOT_IN_CALLS, budget) };
}

/**
 * May a session of the role make this call, as far as its own policies and boundary decide? A resource policy in the same account
 * could allow what they leave open; no resource policy is read. The answer is also unknown once the session's budget is used up.
 * @param action one action, e.g. `sqs:SendMessage`
 * @param resource an ARN pattern that has to be allowed as a whole, or `*` for an action that takes no resource
 */
export function canCall(
  { role, evaluation }: CallingSession,
  action: string,
  resource: string,
): EvaluationResult {
  return authorize({ action, resource, evaluation }, role.arn, {
    identity: role.policies,
    ...(role.boundary && { boundary: role.boundary }),
  });
}

/**
 * One call of each kind, as action and resource: calls that no policy of the session tells apart have the same result. They come
 * in the order of their actions, then of their resources.
 */
export function* kindsOfCalls(
  { role, evaluation }: CallingSession,
  actions: readonly string[],
  resources: readonly string[],
): Iterable<readonly [action: string, resource: string]> {
  const documents = [...role.policies, ...(role.boundary ? [role.boundary] : [])].flatMap(({ policy }) =>
    policy.kind === 'parsed' ? [policy.document] : [],
  );
  for (const action of firstOfEach(actions, (one) => evaluation.actionKind(documents, one))) {
    const ofOneKind = (one: string) => evaluation.resourceKind(documents, action, one);
    for (const resource of firstOfEach(resources, ofOneKind)) yield [action, resource];
  }
}

/** The first text of each kind, in their order. */
function* firstOfEach(texts: readonly string[], kindOf: (text: string) => string): Iterable<string> {
  const seen = new Set<string>();
  for (const text of texts) {
    const kind = kindOf(text);
    if (seen.has(kind)) continue;
    seen.add(kind);
    yield text;
  }
}

const RESOURCE_TAGS = ['aws:resourcetag/', 'iam:resourcetag/'] as const;

function ofAssumedRole({ arn, tags }: AssumableRole): readonly KeyEntry[] {
  return [
    ['aws:ResourceAccount', arn.accountId],
    ...tagEntries('aws:ResourceTag', tags),
    ...tagEntries('iam:ResourceTag', tags),
  ];
}

/** Keys that AssumeRole has, but calls of Tasks do not. */
const NOT_IN_CALLS: readonly string[] = ['sts:externalid'];

/** Keys that no call made with a session of the role has. */
function absentOf({ tags }: ActingRole, further: readonly string[]): readonly string[] {
  return [...NEVER, ...OF_SERVICES, ...further, ...absentTags(tags, ['aws:principaltag/'])];
}

/** What is known about every call that Step Functions makes with a role's session.
 *  @param entries what else is known about it, apart from the session itself */
function sessionOf(
  role: ActingRole,
  entries: readonly KeyEntry[],
  absent: readonly string[],
  budget: StepBudget | undefined,
): Evaluation {
  const { arn, tags } = role;
  const context = requestContext(
    [
      ...entries,
      ...ALWAYS,
      ['aws:PrincipalArn', arn.text],
      ['aws:PrincipalAccount', arn.accountId],
      ['aws:PrincipalType', 'AssumedRole'],
      ['aws:PrincipalIsAWSService', 'false'],
      ...tagEntries('aws:PrincipalTag', tags),
    ],
    startsWithAny(absentOf(role, absent)),
  );
  return new Evaluation(context, budget);
}

function startsWithAny(prefixes: readonly string[]): (key: string) => boolean {
  return (key) => prefixes.some((prefix) => key.startsWith(prefix));
}

/** If the tags are known, there are no others beside them. */
function absentTags(
  tags: ReadonlyMap<string, string> | undefined,
  prefixes: readonly string[],
): readonly string[] {
  return tags === undefined ? [] : prefixes;
}

function tagEntries(prefix: string, tags: ReadonlyMap<string, string> = new Map()): readonly KeyEntry[] {
  return [...tags].map(([key, value]) => [`${prefix}/${key}`, value]);
}
