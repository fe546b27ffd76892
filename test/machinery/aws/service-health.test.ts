/** What an AWSAccount says of a service that does not answer. */
import { expect, it } from '@jest/globals';
import { toFailure } from '../../../src/aws/errors.ts';
import { ServiceHealth } from '../../../src/aws/service-health.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';

const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
const SUBJECT = { accountId: '222222222222', operation: 'GetRole', object: ROLE };

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
  const told = health.outage() ?? '';
  expect(told).toMatch(
    /^IAM in us-east-1 has not answered for \d+ s \(last: ForeignAnswer \(HTTP 403, text\/html\); this is no answer of AWS's: look at the proxies/,
  );
  expect(told).not.toContain(ROLE);
});
