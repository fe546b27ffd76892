/** Does a text of a policy match what the request names? With policy variables put in as far as they are known. */
import type { Patterns, PolicyDocument } from '../document.ts';
import { ANY_RUN, covers, glob, literal, overlaps, type Tokens } from '../glob.ts';
import { compilePattern } from '../pattern.ts';
import { any, not, type Answer } from './answer.ts';
import { keyState, type RequestContext } from './context.ts';

/** What the texts of a policy are read against. */
export interface Reading {
  readonly context: RequestContext;
  /** The policy language before 2012-10-17 has no variables: there `${` is text. */
  readonly version: PolicyDocument['version'];
}

/** How a text is taken: what stands between variables, and what is put in for one. */
export interface Style {
  readonly text: (text: string) => Tokens;
  readonly value: (value: string) => Tokens;
}

export const LIKE: Style = { text: glob, value: literal };
export const EXACT: Style = { text: literal, value: literal };
export const EXACT_WITHOUT_CASE: Style = { text: lowered, value: lowered };

/** A text of a policy, ready to be compared. */
export interface Expected {
  readonly tokens: Tokens;
  /** A variable whose value is not known; it stands in the tokens as any run of characters. */
  readonly unknownVariable?: string;
}

/** Reads a text of a policy; undefined when it holds a variable that the request has no value for. */
export function readExpected(
  text: string,
  { context, version }: Reading,
  style: Style,
): Expected | undefined {
  if (version === '2008-10-17') return { tokens: style.text(text) };
  let unknownVariable: string | undefined;
  const lookup = (variable: string): Tokens | undefined => {
    const value = variableValue(variable, context);
    if (value !== 'unknown') return value === undefined ? undefined : style.value(value.text);
    unknownVariable = variable;
    return [ANY_RUN];
  };
  const tokens = compilePattern(text, lookup, style.text);
  return tokens && { tokens, ...(unknownVariable !== undefined && { unknownVariable }) };
}

/** Does the expected text match the subject, all of it where the subject is itself a pattern? */
export function matchExpected(expected: Expected, subject: Tokens): Answer {
  const { tokens, unknownVariable } = expected;
  if (unknownVariable === undefined && covers(tokens, subject)) return 'yes';
  if (!overlaps(tokens, subject)) return 'no';
  return {
    unknown:
      unknownVariable === undefined
        ? 'which of the resources that the request may mean'
        : `the policy variable ${unknownVariable}`,
  };
}

/**
 * `Action`, `NotAction`, `Resource` or `NotResource` against the request. A variable without a value matches
 * nothing; what that makes of a negation AWS does not say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function matchPatterns({ negated, values }: Patterns, subject: Tokens, reading: Reading): Answer {
  const found = any(
    values.map((value): Answer => {
      const expected = readExpected(value, reading, LIKE);
      if (expected !== undefined) return matchExpected(expected, subject);
      return negated ? { unknown: `the policy variables in ${value}` } : 'no';
    }),
  );
  return negated ? not(found) : found;
}

/** A variable's value, or its default (`${name, 'default'}`); undefined when it has neither. */
function variableValue(variable: string, context: RequestContext): { text: string } | 'unknown' | undefined {
  const { name, fallback } = splitVariable(variable);
  const state = keyState(context, name);
  if (state === 'unknown') return 'unknown';
  if (state === 'absent') return fallback === undefined ? undefined : { text: fallback };
  const [text, ...more] = state;
  return text === undefined || more.length > 0 ? undefined : { text };
}

/** Without a regular expression over the whole, which would look at a long text again for each of its commas. */
function splitVariable(variable: string): { name: string; fallback?: string } {
  const opening = /,\s*'/.exec(variable);
  const begin = opening === null ? variable.length : opening.index + opening[0].length;
  if (opening === null || begin >= variable.length || !variable.endsWith("'"))
    return { name: variable.trim() };
  return { name: variable.slice(0, opening.index).trim(), fallback: variable.slice(begin, -1) };
}

function lowered(text: string): Tokens {
  return literal(text.toLowerCase());
}
