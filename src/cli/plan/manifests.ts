/** Manifests → the objects in the cluster once they are applied. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { API_VERSION, GROUP } from '../../api/metadata.ts';
import { isJsonObject, objectAt, stringAt, type Json, type JsonObject } from '../../base/json.ts';
import { parseLinkObject, type LinkObject } from '../../controllers/state/link-object.ts';
import { byAge } from '../../desired/link.ts';
import { parseMetadata, type KubernetesObject, type ResourceType } from '../../kubernetes/metadata.ts';
import type { CheckedManifest } from './manifest-check.ts';
import { nothingIn, type Manifest } from './manifest-files.ts';

/** What manifests are applied to, and how. */
interface Applying {
  /** For manifests without a namespace. */
  readonly namespace: string;
  /** The namespace of `-n`: a manifest with another one is refused, as by kubectl. */
  readonly given?: string | undefined;
  /** Existing objects, by {@link manifestKey}. One that is applied again keeps its identity, so that its age counts. */
  readonly known: ReadonlyMap<string, JsonObject>;
  /** RFC 3339. */
  readonly now: string;
  /** Checks whether the API server would admit an object.
   *  @throws Error for people if not */
  readonly check: (
    resource: ResourceType,
    manifest: JsonObject,
    known: JsonObject | undefined,
  ) => Promise<CheckedManifest>;
}

export interface AppliedManifests {
  /** The oldest first. */
  readonly links: readonly LinkObject[];
  readonly accounts: readonly AWSAccount[];
  readonly namespaces: readonly KubernetesObject[];
  /** What a person should know about a link or account, by its key. */
  readonly remarks: ReadonlyMap<string, string>;
}

const KINDS: readonly ResourceType[] = [CROSS_ACCOUNT_LINK, AWS_ACCOUNT];

/** What identifies an object among all of its kinds. */
export function manifestKey({ kind }: ResourceType, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The links, accounts and namespaces among the manifests; other kinds are left out.
 *  @throws Error for people, with the place of the manifest, for the first that would be refused */
export async function applyManifests(
  manifests: readonly Manifest[],
  applying: Applying,
): Promise<AppliedManifests> {
  const places = new Map<string, string>();
  const links: LinkObject[] = [];
  const accounts: AWSAccount[] = [];
  const remarks = new Map<string, string>();
  for (const { where, value, placeOf } of manifests) {
    try {
      const resource = resourceOf(value);
      if (resource === undefined) continue;
      const { key, name, body } = addressed(resource, value, applying);
      const before = places.get(key);
      if (before !== undefined) throw new Error(`${key} is defined twice, first in ${before}`);
      places.set(key, where);
      const known = applying.known.get(key);
      const { object, remark } = await applying.check(resource, body, known);
      if (remark !== undefined) remarks.set(name, remark);
      const whole = identified(object, known, `new:${key}`, applying.now);
      if (resource === AWS_ACCOUNT) accounts.push(parseAWSAccount(whole));
      else links.push(parseLinkObject(whole));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const [field] = FIELD.exec(message) ?? [];
      const place = field === undefined ? undefined : placeOf?.(field);
      throw new Error(`${place ?? where}: ${message}`, { cause: error });
    }
  }
  if (links.length + accounts.length === 0) throw new Error(nothingIn(manifests.map(({ where }) => where)));
  return {
    links: links.toSorted((a, b) => byAge(a.link, b.link)),
    accounts,
    namespaces: manifests.flatMap(({ value }) => namespaceIn(value)),
    remarks,
  };
}

/** The first field that a message names. */
const FIELD = /\b(?:spec|metadata)(?:\.\w+|\[\d+\])+/;

/** @throws Error for people for an unknown kind or version of our API */
function resourceOf(manifest: JsonObject): ResourceType | undefined {
  const { apiVersion, kind } = manifest;
  const resource = KINDS.find((known) => known.kind === kind);
  // Parsed as YAML, a comment (`//`) becomes the beginning of a key.
  const isMissing = apiVersion === undefined || kind === undefined;
  if (isMissing && Object.keys(manifest).some((key) => /^\/[/*]/.test(key)))
    throw new Error(
      'it contains a comment (//), which JSON does not allow: remove it, or write YAML, where # begins one',
    );
  const isOurs = typeof apiVersion === 'string' && apiVersion.split('/')[0] === GROUP;
  if (resource === undefined && isOurs)
    throw new Error(
      `${kind === undefined ? 'kind is missing' : `kind ${String(kind)}`}: ${KINDS.map((known) => known.kind).join(' and ')} are known`,
    );
  if (resource !== undefined && apiVersion !== API_VERSION)
    throw new Error(
      `${apiVersion === undefined ? 'apiVersion is missing' : `apiVersion ${String(apiVersion)}`}: only ${API_VERSION} is known`,
    );
  return resource;
}

interface Addressed {
  readonly key: string;
  /** The kind's name for people. */
  readonly name: string;
  readonly body: JsonObject;
}

function addressed(resource: ResourceType, manifest: JsonObject, applying: Applying): Addressed {
  const metadata = objectAt(manifest, 'metadata');
  const name = stringAt(metadata, 'name');
  if (name === undefined) throw new Error(`a ${resource.kind} ${namelessness(metadata)}`);
  if (resource === AWS_ACCOUNT) return { key: manifestKey(resource, undefined, name), name, body: manifest };
  const namespace = stringAt(metadata, 'namespace') ?? applying.namespace;
  if (applying.given !== undefined && namespace !== applying.given)
    throw new Error(`${namespace}/${name} is in another namespace than --namespace ${applying.given} says`);
  const body = { ...manifest, metadata: { ...metadata, namespace } };
  return { key: manifestKey(resource, namespace, name), name: `${namespace}/${name}`, body };
}

/** The message about an object without a name. */
function namelessness({ name, generateName }: JsonObject): string {
  if (name !== undefined && name !== null)
    return `whose metadata.name is ${kindOf(name)} and not a string: put it in quotes`;
  if (generateName !== undefined)
    return 'with generateName instead of metadata.name, which kubectl apply does not accept either: give it a name';
  return 'without metadata.name';
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  return isJsonObject(value) ? 'a map' : `a ${typeof value}`;
}

/** With what the API server would add, and the existing status. */
function identified(object: JsonObject, known: JsonObject | undefined, uid: string, now: string): JsonObject {
  const metadata = objectAt(object, 'metadata');
  return {
    ...object,
    status: known === undefined ? {} : objectAt(known, 'status'),
    metadata: {
      generation: 1,
      creationTimestamp: now,
      ...metadata,
      uid: stringAt(metadata, 'uid') ?? uid,
      resourceVersion: stringAt(metadata, 'resourceVersion') || '0',
    },
  };
}

function namespaceIn({ apiVersion, kind, metadata }: JsonObject): readonly KubernetesObject[] {
  const name = stringAt(objectAt({ metadata }, 'metadata'), 'name');
  if (apiVersion !== 'v1' || kind !== 'Namespace' || name === undefined) return [];
  return [
    {
      metadata: parseMetadata({
        metadata: { ...objectAt({ metadata }, 'metadata'), uid: name, resourceVersion: '0' },
      }),
    },
  ];
}
