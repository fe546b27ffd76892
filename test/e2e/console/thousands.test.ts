/** The console's list of 2,000 links, which exist only in memory, in a real browser. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../../src/base/clock.ts';
import { consoleAsset } from '../../../src/console/server/assets.ts';
import { startConsole } from '../../../src/console/server/server.ts';
import { findSources } from '../../../src/console/server/sources.ts';
import { findChromium, launchChromium } from '../../../testbed/chromium.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { FakeCluster, linkObject } from '../../machinery/console/fake-cluster.ts';
import { openDashboard } from './dashboard.ts';
import { describeWithBrowser } from './stand.ts';

const LINKS = 2_000;

let browser: Browser;
let served: Awaited<ReturnType<typeof startConsole>>;
let page: Page;

/** The name of the link that has the keyboard. */
const focused = () =>
  page.evaluate<string | null>(
    `document.activeElement?.querySelector('.row-name')?.textContent ?? document.activeElement?.type ?? null`,
  );
const comesTo = (name: string) =>
  eventually(`${name} to have the keyboard`, async () => expect(await focused()).toBe(name));

describeWithBrowser('the list of 2,000 links, by keyboard alone', () => {
  beforeAll(async () => {
    const cluster = new FakeCluster();
    cluster.items = Array.from({ length: LINKS }, (_, index) =>
      linkObject(`link-${String(index).padStart(4, '0')}`, String(index + 1)),
    );
    served = await startConsole({
      sources: await findSources({
        client: cluster.client,
        clock: systemClock,
        namespace: 'payments',
        only: false,
      }),
      clock: systemClock,
      asset: consoleAsset,
      readPolicy: async () => ({ kind: 'unavailable', why: 'not here' }),
    });
    browser = await launchChromium(findChromium() ?? '');
    page = await openDashboard(browser, served);
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  it('is entered from the search, walked by line, page and end, and left again', async () => {
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await comesTo('link-0000');
    await page.keyboard.press('End');
    await comesTo('link-1999');
    await page.keyboard.press('ArrowUp');
    await comesTo('link-1998');
    await page.keyboard.press('PageUp');
    await eventually('a page to be left', async () => expect(await focused()).toMatch(/^link-19[0-8]/));
    await page.keyboard.press('Home');
    await comesTo('link-0000');
    await page.keyboard.press('ArrowUp');
    await comesTo('search');
  });

  it('keeps the keyboard when it is scrolled away, and says how many there are', async () => {
    await page.keyboard.press('ArrowDown');
    await comesTo('link-0000');
    await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.locator('.row', { hasText: 'link-1999' }).waitFor();
    expect(await focused()).toBe('link-0000');
    const place = await page
      .locator('li', { hasText: 'link-1999' })
      .evaluate((row) => [row.ariaPosInSet, row.ariaSetSize]);
    expect(place).toStrictEqual(['2000', '2000']);
  });

  it('shows the place of a link that was opened by its address', async () => {
    const row = page.locator('.row', { hasText: 'link-1500' });
    await expect(row.count()).resolves.toBe(0);
    await page.goto(`${new URL(served.url).origin}/#/map/payments/link-1500`);
    await row.waitFor();
    await page.reload();
    await row.waitFor();
    await page.keyboard.press('Escape');
  });

  it('opens the first link that the search found with Enter', async () => {
    await page.getByRole('searchbox').fill('link-12');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'link-1200', level: 2 }).waitFor();
  });
});
