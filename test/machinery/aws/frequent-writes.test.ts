/** A write after a client's first is the SDK's own request with other content, time and signature; the fence is asked right before
 *  it is sent, and whatever AWS answers is judged as the SDK judges it. */
import type { CreateRoleCommandInput } from '@aws-sdk/client-iam';
import { describe, expect, it } from '@jest/globals';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import {
  createRole,
  putRolePolicy,
  updateStateMachine,
  type UpdatedMachine,
} from '../../../src/aws/transport/frequent-calls.ts';
import { present } from '../../expectations.ts';
import type { FakeAnswer, FakeCall } from './fake-aws.ts';
import { newClients, sharedHeaders } from './frequent.ts';
import { makeHarness, OPERATOR } from './harness.ts';

const clients = newClients(done);

type Session = AccountCalls['session'];

const machine = (name: string) => `arn:aws:states:us-east-1:${OPERATOR}:stateMachine:${name}`;

/** The writes that making a link takes, to an object of some name. */
const WRITES: Readonly<Record<string, (session: Session, name: string) => Promise<unknown>>> = {
  'CreateRole, with all that it can carry': ({ iam }, name) =>
    createRole(
      iam,
      {
        RoleName: name,
        Path: '/links/',
        AssumeRolePolicyDocument: '{"Statement":[]}',
        Tags: [
          { Key: 'team', Value: 'payments & more' },
          { Key: 'empty', Value: '' },
        ],
        Description: 'a + b = ü',
        PermissionsBoundary: `arn:aws:iam::${OPERATOR}:policy/boundary`,
      },
      {},
    ),
  'CreateRole, bare': ({ iam }, name) =>
    createRole(iam, { RoleName: name, Path: '/', AssumeRolePolicyDocument: '{}' }, {}),
  PutRolePolicy: ({ iam }, name) =>
    putRolePolicy(
      iam,
      {
        RoleName: name,
        PolicyName: 'CrossAccountLink-a',
        PolicyDocument: `{"Resource":"arn:aws:s3:::a b/(ü)!~'*"}`,
      },
      {},
    ),
  UpdateStateMachine: (session, name) =>
    updateStateMachine(
      session.states('us-east-1'),
      { stateMachineArn: machine(name), definition: '{"StartAt":"é"}' },
      {},
    ),
  'UpdateStateMachine with a version': (session, name) =>
    updateStateMachine(
      session.states('us-east-1'),
      { stateMachineArn: machine(name), definition: '{}', publish: true },
      {},
    ),
};

function done({ operation, body }: Pick<FakeCall, 'operation' | 'body'>): FakeAnswer {
  if (operation === 'CreateRole')
    return {
      kind: 'xml',
      result: '<Role><Path>/links/</Path><RoleName>a</RoleName><RoleId>AROA1</RoleId></Role>',
    };
  if (operation !== 'UpdateStateMachine') return { kind: 'xml', result: '' };
  const version = body.includes('"publish":true') ? { stateMachineVersionArn: machine('a:1') } : {};
  return { kind: 'json', body: { updateDate: 1_767_225_600.123, revisionId: 'r2', ...version } };
}

/** What a write comes to: what is used of AWS's answer, or the error that the SDK made of it. */
async function outcome(writing: Promise<unknown>): Promise<unknown> {
  try {
    const answer = await writing;
    if (typeof answer !== 'object' || answer === null) return answer;
    const { revisionId, stateMachineVersionArn }: UpdatedMachine = answer;
    return { revisionId, stateMachineVersionArn };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name, message } = error;
    return { name, message };
  }
}

/** What the last request says, in any order. */
function content({ headers, body }: FakeCall): object {
  return headers['x-amz-target'] === undefined
    ? Object.fromEntries([...new URLSearchParams(body)].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.parse(body);
}

const ANSWERS: readonly { what: string; answer: (call: FakeCall) => FakeAnswer }[] = [
  { what: 'a write that was made', answer: done },
  { what: 'an XML declaration before it', answer: declared },
  { what: 'a denial', answer: () => ({ kind: 'error', status: 403, code: 'AccessDenied' }) },
  { what: 'a limit', answer: () => ({ kind: 'error', status: 409, code: 'LimitExceeded', message: 'no' }) },
  { what: 'a conflict', answer: () => ({ kind: 'error', status: 409, code: 'EntityAlreadyExists' }) },
  { what: 'nothing of that name', answer: () => ({ kind: 'error', status: 404, code: 'NoSuchEntity' }) },
  { what: 'HTML', answer: () => ({ kind: 'raw', status: 200, type: 'text/html', body: '<html></html>' }) },
  { what: 'nothing', answer: () => ({ kind: 'raw', status: 200, body: '' }) },
  { what: 'an object without anything', answer: () => ({ kind: 'raw', status: 200, body: '{}' }) },
  { what: 'a result without anything', answer: () => ({ kind: 'xml', result: '' }) },
  { what: 'a list', answer: () => ({ kind: 'json', body: [] }) },
];

function declared(call: FakeCall): FakeAnswer {
  const answer = done(call);
  if (answer.kind !== 'xml') return answer;
  const { operation } = call;
  const body = `<?xml version="1.0"?>\n<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${answer.result}</${operation}Result></${operation}Response>\n`;
  return { kind: 'raw', status: 200, type: 'text/xml', body };
}

for (const [name, writeTo] of Object.entries(WRITES)) {
  describe(name, () => {
    it('is made again as the SDK would make it', async () => {
      await outcome(writeTo(clients.account.session, 'first'));
      const first = clients.lastCall();
      await outcome(writeTo(clients.account.session, 'second'));
      const second = clients.lastCall();
      // Another session begins with the SDK's own.
      const another = makeHarness(clients.aws.url).account({ accountId: OPERATOR, partition: 'aws' });
      await outcome(writeTo(another.session, 'second'));
      expect(content(second)).toStrictEqual(content(clients.lastCall()));
      expect(content(second)).not.toStrictEqual(content(first));
      expect(sharedHeaders(second)).toStrictEqual(sharedHeaders(first));
      expect(second.headers['amz-sdk-request']).toBeUndefined();
      expect(second.headers['content-length']).toBe(String(Buffer.byteLength(second.body)));
      for (const key of ['method', 'path', 'signingRegion', 'signingService'] as const)
        expect([key, second[key]]).toStrictEqual([key, first[key]]);
    });

    it('is not sent by a process that may not write any more', async () => {
      await outcome(writeTo(clients.account.session, 'first'));
      clients.harness.mayWrite = false;
      const before = clients.aws.calls.length;
      expect(await outcome(writeTo(clients.account.session, 'second'))).toMatchObject({ name: 'Fenced' });
      expect(clients.aws.calls.length).toBe(before);
    });

    it('says what AWS answered, also where the lease was lost meanwhile', async () => {
      await outcome(writeTo(clients.account.session, 'first'));
      clients.aws.answer = () => {
        clients.harness.mayWrite = false;
        return { kind: 'error', status: 403, code: 'AccessDenied' };
      };
      expect(await outcome(writeTo(clients.account.session, 'second'))).toMatchObject({
        name: 'AccessDenied',
      });
    });

    for (const { what, answer } of ANSWERS) {
      it(`is judged as by the SDK: ${what}`, async () => {
        clients.aws.answer = answer;
        // The first one is the SDK's.
        const bySdk = await outcome(writeTo(clients.account.session, 'first'));
        expect(await outcome(writeTo(clients.account.session, 'second'))).toStrictEqual(bySdk);
        expect(clients.aws.calls.length).toBe(2);
      });
    }
  });
}

it('a write that gets no answer is given up within the four seconds that the fence counts on', async () => {
  const write = present(WRITES['PutRolePolicy'], 'no such write');
  await write(clients.account.session, 'first');
  clients.aws.answer = () => ({ kind: 'silence' });
  // Its own words say when: how much time passes on a busy machine says nothing.
  const failure = { name: 'TimeoutError', message: 'no answer within 4000 ms' };
  expect(await outcome(write(clients.account.session, 'second'))).toStrictEqual(failure);
});

describe('a write that holds more than texts', () => {
  const role = { RoleName: 'a', Path: '/', AssumeRolePolicyDocument: '{}' };
  const held: readonly { what: string; input: CreateRoleCommandInput; field: string; value: string }[] = [
    {
      what: 'a number',
      input: { ...role, MaxSessionDuration: 7200 },
      field: 'MaxSessionDuration',
      value: '7200',
    },
    { what: 'a list without members', input: { ...role, Tags: [] }, field: 'Tags', value: '' },
  ];
  for (const { what, input, field, value } of held) {
    it(`is left to the SDK whole: ${what}`, async () => {
      await createRole(clients.account.session.iam, role, {});
      expect(await createRole(clients.account.session.iam, input, {})).toBe('AROA1');
      const { headers, body } = clients.lastCall();
      expect(headers['amz-sdk-request']).toBeDefined();
      expect(new URLSearchParams(body).get(field)).toBe(value);
      expect(clients.aws.calls).toHaveLength(2);
    });
  }
});
