import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { lagReads } from '../../../testbed/proxy/aws-truths/read-lag.ts';
import { Rules } from '../../../testbed/proxy/rules.ts';
import { narrow } from '../../expectations.ts';

const LAG = 1_000;

function call(operation: string, RoleName: string, accountId = '222222222222'): AwsCall {
  return {
    service: 'iam',
    operation,
    region: 'us-east-1',
    accessKeyId: accountId,
    accountId,
    caller: '',
    write: !operation.startsWith('Get'),
    protocol: 'query',
    parameters: new Map([
      ['Action', operation],
      ['RoleName', RoleName],
    ]),
  };
}

describe('IAM’s lag', () => {
  let now = 0;
  let rules = new Rules<AwsCall>();

  beforeEach(() => {
    now = 0;
    rules = new Rules<AwsCall>();
    rules.add(lagReads(LAG, () => now));
  });

  /** What a caller gets, while AWS truly holds `truth`. */
  async function read(role: string, truth: string, accountId?: string): Promise<string> {
    const [fault] = await rules.faultsFor(call('GetRole', role, accountId));
    if (fault?.kind === 'answer') return fault.answer.body.toString();
    narrow(fault?.kind === 'change', fault);
    const answer = await fault.change({ status: 200, headers: {}, body: Buffer.from(truth) });
    return answer.body.toString();
  }
  const write = (operation: string, role: string) => rules.faultsFor(call(operation, role));

  it('shows what was there before a write until the lag is over', async () => {
    expect(await read('r', 'old')).toBe('old');
    now = 10;
    await write('PutRolePolicy', 'r');
    expect(await read('r', 'new')).toBe('old');
    now = 10 + LAG;
    expect(await read('r', 'new')).toBe('new');
  });

  it('never shows what a write older than the lag has changed', async () => {
    await read('r', 'first');
    now = 10;
    await write('PutRolePolicy', 'r');
    now = 10 + LAG;
    await write('PutRolePolicy', 'r');
    expect(await read('r', 'second or third')).toBe('second or third');
  });

  it('hides a role that was just made', async () => {
    await write('CreateRole', 'r');
    expect(await read('r', 'there')).toMatch(/NoSuchEntity/);
    now = LAG;
    expect(await read('r', 'there')).toBe('there');
  });

  it('is each account’s own', async () => {
    await read('r', 'old', '333333333333');
    now = 10;
    await write('PutRolePolicy', 'r');
    expect(await read('r', 'new', '333333333333')).toBe('new');
  });
});
