import { beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import type { SharedControlPlane } from '../../testbed/control-plane.ts';
import { openControlPlane } from '../../testbed/stage.ts';
import { about } from '../expectations.ts';

const path = (inRepository: string) => fileURLToPath(new URL(`../../${inRepository}`, import.meta.url));
const NAMESPACE = 'crossaccountlink-system';

describe('deploy/', () => {
  let controlPlane: SharedControlPlane;

  beforeAll(async () => {
    ({ controlPlane } = await openControlPlane());
  });

  async function kubectl(args: readonly string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await controlPlane.kubectl(args);
    about(stderr + stdout, () => expect(exitCode).toBe(0));
    return stdout;
  }

  /** A field of the deployed object of this kind, by its JSONPath. */
  function field(kind: string, at: string): Promise<string> {
    return kubectl(['get', kind, 'crossaccountlink', '-n', NAMESPACE, '-o', `jsonpath={${at}}`]);
  }

  for (const overlay of ['development', 'production']) {
    it(`overlays/${overlay} is taken by the API server, and says which cluster it is`, async () => {
      await kubectl(['apply', '--server-side', '-k', path(`deploy/overlays/${overlay}`)]);
      const deployment = await kubectl([
        'get',
        'deployment',
        'crossaccountlink',
        '-n',
        NAMESPACE,
        '-o',
        'yaml',
      ]);
      expect(deployment).toMatch(new RegExp(`- --cluster-id=${overlay}$`, 'm'));
    });
  }

  it('overlays/production selects the pods of the Deployment', async () => {
    const selector = await field('deployment', '.spec.selector.matchLabels');
    expect(await field('poddisruptionbudget', '.spec.selector.matchLabels')).toBe(selector);
    expect(await field('networkpolicy', '.spec.podSelector.matchLabels')).toBe(selector);
    expect(await field('deployment', '.spec.template.metadata.labels')).toBe(selector);
  });

  it('samples/ can be applied as a folder', async () => {
    await kubectl(['apply', '--server-side', '-f', path('deploy/samples')]);
  });

  it('what the operator writes is no difference to what was applied', async () => {
    const link = ['xal', 'reserve-stock-to-warehouse', '-n', 'orders'];
    const finalizers = { metadata: { finalizers: ['crossaccountlink.dev/cleanup'] } };
    await kubectl(['patch', ...link, '--type=merge', '-p', JSON.stringify(finalizers)]);
    const status = { status: { observedGeneration: 1, stateMachine: 'reserve-stock', taskCount: 4 } };
    await kubectl(['patch', ...link, '--subresource=status', '--type=merge', '-p', JSON.stringify(status)]);
    expect(await kubectl(['diff', '--server-side', '-f', path('deploy/samples')])).toBe('');
  });
});
