import { escapePattern } from '../../policy/pattern.ts';
import { readParameter } from '../parameters.ts';
import type { Arn } from '../../arn/arn.ts';
import { allow, CALLBACK, REQUEST_RESPONSE } from './row.ts';
import type { Row, ServiceTable } from './row.ts';
import { join, readEach, renamed, unreadable, wholeArn } from './resources.ts';
import type { Reading, Resource } from './resources.ts';

/** A function's ARN, and that of one of its versions or aliases: a call with a qualifier is checked against the latter. */
const FUNCTION_TYPES = ['arn:*:lambda:*:*:function:*'];

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: name, partial ARN or ARN, each with a qualifier or without. */
const FUNCTION_NAME = /^(?:(?:(\d{12}):)?function:)?([\w-]+)((?::[\w$-]+)?)$/;

/** The function of a Lambda call, its `Qualifier` included. */
const invokedFunction: Resource = {
  types: FUNCTION_TYPES,
  read(call) {
    const qualifier = readParameter(call.task, 'Qualifier');
    const functions = readEach(call, 'FunctionName', (text) => functionArn(text, call.place));
    if (qualifier.kind === 'absent') return functions;
    const suffixed = readEach(call, 'Qualifier', (suffix) => ({
      arns: functions.arns.map((found) => renamed(found, `${found.text}:${escapePattern(suffix)}`)),
      unknown: [],
    }));
    return join([{ arns: [], unknown: functions.unknown }, suffixed]);
  },
};

function functionArn(text: string, place: { partition: string; region: string; accountId: string }): Reading {
  if (text.startsWith('arn:')) {
    const stated = wholeArn(text);
    return stated === undefined ? unreadable('FunctionName', text) : { arns: [stated], unknown: [] };
  }
  const [matched, accountId, name, suffix] = FUNCTION_NAME.exec(text) ?? [];
  if (matched === undefined) return unreadable('FunctionName', text);
  const arn = `arn:${place.partition}:lambda:${place.region}:${accountId ?? place.accountId}:function:${name}${suffix}`;
  return { arns: [accountId === undefined ? { text: arn } : { text: arn, accountId }], unknown: [] };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
export const lambda: ServiceTable = {
  invoke: { patterns: CALLBACK, call: [allow('lambda:InvokeFunction', invokedFunction)] },
};

/** A function's own ARN as the Task's `Resource`: request-response alone. */
export function functionArnRow(arn: Arn): Row {
  const stated = wholeArn(arn.text);
  const reading: Reading =
    stated === undefined ? unreadable('Resource', arn.text) : { arns: [stated], unknown: [] };
  const resource: Resource = { types: FUNCTION_TYPES, read: () => reading };
  return { patterns: REQUEST_RESPONSE, call: [allow('lambda:InvokeFunction', resource)] };
}
