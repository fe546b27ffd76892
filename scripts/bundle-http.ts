/**
 * Makes the bundles load `node:http` by `require`. An import would make Node read each of its exports once, and one of them,
 * WebSocket, loads Node's own undici: 13 MB and a tenth of a second for something that nobody uses.
 */
import type { Plugin } from 'esbuild';

const NAMESPACE = 'bundle-http';

export const bundleHttp: Plugin = {
  name: NAMESPACE,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?http$/ }, ({ kind }) =>
      kind === 'require-call' ? undefined : { path: 'http', namespace: NAMESPACE },
    );
    onLoad({ filter: /./, namespace: NAMESPACE }, () => ({
      contents: "module.exports = require('node:http');",
    }));
  },
};
