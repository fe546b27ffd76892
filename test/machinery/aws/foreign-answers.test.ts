/** What proxies, captive portals and load balancers answer in AWS's place is never taken for AWS's word: not for a role
 *  that does not exist, nor for a write that was made. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpRequest } from '@smithy/types';
import { readAccountPage } from '../../../src/aws/reads/account-details.ts';
import { onlyFromAws } from '../../../src/aws/transport/foreign-answers.ts';
import { toFailure } from '../../../src/aws/errors/errors.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { startFakeAws, type FakeAnswer, type FakeAws } from './fake-aws.ts';
import { makeHarness, OPERATOR, type Harness } from './harness.ts';
import { SDK_CALLS, type CallName } from './sdk-calls.ts';

const CALLS = [
  'GetRole',
  'ListAttachedRolePolicies',
  'PutRolePolicy',
  'GetAccountAuthorizationDetails',
  'AssumeRole',
  'DescribeStateMachine',
  'UpdateStateMachine',
  'ReceiveMessage',
] as const;

const html = (status: number, words: string): FakeAnswer => ({
  kind: 'raw',
  status,
  type: 'text/html',
  body: `<!DOCTYPE html>\n<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>`,
});
const NGINX: FakeAnswer = {
  kind: 'raw',
  status: 502,
  type: 'text/html',
  body: '<html>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>',
};
const FOREIGN: readonly (readonly [what: string, answer: FakeAnswer])[] = [
  ['a page of a captive portal', html(200, 'Log in to the network')],
  ['a page that says 403', html(403, 'Blocked by policy')],
  ['a page that says 404', html(404, 'Not Found')],
  ['a page that says 503', html(503, 'Service Temporarily Unavailable')],
  ["a gateway's page that is no XML", NGINX],
  ['plain words', { kind: 'raw', status: 200, type: 'text/plain', body: 'hello' }],
  ['plain words that say 400', { kind: 'raw', status: 400, type: 'text/plain', body: 'Bad Request' }],
  ['other XML', { kind: 'raw', status: 200, type: 'text/xml', body: '<?xml version="1.0"?><Envelope/>' }],
  [
    'the answer to another request',
    {
      kind: 'raw',
      status: 200,
      type: 'text/xml',
      body: '<ListUsersResponse><ListUsersResult><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>',
    },
  ],
  ['white space', { kind: 'raw', status: 200, type: 'text/xml', body: ' \n' }],
  ['nothing, with 503', { kind: 'raw', status: 503, body: '' }],
  ['nothing, with 400', { kind: 'raw', status: 400, body: '' }],
  ['much of nothing', { kind: 'raw', status: 200, type: 'text/xml', body: ' '.repeat(100_000) }],
];

describe('an answer that takes its time', () => {
  const request: HttpRequest = {
    protocol: 'https:',
    hostname: 'iam.amazonaws.com',
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };

  it.each([
    ['falls drop by drop', () => Readable.from(falling())],
    ['stops before it shows whose it is', silence],
  ])('and %s is given up when the time is over', async (_how, make) => {
    const body = make();
    const read = async () => {
      const answer = await onlyFromAws(request, { statusCode: 200, headers: {}, body }, 20);
      for await (const chunk of answer.body) expect(chunk).toBeDefined();
    };
    await expect(read()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(body.destroyed).toBe(true);
  });
});

describe('what somebody else answers', () => {
  let aws: FakeAws;
  let harness: Harness;

  beforeAll(async () => {
    aws = await startFakeAws();
    harness = makeHarness(aws.url);
  });
  afterAll(async () => {
    harness.close();
    await aws.close();
  });

  const account = () => harness.account({ accountId: OPERATOR, partition: 'aws', region: 'us-east-1' });

  async function failureOf(operation: CallName, answer: FakeAnswer) {
    aws.answer = () => answer;
    const taken = SDK_CALLS[operation](account().session).then(() => 'taken for an answer');
    const thrown: unknown = await taken.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    return toFailure(thrown, { accountId: OPERATOR, operation, object: 'x' });
  }

  it('and AWS’s longest, a page of roles with all that each may hold, is read to its end', async () => {
    const member = `<member><RoleName>a</RoleName><Policy>${'x'.repeat(60_000)}</Policy></member>`;
    const result = `<RoleDetailList>${member.repeat(700)}</RoleDetailList><IsTruncated>false</IsTruncated>`;
    aws.answer = () => ({ kind: 'xml', result });
    let roles = 0;
    const reader = { onMember: () => void (roles += 1), breathe: async () => undefined };
    await readAccountPage(account().session.iam, {}, { filter: ['Role'], marker: undefined }, reader);
    expect(roles).toBe(700);
  });

  it.each([
    ['GetRole', { type: 'text/xml', beginning: '<GetRoleResponse>' }, 'more than 32 MiB'],
    [
      'GetAccountAuthorizationDetails',
      { type: 'text/xml', beginning: '<GetAccountAuthorizationDetailsResponse>' },
      'longer than any of AWS’s',
    ],
    ['DescribeStateMachine', { type: 'application/x-amz-json-1.0', beginning: '{' }, 'more than 32 MiB'],
  ] as const)('an answer to %s that does not end is not read on', async (call, answer, why) => {
    expect(await failureOf(call, { kind: 'endless', ...answer })).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining(why),
    });
  });

  describe.each(FOREIGN)('%s', (_what, answer) => {
    it.each(CALLS)('to %s: tried again, with a word about what stands in between', async (call) => {
      expect(await failureOf(call, answer)).toMatchObject({
        kind: 'retryable',
        reason: 'Unavailable',
        outcomeUnknown: true,
        message: expect.stringMatching(
          /HTTP \d+, .*this answer is not from AWS: check the proxies and firewalls/,
        ),
      });
    });
  });

  it.each(CALLS.filter((call) => call !== 'ReceiveMessage'))(
    'an empty answer to %s is none',
    async (call) => {
      expect(await failureOf(call, { kind: 'raw', status: 200, body: '' })).toMatchObject({
        kind: 'retryable',
        outcomeUnknown: true,
      });
    },
  );

  it('an empty answer is one where SQS has nothing to say', async () => {
    aws.answer = () => ({ kind: 'raw', status: 200, body: '' });
    const { $metadata } = await SDK_CALLS.DeleteMessage(account().session);
    expect($metadata.httpStatusCode).toBe(200);
  });

  it('slows the lane down where it says 429, for as long as it says', async () => {
    const answer = { kind: 'raw', status: 429, body: 'Too Many Requests', retryAfter: '7' } as const;
    expect(await failureOf('GetRole', answer)).toMatchObject({ kind: 'throttled', retryAfterMs: 7_000 });
    expect(await failureOf('DescribeStateMachine', answer)).toMatchObject({ kind: 'throttled' });
  });

  it('leaves an account out of reach, not denied', async () => {
    aws.answer = () => html(403, 'Blocked by policy');
    expect(await verifyIdentity(account())).toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/check the proxies and firewalls/),
    });
  });

  const ROLE =
    '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Arn>arn:aws:iam::1:role/x</Arn>' +
    '<RoleId>AROA1</RoleId><Tags><member><Key>a</Key><Value>b</Value></member></Tags></Role></GetRoleResult></GetRoleResponse>';
  const MACHINE = '{"definition":"{}","roleArn":"arn:aws:iam::1:role/x"}';

  it.each([
    ['GetRole', ROLE],
    ['DescribeStateMachine', MACHINE],
  ] as const)('that stops in the middle of an answer to %s, wherever, is none', async (call, whole) => {
    for (let length = 1; length < whole.length; length += 7) {
      for (const status of [200, 403]) {
        const failure = await failureOf(call, { kind: 'raw', status, body: whole.slice(0, length) });
        expect([length, failure.kind, failure.reason]).toStrictEqual([length, 'retryable', 'Unavailable']);
      }
    }
  });

  it('is not told apart from AWS by how an answer is cut into pieces', async () => {
    const prolog = `<?xml version="1.0" encoding="UTF-8"?>\n<!-- ${'-'.repeat(500)} -->\n`;
    aws.answer = () => ({ kind: 'raw', status: 200, type: 'text/xml', body: prolog + ROLE });
    const { Role } = await SDK_CALLS.GetRole(account().session);
    expect(Role?.RoleId).toBe('AROA1');
  });
});

async function* falling(): AsyncGenerator<Buffer> {
  yield Buffer.from('<GetRoleResponse>');
  for (;;) {
    await nextTurn();
    yield Buffer.from(' ');
  }
}

function silence(): Readable {
  const body = new Readable({ read: () => undefined });
  body.push('<');
  return body;
}
