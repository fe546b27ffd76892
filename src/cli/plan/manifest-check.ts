/**
 * Would the API server admit a manifest? It is asked with a dry run. If it does not let the caller ask, the CRDs that this
 * program knows decide, with their rules, and a remark says so.
 */
import { objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ResourceType } from '../../kubernetes/metadata.ts';
import { oneLine } from '../output/errors.ts';

export interface CheckedManifest {
  /** As it would be in the cluster. */
  readonly object: JsonObject;
  /** Why the API server was not asked. */
  readonly remark?: string;
}

/** The object as it would be in the cluster.
 *  @param known the existing object of that name
 *  @throws Error for people, if it would be refused */
export async function checkManifest(
  client: Pick<KubernetesClient, 'dryRun'>,
  resource: ResourceType,
  manifest: JsonObject,
  known: JsonObject | undefined,
): Promise<CheckedManifest> {
  const body = known === undefined ? manifest : over(known, manifest);
  try {
    return { object: await client.dryRun(resource, body, known === undefined ? 'create' : 'update') };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 400 || error.status === 422) throw await refusal(error, resource);
    if (error.status === 409 && stringAt(objectAt(manifest, 'metadata'), 'resourceVersion') !== undefined)
      throw new Error(OUTDATED, { cause: error });
    if (error.status !== 403 && error.status !== 404) throw error;
    // A policy of the cluster refuses with the same status as RBAC.
    if (error.status === 403 && !NO_RIGHT.test(error.message)) throw await refusal(error, resource);
    const elsewhere = error.status === 404 ? await inStandingNamespace(client, resource, body) : undefined;
    return (
      elsewhere ?? { object: await byOwnRules(resource, body, known), remark: notAsked(error, resource) }
    );
  }
}

const OUTDATED =
  'metadata.resourceVersion differs from that of the existing object, as after kubectl get -o yaml: remove it';

/** A namespace that every cluster has. */
const STANDING = 'default';

/** What the API server says about an object whose namespace does not exist yet, by asking about one in an existing namespace:
 *  the CRD's rules are the same. Undefined if the caller may not ask. */
async function inStandingNamespace(
  client: Pick<KubernetesClient, 'dryRun'>,
  resource: ResourceType,
  body: JsonObject,
): Promise<CheckedManifest | undefined> {
  const metadata = objectAt(body, 'metadata');
  const { misnaming } = await import('../admission/admit.ts');
  const misnamed = misnaming(body);
  if (misnamed !== undefined) throw await refused(resource.kind, misnamed);
  // With a generated name, because the manifest's name may be taken there.
  const { name: _name, ...unnamed }: JsonObject = { ...metadata, namespace: STANDING, generateName: 'plan-' };
  try {
    const object = await client.dryRun(resource, { ...body, metadata: unnamed }, 'create');
    const made = objectAt(object, 'metadata');
    return {
      object: { ...object, metadata: { ...made, ...metadata } },
      remark: 'Its namespace has to be created first; the policies that apply there were not checked.',
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 400 || error.status === 422) throw await refusal(error, resource);
    return undefined;
  }
}

/** In the authorizer's words. */
const NO_RIGHT = /cannot (?:create|update) resource/;

/** What `kubectl apply` makes of an existing object: the manifest's spec, with its labels and annotations added. */
function over(known: JsonObject, manifest: JsonObject): JsonObject {
  const [old, next] = [objectAt(known, 'metadata'), objectAt(manifest, 'metadata')];
  const merged = (field: string) => ({ ...objectAt(old, field), ...objectAt(next, field) });
  return {
    ...manifest,
    metadata: { ...old, ...next, labels: merged('labels'), annotations: merged('annotations') },
  };
}

async function refusal({ message }: ApiError, { kind }: ResourceType): Promise<Error> {
  const reason = oneLine(message)
    .replace(/^\S+ "[^"]*" is invalid: /, '')
    .replace(/^.*?strict decoding error: /, '');
  return refused(kind, reason);
}

async function refused(kind: string, reason: string): Promise<Error> {
  const { refusalWords } = await import('./refusal-words.ts');
  return new Error(`the API server would refuse this ${kind}: ${refusalWords(kind, reason)}`);
}

async function byOwnRules(
  { kind }: ResourceType,
  body: JsonObject,
  known: JsonObject | undefined,
): Promise<JsonObject> {
  // Loaded late, because the evaluator of the rules is rarely needed.
  const { admit } = await import('../admission/admit.ts');
  const admission = admit(kind === 'AWSAccount' ? kind : 'CrossAccountLink', body, known);
  if (admission.admitted) return admission.object;
  throw await refused(kind, oneLine(admission.reason));
}

function notAsked({ status, message }: ApiError, { kind }: ResourceType): string {
  const why =
    status === 403
      ? `you may not write ${kind}s there`
      : `${oneLine(message)}, which has to be created first`;
  return `Checked against the CRD's schema and rules as this plugin knows them, not by the API server and the cluster's policies: ${why}.`;
}
