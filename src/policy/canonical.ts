/**
 * One form for all the spellings of a policy that IAM takes to be the same, so that two policies can be compared
 * by what they mean. Made for comparing, not for writing: action names and condition keys end in lower case.
 * What each rule rests on: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
 * reference_policies_elements_principal.html (account IDs) and reference_policies_elements_condition.html (case).
 */
import type { Conditions, Patterns, PolicyDocument, Principals, Statement } from './document.ts';
import { statementToJson } from './print.ts';
import { mapValues } from './record.ts';

/** Whether both documents say the same. The document's `Id` does not count. The Sid of a statement does, because the operator
 *  recognizes its own statements by it. */
export function samePolicy(a: PolicyDocument, b: PolicyDocument): boolean {
  return isWrittenAlike(a, b) || policyKey(a) === policyKey(b);
}

/** Most often the document that is there was written by the operator, word for word: then no canonical form is needed. */
function isWrittenAlike(a: PolicyDocument, b: PolicyDocument): boolean {
  return a.version === b.version && JSON.stringify(a.statements) === JSON.stringify(b.statements);
}

/** A text that two statements share exactly if they mean the same. */
export function statementKey(statement: Statement): string {
  return remembered(STATEMENT_KEYS, statement, () => printCanonical(canonicalStatement(statement)));
}

function policyKey(document: PolicyDocument): string {
  return remembered(POLICY_KEYS, document, () => {
    const keys = new Set(document.statements.map(statementKey));
    return [canonicalVersion(document), ...[...keys].sort()].join('\n');
  });
}

/** Statements and documents never change, and their keys are asked for again and again: each key is worked out once. */
const STATEMENT_KEYS = new WeakMap<Statement, string>();
const POLICY_KEYS = new WeakMap<PolicyDocument, string>();

function remembered<Of extends object>(keys: WeakMap<Of, string>, one: Of, workOut: () => string): string {
  const known = keys.get(one);
  if (known !== undefined) return known;
  const key = workOut();
  keys.set(one, key);
  return key;
}

/** The canonical form of a document: statements in canonical form, sorted, none twice, no `Id`. */
export function canonicalPolicy(document: PolicyDocument): PolicyDocument {
  const byKey = new Map(
    document.statements.map(canonicalStatement).map((statement) => [printCanonical(statement), statement]),
  );
  return {
    version: canonicalVersion(document),
    statements: [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? []),
  };
}

/** The canonical form of a statement; an empty Sid or Condition is the same as none. */
function canonicalStatement(statement: Statement): Statement {
  const { sid, effect, principals, actions, resources } = statement;
  const conditions = canonicalConditions(statement.conditions ?? {});
  return {
    ...(sid !== undefined && sid !== '' && { sid }),
    effect,
    ...(principals && { principals: canonicalPrincipals(principals) }),
    actions: canonicalPatterns(actions, canonicalAction),
    ...(resources && { resources: canonicalPatterns(resources, collapseRuns) }),
    ...(Object.keys(conditions).length > 0 && { conditions }),
  };
}

/** Action names ignore case, and `*:*` means every action, like `*`. */
export function canonicalAction(action: string): string {
  const lower = collapseRuns(action.toLowerCase());
  return lower === '*:*' ? '*' : lower;
}

/** `123456789012` and `arn:aws:iam::123456789012:root` are the same principal. */
export function canonicalPrincipal(identifier: string): string {
  return /^arn:aws[a-z-]*:iam::([0-9]{12}):root$/.exec(identifier)?.[1] ?? identifier;
}

/** `**` matches the same as `*`. */
export function collapseRuns(pattern: string): string {
  return pattern.replaceAll(/\*{2,}/g, '*');
}

/** Booleans ignore case, and `5` equals `5.0`. Numbers too long for exact arithmetic stay as they are. */
export function canonicalConditionValue(operator: string, value: string): string {
  const kind = baseOperator(operator);
  if (kind === 'bool' || kind === 'null') return value.toLowerCase();
  const isNumber = kind.startsWith('numeric') && /^[+-]?[0-9]+(\.[0-9]+)?$/.test(value) && value.length <= 15;
  // `+ 0` turns negative zero into zero.
  return isNumber ? String(Number(value) + 0) : value;
}

/** Each value once, sorted. */
export function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/** `ForAnyValue:StringLikeIfExists` → `stringlike`. */
function baseOperator(operator: string): string {
  return operator
    .toLowerCase()
    .replace(/^(forallvalues|foranyvalue):/, '')
    .replace(/ifexists$/, '');
}

/** The versions differ only in that the old one has no policy variables. */
function canonicalVersion({ version, statements }: PolicyDocument): PolicyDocument['version'] {
  const texts = statements.flatMap(({ resources, conditions }) => [
    ...(resources?.values ?? []),
    ...Object.values(conditions ?? {}).flatMap((keys) => Object.values(keys).flat()),
  ]);
  return texts.some((text) => text.includes('${')) ? version : '2012-10-17';
}

function canonicalPatterns(patterns: Patterns, each: (value: string) => string): Patterns {
  return { negated: patterns.negated, values: sortedSet(patterns.values.map(each)) };
}

function canonicalPrincipals({ negated, anyone, byType }: Principals): Principals {
  return {
    negated,
    anyone,
    byType: mapValues(byType, (identifiers) => sortedSet(identifiers.map(canonicalPrincipal))),
  };
}

function canonicalConditions(conditions: Conditions): Conditions {
  const canonical = mapValues(conditions, (keys, operator) =>
    lowerKeys(
      mapValues(keys, (values) => sortedSet(values.map((value) => canonicalConditionValue(operator, value)))),
    ),
  );
  return lowerKeys(
    Object.fromEntries(Object.entries(canonical).filter(([, keys]) => Object.keys(keys).length > 0)),
  );
}

/** Condition operators and keys ignore case. If two keys differ only in case, both conditions have to hold, which one entry could
 *  not express: those stay as written. */
function lowerKeys<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const lowered = Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]),
  );
  return Object.keys(lowered).length === Object.keys(record).length ? lowered : record;
}

function printCanonical(statement: Statement): string {
  return JSON.stringify(statementToJson(statement));
}
