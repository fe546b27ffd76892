import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage } from 'node:http';
import { assumeRole, awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { internalFailure, refuse, throttle } from '../../../testbed/proxy/aws-answers.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { latency } from '../../../testbed/proxy/latency.ts';
import { quotas } from '../../../testbed/proxy/quotas.ts';
import { Rules, type Fault, type Rule } from '../../../testbed/proxy/rules.ts';
import { narrow } from '../../expectations.ts';

const ACCOUNT = '111111111111';
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;

/** A stand-in for AWS: notes what reached it and answers each protocol with something its client can read. */
function startStub() {
  const reached: string[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request: IncomingMessage, response) => {
    sockets.add(request.socket);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const operation =
        typeof target === 'string' ? (target.split('.')[1] ?? '') : (/Action=(\w+)/.exec(body)?.[1] ?? '');
      reached.push(operation);
      response.end(typeof target === 'string' ? '{"name":"checkout"}' : xml(operation));
    });
  });
  return { server, reached, sockets };
}

function xml(operation: string): string {
  const result =
    operation === 'AssumeRole'
      ? `<AssumedRoleUser><Arn>arn:aws:sts::222222222222:assumed-role/target/testbed</Arn></AssumedRoleUser>
         <Credentials><AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
         <SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>`
      : '<Role><RoleName>target</RoleName></Role>';
  return `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
}

function is(operation: string): (call: AwsCall) => boolean {
  return (call) => call.operation === operation;
}

const anyCall: AwsCall = {
  service: 'states',
  operation: 'UpdateStateMachine',
  region: 'us-east-1',
  accessKeyId: ACCOUNT,
  accountId: ACCOUNT,
  caller: '',
  write: true,
  protocol: 'json',
  parameters: new Map(),
};

/** The delays of a thousand calls. */
async function delays(seed: number): Promise<number[]> {
  const chosen = await faultsOf(
    latency(30, seed),
    Array.from({ length: 1000 }, () => anyCall),
  );
  return chosen.map((fault) => (fault?.kind === 'delay' ? fault.milliseconds : Number.NaN));
}

/** What a rule does to calls that come one after the other. */
async function faultsOf(rule: Rule<AwsCall>, calls: readonly AwsCall[]): Promise<(Fault | undefined)[]> {
  const rules = new Rules<AwsCall>();
  rules.add(rule);
  const faults: (Fault | undefined)[] = [];
  for (const call of calls) faults.push((await rules.faultsFor(call))[0]);
  return faults;
}

async function throttledOf(rule: Rule<AwsCall>, calls: readonly AwsCall[]): Promise<boolean[]> {
  return (await faultsOf(rule, calls)).map((fault) => fault !== undefined);
}

describe('the proxy before AWS', () => {
  const stub = startStub();
  let proxy: AwsProxy;
  let clients: AwsClients;

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      stub.server.listen(0, '127.0.0.1', resolve);
    });
    const address = stub.server.address();
    narrow(address !== null && typeof address === 'object', address);
    proxy = await startAwsProxy(`http://127.0.0.1:${address.port}`);
    clients = awsClients(proxy.url, ACCOUNT);
  });

  afterEach(() => {
    proxy.rules.clear();
    proxy.calls.clear();
    stub.reached.length = 0;
  });

  afterAll(async () => {
    await proxy.stop();
    stub.server.close();
  });

  const getRole = (RoleName = 'target') => clients.iam.send(new GetRoleCommand({ RoleName }));
  const describeMachine = () =>
    clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn: MACHINE }));
  it('passes answers on', async () => {
    expect((await getRole()).Role?.RoleName).toBe('target');
    expect((await describeMachine()).name).toBe('checkout');
  });

  it('counts calls by service, operation and account', async () => {
    await getRole();
    await getRole();
    await describeMachine();
    expect([...proxy.calls.counts()]).toStrictEqual([
      [`iam:GetRole ${ACCOUNT}`, 2],
      [`states:DescribeStateMachine ${ACCOUNT}`, 1],
    ]);
  });

  it('tells writes from reads', async () => {
    await getRole();
    await clients.iam.send(new CreateRoleCommand({ RoleName: 'target', AssumeRolePolicyDocument: '{}' }));
    await clients.sfn.send(new UpdateStateMachineCommand({ stateMachineArn: MACHINE, definition: '{}' }));
    await describeMachine();
    const writes = proxy.calls.matching((call) => call.write).map(({ call }) => call.operation);
    expect(writes).toStrictEqual(['CreateRole', 'UpdateStateMachine']);
  });

  it('reads parameters of both protocols', async () => {
    await getRole('some-role');
    await describeMachine();
    const [iam, sfn] = proxy.calls.all;
    expect(iam?.call.parameters.get('RoleName')).toBe('some-role');
    expect(sfn?.call.parameters.get('stateMachineArn')).toBe(MACHINE);
  });

  it('knows whose session a key belongs to, from the answer that gave it out', async () => {
    const session = await assumeRole(clients, 'arn:aws:iam::222222222222:role/target');
    await awsClients(proxy.url, session).iam.send(new GetRoleCommand({ RoleName: 'x' }));
    const [call] = proxy.calls.matching(is('GetRole'));
    expect(call?.call.accountId).toBe('222222222222');
    expect(call?.call.caller).toBe('arn:aws:sts::222222222222:assumed-role/target/testbed');
  });

  for (const [what, fault, expected] of [
    ['throttling', throttle, { iam: 'Throttling', sfn: 'ThrottlingException' }],
    ['an internal failure', internalFailure, { iam: 'InternalFailure', sfn: 'InternalFailure' }],
    ['a denial', refuse('AccessDenied', 'no', 403), { iam: 'AccessDenied', sfn: 'AccessDenied' }],
  ] as const) {
    it(`answers ${what} as the SDK expects it, and the server never sees the call`, async () => {
      proxy.rules.add({ match: () => true, fault });
      await expect(getRole()).rejects.toMatchObject({ name: expected.iam });
      await expect(describeMachine()).rejects.toMatchObject({ name: expected.sfn });
      expect(stub.reached).toStrictEqual([]);
    });
  }

  it('applies a rule as often as it says', async () => {
    const rule = proxy.rules.add({ match: is('GetRole'), fault: throttle, times: 1 });
    await expect(getRole()).rejects.toMatchObject({ name: 'Throttling' });
    await getRole();
    expect(rule.hits).toBe(1);
  });

  it('cuts a connection before the server sees the call', async () => {
    proxy.rules.add({ match: () => true, fault: { kind: 'cut' } });
    await expect(getRole()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stub.reached).toStrictEqual([]);
    expect(proxy.calls.all[0]?.status).toBeUndefined();
  });

  it('loses an answer after the call took effect', async () => {
    proxy.rules.add({ match: () => true, fault: { kind: 'lose' } });
    await expect(getRole()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stub.reached).toStrictEqual(['GetRole']);
  });

  it('changes an answer', async () => {
    proxy.rules.add({
      match: is('DescribeStateMachine'),
      fault: {
        kind: 'change',
        change: (answer) => ({ ...answer, body: Buffer.from('{"name":"changed"}') }),
      },
    });
    expect((await describeMachine()).name).toBe('changed');
  });

  it('holds a call until it is released, and no other', async () => {
    const hold = proxy.rules.hold(is('DescribeStateMachine'));
    const held = describeMachine();
    await hold.arrived;
    await getRole();
    expect(stub.reached).toStrictEqual(['GetRole']);
    hold.release();
    await held;
    expect(stub.reached).toStrictEqual(['GetRole', 'DescribeStateMachine']);
  });

  it('delays calls around the mean, the same way for the same seed', async () => {
    const sample = await delays(7);
    expect(await delays(7)).toStrictEqual(sample);
    expect(await delays(8)).not.toStrictEqual(sample);
    expect(sample.every((delay) => delay >= 15 && delay < 45)).toBe(true);
    const mean = sample.reduce((sum, delay) => sum + delay, 0) / sample.length;
    expect(Math.abs(mean - 30)).toBeLessThan(1);
  });

  it('keeps connections to the server open', async () => {
    stub.sockets.clear();
    for (let call = 0; call < 20; call += 1) await getRole();
    expect(stub.sockets.size).toBe(1);
  });
});

describe('quotas', () => {
  const table = [{ api: 'states:UpdateStateMachine', bucket: 3, perSecond: 1 }];

  it('let a burst through and then as much as refills', async () => {
    let now = 0;
    const rule = quotas(table, () => now);
    expect(
      await throttledOf(
        rule,
        Array.from({ length: 5 }, () => anyCall),
      ),
    ).toStrictEqual([false, false, false, true, true]);
    now = 2000;
    expect(await throttledOf(rule, [anyCall, anyCall, anyCall])).toStrictEqual([false, false, true]);
  });

  it('never hold more than their bucket, however long nothing was called', async () => {
    let now = 0;
    const rule = quotas(table, () => now);
    await throttledOf(rule, [anyCall]);
    now = 3_600_000;
    expect(await throttledOf(rule, [anyCall, anyCall, anyCall, anyCall])).toStrictEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('are each account’s and Region’s own', async () => {
    const rule = quotas(table, () => 0);
    const other = { ...anyCall, accountId: '222222222222' };
    const elsewhere = { ...anyCall, region: 'eu-west-1' };
    await throttledOf(rule, [anyCall, anyCall, anyCall]);
    expect(await throttledOf(rule, [anyCall, other, elsewhere])).toStrictEqual([true, false, false]);
  });

  it('leave other operations alone', async () => {
    const rule = quotas(table, () => 0);
    const reads = Array.from({ length: 10 }, () => ({ ...anyCall, operation: 'DescribeStateMachine' }));
    expect((await throttledOf(rule, reads)).every((throttled) => !throttled)).toBe(true);
  });
});
