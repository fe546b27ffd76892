/** What an AWSAccount says of a service that does not answer. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { toFailure } from '../../../src/aws/errors/errors.ts';
import { ServiceHealth } from '../../../src/aws/pace/service-health.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';

const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
const SUBJECT = { accountId: '222222222222', operation: 'GetRole', object: ROLE };

describe('Step Functions in a Region', () => {
  const MACHINE = 'arn:aws:states:us-east-99:111111111111:stateMachine:checkout';
  const subject = { accountId: '111111111111', operation: 'DescribeStateMachine', object: MACHINE };
  const noSuchHost = Object.assign(new Error('getaddrinfo ENOTFOUND states.us-east-99.amazonaws.com'), {
    code: 'ENOTFOUND',
  });
  let clock: FakeClock;
  let health: ServiceHealth;
  let reported: number;

  beforeEach(() => {
    clock = new FakeClock();
    reported = 0;
    health = new ServiceHealth({
      clock,
      random: () => 0.5,
      onChange: () => {
        reported += 1;
      },
    });
  });
  const answer = () => health.run('states', 'us-east-99', subject, () => Promise.resolve('found'));
  async function fail(): Promise<void> {
    for (let call = 0; call < 12; call += 1) {
      const refused = health.run('states', 'us-east-99', subject, () =>
        Promise.reject(toFailure(noSuchHost, subject)),
      );
      await expect(refused).rejects.toThrow();
      clock.advance(1_000);
    }
  }

  it('that has never answered may be none: whoever names it in a link makes no outage of the account', async () => {
    await fail();
    expect([health.outage(), reported]).toStrictEqual([undefined, 0]);
  });

  it('that has answered before is out of reach when it does not any more', async () => {
    await answer();
    await fail();
    expect(health.outage()).toMatch(/^Step Functions in us-east-99 has not answered for \d+ s/);
    expect(reported).toBe(1);
  });

  it('that answers for the first time brings back who waits for it', async () => {
    await fail();
    clock.advance(60_000);
    await answer();
    expect([health.outage(), reported]).toStrictEqual([undefined, 1]);
  });
});

it('tells how its last call failed, and not which object that was about', async () => {
  const clock = new FakeClock();
  const health = new ServiceHealth({ clock, random: () => 0.5, onChange: () => undefined });
  const page = Object.assign(new Error('HTTP 403, text/html'), {
    name: 'ForeignAnswer',
    $metadata: { httpStatusCode: 403 },
  });
  const fail = () => Promise.reject(toFailure(page, SUBJECT));
  for (let call = 0; call < 12; call += 1) {
    await expect(health.run('iam', 'us-east-1', SUBJECT, fail)).rejects.toThrow();
    clock.advance(1_000);
  }
  const reported = health.outage() ?? '';
  expect(reported).toMatch(
    /^IAM in us-east-1 has not answered for \d+ s \(last: ForeignAnswer \(HTTP 403, text\/html\); this answer is not from AWS: check the proxies/,
  );
  expect(reported).not.toContain(ROLE);
});
