/**
 * From AWS's policy JSON to the types of `document.ts`. Everything that does not fit the grammar is refused with the place and
 * the fault, so that no half-read policy is ever compared, evaluated or written back.
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { isJsonObject } from '../base/json.ts';
import { RecentMap } from '../base/recent-map.ts';
import { shownAsJson } from '../base/shown.ts';
import type {
  Conditions,
  ObservedPolicy,
  Patterns,
  PolicyDocument,
  Principals,
  Statement,
} from './document.ts';
import { mapValues } from './record.ts';

/** Longest policy text that is read, in characters: the most that IAM's API accepts as a document (its quotas are far lower). */
export const MAX_POLICY_TEXT = 131_072;

/** A policy that does not fit the grammar. The message begins with the path of the fault. */
export class PolicySyntaxError extends Error {
  /** Place of the fault, e.g. `Statement[0].Effect`; empty for the document itself. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`);
    this.name = 'PolicySyntaxError';
    this.path = path;
  }
}

/**
 * Reads a policy document from JSON text.
 * @throws PolicySyntaxError if the text is too long, is not JSON, or does not fit the grammar
 */
export function parsePolicy(text: string): PolicyDocument {
  if (text.length > MAX_POLICY_TEXT) {
    throw new PolicySyntaxError('', `the policy has ${text.length} characters, more than ${MAX_POLICY_TEXT}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? `: ${error.message}` : '';
    throw new PolicySyntaxError('', `the policy is not JSON${detail}`);
  }
  return parsePolicyValue(value);
}

/**
 * Reads a policy document from an already parsed value, e.g. one from YAML.
 * @throws PolicySyntaxError if it does not fit the grammar
 */
export function parsePolicyValue(value: unknown): PolicyDocument {
  const fields = readObject(value, '', ['Version', 'Id', 'Statement']);
  if (!('Statement' in fields)) throw new PolicySyntaxError('Statement', 'is missing');
  return {
    version: readVersion(fields['Version']),
    ...('Id' in fields && { id: readString(fields['Id'], 'Id') }),
    statements: readList(fields['Statement'], 'Statement', parseStatement),
  };
}

/** @param path path of the statement, for the error */
function parseStatement(value: unknown, path: string): Statement {
  const fields = readObject(value, path, STATEMENT_KEYS);
  const principals = readEither(fields, path, 'Principal', readPrincipals);
  const actions = readEither(fields, path, 'Action', readPatterns);
  const resources = readEither(fields, path, 'Resource', readPatterns);
  if (actions === undefined) throw new PolicySyntaxError(`${path}.Action`, 'is missing, and so is NotAction');
  return {
    ...('Sid' in fields && { sid: readString(fields['Sid'], `${path}.Sid`) }),
    effect: readEffect(fields['Effect'], `${path}.Effect`),
    ...(principals && { principals }),
    actions,
    ...(resources && { resources }),
    ...('Condition' in fields && { conditions: readConditions(fields['Condition'], `${path}.Condition`) }),
  };
}

/** Results for recent texts. A role is read again and again and says the same. With the same document, code that remembers
 *  something about it, such as its canonical form, need not work it out again. Documents never change. */
const LATELY = new RecentMap<ObservedPolicy>(200);
/** Longer texts, in characters, are rare. */
const LONGEST_KEPT = 4_096;

/** Reads a document as AWS returned it, URL-encoded or not. Never throws: a text that cannot be read is kept, with the reason. */
export function parseObservedPolicy(text: string): ObservedPolicy {
  const known = LATELY.get(text);
  if (known !== undefined) return known;
  const policy = observedPolicy(text);
  if (text.length <= LONGEST_KEPT) LATELY.set(text, policy);
  return policy;
}

function observedPolicy(text: string): ObservedPolicy {
  const decoded = decodeDocument(text);
  try {
    return { kind: 'parsed', document: parsePolicy(decoded) };
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    return { kind: 'unreadable', text: decoded, problem: error.message };
  }
}

/**
 * Undoes the RFC 3986 encoding that IAM puts on the documents it returns, but only if it is there: emulators return plain JSON,
 * in which `%7B` is data. An encoded document never starts with a brace, a plain one does.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function decodeDocument(text: string): string {
  if (isPlain(text)) return text;
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** The same for a text that is kept and decoded again later: it is a third shorter, and decodes to the same. */
export function decodeOnce(text: string): string {
  const decoded = decodeDocument(text);
  return isPlain(decoded) ? decoded : text;
}

function isPlain(text: string): boolean {
  return /^\s*[{["]/.test(text);
}

const STATEMENT_KEYS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const;

const PRINCIPAL_TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;

function readVersion(value: unknown): PolicyDocument['version'] {
  // The old version is the default: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
  if (value === undefined) return '2008-10-17';
  if (value === '2012-10-17' || value === '2008-10-17') return value;
  throw new PolicySyntaxError('Version', `must be "2012-10-17" or "2008-10-17", not ${show(value)}`);
}

function readEffect(value: unknown, path: string): Statement['effect'] {
  if (value === 'Allow' || value === 'Deny') return value;
  throw new PolicySyntaxError(path, `must be "Allow" or "Deny", not ${show(value)}`);
}

/** An element or its negation (`Action`, `NotAction`). Both at once are refused, as IAM does. */
function readEither<T>(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  name: string,
  read: (value: unknown, path: string, negated: boolean) => T,
): T | undefined {
  const not = `Not${name}`;
  if (name in fields && not in fields) {
    throw new PolicySyntaxError(`${path}.${not}`, `cannot stand beside ${name}`);
  }
  if (name in fields) return read(fields[name], `${path}.${name}`, false);
  if (not in fields) return read(fields[not], `${path}.${not}`, true);
  return undefined;
}

function readPatterns(value: unknown, path: string, negated: boolean): Patterns {
  return { negated, values: readStrings(value, path) };
}

function readPrincipals(value: unknown, path: string, negated: boolean): Principals {
  if (value === '*') return { negated, anyone: true, byType: { AWS: ['*'] } };
  const fields = readObject(value, path, PRINCIPAL_TYPES);
  return { negated, anyone: false, byType: readValues(fields, path, readStrings) };
}

function readConditions(value: unknown, path: string): Conditions {
  return readValues(readObject(value, path), path, (keys, operatorPath) =>
    readValues(readObject(keys, operatorPath), operatorPath, (values, keyPath) =>
      readList(values, keyPath, readConditionValue),
    ),
  );
}

/** Numbers and booleans may be written without quotes; IAM compares them as their text. */
function readConditionValue(value: unknown, path: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return readString(value, path);
}

function readStrings(value: unknown, path: string): readonly string[] {
  return readList(value, path, readString);
}

function readString(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new PolicySyntaxError(path, `must be a string, not ${show(value)}`);
}

/** A list, or a single value that stands for a list of one. */
function readList<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): readonly T[] {
  if (!Array.isArray(value)) return [read(value, path)];
  return value.map((item: unknown, index) => read(item, `${path}[${index}]`));
}

function readValues<T>(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  read: (value: unknown, path: string) => T,
): Readonly<Record<string, T>> {
  return mapValues(fields, (value, key) => read(value, `${path}.${key}`));
}

function readObject(
  value: unknown,
  path: string,
  allowed?: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw new PolicySyntaxError(path, `must be an object, not ${show(value)}`);
  const unknown = allowed && Object.keys(value).find((key) => !allowed.includes(key));
  if (unknown !== undefined) {
    throw new PolicySyntaxError(
      path === '' ? unknown : `${path}.${unknown}`,
      'is not an element of the policy language',
    );
  }
  return value;
}

/** A value as JSON, short enough for a message. */
function show(value: unknown): string {
  return shownAsJson(value, 60);
}
