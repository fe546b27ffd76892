/** Somebody who may do everything about the links of one namespace, subresources included, and nothing else. */
import { eventually } from '../../../testbed/eventually.ts';
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { objectOf, type LinkName, type Scene } from '../link/scene.ts';

export interface Metadata {
  readonly finalizers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export const FINALIZER = 'crossaccountlink.dev/cleanup';

export class Tenant {
  readonly namespace: string;
  readonly #scene: Scene;

  private constructor(scene: Scene, namespace: string) {
    this.#scene = scene;
    this.namespace = namespace;
  }

  /** Makes the namespace and the tenant's rights in it.
   *  @param labels labels of the namespace, which rules may select */
  static async in(
    scene: Scene,
    namespace: string,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<Tenant> {
    const group = 'rbac.authorization.k8s.io';
    const metadata = { name: 'links', namespace };
    const manifests = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
      {
        apiVersion: `${group}/v1`,
        kind: 'Role',
        metadata,
        rules: [{ apiGroups: ['crossaccountlink.dev'], resources: ['*'], verbs: ['*'] }],
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: group, kind: 'Role', name: 'links' },
        subjects: [{ kind: 'User', name: namespace, apiGroup: group }],
      },
    ];
    await scene.stage.apply(manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
    return new Tenant(scene, namespace);
  }

  async create(name: string, spec: CrossAccountLinkSpec, metadata: Metadata = {}): Promise<LinkName> {
    const { namespace } = this;
    const link = { namespace, name };
    const manifest = {
      apiVersion: 'crossaccountlink.dev/v1alpha1',
      kind: 'CrossAccountLink',
      metadata: { ...link, ...metadata },
      spec,
    };
    await this.kubectl(['create', '-f', '-'], JSON.stringify(manifest));
    return link;
  }

  async delete({ name }: LinkName): Promise<void> {
    await this.kubectl(['delete', '--wait=false', 'xal', name]);
  }

  /** @returns what it prints; throws its words if it is refused */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { namespace } = this;
    const outcome = await this.#scene.stage.controlPlane.kubectl(['-n', namespace, ...args], {
      as: namespace,
      ...(input !== undefined && { input }),
    });
    if (outcome.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${outcome.stderr}`);
    return outcome.stdout;
  }
}

/** The operator's writes to the role or machine of this name that AWS accepted, according to the log of all calls. Refused writes
 *  changed nothing: a snapshot may not yet show a role that was just made. */
export function writtenOn({ aws }: Scene, name: string): readonly string[] {
  return aws.calls.all
    .filter(({ call, status = 0 }) => call.write && objectOf(call) === name && status < 300)
    .map(({ call }) => `${call.service}:${call.operation}`);
}

/** Waits until the operator has gone through all links once more from now on: then everything that it had begun before is
 *  done. */
export async function passed(scene: Scene, ...links: readonly LinkName[]): Promise<void> {
  for (const link of links) await scene.reconcile(link);
  await eventually('the operator to have nothing in hand', async () => {
    const text = await (await fetch(`${scene.operator.telemetryUrl}/metrics`)).text();
    const depths = [
      ...text.matchAll(/^(?:workqueue_depth|controller_runtime_active_workers)\{.*\} (\d+)$/gm),
    ];
    if (depths.some(([, value]) => value !== '0')) throw new Error(depths.map(([line]) => line).join('\n'));
  });
}
