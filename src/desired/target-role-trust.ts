/** Whom a target role's trust policy lets in: the execution roles of its links, each with the external IDs of their machines. */
import { compareText } from '../base/compare-text.ts';
import { RecentMap } from '../base/recent-map.ts';
import type { Statement } from '../policy/document.ts';
import type { Contribution } from './contribution.ts';
import { trustSid } from './names.ts';

/** Whom a link lets in, and with which external ID, as texts to compare. */
export function pairsOf({ link, executionRoleArns }: Contribution): readonly string[] {
  return executionRoleArns.map((role) => `${role} ${link.stateMachine.text}`);
}

/** One statement for each execution role, with the external IDs of all its machines, not one for each pair. */
export function trustStatements(contributors: readonly Contribution[]): readonly Statement[] {
  return mergeTrust(contributors.flatMap(trustPairs));
}

/** One statement for each execution role of a link, for its machine alone. */
export function trustPairs({ link, executionRoleArns }: Contribution): readonly Statement[] {
  return executionRoleArns.map((role) => trustStatement(role, [link.stateMachine.text]));
}

/** Splits a trust statement of the operator into one for each execution role and external ID. */
export function singlePairs({ principals, conditions }: Statement): readonly Statement[] {
  const ids = conditions?.['StringEquals']?.['sts:ExternalId'] ?? [];
  return (principals?.byType['AWS'] ?? []).flatMap((role) => ids.map((id) => trustStatement(role, [id])));
}

/** Merges trust statements of the operator into one for each execution role. */
export function mergeTrust(statements: readonly Statement[]): readonly Statement[] {
  const externalIds = new Map<string, Set<string>>();
  for (const { principals, conditions } of statements) {
    for (const role of principals?.byType['AWS'] ?? []) {
      const ids = externalIds.get(role) ?? new Set();
      externalIds.set(role, ids.union(new Set(conditions?.['StringEquals']?.['sts:ExternalId'])));
    }
  }
  return [...externalIds]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([role, ids]) => trustStatement(role, [...ids].sort()));
}

/** Statements made lately. Every plan of a role makes the same ones. As the same objects, whatever is remembered of them, such
 *  as their length, need not be worked out again. They never change. */
const LATELY = new RecentMap<Statement>(200);

function trustStatement(executionRoleArn: string, externalIds: readonly string[]): Statement {
  const key = JSON.stringify([executionRoleArn, externalIds]);
  const known = LATELY.get(key);
  if (known !== undefined) return known;
  const statement = newTrustStatement(executionRoleArn, externalIds);
  if (key.length <= LONGEST_KEPT) LATELY.set(key, statement);
  return statement;
}
/** Statements with more characters of external IDs are rare, and are not kept. */
const LONGEST_KEPT = 4_096;

/** The statement in the form that AWS documents under "Trust policy update"
 *  (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html). */
function newTrustStatement(executionRoleArn: string, externalIds: readonly string[]): Statement {
  return {
    sid: trustSid(executionRoleArn),
    effect: 'Allow',
    principals: { negated: false, anyone: false, byType: { AWS: [executionRoleArn] } },
    actions: { negated: false, values: ['sts:AssumeRole'] },
    conditions: { StringEquals: { 'sts:ExternalId': externalIds } },
  };
}
