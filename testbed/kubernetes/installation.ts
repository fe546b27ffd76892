/** What an operator needs on a control plane, and how all else is taken off it again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { SharedControlPlane } from '../control-plane.ts';
import { eventually } from '../eventually.ts';
import { AdminApi } from './admin-api.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OPERATOR_NAMESPACE = 'crossaccountlink-system';
const OURS = '/apis/crossaccountlink.dev/v1alpha1';
const NAMESPACES = '/api/v1/namespaces';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
/** Namespaces that stay. */
const LASTING = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system', OPERATOR_NAMESPACE]);
/** What tests and the operator make in namespaces that stay. */
const LEFTOVERS = ['api/v1/events', 'apis/coordination.k8s.io/v1/leases'];
/** What they make in others. What is not deleted is there again with the next namespace of that name. */
const IN_NAMESPACES = [
  ...LEFTOVERS,
  'api/v1/configmaps',
  'api/v1/secrets',
  'api/v1/serviceaccounts',
  'api/v1/pods',
  'apis/apps/v1/deployments',
  'apis/networking.k8s.io/v1/networkpolicies',
  'apis/policy/v1/poddisruptionbudgets',
  'apis/rbac.authorization.k8s.io/v1/rolebindings',
  'apis/rbac.authorization.k8s.io/v1/roles',
];
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${OPERATOR_NAMESPACE}/deployments`;
/** What deploy/ and the chart have and {@link install} has not, or has otherwise. */
const DEPLOYED = [
  `${ADMISSION}/validatingadmissionpolicybindings`,
  `${ADMISSION}/validatingadmissionpolicies`,
  `${RBAC}/clusterrolebindings`,
  `${RBAC}/clusterroles`,
  ...['kube-system', OPERATOR_NAMESPACE].flatMap((namespace) => [
    `${RBAC}/namespaces/${namespace}/rolebindings`,
    `${RBAC}/namespaces/${namespace}/roles`,
  ]),
  ...[
    'api/v1/namespaces/NAMESPACE/secrets',
    'api/v1/namespaces/NAMESPACE/serviceaccounts',
    'apis/policy/v1/namespaces/NAMESPACE/poddisruptionbudgets',
    'apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies',
  ].map((path) => `/${path.replace('NAMESPACE', OPERATOR_NAMESPACE)}`),
  DEPLOYMENTS,
];

/** Applies the CRDs, and the operator's namespace, ServiceAccount and RBAC as deploy/base has them. */
export async function install(plane: SharedControlPlane): Promise<void> {
  const api = new AdminApi(plane);
  try {
    await installBy(api, plane);
  } finally {
    await api.close();
  }
}

async function installBy(api: AdminApi, { kubectl }: SharedControlPlane): Promise<void> {
  const definitions = readdirSync(`${ROOT}crds`).map((file) =>
    parse(readFileSync(join(ROOT, 'crds', file), 'utf8')),
  );
  const paths = definitions.map(({ metadata }) => `${DEFINITIONS}/${metadata.name}`);
  for (const [at, path] of paths.entries()) await api.apply(path, definitions[at]);
  const base = ['namespace', 'serviceaccount', 'rbac'].flatMap((file) => [
    '-f',
    `${ROOT}deploy/base/${file}.yaml`,
  ]);
  const { exitCode, stderr } = await kubectl(['apply', '-n', OPERATOR_NAMESPACE, ...base]);
  if (exitCode !== 0) throw new Error(`kubectl apply: ${stderr}`);
  await Promise.all(paths.map((path) => untilEstablished(api, path)));
  await Promise.all(definitions.map(({ spec }) => untilListed(api, `${OURS}/${spec.names.plural}`)));
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

/** The first one who asks for a kind may hear that its storage is being initialized. */
async function untilListed(api: AdminApi, path: string): Promise<void> {
  await eventually(`${path} to be listed`, () => api.list(path));
}

/** Takes off what a test file has left: links and accounts whatever holds them, its namespaces, leases and Events, and the
 *  operator that it deployed. No operator may be running. */
export async function sweep(plane: SharedControlPlane, api: AdminApi): Promise<void> {
  for (const { namespace, name, held } of namesOf(await api.list(`${OURS}/crossaccountlinks`)))
    await remove(api, `${OURS}/namespaces/${namespace}/crossaccountlinks/${name}`, held);
  for (const { name, held } of namesOf(await api.list(`${OURS}/awsaccounts`)))
    await remove(api, `${OURS}/awsaccounts/${name}`, held);
  await Promise.all(
    namesOf(await api.list(NAMESPACES)).map(({ name }) => sweepNamespace(api, name, LASTING.has(name))),
  );
  for (const path of [`${RBAC}/clusterrolebindings`, `${RBAC}/clusterroles`])
    for (const { name, builtIn } of namesOf(await api.list(path)))
      if (!builtIn && !name.startsWith('crossaccountlink')) await api.delete(`${path}/${name}`);
  // An operator that was deployed brings a Deployment, and whole or in part the rest.
  const deployed = [`${ADMISSION}/validatingadmissionpolicies`, DEPLOYMENTS];
  const found = await Promise.all(deployed.map((path) => api.list(path)));
  if (found.every((items) => items.length === 0)) return;
  for (const path of DEPLOYED)
    for (const { name } of namesOf(await api.list(path)))
      if (name.startsWith('crossaccountlink') || path.includes(OPERATOR_NAMESPACE))
        await api.delete(`${path}/${name}`);
  await installBy(api, plane);
}

async function sweepNamespace(api: AdminApi, name: string, stays: boolean): Promise<void> {
  if (!stays) await api.delete(`${NAMESPACES}/${name}`);
  for (const kind of stays ? LEFTOVERS : IN_NAMESPACES) {
    const [group, resource] = [kind.slice(0, kind.lastIndexOf('/')), kind.slice(kind.lastIndexOf('/') + 1)];
    await api.delete(`/${group}/namespaces/${name}/${resource}`);
  }
  // No controller manager runs that would finish the deletion.
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
  if (!stays) await api.call('PUT', `${NAMESPACES}/${name}/finalize`, { body });
}

async function remove(api: AdminApi, path: string, held: boolean): Promise<void> {
  if (held) await api.patch(path, { metadata: { finalizers: null } });
  await api.delete(path);
}

interface Name {
  readonly namespace: string;
  readonly name: string;
  /** Whether a finalizer holds it. */
  readonly held: boolean;
  /** Whether the API server made it itself. */
  readonly builtIn: boolean;
}

function namesOf(items: readonly unknown[]): readonly Name[] {
  return items.map((item) => {
    const { namespace = '', name, finalizers = [], labels = {} } = Object(item).metadata;
    const builtIn = 'kubernetes.io/bootstrapping' in labels;
    return { namespace, name, held: finalizers.length > 0, builtIn };
  });
}
