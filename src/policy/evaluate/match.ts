/** Does a text of a policy match what the request names? Policy variables are replaced as far as their values are known. */
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

/** For each character of a text that is taken apart, and of what is put into it. */
const STEPS_TO_TAKE_APART = 4;
/** To see that a text begins or ends otherwise. */
const STEPS_TO_REFUSE = 10;

/** How a text is taken: the text between variables, and what is put in for one. */
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
  /** What would have to be known: a variable whose value is not known is any run of characters in the tokens. */
  readonly unknown?: string;
}

/** Reads a text of a policy; undefined when it holds a variable that the request has no value for. */
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

/** Does the expected text match the subject, all of it where the subject is itself a pattern? */
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
 * The resources as IAM takes them: to an ARN that has fewer than its six parts it adds `*` for each that is missing, in
 * identity policies and boundaries (`arn:aws:sqs` is every queue). One that ends in a wildcard reaches that far already, and
 * so may one within it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function withWholeArns({ negated, values }: Patterns): Patterns {
  return {
    negated,
    values: values.flatMap((value) => (/[*?]/.test(value) ? [value, wholeArn(value)] : [wholeArn(value)])),
  };
}

/** The same of one resource. */
export function wholeArn(resource: string): string {
  if (!resource.startsWith('arn:') || resource.endsWith('*')) return resource;
  const parts = resource.replaceAll(/\$\{[^{}]*\}/g, '').split(':').length;
  return parts < ARN_PARTS ? `${resource}:*` : resource;
}

const ARN_PARTS = 6;

/**
 * `Action`, `NotAction`, `Resource` or `NotResource` against the request. A variable without a value matches
 * nothing; what that makes of a negation AWS does not say.
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
