/** What each event of a history does to the cluster. */
import { objectAt, stringAt, type JsonObject } from '../../src/base/json.ts';
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { ANNOTATIONS } from '../../src/api/metadata.ts';
import type { ObjectName } from '../../src/kubernetes/metadata.ts';
import { LEASE } from '../../src/kubernetes/lease.ts';
import type { Event } from './history.ts';
import { nameOf, type KubernetesModel } from './kubernetes-model.ts';
import { NAMESPACE, namespaceOf } from './scenery.ts';

/** Does to the cluster what an event asks for. Events about AWS do nothing to it. */
export function changeCluster(kubernetes: KubernetesModel, event: Event): void {
  switch (event.do) {
    case 'rules':
      if (kubernetes.find(AWS_ACCOUNT, { name: event.account }) !== undefined)
        kubernetes.update(AWS_ACCOUNT, { name: event.account }, { spec: event.spec });
      return;
    case 'removeAccount':
      if (kubernetes.find(AWS_ACCOUNT, { name: event.account }) !== undefined)
        kubernetes.delete(AWS_ACCOUNT, { name: event.account });
      return;
    case 'addAccount':
      if (kubernetes.find(AWS_ACCOUNT, { name: event.account }) === undefined)
        kubernetes.create(AWS_ACCOUNT, { metadata: { name: event.account }, spec: event.spec });
      return;
    case 'apply':
    case 'delete':
    case 'abandon':
    case 'empty':
    case 'putBack':
    case 'request':
      return changeLink(kubernetes, event);
    case 'deleteNamespace':
      return deleteNamespace(kubernetes, event.namespace, event.lateByMs ?? 0);
    case 'label':
      if (kubernetes.find(NAMESPACE, { name: event.namespace }) !== undefined)
        kubernetes.patch(
          NAMESPACE,
          { name: event.namespace },
          { metadata: { labels: { tenant: event.tenant } } },
        );
      return;
    case 'dropLease': {
      const lease = kubernetes.all(LEASE)[0];
      if (lease !== undefined) kubernetes.delete(LEASE, nameOf(objectAt(lease, 'metadata')));
      return;
    }
    default:
  }
}

type LinkEvent = Extract<
  Event,
  { readonly do: 'apply' | 'delete' | 'abandon' | 'empty' | 'putBack' | 'request' }
>;

function changeLink(kubernetes: KubernetesModel, event: LinkEvent): void {
  const [namespace = '', name = ''] = event.link.split('/');
  const found = kubernetes.find(CROSS_ACCOUNT_LINK, { namespace, name });
  switch (event.do) {
    case 'apply': {
      const spec = withDefaults(event.spec);
      if (found === undefined && !hasNamespace(kubernetes, namespace)) return;
      if (found === undefined) kubernetes.create(CROSS_ACCOUNT_LINK, { metadata: { namespace, name }, spec });
      else if (isAdmitted(objectAt(found, 'spec'), spec))
        kubernetes.update(CROSS_ACCOUNT_LINK, { namespace, name }, { spec });
      return;
    }
    case 'empty':
      if (found !== undefined) empty(kubernetes, { namespace, name }, event.what);
      return;
    case 'putBack':
      if (hasNamespace(kubernetes, namespace)) putBack(kubernetes, { namespace, name }, event);
      return;
    case 'delete':
      if (found !== undefined)
        kubernetes.deleteWithin(CROSS_ACCOUNT_LINK, { namespace, name }, event.lateByMs ?? 0);
      return;
    case 'abandon':
      if (found === undefined) return;
      kubernetes.patch(
        CROSS_ACCOUNT_LINK,
        { namespace, name },
        {
          metadata: { annotations: { [ANNOTATIONS.abandon]: 'true' } },
        },
      );
      kubernetes.delete(CROSS_ACCOUNT_LINK, { namespace, name });
      return;
    case 'request': {
      if (found === undefined) return;
      const token = String(
        Number(objectAt(objectAt(found, 'metadata'), 'annotations')[ANNOTATIONS.reconcileRequestedAt] ?? 0) +
          1,
      );
      const annotations = { [ANNOTATIONS.reconcileRequestedAt]: token };
      kubernetes.patch(CROSS_ACCOUNT_LINK, { namespace, name }, { metadata: { annotations } });
    }
  }
}

/** Some fields never change: whoever wants another role makes another link. */
function isAdmitted(before: JsonObject, after: JsonObject): boolean {
  return fixedFieldsOf(before) === fixedFieldsOf(after);
}

function fixedFieldsOf(spec: JsonObject): string {
  return [spec['stateMachineARN'], objectAt(spec, 'targetRole')['arn']].join(' ');
}

function empty(
  kubernetes: KubernetesModel,
  name: ObjectName,
  what: Extract<Event, { readonly do: 'empty' }>['what'],
): void {
  if (what === 'status')
    kubernetes.applyStatus(CROSS_ACCOUNT_LINK, name, { status: { observedGeneration: -1 } });
  else kubernetes.patch(CROSS_ACCOUNT_LINK, name, { metadata: { [what]: null } });
}

/** As Velero restores: what the API server decides is not from the backup. */
function putBack(
  kubernetes: KubernetesModel,
  name: ObjectName,
  { backMs, status }: Extract<Event, { readonly do: 'putBack' }>,
): void {
  const then = kubernetes.formerly(CROSS_ACCOUNT_LINK, name, backMs);
  if (then === undefined) return;
  const { annotations = {}, finalizers = [] } = objectAt(then, 'metadata');
  const spec = objectAt(then, 'spec');
  const found = kubernetes.find(CROSS_ACCOUNT_LINK, name);
  if (found === undefined)
    kubernetes.create(CROSS_ACCOUNT_LINK, { metadata: { ...name, annotations, finalizers }, spec });
  else if (isAdmitted(objectAt(found, 'spec'), spec))
    kubernetes.update(CROSS_ACCOUNT_LINK, name, { metadata: { annotations }, spec });
  else return;
  if (status) kubernetes.applyStatus(CROSS_ACCOUNT_LINK, name, { status: objectAt(then, 'status') });
}

/** The schema's defaults, as far as they have an effect. */
function withDefaults(spec: JsonObject): JsonObject {
  return { deletionPolicy: 'Delete', managementPolicy: 'Enforce', suspend: false, ...spec };
}

function linksIn(kubernetes: KubernetesModel, namespace: string): readonly JsonObject[] {
  return kubernetes
    .all(CROSS_ACCOUNT_LINK)
    .filter((link) => stringAt(objectAt(link, 'metadata'), 'namespace') === namespace);
}

/** The namespace stays as long as there is anything in it. */
function deleteNamespace(kubernetes: KubernetesModel, name: string, lateByMs: number): void {
  if (kubernetes.find(NAMESPACE, { name }) === undefined) return;
  kubernetes.patch(NAMESPACE, { name }, { metadata: { finalizers: ['kubernetes'] } });
  kubernetes.delete(NAMESPACE, { name });
  for (const link of linksIn(kubernetes, name))
    kubernetes.deleteWithin(CROSS_ACCOUNT_LINK, nameOf(objectAt(link, 'metadata')), lateByMs);
  endNamespaces(kubernetes);
}

/** Removes namespaces that were deleted and have nothing in them. */
export function endNamespaces(kubernetes: KubernetesModel): void {
  for (const object of kubernetes.all(NAMESPACE)) {
    const metadata = objectAt(object, 'metadata');
    const { name } = nameOf(metadata);
    if (metadata['deletionTimestamp'] !== undefined && linksIn(kubernetes, name).length === 0)
      kubernetes.patch(NAMESPACE, { name }, { metadata: { finalizers: [] } });
  }
}

/** Whether something can be made in the namespace: it is made if it does not exist, and accepts nothing while it is being
 *  deleted. */
function hasNamespace(kubernetes: KubernetesModel, name: string): boolean {
  const found = kubernetes.find(NAMESPACE, { name });
  if (found === undefined) kubernetes.create(NAMESPACE, namespaceOf(name));
  return found === undefined || objectAt(found, 'metadata')['deletionTimestamp'] === undefined;
}
