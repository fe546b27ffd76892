/** The console against people who should not see what it shows, or do what it can do. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../../../testbed/eventually.ts';
import { startAttacker, type Attacker } from './attacker.ts';
import { openDashboard, startDashboard, type Dashboard } from './dashboard.ts';
import { HOSTILE_TASK } from './fleet.ts';
import { describeWithBrowser, REBOUND, startStand, type Stand } from './stand.ts';

let stand: Stand;
let page: Page;

const listed = (on: Page) => on.locator('.row-name').allTextContents();
const open = (route: string) => page.goto(`${stand.dashboard.origin}/#/${route}`);

describeWithBrowser('the console keeps to itself', () => {
  beforeAll(async () => {
    stand = await startStand();
    page = await openDashboard(stand.browser, stand.dashboard);
  });
  afterAll(() => stand.stop());

  it('treats what tenants write as text', async () => {
    await open('map/risk/hostile');
    const task = page.locator('.tasks li');
    await task.waitFor();
    await expect(task.textContent()).resolves.toBe(HOSTILE_TASK);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });

  it('cannot be made to take markup or scripts, even from inside', async () => {
    const attempts = [
      `document.body.innerHTML = '<b>x</b>'`,
      `document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`,
      `document.write('<b>x</b>')`,
    ];
    for (const attempt of attempts) await expect(page.evaluate(attempt)).rejects.toThrow(/TrustedHTML/);
    await page
      .evaluate(
        `{
      const script = document.createElement('script');
      script.append('window.hacked = 1');
      document.body.append(script);
    }`,
      )
      .catch(() => undefined);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    await expect(page.evaluate(`fetch('http://127.0.0.1:1/')`)).rejects.toThrow(/fetch/);
  });

  describe('for a tenant who may see one namespace', () => {
    let theirs: Dashboard;

    beforeAll(async () => {
      const { kubectl, controlPlane } = stand.scene.stage;
      const resources = '--resource=crossaccountlinks.crossaccountlink.dev';
      await kubectl('create', 'role', 'links', '-n', 'payments', '--verb=get,list,watch', resources);
      await kubectl('create', 'rolebinding', 'links', '-n', 'payments', '--role=links', '--user=tina');
      theirs = await startDashboard(stand.scene, 'tenant', {
        kubeconfig: controlPlane.kubeconfig({ as: 'tina' }),
        args: ['-n', 'payments'],
      });
    });
    afterAll(() => theirs.service.stop());

    it('shows that namespace, and says what is not shown', async () => {
      const view = await openDashboard(stand.browser, theirs);
      expect(await listed(view)).toStrictEqual(['checkout']);
      const notices = await view.locator('.notices').textContent();
      expect(notices).toContain('Only namespace payments');
      expect(notices).toContain('You may not list AWSAccounts');
      expect(notices).toContain('You may not list Events');
      await view.context().close();
    });

    it('shows nothing of another namespace, no matter who asks', async () => {
      const link = await theirs.ask('/api/link?namespace=risk&name=refund');
      expect(link.status).toBe(404);
      const policy = await theirs.ask('/api/policy?namespace=risk&name=refund');
      expect(policy.status).toBe(404);
      expect(
        JSON.stringify(await (await theirs.ask('/api/link?namespace=payments&name=checkout')).json()),
      ).not.toContain('risk');
    });
  });

  describe('against a page of another origin', () => {
    let attacker: Attacker;
    let evil: Page;

    beforeAll(async () => {
      attacker = await startAttacker();
      evil = await (await stand.browser.newContext()).newPage();
      await evil.goto(attacker.url);
    });
    afterAll(() => attacker.stop());

    const attempt = (path: string, options: object): Promise<unknown> =>
      evil.evaluate(
        ([url, init]) =>
          fetch(url, init).then(
            (answer) => `${answer.type} ${answer.status}`,
            () => 'refused',
          ),
        [`${stand.dashboard.origin}${path}`, options] as const,
      );

    it.each(['/', '/app.js', '/api/stream', '/api/link?namespace=payments&name=checkout'])(
      'gives it nothing of %s, even with the token',
      async (path) => {
        expect(await attempt(path, {})).toBe('refused');
        expect(await attempt(path, { headers: { Authorization: `Bearer ${stand.dashboard.token}` } })).toBe(
          'refused',
        );
        expect(await attempt(path, { method: 'POST', body: 'x' })).toBe('refused');
      },
    );

    it('lets it take no script, no picture and no frame', async () => {
      const loaded =
        await evil.evaluate(`Promise.all([['script', '/app.js'], ['img', '/icon.svg']].map(([tag, path]) =>
        new Promise((resolve) => {
          const element = document.createElement(tag);
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
          element.src = '${stand.dashboard.origin}' + path;
          document.body.append(element);
        })))`);
      expect(loaded).toStrictEqual(['refused', 'refused']);
      await evil.evaluate(`{
        const frame = document.createElement('iframe');
        frame.src = '${stand.dashboard.origin}/';
        document.body.append(frame);
      }`);
      await eventually('the frame to be refused', async () => {
        const [, frame] = evil.frames();
        expect(frame?.url()).toMatch(/^chrome-error:/);
      });
    });

    it('is not deceived by a name that was bound to this machine', async () => {
      const answer = await evil.goto(`http://${REBOUND}:${new URL(stand.dashboard.origin).port}/`);
      expect(answer?.status()).toBe(403);
      expect(await evil.content()).not.toContain('app.js');
    });
  });

  it('answers programs only with the token, and only what reads', async () => {
    const without = await fetch(`${stand.dashboard.origin}/api/stream`);
    expect(without.status).toBe(401);
    const headers = { Authorization: `Bearer ${stand.dashboard.token}` };
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${stand.dashboard.origin}/api/link?namespace=payments&name=checkout`, {
        method,
        headers,
      });
      expect([method, answer.status]).toStrictEqual([method, 405]);
    }
  });
});
