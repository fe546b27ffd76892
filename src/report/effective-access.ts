/** Whether the access really works, as far as the policies that were read say. */
import { parseArn, parseRoleArn } from '../arn/arn.ts';
import type { LinkRequirements } from '../desired/requirements.ts';
import type { Link } from '../desired/link.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Statement } from '../policy/document.ts';
import {
  callingSession,
  canAssume,
  canCall,
  canRun,
  kindsOfCalls,
  type ActingRole,
  type CallingSession,
} from '../policy/evaluate/access.ts';
import type { Layer, EvaluationResult } from '../policy/evaluate/authorize.ts';
import { EVALUATION_STEPS } from '../policy/evaluate/evaluation.ts';
import { mayLetServicesIn } from '../policy/evaluate/principal.ts';
import type { NamedPolicy } from '../policy/evaluate/statement.ts';
import { StepBudget } from '../policy/steps.ts';
import type { EffectiveOutcome } from './outcome.ts';

/** Texts of managed policies that could be read, by ARN. */
type ManagedPolicyTexts = ReadonlyMap<string, NamedPolicy>;

/** Managed policies that decide about these roles: attached ones and boundaries. */
export function decidingPolicies(roles: readonly (ObservedRole | undefined)[]): readonly string[] {
  return [
    ...new Set(
      roles.flatMap((role) =>
        role === undefined
          ? []
          : [
              ...role.managedPolicyArns,
              ...(role.permissionsBoundaryArn === undefined ? [] : [role.permissionsBoundaryArn]),
            ],
      ),
    ),
  ];
}

/** The roles as AWS holds them; undefined if one could not be read. */
interface RolesInForce {
  readonly executionRole: ObservedRole | undefined;
  readonly targetRole: ObservedRole | undefined;
  readonly managed: ManagedPolicyTexts;
}

/** May Step Functions assume the execution role; may its session assume the target role with the link's external ID; and may
 *  that session make every call of the Tasks? Unknown if deciding takes more than `EVALUATION_STEPS`. */
export function effectiveOutcome(
  link: Link,
  requirements: Pick<LinkRequirements, 'permissions' | 'calls'>,
  { executionRole, targetRole, managed }: RolesInForce,
  budget: StepBudget = new StepBudget(EVALUATION_STEPS),
): EffectiveOutcome {
  const execution = actingRole(executionRole, managed);
  const target = actingRole(targetRole, managed);
  if (
    executionRole === undefined ||
    targetRole === undefined ||
    execution === undefined ||
    target === undefined
  )
    return { kind: 'unknown', message: 'A role could not be read.' };
  const { stateMachine } = link;
  const { tags, trust } = executionRole;
  const run = mayLetServicesIn(trust)
    ? canRun({ arn: execution.arn, trust, tags }, stateMachine, budget)
    : undefined;
  const assume = canAssume(
    execution,
    { arn: link.targetRole, trust: targetRole.trust, tags: targetRole.tags },
    stateMachine.text,
    budget,
  );
  const side = assume.decision !== 'Allowed' && assume.layer === 'trustPolicy' ? target : execution;
  const found = [
    ...(run === undefined ? [] : [runOutcome(run, execution)]),
    obstacleIn(assume, `${execution.arn.name} assumes ${target.arn.name}`, side),
  ];
  const denied = found.find((outcome) => outcome?.kind === 'denied');
  if (denied !== undefined) return denied;
  const atCall = firstObstacle(requirements.permissions, target, budget);
  if (atCall?.kind === 'denied') return atCall;
  const unasked = firstObstacle(requirements.calls ?? [], target, budget, ofUnasked);
  if (unasked?.kind === 'denied') return unasked;
  return [...found, atCall, unasked].find((outcome) => outcome !== undefined) ?? { kind: 'effective' };
}

/** What keeps executions from starting is reported as such: neither a Task nor a policy of the link's is to blame. */
function runOutcome(result: EvaluationResult, execution: ActingRole): EffectiveOutcome | undefined {
  const outcome = obstacleIn(result, `Step Functions assumes ${execution.arn.name}`, execution);
  if (outcome?.kind !== 'denied') return outcome;
  const message = `${outcome.message} No execution of the state machine starts until that is fixed.`;
  return { ...outcome, reason: 'ExecutionRoleNotAssumable', message };
}

function obstacleIn(result: EvaluationResult, what: string, role: ActingRole): EffectiveOutcome | undefined {
  return result.decision === 'Allowed' ? undefined : outcomeOf(result, what, role);
}

/** For calls for which the link asks no permissions (`derive: false`), only a Deny is certain: a resource's own policy, which
 *  is not read, may allow what the role's policies do not. */
function ofUnasked(obstacle: EffectiveOutcome): EffectiveOutcome {
  if (obstacle.kind !== 'denied' || obstacle.reason !== 'NotGranted') return obstacle;
  const message = `${obstacle.message} The link asks for none of it (permissions.derive: false), and what else may allow it is not read.`;
  return { kind: 'unknown', message };
}

/** The first denial or, if there is none, the first call that could not be decided.
 *  @param meaning of what keeps the role from one of the calls */
function firstObstacle(
  permissions: readonly Statement[],
  target: ActingRole,
  budget: StepBudget,
  meaning: (obstacle: EffectiveOutcome) => EffectiveOutcome = (obstacle) => obstacle,
): EffectiveOutcome | undefined {
  let undecided: EffectiveOutcome | undefined;
  const sessions = new Map<string, CallingSession>();
  for (const statement of permissions) {
    const session = sessionFor(statement, target, sessions, budget);
    const calls = kindsOfCalls(session, statement.actions.values, statement.resources?.values ?? ['*']);
    for (const [action, resource] of calls) {
      const result = canCall(session, action, resource);
      if (budget.exhausted) break;
      const obstacle = obstacleIn(result, `${target.arn.name} calls ${action} on ${resource}`, target);
      const outcome = obstacle && meaning(obstacle);
      if (outcome?.kind === 'denied') return outcome;
      undecided ??= outcome;
    }
    if (budget.exhausted) return undecided ?? tooMuch(target);
  }
  return undecided;
}

/** One session for all calls of which the same keys are known, so that nothing is compared twice. */
function sessionFor(
  statement: Statement,
  target: ActingRole,
  sessions: Map<string, CallingSession>,
  budget: StepBudget,
): CallingSession {
  const keys = knownKeys(statement);
  const id = JSON.stringify(keys);
  const session = sessions.get(id) ?? callingSession(target, keys, budget);
  sessions.set(id, session);
  return session;
}

function tooMuch({ arn }: ActingRole): EffectiveOutcome {
  return {
    kind: 'unknown',
    message:
      `Whether ${arn.name} makes every call of the Tasks takes more than ${EVALUATION_STEPS} steps to compare ` +
      `with its policies: give some of the Tasks to a link with a target role of its own.`,
  };
}

/** What is known of the calls that a statement is for, from its resources and its own conditions. */
function knownKeys({ conditions = {}, resources }: Statement): Readonly<Record<string, string>> {
  const equals = Object.entries(conditions).filter(([operator]) => /^String(Equals|Like)$/i.test(operator));
  const asked = equals.flatMap(([, keys]) =>
    Object.entries(keys).map(([key, values]) => [key, values[0] ?? '']),
  );
  // Keys are not case-sensitive. What is known of a call takes precedence over what a statement asks of it.
  return {
    ...Object.fromEntries(asked.map(([key = '', value = '']) => [key.toLowerCase(), value])),
    ...placeOfAll(resources?.values ?? []),
  };
}

/** Resources lie where their ARNs say, and are called there. The ARNs of S3 and IAM do not say it. */
function placeOfAll(resources: readonly string[]): Readonly<Record<string, string>> {
  const arns = resources.map(parseArn);
  const region = onlyOne(arns.map((arn) => arn?.region));
  const accountId = onlyOne(arns.map((arn) => arn?.accountId));
  return {
    ...(region !== undefined && { 'aws:requestedregion': region }),
    ...(accountId !== undefined && /^\d{12}$/.test(accountId) && { 'aws:resourceaccount': accountId }),
  };
}

/** The text, if all are the same one. */
function onlyOne(texts: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(texts);
  return first === '' || others.length > 0 ? undefined : first;
}

function actingRole(role: ObservedRole | undefined, managed: ManagedPolicyTexts): ActingRole | undefined {
  const arn = role === undefined ? undefined : parseRoleArn(role.arn);
  if (role === undefined || arn === undefined) return undefined;
  const boundary = role.permissionsBoundaryArn;
  return {
    arn,
    policies: [
      ...[...role.inlinePolicies].map(([name, policy]) => ({ name, policy })),
      ...role.managedPolicyArns.map((policyArn) => managedPolicy(policyArn, managed)),
    ],
    ...(boundary !== undefined && { boundary: managedPolicy(boundary, managed) }),
    tags: role.tags,
  };
}

function managedPolicy(arn: string, managed: ManagedPolicyTexts): NamedPolicy {
  const problem = 'it could not be read';
  return managed.get(arn) ?? { name: arn, policy: { kind: 'unreadable', text: '', problem } };
}

const LAYERS = {
  identityPolicies: 'its own policies',
  permissionsBoundary: 'its permissions boundary',
  trustPolicy: 'the trust policy',
} as const;

/** @param role that has the policies */
function outcomeOf(
  result: Exclude<EvaluationResult, { decision: 'Allowed' }>,
  what: string,
  { arn, boundary }: ActingRole,
): EffectiveOutcome {
  const layer = LAYERS[result.layer];
  const object = arn.text;
  switch (result.decision) {
    case 'ExplicitlyDenied': {
      const { policy, statement } = result.by;
      return {
        kind: 'denied',
        reason: 'ExplicitlyDenied',
        message: `Statement ${statement} of ${policy} denies that ${what}.`,
        cause: {
          object,
          field: `${placeOf(result.layer, policy)}.Statement[${statement}]`,
          found: `a Deny that ${what}`,
        },
      };
    }
    case 'ImplicitlyDenied': {
      const missing = `Nothing in ${layer} allows that ${what}.`;
      const found = result.layer === 'permissionsBoundary' ? boundary?.name : undefined;
      return {
        kind: 'denied',
        reason: 'NotGranted',
        message: missing,
        cause: {
          object,
          field: result.layer === 'identityPolicies' ? 'inlinePolicies' : result.layer,
          expected: `one that allows that ${what}`,
          ...(found !== undefined && { found }),
        },
      };
    }
    case 'Unknown':
      return { kind: 'unknown', message: `Whether ${what} is not decided by ${layer}: ${result.unknown}.` };
  }
}

/** The field that holds a statement of that layer. Attached policies are known by their ARN, inline ones by name. */
function placeOf(layer: Layer, policy: string): string {
  if (layer !== 'identityPolicies') return layer;
  return policy.startsWith('arn:') ? `managedPolicies[${policy}]` : `inlinePolicies[${policy}]`;
}
