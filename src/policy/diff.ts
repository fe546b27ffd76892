/** What a person reads when a policy changes: one line for each field, with the statement named by its Sid. */
import {
  canonicalAction,
  canonicalConditionValue,
  canonicalPolicy,
  canonicalPrincipal,
  collapseRuns,
  sortedSet,
  statementKey,
} from './canonical.ts';
import type { Patterns, PolicyDocument, Statement } from './document.ts';
import { statementToJson } from './print.ts';

/** One field that would change. `before` is absent for a field that is added, `after` for one that is removed. */
export interface FieldChange {
  /** Field of the object in the words of the AWS API, e.g. `trustPolicy.Statement[CrossAccountLink…].Condition`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/**
 * The fields in which two documents differ by meaning. There are none exactly if the documents say the same (`samePolicy`).
 * Statements with a Sid are compared field by field; statements without one are shown whole, as added or removed. Values are JSON
 * and never shortened; paths begin with `root`, e.g. `trustPolicy.Statement[Link].Condition.StringEquals.sts:ExternalId`.
 */
export function diffPolicies(
  before: PolicyDocument | undefined,
  after: PolicyDocument | undefined,
  root: string,
): readonly FieldChange[] {
  const old = indexStatements(changed(before, after));
  const next = indexStatements(changed(after, before));
  return [
    ...(before && after ? versionChange(before, after, root) : []),
    ...[...new Set([...old.keys(), ...next.keys()])].flatMap((key) =>
      diffStatements(old.get(key), next.get(key), root),
    ),
  ];
}

/** A statement, and the name that a path gives it. */
interface Named {
  readonly name: string;
  readonly statement: Statement;
}

/** The statements of a document that the other one lacks, named by their Sid, or by their position if they have none. */
function changed(document: PolicyDocument | undefined, other: PolicyDocument | undefined): readonly Named[] {
  const shared = new Set(other?.statements.map(statementKey));
  return (document?.statements ?? [])
    .map((statement, position) => ({ name: statement.sid || String(position), statement }))
    .filter(({ statement }) => !shared.has(statementKey(statement)));
}

/** Statements by the text that finds their counterpart in the other document: the Sid, or the whole meaning if there is none. */
function indexStatements(statements: readonly Named[]): ReadonlyMap<string, Named> {
  const sids = statements.map(({ statement }) => statement.sid);
  const isUnique = (sid: string) => sids.indexOf(sid) === sids.lastIndexOf(sid);
  return new Map(
    statements.map((named) => {
      const { sid } = named.statement;
      return [sid && isUnique(sid) ? sid : statementKey(named.statement), named];
    }),
  );
}

function versionChange(before: PolicyDocument, after: PolicyDocument, root: string): readonly FieldChange[] {
  const same = canonicalPolicy(before).version === canonicalPolicy(after).version;
  return same ? [] : [{ path: `${root}.Version`, before: before.version, after: after.version }];
}

function diffStatements(
  before: Named | undefined,
  after: Named | undefined,
  root: string,
): readonly FieldChange[] {
  const path = `${root}.Statement[${(after ?? before)?.name}]`;
  if (before === undefined || after === undefined) {
    return [
      {
        path,
        ...(before && { before: JSON.stringify(statementToJson(before.statement)) }),
        ...(after && { after: JSON.stringify(statementToJson(after.statement)) }),
      },
    ];
  }
  const old = fieldsOf(before.statement);
  const next = fieldsOf(after.statement);
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), next.get(key)];
    if (was?.meaning === is?.meaning) return [];
    return [
      {
        path: `${path}.${(is ?? was)?.path}`,
        ...(was && { before: was.shown }),
        ...(is && { after: is.shown }),
      },
    ];
  });
}

interface Field {
  readonly path: string;
  /** Equal for values that mean the same. */
  readonly meaning: string;
  readonly shown: string;
}

/** The fields of a statement by their names in lower case. */
function fieldsOf(statement: Statement): ReadonlyMap<string, Field> {
  const { effect, principals, actions, resources, conditions } = statement;
  const fields = [
    { path: 'Effect', meaning: effect, shown: effect },
    ...Object.entries(principals?.byType ?? {}).map(([type, identifiers]) =>
      principals?.anyone === true
        ? field(elementName('Principal', principals), ['*'], (value) => value)
        : field(`${elementName('Principal', principals)}.${type}`, identifiers, canonicalPrincipal),
    ),
    field(elementName('Action', actions), actions.values, canonicalAction),
    ...(resources ? [field(elementName('Resource', resources), resources.values, collapseRuns)] : []),
    ...Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) =>
        field(`Condition.${operator}.${key}`, values, (value) => canonicalConditionValue(operator, value)),
      ),
    ),
  ];
  return new Map(fields.map((each) => [each.path.toLowerCase(), each]));
}

function elementName(name: string, element: Pick<Patterns, 'negated'> | undefined): string {
  return element?.negated === true ? `Not${name}` : name;
}

/** A list of one is shown as its value. */
function field(path: string, values: readonly string[], canonical: (value: string) => string): Field {
  const [first, ...rest] = values;
  return {
    path,
    meaning: JSON.stringify(sortedSet(values.map(canonical))),
    shown: first !== undefined && rest.length === 0 ? first : JSON.stringify(values),
  };
}
