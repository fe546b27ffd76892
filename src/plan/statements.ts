/** Which statements a policy of ours should have while nothing may be taken off it. */
import { canonicalAction, canonicalPrincipal, collapseRuns, statementKey } from '../policy/canonical.ts';
import type { Conditions, Patterns, Principals, Statement } from '../policy/document.ts';
import { mergeStatements } from '../policy/merge.ts';

/** What stands, widened by what is desired; the very same statements when they allow that already. */
export function additive(
  desired: readonly Statement[],
  observed: readonly Statement[],
): readonly Statement[] {
  return desired.every((statement) => isAllowedBy(statement, observed))
    ? observed
    : mergeStatements([...observed, ...desired]);
}

/** Whether each single thing that the statement names (one action on one resource, one external ID of one principal)
 *  is named by one of the others, with all else alike. Patterns are taken as they are written: that `sqs:*` holds
 *  `sqs:SendMessage` is not seen. */
export function isAllowedBy(statement: Statement, others: readonly Statement[]): boolean {
  const { frame, lists } = takeApart(statement);
  const alike = others.map(takeApart).filter((other) => other.frame === frame);
  return combinations(lists).every((values) =>
    alike.some((other) => values.every((value, index) => other.lists[index]?.includes(value))),
  );
}

interface Parts {
  /** Equal for statements that differ in nothing but their Sid and what their lists hold. */
  readonly frame: string;
  /** Each of them allows as much as its values do together. */
  readonly lists: readonly (readonly string[])[];
}

function takeApart(statement: Statement): Parts {
  const { actions, resources, principals, conditions } = statement;
  return {
    frame: statementKey({
      ...statement,
      sid: '',
      actions: emptied(actions),
      ...(resources && { resources: emptied(resources) }),
      ...(principals && { principals: withoutAccounts(principals) }),
      ...(conditions && { conditions: withoutExternalIds(conditions) }),
    }),
    lists: [
      valuesOf(actions).map(canonicalAction),
      valuesOf(resources).map(collapseRuns),
      accountsOf(principals).map(canonicalPrincipal),
      conditions?.['StringEquals']?.['sts:ExternalId'] ?? ABSENT,
    ],
  };
}

/** A list that is no list, or that says what is not meant, stays in the frame and takes no part in the comparison. */
const ABSENT: readonly string[] = [''];

function emptied(patterns: Patterns): Patterns {
  return patterns.negated ? patterns : { ...patterns, values: [] };
}

function valuesOf(patterns: Patterns | undefined): readonly string[] {
  return patterns === undefined || patterns.negated ? ABSENT : patterns.values;
}

function withoutAccounts(principals: Principals): Principals {
  return principals.negated || principals.anyone
    ? principals
    : { ...principals, byType: { ...principals.byType, AWS: [] } };
}

function accountsOf(principals: Principals | undefined): readonly string[] {
  return principals === undefined || principals.negated || principals.anyone
    ? ABSENT
    : (principals.byType['AWS'] ?? ABSENT);
}

function withoutExternalIds(conditions: Conditions): Conditions {
  const { StringEquals: equals } = conditions;
  return equals?.['sts:ExternalId'] === undefined
    ? conditions
    : { ...conditions, StringEquals: { ...equals, 'sts:ExternalId': [] } };
}

/** One value of each list, in all ways. */
function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (begun, list) => begun.flatMap((values) => list.map((value) => [...values, value])),
    [[]],
  );
}
