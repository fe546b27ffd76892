import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { LinkSeries } from '../../../src/telemetry/link-series.ts';

const CHECKOUT = { namespace: 'payments', name: 'checkout', ready: true, reason: 'InSync' };
const REFUND = { namespace: 'payments', name: 'refund', ready: false, reason: 'AccessDenied' };

/** What Prometheus would read, without help and types. */
async function scraped(registry: Registry): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('metrics of single links', () => {
  it('tell of each link whether it is Ready, and why not', async () => {
    const registry = new Registry();
    new LinkSeries(registry).show([CHECKOUT, REFUND]);
    expect(await scraped(registry)).toEqual(
      expect.arrayContaining([
        'crossaccountlink_link_metrics 1',
        'crossaccountlink_link_ready{namespace="payments",name="checkout",reason="InSync"} 1',
        'crossaccountlink_link_ready{namespace="payments",name="refund",reason="AccessDenied"} 0',
      ]),
    );
  });

  it('have one reason at a time', async () => {
    const registry = new Registry();
    const series = new LinkSeries(registry);
    series.show([REFUND]);
    series.show([{ ...REFUND, reason: 'Throttled' }]);
    const ready = (await scraped(registry)).filter((line) => line.startsWith('crossaccountlink_link_ready'));
    expect(ready).toEqual([expect.stringContaining('reason="Throttled"')]);
  });

  it('count drift from zero on, and forget it with the link', async () => {
    const registry = new Registry();
    const series = new LinkSeries(registry);
    series.show([CHECKOUT]);
    const drift = 'crossaccountlink_link_drift_detected_total{namespace="payments",name="checkout"}';
    expect(await scraped(registry)).toContain(`${drift} 0`);
    series.drifted(CHECKOUT, true);
    series.show([CHECKOUT]);
    expect(await scraped(registry)).toContain(`${drift} 1`);
    series.show([REFUND]);
    expect((await scraped(registry)).join()).not.toContain('checkout');
  });

  it('are all gone where there are too many links', async () => {
    const registry = new Registry();
    const series = new LinkSeries(registry);
    series.show([CHECKOUT]);
    series.drifted(REFUND, false);
    series.show(undefined);
    expect(await scraped(registry)).toEqual(['crossaccountlink_link_metrics 0']);
  });
});
