/**
 * Leaves out of the bundles what is never used, which halves the memory with which the operator starts. From client-node only the
 * kubeconfig and its authentication are used, but not its classes for every kind of object, nor its own REST client with undici
 * below it. The package does not say which of its modules may be left out, so this file does; asking esbuild to find each of its
 * thousand modules took six times as long as the rest of a bundle.
 */
import type { Plugin } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLIENT_NODE = dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node')));
const NAMESPACE = 'bundle-diet';

export const bundleDiet: Plugin = {
  name: 'bundle-diet',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(CLIENT_NODE, 'config.js') }));
    onResolve({ filter: /^\.\/gen\/(index|rxjsStub)\.js$/ }, ({ path, resolveDir }) =>
      resolveDir === CLIENT_NODE ? { path, namespace: NAMESPACE } : undefined,
    );
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: NAMESPACE }));
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({ contents: withoutUse(path) }));
  },
};

/** A module in which everything that client-node's kubeconfig imports fails if it is used after all. */
function withoutUse(module: string): string {
  return `
function LeftOut() {
  throw new Error('${module} is not in this bundle: see scripts/bundle-diet.ts');
}
export {
  LeftOut as Agent, LeftOut as ProxyAgent, LeftOut as fetch,
  LeftOut as createConfiguration, LeftOut as ServerConfiguration, LeftOut as of,
};
`;
}
