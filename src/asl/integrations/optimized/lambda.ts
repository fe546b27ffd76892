import { HOLE } from '../../expressions/known.ts';
import { readParameter } from '../../parameters.ts';
import { slipIn } from '../../expressions/slips.ts';
import type { Arn } from '../../../arn/arn.ts';
import { allow, CALLBACK, REQUEST_RESPONSE } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { join, undetermined, readEach, unreadable } from '../reading.ts';
import { isNamed, renamed, toPattern, wholeArn } from '../resources.ts';
import type { Place, Reading, Resource } from '../reading.ts';

/** A function's ARN, and the ARN of one of its versions or aliases: a call with a qualifier is checked against the latter. */
const FUNCTION_TYPES = ['arn:*:lambda:*:*:function:*'];

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: name, ARN, or what is left of an ARN from its Region or its
 * account on, each with a qualifier or without. What looks like a Region in front of a name alone is a name with its qualifier.
 */
const FUNCTION_NAME = new RegExp(
  String.raw`^(?:([a-z]+(?:-[a-z]+)+-\d{1,2}):(?=\d{12}:|function:))?(?:(\d{12}):)?(?:function:)?([\w.${HOLE}-]+)((?::[\w$${HOLE}-]+)?)$`,
);

/** The function that `FunctionName` names, its `Qualifier` included. */
export const namedFunction: Resource = {
  types: FUNCTION_TYPES,
  read(call) {
    const qualifier = readParameter(call.task, 'Qualifier');
    const functions = readEach(call, 'FunctionName', (text) => functionArn(text, call.place));
    if (qualifier.kind === 'absent') return functions;
    const suffixed = readEach(call, 'Qualifier', (suffix) => ({
      arns: functions.arns.map((found) => renamed(found, qualified(found.text, suffix))),
      unknown: [],
    }));
    return join([{ arns: [], unknown: functions.unknown }, suffixed]);
  },
};

/** A function that is named with its qualifier keeps it: Lambda refuses two that differ. */
function qualified(functionArnText: string, suffix: string): string {
  return /:function:[^:]+:/.test(functionArnText)
    ? functionArnText
    : `${functionArnText}:${toPattern(suffix)}`;
}

function functionArn(text: string, place: Place): Reading {
  if (text.startsWith('arn:')) {
    const stated = wholeArn(text, FUNCTION_TYPES);
    return stated === undefined ? unreadable('FunctionName', text) : { arns: [stated], unknown: [] };
  }
  const [matched, region = place.region, accountId, name = '', suffix = ''] = FUNCTION_NAME.exec(text) ?? [];
  if (matched === undefined || !isNamed(name + suffix)) return unreadable('FunctionName', text);
  const before = `arn:${place.partition}:lambda:${region}:${accountId ?? place.accountId}:function:`;
  const arn = before + toPattern(name + suffix);
  return { arns: [accountId === undefined ? { text: arn } : { text: arn, accountId }], unknown: [] };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
export const lambda: ServiceTable = {
  invoke: { patterns: CALLBACK, call: [allow('lambda:InvokeFunction', namedFunction)] },
};

/** A placeholder for a function's ARN. */
export function placeholderRow(text: string): Row {
  const why = slipIn(text, 'JSONPath') ?? 'does not name one';
  const resource: Resource = { types: FUNCTION_TYPES, read: () => undetermined('Resource', why) };
  return { patterns: REQUEST_RESPONSE, call: [allow('lambda:InvokeFunction', resource)] };
}

/** A function's own ARN as the Task's `Resource`: only request-response. */
export function functionArnRow(arn: Arn): Row {
  const stated = wholeArn(arn.text, FUNCTION_TYPES);
  const reading: Reading =
    stated === undefined ? unreadable('Resource', arn.text) : { arns: [stated], unknown: [] };
  const resource: Resource = { types: FUNCTION_TYPES, read: () => reading };
  return { patterns: REQUEST_RESPONSE, call: [allow('lambda:InvokeFunction', resource)] };
}
