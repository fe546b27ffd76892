/** A small REST client for any kind of object. */
import { ApiError } from './api-error.ts';
import { isJsonObject, objectAt, stringAt } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { apiVersionOf } from './metadata.ts';
import type { ObjectName, ResourceType } from './metadata.ts';
import { Transport } from './transport.ts';
import type { RequestOptions, TransportOptions } from './transport.ts';

/** Where to look: in one namespace or, if left out, in all. */
export interface Scope {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListQuery extends Scope {
  /** Objects a page; all in one when left out. */
  readonly limit?: number | undefined;
  /** From the page before. */
  readonly continue?: string | undefined;
}

export interface ListPage {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
  /** Token for the next page; undefined on the last. */
  readonly continue?: string;
}

export interface WatchQuery extends Scope {
  readonly resourceVersion: string;
  /** After so long the server ends the watch. */
  readonly timeoutSeconds: number;
}

export interface WatchEvent {
  /** ADDED, MODIFIED, DELETED, BOOKMARK or ERROR. */
  readonly type: string;
  readonly object: JsonObject;
}

interface ApplyOptions extends RequestOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with a conflict. */
  readonly force?: boolean;
}

interface PatchOptions extends RequestOptions {
  /** Left out: the object itself. */
  readonly subresource?: 'status';
}

/** The API server as its users see it; the real one below, a model in simulations. */
export type KubernetesApi = Pick<
  KubernetesClient,
  'get' | 'list' | 'create' | 'update' | 'patch' | 'applyStatus' | 'delete' | 'watch'
>;

/**
 * Every method throws `ApiError`. Objects are returned as plain JSON; the caller, who knows their kind, parses them.
 */
export class KubernetesClient {
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  get(resource: ResourceType, name: ObjectName, options?: RequestOptions): Promise<JsonObject> {
    return this.#transport.send({ method: 'GET', resource, path: objectPath(resource, name) }, options);
  }

  /** One page of a list, or all of it without a limit. To be read to its end with `pagesOf`. */
  async list(resource: ResourceType, query: ListQuery = {}, options?: RequestOptions): Promise<ListPage> {
    const { namespace, ...parameters } = query;
    const path = collectionPath(resource, namespace) + queryString(parameters);
    const list = await this.#transport.send({ method: 'GET', resource, path }, options);
    const metadata = objectAt(list, 'metadata');
    const resourceVersion = stringAt(metadata, 'resourceVersion');
    const { items } = list;
    if (resourceVersion === undefined || !Array.isArray(items) || !items.every(isJsonObject)) {
      throw new ApiError(0, 'Garbage', `a list of ${resource.plural} without items or resourceVersion`);
    }
    const next = stringAt(metadata, 'continue');
    return { items, resourceVersion, ...(next && { continue: next }) };
  }

  /** Creates `body` in the namespace that its metadata names, if any. */
  create(resource: ResourceType, body: JsonObject, options?: RequestOptions): Promise<JsonObject> {
    const path = collectionPath(resource, stringAt(objectAt(body, 'metadata'), 'namespace'));
    return this.#transport.send({ method: 'POST', resource, path, body: typed(resource, body) }, options);
  }

  /** Replaces an object; the `resourceVersion` inside `body` guards against changes since it was read. */
  update(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options?: RequestOptions,
  ): Promise<JsonObject> {
    const path = objectPath(resource, name);
    return this.#transport.send({ method: 'PUT', resource, path, body: typed(resource, body) }, options);
  }

  /** What the API server would make of `body`, without keeping it. Fields that it does not know are refused. */
  dryRun(
    resource: ResourceType,
    body: JsonObject,
    operation: 'create' | 'update',
    options?: RequestOptions,
  ): Promise<JsonObject> {
    const metadata = objectAt(body, 'metadata');
    const namespace = stringAt(metadata, 'namespace');
    const name = stringAt(metadata, 'name') ?? '';
    const isNew = operation === 'create';
    const path = isNew
      ? collectionPath(resource, namespace)
      : objectPath(resource, { name, ...(namespace !== undefined && { namespace }) });
    const query = queryString({ dryRun: 'All', fieldValidation: 'Strict' });
    const call = {
      method: isNew ? 'POST' : 'PUT',
      resource,
      path: path + query,
      body: typed(resource, body),
    } as const;
    return this.#transport.send(call, options);
  }

  /** JSON merge patch (RFC 7386): null removes a field, lists are replaced whole. */
  patch(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options: PatchOptions = {},
  ): Promise<JsonObject> {
    const contentType = 'application/merge-patch+json';
    const path = `${objectPath(resource, name)}${options.subresource === undefined ? '' : `/${options.subresource}`}`;
    return this.#transport.send({ method: 'PATCH', resource, path, body, contentType }, options);
  }

  /** Server-side apply to the status: fields that this manager applied before and now leaves out are removed. */
  applyStatus(
    resource: ResourceType,
    name: ObjectName,
    body: JsonObject,
    options: ApplyOptions,
  ): Promise<JsonObject> {
    const { fieldManager, force } = options;
    const path = `${objectPath(resource, name)}/status${queryString({ fieldManager, force })}`;
    const contentType = 'application/apply-patch+yaml';
    return this.#transport.send(
      { method: 'PATCH', resource, path, body: typed(resource, body), contentType },
      options,
    );
  }

  /** Asks for deletion; an object with finalizers stays until they are gone. */
  delete(resource: ResourceType, name: ObjectName, options?: RequestOptions): Promise<JsonObject> {
    return this.#transport.send({ method: 'DELETE', resource, path: objectPath(resource, name) }, options);
  }

  /**
   * Events from `resourceVersion` on. Returns when the server ends the watch; throws when it refuses it, when the
   * connection breaks, when a line is not an event, and when nothing comes for `silenceMs`. However it ends, the
   * connection is closed by then.
   */
  async *watch(
    resource: ResourceType,
    query: WatchQuery,
    silenceMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const { namespace, ...parameters } = query;
    const path =
      collectionPath(resource, namespace) +
      queryString({ watch: true, allowWatchBookmarks: true, ...parameters });
    for await (const line of this.#transport.stream({ method: 'GET', resource, path }, silenceMs, signal)) {
      yield parseWatchEvent(line);
    }
  }
}

function parseWatchEvent(line: string): WatchEvent {
  try {
    const event: unknown = JSON.parse(line);
    if (isJsonObject(event) && typeof event['type'] === 'string' && isJsonObject(event['object'])) {
      return { type: event['type'], object: event['object'] };
    }
  } catch {
    // Not JSON: reported below, together with JSON that is not an event.
  }
  throw new ApiError(0, 'Garbage', `a watch sent something that is not an event: ${line.slice(0, 100)}`);
}

function typed(resource: ResourceType, body: JsonObject): JsonObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...body };
}

function collectionPath(resource: ResourceType, namespace: string | undefined): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${resource.version}${scope}/${resource.plural}`;
}

function objectPath(resource: ResourceType, name: ObjectName): string {
  return `${collectionPath(resource, name.namespace)}/${encodeURIComponent(name.name)}`;
}

function queryString(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}
