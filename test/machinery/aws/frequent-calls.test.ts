/** A state machine that is read again is read by the SDK's own request, with another ARN, time and signature; and whatever AWS
 *  answers is judged as the SDK judges it. */
import { describe, expect, it } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/errors/errors.ts';
import { readStateMachine } from '../../../src/aws/reads/state-machine.ts';
import type { FakeAnswer, FakeCall } from './fake-aws.ts';
import { newClients, sharedHeaders } from './frequent.ts';
import { callOptions, OPERATOR } from './harness.ts';

const REGION = 'us-east-1';
const HOUR_MS = 3_600_000;

const clients = newClients(machine);

const arnOf = (name: string) => `arn:aws:states:${REGION}:${OPERATOR}:stateMachine:${name}`;

function machine({ body }: Pick<FakeCall, 'body'>, more: object = {}): FakeAnswer {
  const { stateMachineArn }: { stateMachineArn: string } = JSON.parse(body);
  const fields = {
    name: 'checkout',
    status: 'ACTIVE',
    type: 'STANDARD',
    roleArn: `arn:aws:iam::${OPERATOR}:role/checkout`,
    definition: '{"StartAt":"é"}',
    creationDate: 1_767_225_600.123,
    revisionId: 'r1',
  };
  return { kind: 'json', body: { stateMachineArn, ...fields, ...more } };
}

/** What a read comes to: the machine, or the failure in words. */
async function read(name: string) {
  try {
    const reading = await readStateMachine(clients.account, callOptions, arnOf(name));
    return reading.kind === 'found' ? { ...reading.machine, arn: '' } : reading.kind;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const { kind, reason, code, outcomeUnknown } = error;
    return { kind, reason, code, outcomeUnknown };
  }
}

it.each(['roleArn', 'definition'])(
  'a machine without its %s is an answer that is not whole',
  async (member) => {
    clients.aws.answer = (call) => machine(call, { [member]: undefined });
    expect(await read('first')).toMatchObject({ kind: 'retryable', reason: 'Unavailable' });
  },
);

describe('a read after the first', () => {
  it('is the same request for another machine', async () => {
    await read('first');
    const first = clients.lastCall();
    await read('second');
    const second = clients.lastCall();
    expect(JSON.parse(second.body)).toStrictEqual({ stateMachineArn: arnOf('second') });
    expect(sharedHeaders(second)).toStrictEqual(sharedHeaders(first));
    expect(second.headers['content-length']).toBe(String(second.body.length));
    expect(clients.aws.calls).toHaveLength(2);
  });

  it('is made with a new session once that was renewed', async () => {
    await read('first');
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIANEW';
    clients.account.session.renew();
    await read('second');
    expect(clients.lastCall().accessKeyId).toBe('AKIANEW');
  });

  it('follows AWS where its clock is another', async () => {
    await read('first');
    clients.aws.aheadMs = HOUR_MS;
    clients.aws.answer = (call) =>
      Math.abs(call.signedAt - Date.now() - HOUR_MS) < HOUR_MS / 2
        ? machine(call)
        : { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' };
    expect(await read('second')).toMatchObject({ revisionId: 'r1' });
    expect(await read('third')).toMatchObject({ revisionId: 'r1' });
    expect(clients.aws.calls).toHaveLength(4);
  });

  it.each([
    ['StateMachineDoesNotExist', 'absent'],
    ['AccessDeniedException', { reason: 'AccessDenied' }],
    ['ThrottlingException', { reason: 'Throttled' }],
    ['InvalidSignatureException', { code: 'RequestTimeTooSkewed' }],
  ])('tells a wrong clock from what AWS says of the request itself: %s', async (code, outcome) => {
    clients.aws.aheadMs = HOUR_MS;
    clients.aws.answer = machine;
    await read('first');
    clients.aws.answer = () => ({ kind: 'error', status: 400, code });
    const told = await read('second');
    if (typeof outcome === 'string') expect(told).toBe(outcome);
    else expect(told).toMatchObject(outcome);
  });
});

/** What the last call's signature is for; the SDK signs the number of its attempt, too. */
function signed(): string {
  const { authorization } = clients.lastCall().headers;
  return String(authorization)
    .replace(/Signature=.*/, '')
    .replaceAll(/amz-sdk-[\w-]+;/g, '');
}

it('is signed as the SDK signs: for the same service, Region and headers', async () => {
  await read('first');
  const bySdk = signed();
  await read('second');
  expect(signed()).toBe(bySdk);
});

const ANSWERS: readonly { what: string; answer: (call: FakeCall) => FakeAnswer }[] = [
  { what: 'a machine', answer: machine },
  { what: 'an Express machine', answer: (call) => machine(call, { type: 'EXPRESS' }) },
  { what: 'a machine that is being deleted', answer: (call) => machine(call, { status: 'DELETING' }) },
  { what: 'one without a revision', answer: (call) => machine(call, { revisionId: undefined }) },
  { what: 'one without a definition', answer: (call) => machine(call, { definition: undefined }) },
  {
    what: 'no machine',
    answer: () => ({ kind: 'error', status: 400, code: 'StateMachineDoesNotExist', message: 'none' }),
  },
  { what: 'a denial', answer: () => ({ kind: 'error', status: 400, code: 'AccessDeniedException' }) },
  { what: 'another key', answer: () => ({ kind: 'error', status: 400, code: 'KmsAccessDeniedException' }) },
  { what: 'HTML', answer: () => ({ kind: 'raw', status: 200, type: 'text/html', body: '<html>' }) },
  { what: 'an object without anything', answer: () => ({ kind: 'json', body: {} }) },
  { what: 'a list', answer: () => ({ kind: 'json', body: [] }) },
  { what: 'a time in words', answer: (call) => machine(call, { creationDate: '2026-01-01T00:00:00Z' }) },
  { what: 'a time beyond all', answer: (call) => machine(call, { creationDate: 1e300 }) },
  { what: 'a kind that nobody knows', answer: (call) => machine(call, { type: 'OTHER', status: 'OTHER' }) },
  { what: 'a role of null', answer: (call) => machine(call, { roleArn: null, revisionId: null }) },
  { what: 'an empty definition', answer: (call) => machine(call, { definition: '' }) },
  {
    what: 'a megabyte',
    answer: (call) => machine(call, { definition: `{"Comment":"${'é'.repeat(500_000)}"}` }),
  },
  { what: 'a connection that is cut', answer: () => ({ kind: 'cut' }) },
  { what: 'half of an object', answer: () => ({ kind: 'raw', status: 200, body: '{"definition":' }) },
];

it('is read no further than an answer of AWS may be long', async () => {
  await read('first');
  clients.aws.answer = () => ({ kind: 'endless', type: 'application/x-amz-json-1.0', beginning: '{' });
  expect(await read('second')).toMatchObject({ kind: 'retryable', code: 'ForeignAnswer' });
});

describe('is judged as by the SDK:', () => {
  for (const { what, answer } of ANSWERS) {
    it(what, async () => {
      clients.aws.answer = answer;
      // The first one is the SDK's.
      const bySdk = await read('first');
      const before = clients.aws.calls.length;
      expect(await read('second')).toStrictEqual(bySdk);
      expect(clients.aws.calls.length - before).toBe(before);
    });
  }
});
