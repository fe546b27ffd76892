/** Which statements a policy of ours should have while nothing may be taken off it. */
import { canonicalAction, canonicalPrincipal, collapseRuns, statementKey } from '../policy/canonical.ts';
import type { Conditions, Patterns, Principals, Statement } from '../policy/document.ts';
import { mergeLists, mergeStatements } from '../policy/merge.ts';

/** The policy as it is, widened by what is desired; the very same statements if they allow that already. */
export function additive(
  desired: readonly Statement[],
  observed: readonly Statement[],
): readonly Statement[] {
  return desired.every((statement) => isAllowedBy(statement, observed))
    ? observed
    : mergeLists(observed, desired);
}

/** Whether every single combination that the statement names (one action on one resource, one external ID of one principal) is
 *  named by one of the others that is otherwise equal. Patterns are compared as written: that `sqs:*` includes
 *  `sqs:SendMessage` is not seen. */
export function isAllowedBy(statement: Statement, others: readonly Statement[]): boolean {
  const { lists, alike, all } = compare(statement, others);
  const sets = lists.map((list, index) =>
    Array.from(new Set(list.map((value) => holdersOf(value, index, alike)))),
  );
  return isCovered(sets, all);
}

/** Of the statement's calls those that the others name, one action on one resource each; merged. */
export function partAllowedBy(statement: Statement, others: readonly Statement[]): readonly Statement[] {
  const { actions, resources } = statement;
  if (isAllowedBy(statement, others)) return [statement];
  if (actions.negated || resources === undefined || resources.negated) return [];
  const { alike } = compare(statement, others);
  const byAction = actions.values.map((action) => ({
    action,
    holders: holdersOf(canonicalAction(action), 0, alike),
  }));
  const parts = resources.values.flatMap((resource) => {
    const holders = holdersOf(collapseRuns(resource), 1, alike);
    const values = byAction.filter((one) => (one.holders & holders) !== 0n).map(({ action }) => action);
    if (values.length === 0) return [];
    return [
      {
        ...statement,
        actions: { negated: false, values },
        resources: { negated: false, values: [resource] },
      },
    ];
  });
  return mergeStatements(parts);
}

/** A set of statements, one bit for each. */
type StatementSet = bigint;

/** The lists of a statement, and those of the others that differ from it only in their lists. */
function compare(statement: Statement, others: readonly Statement[]) {
  const { frame, lists } = takeApart(statement);
  const alike = others
    .map(takeApart)
    .filter((other) => other.frame === frame)
    .map((other) => other.lists.map((list) => new Set(list)));
  return { lists, alike, all: (1n << BigInt(alike.length)) - 1n };
}

/** The statements that have the value in that list. There are few different sets, which keeps the combinations few. */
function holdersOf(
  value: string,
  list: number,
  statements: readonly (readonly ReadonlySet<string>[])[],
): StatementSet {
  return statements.reduce(
    (set, lists, place) => (lists[list]?.has(value) === true ? set | (1n << BigInt(place)) : set),
    0n,
  );
}

/** Whether for every combination of one value from each list, some statement has them all. */
function isCovered(lists: readonly (readonly StatementSet[])[], left: StatementSet): boolean {
  const [list, ...rest] = lists;
  if (list === undefined) return left !== 0n;
  return list.every((set) => isCovered(rest, left & set));
}

interface StatementParts {
  /** Equal for statements that differ only in their Sid and in the contents of their lists. */
  readonly frame: string;
  /** Each list allows as much as its values do together. */
  readonly lists: readonly (readonly string[])[];
}

function takeApart(statement: Statement): StatementParts {
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

/** Stands for a list that is absent, or whose values do not simply add up: it stays in the frame and is not compared. */
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
