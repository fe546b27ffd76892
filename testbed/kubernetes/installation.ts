/** What an operator needs on a control plane. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { SharedControlPlane } from '../control-plane.ts';
import { eventually } from '../eventually.ts';
import { AdminApi, type AdminAddress } from './admin-api.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OPERATOR_NAMESPACE = 'crossaccountlink-system';
const OURS = '/apis/crossaccountlink.dev/v1alpha1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Applies the CRDs, and the operator's namespace, ServiceAccount and RBAC as deploy/base has them. */
export async function install(plane: SharedControlPlane): Promise<void> {
  const api = new AdminApi(plane);
  try {
    const definitions = ourDefinitions();
    const paths = definitions.map(({ metadata }) => `${DEFINITIONS}/${metadata.name}`);
    for (const [at, path] of paths.entries()) await api.apply(path, definitions[at]);
    const base = ['namespace', 'serviceaccount', 'rbac'].flatMap((file) => [
      '-f',
      `${ROOT}deploy/base/${file}.yaml`,
    ]);
    const { exitCode, stderr } = await plane.kubectl(['apply', '-n', OPERATOR_NAMESPACE, ...base]);
    if (exitCode !== 0) throw new Error(`kubectl apply: ${stderr}`);
    await Promise.all(paths.map((path) => untilEstablished(api, path)));
  } finally {
    await api.close();
  }
  await untilServed(plane);
}

/** Waits until the API server serves what is installed: the first request for a kind may be answered that its storage is being
 *  initialized. */
export async function untilServed(plane: AdminAddress): Promise<void> {
  const api = new AdminApi(plane);
  try {
    await Promise.all(
      ourDefinitions().map(({ spec }) => {
        const path = `${OURS}/${spec.names.plural}`;
        return eventually(`${path} to be listed`, () => api.list(path));
      }),
    );
  } finally {
    await api.close();
  }
}

function ourDefinitions() {
  return readdirSync(`${ROOT}crds`).map((file) => parse(readFileSync(join(ROOT, 'crds', file), 'utf8')));
}

async function untilEstablished(api: AdminApi, path: string): Promise<void> {
  await eventually(
    `${path} to be established`,
    async () => {
      const { conditions = [] } = Object(await api.get(path)).status ?? {};
      const isEstablished = conditions.some(
        ({ type, status }: Readonly<Record<string, unknown>>) => type === 'Established' && status === 'True',
      );
      if (!isEstablished) throw new Error(JSON.stringify(conditions));
    },
    { deadlineMs: 30_000 },
  );
}
