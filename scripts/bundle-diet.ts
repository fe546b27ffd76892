/**
 * Leaves out of the bundles what is never used, which halves the memory that the operator starts with. Of client-node
 * only the kubeconfig and its authentication are: not its classes for every kind of object, and not its own REST client
 * with undici beneath.
 */
import type { Plugin } from 'esbuild';

/** Marks a resolution that is under way already. */
const RESOLVING = { bundleDiet: true } as const;

export const bundleDiet: Plugin = {
  name: 'bundle-diet',
  setup({ onResolve, onLoad, resolve }) {
    // Its package.json does not say that modules which nobody uses can be left out; none has an effect of its own.
    onResolve({ filter: /./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      const concerned = `${path} ${importer}`.includes('@kubernetes/client-node');
      if (pluginData === RESOLVING || !concerned || path === 'undici') return undefined;
      const resolved = await resolve(path, { importer, kind, resolveDir, pluginData: RESOLVING });
      if (!resolved.path.includes('@kubernetes/client-node')) return undefined;
      return { path: resolved.path, sideEffects: false };
    });
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'bundle-diet' }));
    onLoad({ filter: /^undici$/, namespace: 'bundle-diet' }, () => ({ contents: NO_UNDICI }));
  },
};

const NO_UNDICI = `
class LeftOut {
  constructor() {
    throw new Error('undici is not in this bundle: see scripts/bundle-diet.ts');
  }
}
export { LeftOut as Agent, LeftOut as ProxyAgent, LeftOut as fetch };
`;
