/** Takes the pictures of the console in docs/images: `make screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../../testbed/chromium.ts';
import { startScene } from '../link/scene.ts';
import { openDashboard, startDashboard } from './dashboard.ts';
import { DRIFTED, MORE_ACCOUNTS, raiseShowcase } from './showcase.ts';

const FOLDER = fileURLToPath(new URL('../../../docs/images', import.meta.url));

interface Picture {
  readonly name: string;
  readonly route: string;
  /** What has to be there before the picture is taken. */
  readonly ready: (page: Page) => Promise<unknown>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

const PICTURES: readonly Picture[] = [
  { name: 'console-map', route: 'map', ready: (page) => page.locator('.row').first().waitFor() },
  {
    name: 'console-drift',
    route: `map/${DRIFTED.namespace}/${DRIFTED.name}`,
    ready: async (page) => {
      await page.getByRole('tab', { name: 'Drift' }).click();
      await page.locator('.change').first().waitFor();
    },
  },
  { name: 'console-overview', route: 'overview', ready: (page) => page.locator('.ring').waitFor() },
  {
    name: 'console-narrow',
    route: 'map',
    ready: (page) => page.locator('.row').first().waitFor(),
    viewport: { width: 390, height: 844 },
  },
];

const executable = findChromium();
if (executable === undefined) throw new Error('there is no Chromium: make browser');
mkdirSync(FOLDER, { recursive: true });
await using cleanUp = new AsyncDisposableStack();
const scene = await startScene({ accounts: MORE_ACCOUNTS });
cleanUp.defer(() => scene.stop());
await raiseShowcase(scene);
const dashboard = await startDashboard(scene, 'pictures', {
  kubeconfig: scene.stage.controlPlane.adminKubeconfig,
});
cleanUp.defer(() => dashboard.service.stop());
const browser = await launchChromium(executable);
cleanUp.defer(() => browser.close());

for (const colorScheme of ['light', 'dark'] as const) {
  for (const { name, route, ready, viewport = { width: 1360, height: 850 } } of PICTURES) {
    const page = await openDashboard(browser, dashboard, { colorScheme, viewport });
    await page.goto(`${dashboard.origin}/#/${route}`);
    await ready(page);
    await page.evaluate('document.fonts.ready');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const path = join(FOLDER, `${name}-${colorScheme}.png`);
    await page.screenshot({ path });
    process.stdout.write(`${path}\n`);
    await page.context().close();
  }
}
