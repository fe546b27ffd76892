/** Which statements a policy of ours should hold, when something may be taken off it and when not. */
import { sameStatement } from '../policy/canonical.ts';
import type { Statement } from '../policy/document.ts';

/** The desired statements, and of the observed ones those that say something else.
 *  Kept statements lose a Sid that a desired one bears, for a Sid may stand only once in a document. */
export function additive(
  desired: readonly Statement[],
  observed: readonly Statement[],
): readonly Statement[] {
  const taken = new Set(desired.map(({ sid }) => sid));
  const kept = observed
    .filter((statement) => !desired.some((wanted) => sameMeaning(wanted, statement)))
    .map((statement) => (taken.has(statement.sid) ? withoutSid(statement) : statement));
  return [...desired, ...kept];
}

function sameMeaning(a: Statement, b: Statement): boolean {
  return sameStatement(withoutSid(a), withoutSid(b));
}

export function withoutSid(statement: Statement): Statement {
  const { sid, ...rest } = statement;
  return sid === undefined ? statement : rest;
}
