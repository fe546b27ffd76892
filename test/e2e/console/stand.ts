/** Everything a test of the console needs: links that really run, the dashboard for them, a browser. */
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from '../../../testbed/chromium.ts';
import { describe } from '@jest/globals';
import { remark } from '../../expectations.ts';
import { startPlugin, type Plugin } from '../cli/plugin.ts';
import { startScene, type Scene, type SceneOptions } from '../link/scene.ts';
import { startDashboard, type Dashboard } from './dashboard.ts';
import { raiseLinks } from './fleet.ts';

/** A name that leads to this machine, as if an attacker had bound it to it. */
export const REBOUND = 'rebound.example';

const executable = findChromium();

/** `describe`, if there is a browser. */
export const describeWithBrowser = executable === undefined ? describe.skip : describe;
if (executable === undefined)
  remark(
    'SKIPPED: there is no Chromium on this machine, so nobody looks at the console. Get one: make browser',
  );

export interface Stand {
  readonly scene: Scene;
  /** Its proxies see everything that the dashboard does. */
  readonly plugin: Plugin;
  /** The administrator's dashboard, with AWS credentials. */
  readonly dashboard: Dashboard;
  readonly browser: Browser;
  stop(): Promise<void>;
}

export async function startStand(options: SceneOptions = {}): Promise<Stand> {
  const scene = await startScene(options);
  const plugin = await startPlugin(scene);
  await raiseLinks(scene);
  const { accessKeyId, secretAccessKey } = scene.stage.credentials;
  const dashboard = await startDashboard(scene, 'admin', {
    kubeconfig: scene.stage.controlPlane.kubeconfig({}, { server: plugin.kubernetes.url }),
    env: {
      AWS_ENDPOINT_URL: plugin.aws.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  const browser = await launchChromium(executable ?? '', [REBOUND]);
  return {
    scene,
    plugin,
    dashboard,
    browser,
    async stop() {
      await browser.close();
      await dashboard.service.stop();
      await plugin.stop();
      await scene.stop();
    },
  };
}
