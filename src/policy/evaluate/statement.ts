/** Whether a statement of these policies applies to the request, and which one. */
import type { ObservedPolicy, Statement } from '../document.ts';
import { all, type Answer } from './answer.ts';
import type { Candidate, Evaluation } from './evaluation.ts';

export interface AccessRequest {
  /** In any case, e.g. `sqs:SendMessage`; a pattern asks for all actions that it matches. */
  readonly action: string;
  /** The ARN as a pattern (names from outside go through `escapePattern`), which asks for everything that it matches; `*` alone
   *  is the resource of actions that take none. */
  readonly resource: string;
  /** What is known about the request, with what was worked out for others like it. */
  readonly evaluation: Evaluation;
}

/** A policy, with the name that messages use for it. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: ObservedPolicy;
}

export interface StatementRef {
  readonly policy: string;
  /** The Sid, or the position in the document, from 0. */
  readonly statement: string;
}

/** Whether some statement applies, and the one that decided it. */
export interface Finding {
  readonly answer: Answer;
  readonly by?: StatementRef;
}

/** The first statement with this effect that applies; otherwise the first for which this is unknown.
 *  @param names whether the statement names the caller; identity policies name nobody */
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
    for (const candidate of request.evaluation.candidates(policy.document, effect, request.action)) {
      const { statement, index } = candidate;
      yield {
        answer: all(applies(candidate, request, names)),
        by: { policy: name, statement: statement.sid || String(index) },
      };
    }
  }
}

/** What must be true for a statement to apply, one by one, the cheapest first. */
function* applies(
  candidate: Candidate,
  { resource, evaluation }: AccessRequest,
  names: (statement: Statement) => Answer,
): Iterable<Answer> {
  yield candidate.actionAnswer;
  yield evaluation.resourceAnswer(candidate, resource);
  yield names(candidate.statement);
  yield evaluation.conditionAnswer(candidate);
}
