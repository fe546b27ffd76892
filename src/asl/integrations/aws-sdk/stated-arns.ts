/** ARNs that a call states, in any of its parameters. */
import type { Known } from '../../expressions/known.ts';
import { optionsOf } from '../../expressions/known.ts';
import { argumentsOf, parameterNames, readParameters } from '../../parameters.ts';
import type { Value } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import type { ArnForm } from '../iam-data.ts';
import type { OperationUse, SourcedForm } from '../operations.ts';
import { wholeArn } from '../resources.ts';
import { isAnyServices, nounOf, optionsOf as lying, typeOf } from './arn-forms.ts';
import { atRunTime, NONE } from '../reading.ts';
import type { Call, Reading } from '../reading.ts';

/** A role is what a call acts with, not what it acts on. */
const ROLE_ARN = /^arn:[^:]*:iam:/;

/** Whole ARNs of this form, in any of the call's own parameters. */
export function statedArns(form: ArnForm, task: Task): Reading {
  const paths = parameterNames(task).flatMap((name) => [name, `${name}[]`]);
  const values = paths.flatMap((path) => readParameters(task, path));
  return ofForm(form, values.flatMap(textOf));
}

/** The same within a parameter, at places that take an ARN of the type: `Destinations[].Channel.ChannelArn`. */
export function arnsWithin({ form, parts }: SourcedForm, task: Task): Reading {
  const { arns = [], names = [] } = parts.at(-1) ?? {};
  const places = [...arns, ...names].filter((path) => path.includes('.'));
  return ofForm(form, places.flatMap((path) => readParameters(task, path)).flatMap(textOf));
}

/** Parameters that take an ARN of one type or another: `SourceArn`, `PolicySourceArn`, `TargetArn`, `ResourceArns`. */
const OF_ANY_TYPE = /(?:entity|object|resource|source|target)arns?$/i;

/**
 * What such a parameter hides because it is filled in at run time, if no parameter of their own names the types; undefined if
 * there is none.
 */
export function hiddenArns(uses: readonly OperationUse[], { task }: Call): Reading | undefined {
  const types = uses.filter(isUnsourced).flatMap(({ forms }) => forms.map(({ form }) => typeOf(form)));
  const hiding = parameterNames(task)
    .filter((name) => OF_ANY_TYPE.test(name))
    .flatMap((name) =>
      [name, `${name}[]`]
        .flatMap((path) => readParameters(task, path))
        .flatMap((value) =>
          value.kind === 'dynamic' ? [{ parameter: name, why: atRunTime(value.expression), types }] : [],
        ),
    );
  const [first] = hiding;
  return types.length === 0 || first === undefined ? undefined : { arns: [], unknown: [first] };
}

/** The text of a value, including its holes; empty if it is not a text. */
export function textOf(value: Value): string[] {
  return value.kind === 'text' || value.kind === 'pattern' ? [value.text] : [];
}

function ofForm(form: ArnForm, texts: readonly string[]): Reading {
  const arns = new Set(texts.filter((text) => text.startsWith('arn:')));
  return {
    arns: [...arns]
      .filter((text) => !isAnyServices(form) || !ROLE_ARN.test(text))
      .flatMap((text) => wholeArn(text, typeOf(form), lying(form)) ?? []),
    unknown: [],
  };
}

/**
 * What a call names by ARNs within its parameters, of a type that it does not make: a campaign's `solution`, a router's `Models`.
 * Undefined if none is named in this way, or if more may be named at run time.
 */
export function namedWithin(use: OperationUse, api: string, { task }: Call): Reading | undefined {
  if (use.forms.some(({ form }) => isAbout(api, form))) return undefined;
  const texts: string[] = [];
  if (!collect(argumentsOf(task), '', texts)) return undefined;
  const found = use.forms.flatMap(({ form }) => ofForm(form, texts).arns);
  return found.length === 0 ? undefined : { arns: found, unknown: [] };
}

/** Whole ARNs of this form, at any depth of the parameters; none if more may be named at run time. */
export function arnsAnywhere(form: ArnForm, task: Task): Reading {
  const texts: string[] = [];
  return collect(argumentsOf(task), '', texts) ? ofForm(form, texts) : NONE;
}

/** `createSolutionVersion` is about a `solution/{ResourceId}`. */
function isAbout(api: string, form: ArnForm): boolean {
  const noun = nounOf(form);
  const about = api.replace(/^[a-z]+/, '').toLowerCase();
  return noun === '' || about.includes(noun) || noun.endsWith(about);
}

/** How many values of one call are examined. */
const MOST_TEXTS = 1_000;

/** Collects all texts of a value; false if an ARN is filled in at run time, or there are too many. */
function collect(known: Known, name: string, texts: string[]): boolean {
  if (known.kind === 'unknown') return name !== '' && !/arns?$/i.test(name);
  if (known.kind === 'object')
    return !known.open && [...known.members].every(([key, held]) => collect(held, key, texts));
  if (known.kind === 'array') return known.items.every((item) => collect(item, name, texts));
  for (const option of optionsOf(known)) {
    if (option.kind === 'text') texts.push(option.text);
    else if (typeof option.value === 'string') texts.push(option.value);
  }
  return texts.length <= MOST_TEXTS;
}

/** Whether the type has no parameters of its own that name it. */
export function isUnsourced({ forms }: OperationUse): boolean {
  return forms.every(({ parts }) => {
    const last = parts.at(-1);
    return last !== undefined && last.names.length + last.arns.length === 0;
  });
}
