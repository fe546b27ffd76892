import { expect, it } from '@jest/globals';
import { Metrics } from '../../../src/telemetry/metrics.ts';

const NAME = 'crossaccountlink_event_queue_lag_seconds';
const [REACHED, UNKNOWN] = ['111111111111', '999999999999'];

async function lagsOf(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.collect()).split('\n').filter((line) => line.startsWith(`${NAME}{`));
}

it('the lag of events is shown of accounts that are reached, whatever accounts a message names', async () => {
  const metrics = new Metrics();
  metrics.openAccount(REACHED);
  metrics.eventReceived(REACHED, 3);
  metrics.eventReceived(UNKNOWN, 3);
  expect(await lagsOf(metrics)).toStrictEqual([`${NAME}{account="${REACHED}"} 3`]);
});

it('an event that comes late shows nothing of an account that is no longer reached', async () => {
  const metrics = new Metrics();
  metrics.openAccount(REACHED);
  await metrics.closeAccount(REACHED);
  metrics.eventReceived(REACHED, 3);
  expect(await lagsOf(metrics)).toStrictEqual([]);
});
