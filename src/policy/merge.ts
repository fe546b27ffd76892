/**
 * Makes fewer statements that say the same. Two statements are joined if they differ in one respect only (actions, resources, or
 * the external IDs of one principal), so the union never allows a pair that neither allowed: never principals × external IDs,
 * never actions × resources.
 */
import { RecentMap } from '../base/recent-map.ts';
import { canonicalAction, sortedSet, statementKey } from './canonical.ts';
import type { Patterns, Statement } from './document.ts';
import { statementToJson } from './print.ts';
import { mapValues } from './record.ts';

/**
 * Joins statements as far as their meaning stays the same, and sorts them: the same statements in any order give the same result,
 * byte for byte. A joined statement takes the first of its parts' Sids. If several statements are left with the same Sid, they
 * are numbered (`Read`, `Read2`, …), because IAM allows each Sid only once. Joining a result again changes nothing.
 */
export function mergeStatements(statements: readonly Statement[]): readonly Statement[] {
  if (MERGED.has(statements)) return statements;
  const text = JSON.stringify(statements);
  const merged = LATELY.get(text) ?? joined(statements);
  MERGED.add(merged);
  if (text.length <= LONGEST_KEPT) LATELY.set(text, merged);
  return merged;
}

/** The same for several lists. If all but one are empty, that one is returned as it is. */
export function mergeLists(...lists: readonly (readonly Statement[])[]): readonly Statement[] {
  const [first = [], ...others] = lists.filter(({ length }) => length > 0);
  return mergeStatements(others.length === 0 ? first : [first, ...others].flat());
}

/** Lists that came out of `mergeStatements`: they never change, and joining them again would give the same. */
const MERGED = new WeakSet<readonly Statement[]>();

/** Results for recent lists, by their text. A link's statements are worked out again for each definition that is written for it,
 *  and then give the same list: code that compares two lists, or remembers something about one, then need not look further. */
const LATELY = new RecentMap<readonly Statement[]>(200);
/** Longer lists, in characters, are rare. */
const LONGEST_KEPT = 4_096;

function joined(statements: readonly Statement[]): readonly Statement[] {
  if (statements.length < 2) return statements.map(tidy);
  let merged = inOrder(statements.map(tidy));
  for (;;) {
    const before = merged.length;
    for (const respect of RESPECTS) merged = joinGroups(merged, respect);
    if (merged.length === before) return uniqueSids(inOrder(merged));
  }
}

/** A respect in which two statements may differ and still be joined. */
interface Respect {
  /** The statement with this respect blanked out. Two statements can be joined if these are equal; undefined if this statement
   *  can be joined with none. */
  blank(statement: Statement): Statement | undefined;
  /** @param statements two or more that are alike when blanked out */
  join(statements: readonly [Statement, ...Statement[]]): Statement;
}

const NONE: Patterns = { negated: false, values: [] };

// NotAction and NotResource are left alone: the union of two complements is the complement of their intersection.
const ACTIONS: Respect = {
  blank: (statement) => (statement.actions.negated ? undefined : { ...statement, actions: NONE }),
  join: (statements) => ({
    ...statements[0],
    actions: { negated: false, values: statements.flatMap(({ actions }) => actions.values) },
  }),
};

const RESOURCES: Respect = {
  blank: (statement) =>
    statement.resources === undefined || statement.resources.negated
      ? undefined
      : { ...statement, resources: NONE },
  join: (statements) => ({
    ...statements[0],
    resources: { negated: false, values: statements.flatMap(({ resources }) => resources?.values ?? []) },
  }),
};

const EXTERNAL_IDS: Respect = {
  blank: (statement) => (externalIds(statement) === undefined ? undefined : withExternalIds(statement, [])),
  join: (statements) =>
    withExternalIds(
      statements[0],
      statements.flatMap((statement) => externalIds(statement) ?? []),
    ),
};

const RESPECTS = [ACTIONS, RESOURCES, EXTERNAL_IDS] as const;

/** The external IDs of a trust statement that has no other condition. */
function externalIds({ principals, conditions }: Statement): readonly string[] | undefined {
  const operators = Object.entries(conditions ?? {});
  const keys = Object.entries(conditions?.['StringEquals'] ?? {});
  return principals !== undefined && operators.length === 1 && keys.length === 1
    ? conditions?.['StringEquals']?.['sts:ExternalId']
    : undefined;
}

function withExternalIds(statement: Statement, ids: readonly string[]): Statement {
  return { ...statement, conditions: { StringEquals: { 'sts:ExternalId': ids } } };
}

/** A text that tells statements apart by everything but their Sid, so that numbering Sids does not change the order. */
function textOf(statement: Statement): string {
  return statementKey({ ...statement, sid: '' });
}

/** By meaning, and by spelling if the meaning is the same. */
function inOrder(statements: readonly Statement[]): Statement[] {
  const byText = new Map(
    statements.map((statement) => [
      `${textOf(statement)} ${JSON.stringify(statementToJson(statement))}`,
      statement,
    ]),
  );
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}

function joinGroups(statements: readonly Statement[], respect: Respect): Statement[] {
  const groups = new Map<string, [Statement, ...Statement[]]>();
  for (const statement of statements) {
    const key = textOf(respect.blank(statement) ?? statement);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0] : join(group, respect)));
}

function join(statements: readonly [Statement, ...Statement[]], respect: Respect): Statement {
  const [sid] = statements.flatMap((part) => part.sid ?? []).sort();
  return tidy({ ...respect.join(statements), ...(sid !== undefined && { sid }) });
}

/** Every list sorted, without duplicates. */
function tidy(statement: Statement): Statement {
  const { principals, actions, resources, conditions } = statement;
  return {
    ...statement,
    ...(principals && { principals: { ...principals, byType: mapValues(principals.byType, sortedSet) } }),
    actions: { ...actions, values: distinctActions(actions.values) },
    ...(resources && { resources: { ...resources, values: sortedSet(resources.values) } }),
    ...(conditions && { conditions: mapValues(conditions, (keys) => mapValues(keys, sortedSet)) }),
  };
}

/** If an action is spelled in several ways, the first in order stays. */
function distinctActions(actions: readonly string[]): readonly string[] {
  const byMeaning = new Map(
    actions
      .toSorted()
      .toReversed()
      .map((action) => [canonicalAction(action), action]),
  );
  return [...byMeaning.values()].sort();
}

function uniqueSids(statements: readonly Statement[]): readonly Statement[] {
  const taken = new Set<string>();
  return statements.map((statement) => {
    if (statement.sid === undefined) return statement;
    let sid = statement.sid;
    for (let number = 2; taken.has(sid); number += 1) sid = `${statement.sid}${number}`;
    taken.add(sid);
    return { ...statement, sid };
  });
}
