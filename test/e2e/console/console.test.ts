/** The console in a real browser, over links that really run. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../../../testbed/eventually.ts';
import { openDashboard } from './dashboard.ts';
import { CHECKOUT, driftOn } from './fleet.ts';
import { describeWithBrowser, startStand, type Stand } from './stand.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A link with the longest names that Kubernetes accepts; its machine need not exist. */
const LONGEST_NAMES = `map/${'n'.repeat(63)}/${'a'.repeat(253)}`;

let stand: Stand;
let page: Page;

const listed = (on: Page = page) => on.locator('.row-name').allTextContents();
const open = (route: string) => page.goto(`${stand.dashboard.origin}/#/${route}`);

/** Opens the role of payments/checkout to everybody, and has the operator look at once. */
async function driftAndRepair(): Promise<void> {
  await driftOn(stand.scene, CHECKOUT.name);
  await stand.scene.annotate(CHECKOUT, `crossaccountlink.dev/reconcile-requested-at=${crypto.randomUUID()}`);
}

async function seriousProblems(on: Page): Promise<unknown> {
  await on.evaluate(AXE);
  return on.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}

describeWithBrowser('the console', () => {
  beforeAll(async () => {
    stand = await startStand();
    page = await openDashboard(stand.browser, stand.dashboard);
  });
  afterAll(() => stand.stop());

  it('shows every link on the map and in the list, with its reason', async () => {
    await expect(page.locator('canvas').getAttribute('aria-label')).resolves.toMatch(
      /^Map of 3 links: 1 Not ready, 2 Ready\./,
    );
    expect(await listed()).toStrictEqual(['checkout', 'hostile', 'refund']);
    const refund = page.locator('.row', { hasText: 'refund' });
    await expect(refund.textContent()).resolves.toContain('Not ready: AccountNotAllowed');
  });

  it('takes the token out of the address and keeps it out', async () => {
    expect(page.url()).toBe(`${stand.dashboard.origin}/#/map`);
    await page.reload();
    await page.locator('.row').first().waitFor();
  });

  it('narrows map and list to what is searched, and to the tones that are chosen', async () => {
    const painted = page.locator('canvas');
    await page.getByRole('searchbox').fill('ns:risk');
    await page.locator('canvas[data-painted="2"]').waitFor();
    expect(await listed()).toStrictEqual(['hostile', 'refund']);
    await page.getByRole('button', { name: /^Not ready/ }).click();
    await page.locator('canvas[data-painted="1"]').waitFor();
    expect(await listed()).toStrictEqual(['refund']);
    await page.getByRole('button', { name: /^Not ready/ }).click();
    await page.getByRole('searchbox').fill('');
    await expect(painted.getAttribute('aria-label')).resolves.toContain('3 links');
  });

  it('shows of a link its five legs in order, whether it is effective, and its Tasks', async () => {
    await page.locator('.row', { hasText: 'checkout' }).click();
    await page.getByRole('heading', { name: 'checkout', level: 2 }).waitFor();
    await page.locator('.leg').first().waitFor();
    expect(
      await page.locator('.leg .mark').evaluateAll((marks) => marks.map((mark) => mark.textContent)),
    ).toStrictEqual(['✓', '✓', '✓', '✓', '✓', '✓']);
    expect(await page.locator('.tasks li').allTextContents()).toStrictEqual(['Charge', 'Note order']);
  });

  it('derives the policy from the definition in AWS, with the Tasks behind each statement', async () => {
    await page.getByRole('tab', { name: 'Policy' }).click();
    await page.getByRole('button', { name: 'Read the definition' }).click();
    const statement = page.locator('.change');
    await statement.waitFor();
    const text = await statement.textContent();
    expect(text).toContain('sqs:SendMessage');
    expect(text).toContain('arn:aws:sqs:us-east-1:222222222222:charges');
    expect(text).toContain('ChargeNote order');
  });

  it('shows drift that happens while one looks, as a difference', async () => {
    await page.getByRole('tab', { name: 'Drift' }).click();
    await page.getByText('No drift was found').waitFor();
    await driftAndRepair();
    await page.locator('.toasts', { hasText: 'payments/checkout drifted, repaired' }).waitFor();
    const change = page.locator('.change').first();
    await change.waitFor();
    await expect(change.textContent()).resolves.toContain('repaired');
    expect(await page.locator('.change .line.removed, .change .line.added').count()).toBeGreaterThan(0);
    await page.locator('.tabs .badge').waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('DriftDetected').first().waitFor();
  });

  it('sums the fleet up: how many are Ready, why not, whom to see first, accounts, drift', async () => {
    await driftAndRepair();
    await open('overview');
    await page.getByRole('img', { name: 'Ready: 2 of 3' }).waitFor();
    await expect(page.locator('.urgent').textContent()).resolves.toContain('risk/refund');
    await expect(page.locator('table').textContent()).resolves.toContain('account-222222222222');
    await page.getByRole('img', { name: /^[1-9]\d* drifts? in the last 24 hours$/ }).waitFor();
    await page.getByRole('button', { name: /AccountNotAllowed/ }).click();
    await page.locator('canvas[data-painted="1"]').waitFor();
    await page.getByRole('searchbox').fill('');
  });

  it('comes back by itself when the API server was away', async () => {
    await stand.scene.stage.restartApiServer();
    const late = { namespace: 'payments', name: 'late' };
    const { spec } = await stand.scene.get(CHECKOUT);
    await eventually('the API server to take a link again', () => stand.scene.link(late, spec));
    await page.locator('.row', { hasText: 'late' }).waitFor({ timeout: 60_000 });
    await stand.scene.delete(late);
    await page.locator('.row', { hasText: 'late' }).waitFor({ state: 'detached' });
    await eventually('nothing to be said to be missing', async () => {
      expect(await page.locator('.notices').count()).toBe(0);
    });
  });

  describe('by keyboard alone', () => {
    it('is searched, walked, opened and closed', async () => {
      await open('map');
      await page.locator('canvas').focus();
      await page.keyboard.press('/');
      await page.keyboard.type('ns:risk');
      await page.locator('canvas[data-painted="2"]').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'refund', level: 2 }).waitFor();
      await eventually('the heading to have the focus', async () => {
        expect(await page.evaluate('document.activeElement.textContent')).toBe('refund');
      });
      await page.getByRole('tab', { name: 'Legs' }).focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.getByRole('tab', { name: 'Drift' }).getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('Escape');
      await page.locator('.panel').waitFor({ state: 'detached' });
      await page.getByRole('searchbox').fill('');
    });

    it('is moved and zoomed', async () => {
      const canvas = page.locator('canvas');
      await canvas.focus();
      const before = await canvas.screenshot();
      for (const key of ['+', 'ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
      await eventually('the map to look different', async () => {
        expect((await canvas.screenshot()).equals(before)).toBe(false);
      });
    });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing serious for axe to find, when ${colorScheme}`, async () => {
      const other = await openDashboard(stand.browser, stand.dashboard, { colorScheme });
      for (const route of ['map', 'map/risk/refund', 'overview']) {
        await other.goto(`${stand.dashboard.origin}/#/${route}`);
        await other
          .locator(route === 'overview' ? '.card' : '.row')
          .first()
          .waitFor();
        if (route.includes('refund')) await other.locator('.leg').first().waitFor();
        expect([route, await seriousProblems(other)]).toStrictEqual([route, []]);
      }
      await other.context().close();
    });
  }

  it('paints the map again when the system turns dark while the page is open', async () => {
    await open('map');
    const painted = () => page.evaluate(`document.querySelector('canvas').toDataURL()`);
    await page.emulateMedia({ colorScheme: 'light' });
    const inTheLight = await painted();
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually('the map to be dark', async () => expect(await painted()).not.toBe(inTheLight));
    await page.emulateMedia({ colorScheme: null });
  });

  it.each([390, 320])(
    'fits a window of %d pixels: nothing sticks out to the side or loses its name',
    async (width) => {
      const narrow = await openDashboard(stand.browser, stand.dashboard, {
        viewport: { width, height: 844 },
      });
      for (const route of ['map', 'map/risk/refund', LONGEST_NAMES, 'overview']) {
        await narrow.goto(`${stand.dashboard.origin}/#/${route}`);
        await narrow
          .locator(route === 'overview' ? '.card' : '.row')
          .first()
          .waitFor();
        expect(await narrow.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        expect(await seriousProblems(narrow)).toStrictEqual([]);
      }
      await narrow.context().close();
    },
  );

  it('prints a whole link, without what is only there to be clicked', async () => {
    await open('map/risk/refund');
    await page.locator('.panel .leg').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.bar-top, .side, .map').filter({ visible: true }).count()).toBe(0);
    expect(
      await page.evaluate(
        `(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector('.panel-body'))`,
      ),
    ).toBe(0);
    await page.emulateMedia({ media: null });
  });

  it('has written nothing, neither to the cluster nor to AWS', () => {
    expect(stand.plugin.kubernetes.calls.matching(({ write }) => write)).toStrictEqual([]);
    expect(stand.plugin.kubernetes.calls.count()).toBeGreaterThan(0);
    expect(stand.plugin.aws.calls.matching(({ write }) => write)).toStrictEqual([]);
  });

  it('ends with Ctrl-C, without an error', async () => {
    stand.dashboard.service.signal('SIGINT');
    expect(await stand.dashboard.service.ended()).toBe(0);
    await page.getByText('Reconnecting').waitFor();
  });
});
