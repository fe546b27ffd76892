/**
 * Leaves out of the bundles what is never used, which halves the memory that the operator starts with. Of client-node
 * only the kubeconfig and its authentication are: not its classes for every kind of object, and not its own REST client
 * with undici beneath. What it does not say of itself, which of its modules may be left out, stands here; asking esbuild
 * of each of its thousand modules where it lies took six times as long as all the rest of a bundle.
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

/** A module of which everything that client-node's kubeconfig imports fails when it is used after all. */
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
