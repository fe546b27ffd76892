/** Whether a text of a policy matches what the request names. Policy variables are replaced as far as their values are known. */
import type { Patterns, PolicyDocument } from '../document.ts';
import { ANY_RUN, covers, glob, literal, overlaps, type Tokens } from '../glob.ts';
import { compilePattern } from '../pattern.ts';
import type { StepBudget } from '../steps.ts';
import { any, not, type Answer } from './answer.ts';
import { keyState, type RequestContext } from './context.ts';

/** What is needed to read the texts of a policy. */
export interface Reading {
  readonly context: RequestContext;
  /** The policy language before 2012-10-17 has no variables: there `${` is text. */
  readonly version: PolicyDocument['version'];
  readonly budget: StepBudget;
}

/** The answer once the budget is used up. */
export const TOO_MANY_STEPS = { unknown: 'more than can be compared' } as const;

/** For each character of a text that is split into tokens, and of what replaces its variables. */
const STEPS_TO_TAKE_APART = 4;
/** To see that a text begins or ends differently. */
const STEPS_TO_REFUSE = 10;

/** How a text is read: the text between variables, and what replaces a variable. */
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
  /** What would have to be known. A variable whose value is not known is any run of characters in the tokens. */
  readonly unknown?: string;
}

/** Reads a text of a policy; undefined if it contains a variable for which the request has no value. */
export function readExpected(
  text: string,
  { context, version, budget }: Reading,
  style: Style,
): Expected | undefined {
  if (!budget.take(STEPS_TO_TAKE_APART * text.length)) return { tokens: [ANY_RUN], ...TOO_MANY_STEPS };
  if (version === '2008-10-17') return { tokens: style.text(text) };
  let unknownVariable: string | undefined;
  const lookup = (variable: string): Tokens | undefined => {
    const value = variableValue(variable, context);
    if (value !== 'unknown') return value === undefined ? undefined : style.value(value.text);
    unknownVariable = variable;
    return [ANY_RUN];
  };
  const tokens = compilePattern(text, lookup, style.text);
  if (tokens === undefined) return undefined;
  budget.take(STEPS_TO_TAKE_APART * tokens.length);
  return {
    tokens,
    ...(unknownVariable !== undefined && { unknown: `the policy variable ${unknownVariable}` }),
  };
}

/** Whether the expected text matches the subject; if the subject is itself a pattern, all of it. */
export function matchExpected({ tokens, unknown }: Expected, subject: Tokens, budget: StepBudget): Answer {
  if (!budget.take(STEPS_TO_REFUSE)) return TOO_MANY_STEPS;
  if (unknown === undefined && covers(tokens, subject, budget)) return 'yes';
  if (!overlaps(tokens, subject, budget)) return 'no';
  if (budget.exhausted) return TOO_MANY_STEPS;
  return { unknown: unknown ?? 'which of the resources that the request may mean' };
}

/** The texts of `Action`, `NotAction`, `Resource` or `NotResource`, ready to be compared. */
export function readPatterns({ values }: Patterns, reading: Reading): readonly (Expected | undefined)[] {
  return values.map((value) => readExpected(value, reading, LIKE));
}

/**
 * The resources as IAM reads them in identity policies and boundaries: to an ARN with fewer than six parts it adds `*` for each
 * missing one (`arn:aws:sqs` is every queue). A resource that ends in a wildcard already reaches that far, and one with a
 * wildcard inside may do so.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function withWholeArns({ negated, values }: Patterns): Patterns {
  return {
    negated,
    values: values.flatMap((value) => (/[*?]/.test(value) ? [value, wholeArn(value)] : [wholeArn(value)])),
  };
}

/** The same for one resource. */
export function wholeArn(resource: string): string {
  if (!resource.startsWith('arn:') || resource.endsWith('*')) return resource;
  const parts = resource.replaceAll(/\$\{[^{}]*\}/g, '').split(':').length;
  return parts < ARN_PARTS ? `${resource}:*` : resource;
}

const ARN_PARTS = 6;

/**
 * `Action`, `NotAction`, `Resource` or `NotResource` against the request. A variable without a value matches nothing; AWS does
 * not say what this means in a negation.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @param expected its values as `readPatterns` reads them
 */
export function matchPatterns(
  patterns: Patterns,
  expected: readonly (Expected | undefined)[],
  subject: Tokens,
  budget: StepBudget,
): Answer {
  const found = any(answersOf(patterns, expected, subject, budget));
  return patterns.negated ? not(found) : found;
}

function* answersOf(
  { negated, values }: Patterns,
  expected: readonly (Expected | undefined)[],
  subject: Tokens,
  budget: StepBudget,
): Iterable<Answer> {
  for (const [index, one] of expected.entries()) {
    if (one !== undefined) yield matchExpected(one, subject, budget);
    else yield negated ? { unknown: `the policy variables in ${values[index]}` } : 'no';
  }
}

/** A variable's value, or its default (`${name, 'default'}`); undefined if it has neither. */
function variableValue(variable: string, context: RequestContext): { text: string } | 'unknown' | undefined {
  const { name, fallback } = splitVariable(variable);
  const state = keyState(context, name);
  if (state === 'unknown') return 'unknown';
  if (state === 'absent') return fallback === undefined ? undefined : { text: fallback };
  const [text, ...more] = state;
  return text === undefined || more.length > 0 ? undefined : { text };
}

/** Not one regular expression for everything: it would search a long text again for each of its commas. */
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
