import { describe, expect, it } from '@jest/globals';
import { LINK_METRICS, LinkSeries, type LinkReadiness } from '../../../src/telemetry/link-series.ts';

const CHECKOUT = { namespace: 'payments', name: 'checkout', ready: true, reason: 'InSync' };
const REFUND = { namespace: 'payments', name: 'refund', ready: false, reason: 'AccessDenied' };

/** What Prometheus would read, without help and types. */
function scraped(series: LinkSeries, links: readonly LinkReadiness[] | undefined): readonly string[] {
  return [...series.lines(links)].filter((line) => !line.startsWith('#'));
}

describe('metrics of single links', () => {
  it('tell of each link whether it is Ready, and why not', () => {
    expect(scraped(new LinkSeries(), [CHECKOUT, REFUND])).toEqual(
      expect.arrayContaining([
        'crossaccountlink_link_metrics 1',
        'crossaccountlink_link_ready{namespace="payments",name="checkout",reason="InSync"} 1',
        'crossaccountlink_link_ready{namespace="payments",name="refund",reason="AccessDenied"} 0',
      ]),
    );
  });

  it('have one reason at a time', () => {
    const series = new LinkSeries();
    scraped(series, [REFUND]);
    const ready = scraped(series, [{ ...REFUND, reason: 'Throttled' }]).filter((line) =>
      line.startsWith('crossaccountlink_link_ready'),
    );
    expect(ready).toEqual([expect.stringContaining('reason="Throttled"')]);
  });

  it('count drift from zero on, and forget it with the link', () => {
    const series = new LinkSeries();
    const drift = 'crossaccountlink_link_drift_detected_total{namespace="payments",name="checkout"}';
    expect(scraped(series, [CHECKOUT])).toContain(`${drift} 0`);
    series.drifted(CHECKOUT, true);
    expect(scraped(series, [CHECKOUT])).toContain(`${drift} 1`);
    expect(scraped(series, [REFUND]).join()).not.toContain('checkout');
    expect(scraped(series, [CHECKOUT])).toContain(`${drift} 0`);
  });

  it('count what was repaired apart from what was found', () => {
    const series = new LinkSeries();
    series.drifted(CHECKOUT, false);
    series.drifted(CHECKOUT, true);
    const counts = scraped(series, [CHECKOUT, REFUND]).filter((line) => line.includes('_drift_'));
    expect(counts).toStrictEqual([
      'crossaccountlink_link_drift_detected_total{namespace="payments",name="checkout"} 2',
      'crossaccountlink_link_drift_detected_total{namespace="payments",name="refund"} 0',
      'crossaccountlink_link_drift_repaired_total{namespace="payments",name="checkout"} 1',
      'crossaccountlink_link_drift_repaired_total{namespace="payments",name="refund"} 0',
    ]);
  });

  it('have their help and their type right before them', () => {
    const lines = [...new LinkSeries().lines([CHECKOUT])];
    const expected = LINK_METRICS.map(({ name, type, help }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      expect.stringMatching(new RegExp(`^${name}[ {]`)),
    ]);
    expect(lines).toEqual(expected.flat());
  });

  it('are all gone where there are too many links', () => {
    const series = new LinkSeries();
    series.drifted(REFUND, false);
    expect(scraped(series, undefined)).toEqual(['crossaccountlink_link_metrics 0']);
  });

  it('are written with what their format has a meaning for escaped', () => {
    const text = scraped(new LinkSeries(), [{ ...REFUND, reason: 'a "b"\\\nc' }]).join();
    expect(text).toContain(String.raw`reason="a \"b\"\\\nc"`);
  });
});
