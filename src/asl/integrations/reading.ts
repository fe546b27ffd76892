/** What a Task's parameters say about a resource: ARNs, and what they leave unknown. */
import type { AllowedAccess } from '../derive/allowed.ts';
import { HOLE } from '../expressions/known.ts';
import { hasParameter, readParameters } from '../parameters.ts';
import type { Value } from '../parameters.ts';
import { slipIn } from '../expressions/slips.ts';
import type { Task } from '../task.ts';

/** The partition, Region and account of something that is named without them. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** One Task's call, seen from the target account. */
export interface Call {
  readonly task: Task;
  readonly place: Place;
  /** ARNs that the spec lists for this Task, for what is known only at run time. Wildcards in them are intended. */
  readonly hints: readonly string[];
  /** What the account's rules allow, if they fill in for what no hint names; absent if a person is asked. */
  readonly allowed?: readonly AllowedAccess[];
}

export interface Resource {
  /** Patterns of its ARNs, with `*` for each name: a hint that fits may replace a run-time value. */
  readonly types: readonly string[];
  read(call: Call): Reading;
}

export interface Reading {
  readonly arns: readonly ResourceArn[];
  readonly unknown: readonly UndeterminedParameter[];
}

/** No resource, and nothing that would name one. */
export const NONE: Reading = { arns: [], unknown: [] };

export interface ResourceArn {
  /** As it is written into the policy: characters that are wildcards there are escaped. */
  readonly text: string;
  /** The account that the Task itself states; absent for bare names, and for ARNs without an account. */
  readonly accountId?: string;
  /** Whether the call may reach it in another Region than its own. */
  readonly inAnyRegion?: boolean;
}

/** A parameter that does not say which resource is meant, and why. */
export interface UndeterminedParameter {
  readonly parameter: string;
  readonly why: string;
  /** Patterns of the missing ARNs, unless all types of the resource are missing. */
  readonly types?: readonly string[];
  /** Whether what is listed for it may lie in another Region than the call's own. */
  readonly inAnyRegion?: boolean;
}

/**
 * Each literal text of a parameter through `read`, an absent one as `fallback`; everything else as unknown.
 * @param named a parameter's path; after a `#`, one that takes a number
 */
export function readEach(
  call: Call,
  named: string,
  read: (text: string) => Reading,
  fallback?: string,
): Reading {
  const parameter = named.replace('#', '');
  const written = readParameters(call.task, parameter);
  const given = named.startsWith('#') ? written.map(asText) : written;
  const present = given.filter((value) => value.kind !== 'absent');
  const values = fallback !== undefined || present.length === 0 ? given : present;
  return join(
    values.map((value) =>
      value.kind === 'absent' && fallback !== undefined
        ? read(fallback)
        : readText(call, parameter, value, read),
    ),
  );
}

function asText(value: Value): Value {
  if (value.kind !== 'other' || value.known.kind !== 'scalar') return value;
  const { value: held } = value.known;
  return Number.isSafeInteger(held) ? { kind: 'text', text: String(held) } : value;
}

/** All ARNs and all unknown parameters of several readings. */
export function join(readings: readonly Reading[]): Reading {
  return {
    arns: readings.flatMap((reading) => reading.arns),
    unknown: readings.flatMap((reading) => reading.unknown),
  };
}

/** For a parameter that has a value, but one that names no resource of the kind that is looked for. */
export function unreadable(parameter: string, text: string): Reading {
  return undetermined(
    parameter,
    `${JSON.stringify(shortened(text.replaceAll(HOLE, '…')))} does not name one`,
  );
}

function readText({ task }: Call, parameter: string, value: Value, read: (text: string) => Reading): Reading {
  switch (value.kind) {
    case 'absent':
      return undetermined(parameter, 'is missing');
    case 'dynamic':
      return undetermined(parameter, atRunTime(value.expression));
    case 'other':
      return undetermined(parameter, 'is not a string');
    case 'pattern': {
      const reading = read(value.text);
      // Whatever else is missing is reported under its own name.
      const isOpen = reading.unknown.some((one) => one.parameter === parameter);
      return isOpen ? undetermined(parameter, atRunTime(value.expression)) : reading;
    }
    case 'text': {
      const slip = slipIn(value.text, task.queryLanguage);
      return slip === undefined ? read(value.text) : undetermined(parameter, slip);
    }
  }
}

/** Nothing found, and why. */
export function undetermined(parameter: string, why: string): Reading {
  return { arns: [], unknown: [{ parameter, why }] };
}

/** In words that follow a parameter's name. */
export function atRunTime(expression: string): string {
  return expression === ''
    ? 'is known only at run time'
    : `is known only at run time (${shortened(expression)})`;
}

/** How many characters of a definition's text a message quotes. */
const MOST_SHOWN = 240;

/** Enough of it for a person to recognize it. */
function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** The resource of the first of these parameters that the Task gives; if it gives none, that of the first. */
export function firstGiven(choices: Readonly<Record<string, Resource>>): Resource {
  const [first] = Object.keys(choices);
  return {
    types: Object.values(choices).flatMap((resource) => resource.types),
    read(call) {
      const given = Object.keys(choices).find((parameter) => hasParameter(call.task, parameter)) ?? first;
      return choices[given ?? '']?.read(call) ?? { arns: [], unknown: [] };
    },
  };
}
