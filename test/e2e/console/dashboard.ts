/** The plugin's dashboard, started as people start it, and a browser that opens it. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pluginProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startService, type Service } from '../../../testbed/process.ts';
import type { Scene } from '../link/scene.ts';

export interface DashboardOptions {
  readonly kubeconfig: string;
  readonly args?: readonly string[];
  /** AWS credentials and the like. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Dashboard {
  /** The address with the token. */
  readonly url: string;
  readonly origin: string;
  readonly token: string;
  readonly service: Service;
  /** A request as made by a program that has the token. */
  ask(path: string): Promise<Response>;
}

/** Starts `kubectl crossaccountlink dashboard` and waits for the address that it prints. */
export async function startDashboard(
  { stage }: Pick<Scene, 'stage'>,
  name: string,
  { kubeconfig, args = [], env = {} }: DashboardOptions,
): Promise<Dashboard> {
  // The folder lives as long as the control plane, which is lent to one file after the other.
  const logFile = join(mkdtempSync(join(stage.controlPlane.folder, `dashboard-${name}-`)), 'log');
  const service = startService('dashboard', process.execPath, [pluginProgram(), 'dashboard', ...args], {
    env: cleanEnvironment({ KUBECONFIG: kubeconfig, ...env }),
    logFile,
  });
  const url = await eventually(
    'the dashboard to print its address',
    () => {
      const printed = /http:\S+/.exec(readFileSync(logFile, 'utf8'))?.[0];
      if (printed === undefined) throw new Error(service.logTail());
      return printed;
    },
    { deadlineMs: 60_000 },
  );
  const [origin = '', token = ''] = url.split('/#token=');
  return {
    url,
    origin,
    token,
    service,
    ask: (path) => fetch(`${origin}${path}`, { headers: { Authorization: `Bearer ${token}` } }),
  };
}

/** Opens the dashboard in a window of its own, and waits until its map is painted. Nothing on the page moves by itself: a browser
 *  without graphics hardware would need a whole core for that. */
export async function openDashboard(
  browser: Browser,
  { url }: Pick<Dashboard, 'url'>,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('canvas[data-painted]').waitFor();
  return page;
}
