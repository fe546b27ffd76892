/** Errors in AWS's words, in the protocol of the call that they answer. */
import { randomUUID } from 'node:crypto';
import type { AwsCall } from './aws-call.ts';
import type { Answer, Fault } from './rules.ts';

/** An error answer. The status is 400 unless given. */
export function awsError(call: AwsCall, code: string, message: string, status = 400): Answer {
  const requestId = randomUUID();
  if (call.protocol === 'json') {
    return {
      status,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': code,
      },
      body: Buffer.from(JSON.stringify({ __type: code, message })),
    };
  }
  const type = status < 500 ? 'Sender' : 'Receiver';
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: Buffer.from(
      `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${escape(message)}</Message></Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    ),
  };
}

/** Refuses a call with an AWS error; the server never sees the call. */
export function refuse(code: string, message: string, status?: number): (call: AwsCall) => Fault {
  return (call) => ({ kind: 'answer', answer: awsError(call, code, message, status) });
}

/** Refuses a call as too frequent, in the words of its service. */
export function throttle(call: AwsCall): Fault {
  const code = call.protocol === 'json' ? 'ThrottlingException' : 'Throttling';
  return { kind: 'answer', answer: awsError(call, code, 'Rate exceeded') };
}

/** Answers 500, without effect. */
export const internalFailure = refuse('InternalFailure', 'We encountered an internal error.', 500);

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
