/** Does a statement of these policies apply to the request, and which? */
import type { ObservedPolicy, PolicyDocument, Statement } from '../document.ts';
import { ANY_RUN, glob, literal, type Tokens } from '../glob.ts';
import { compilePattern } from '../pattern.ts';
import { all, type Answer } from './answer.ts';
import { conditionsHold } from './condition.ts';
import type { RequestContext } from './context.ts';
import { matchPatterns } from './match.ts';

export interface AccessRequest {
  /** In any case, e.g. `sqs:SendMessage`; a pattern asks for all actions that it matches. */
  readonly action: string;
  /** The ARN as a pattern (names from outside go through `escapePattern`), which asks for all that it matches;
   *  `*` alone is the resource of actions that take none. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** A policy and the name under which a message speaks of it. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: ObservedPolicy;
}

export interface StatementRef {
  readonly policy: string;
  /** The Sid, or the place in the document, from 0. */
  readonly statement: string;
}

/** Whether some statement applies, and the one that settled it. */
export interface Finding {
  readonly answer: Answer;
  readonly by?: StatementRef;
}

/** The first statement of that effect that applies; else the first of which it cannot be told.
 *  @param names whether the statement names the caller; identity policies name none */
export function findStatement(
  policies: readonly NamedPolicy[],
  effect: Statement['effect'],
  request: AccessRequest,
  names: (statement: Statement) => Answer = () => 'yes',
): Finding {
  let undecided: Finding = { answer: 'no' };
  for (const finding of findings(policies, effect, request, names)) {
    if (finding.answer === 'yes') return finding;
    if (undecided.answer === 'no') undecided = finding;
  }
  return undecided;
}

function* findings(
  policies: readonly NamedPolicy[],
  effect: Statement['effect'],
  request: AccessRequest,
  names: (statement: Statement) => Answer,
): Iterable<Finding> {
  for (const { name, policy } of policies) {
    if (policy.kind === 'unreadable') {
      yield { answer: { unknown: `the policy ${name}, which cannot be read` } };
      continue;
    }
    const { statements, version } = policy.document;
    for (const [index, statement] of statements.entries()) {
      if (statement.effect !== effect) continue;
      yield {
        answer: all(applies(statement, version, request, names)),
        by: { policy: name, statement: statement.sid || String(index) },
      };
    }
  }
}

/** What has to be true for a statement to apply, one by one, the cheapest first. */
function* applies(
  statement: Statement,
  version: PolicyDocument['version'],
  { action, resource, context }: AccessRequest,
  names: (statement: Statement) => Answer,
): Iterable<Answer> {
  const { actions, resources, conditions } = statement;
  // Actions hold no variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
  const lowered = { ...actions, values: actions.values.map((value) => value.toLowerCase()) };
  yield matchPatterns(lowered, glob(action.toLowerCase()), { context, version: '2008-10-17' });
  if (resources) yield matchPatterns(resources, resourceTokens(resource), { context, version });
  yield names(statement);
  if (conditions) yield conditionsHold(conditions, { context, version });
}

/** A variable in what is asked for may stand for anything. */
function resourceTokens(resource: string): Tokens {
  if (resource === '*') return literal(resource);
  return compilePattern(resource, () => [ANY_RUN]) ?? [ANY_RUN];
}
