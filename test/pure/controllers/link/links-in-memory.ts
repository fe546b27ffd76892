/** Links as an API server in memory has them, and what people do to them. What is written to a link is in the cache at once. */
import { ANNOTATIONS, FINALIZER } from '../../../../src/api/metadata.ts';
import { isJsonObject, type JsonObject } from '../../../../src/base/json.ts';
import { isGone, parseLinkObject, type LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import type { ObjectName, ResourceType } from '../../../../src/kubernetes/metadata.ts';
import { present } from '../../../expectations.ts';
import { machine } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { CREATED, TestCluster } from '../test-cluster.ts';

const OTHERS_FINALIZER = 'example.com/hold';

type Manifest = JsonObject & { readonly metadata: JsonObject };

export class LinksInMemory {
  readonly cluster: TestCluster;
  /** Calls to AWS and writes to the API server, in order. */
  readonly calls: string[];
  /** As the operator reads and writes links. */
  protected readonly client = {
    get: (_resource: ResourceType, { name }: ObjectName) => Promise.resolve(this.#manifest(name)),
    patch: (_resource: ResourceType, { name }: ObjectName, body: JsonObject) => this.#patch(name, body),
    applyStatus: (_resource: ResourceType, { name }: ObjectName, body: JsonObject) =>
      this.#applyStatus(name, body),
  };
  /** Answers whoever changes finalizers, in place of the API server. */
  finalizersRefused: ApiError | undefined;
  /** Answers whoever writes a status. */
  statusRefused: ApiError | undefined;
  readonly #manifests = new Map<string, Manifest>();
  #version = 1;

  constructor(propagationPauseMs: number) {
    this.cluster = new TestCluster(propagationPauseMs);
    this.calls = this.cluster.calls;
  }

  /** Creates a link to the state machine `checkout`, as `kubectl apply` does. */
  create(name: string, spec: JsonObject = {}, creationTimestamp = CREATED): void {
    const uid = this.#manifests.has(name) ? `uid-${name}-after-${this.#version}` : `uid-${name}`;
    this.#put(name, {
      metadata: {
        namespace: 'payments',
        name,
        uid,
        generation: 1,
        creationTimestamp,
      },
      spec: { stateMachineARN: machine('checkout').text, targetRole: { arn: ROLE.text }, ...spec },
    });
  }

  /** Changes the spec, as `kubectl edit` does. */
  edit(name: string, spec: JsonObject): void {
    const { metadata, spec: before, ...rest } = this.#manifest(name);
    const generation = Number(metadata['generation']) + 1;
    this.#put(name, {
      ...rest,
      metadata: { ...metadata, generation },
      spec: { ...(isJsonObject(before) ? before : {}), ...spec },
    });
  }

  annotate(name: string, annotations: Readonly<Record<string, string>>): void {
    const { metadata, ...rest } = this.#manifest(name);
    const all = { ...asObject(metadata['annotations']), ...annotations };
    this.#put(name, { ...rest, metadata: { ...metadata, annotations: all } });
  }

  /** Asks for a fresh look. */
  request(name: string, token: string): void {
    this.annotate(name, { [ANNOTATIONS.reconcileRequestedAt]: token });
  }

  /** Deletes the link, as `kubectl delete` does: it stays while it has a finalizer. */
  delete(name: string): void {
    const { metadata, ...rest } = this.#manifest(name);
    const generation = Number(metadata['generation']) + 1;
    const deletionTimestamp = this.timestamp();
    this.#put(name, { ...rest, metadata: { ...metadata, generation, deletionTimestamp } });
  }

  /** Puts the operator's finalizer on the link, as a tenant may. */
  forgeFinalizer(name: string): void {
    const { metadata, ...rest } = this.#manifest(name);
    this.#put(name, { ...rest, metadata: { ...metadata, finalizers: [FINALIZER] } });
  }

  /** Puts a finalizer on the link that is not the operator's, as a tenant may: it stays after the operator let it go. */
  holdOn(name: string): void {
    const { metadata, ...rest } = this.#manifest(name);
    const { finalizers } = metadata;
    const others = [...(Array.isArray(finalizers) ? finalizers : []), OTHERS_FINALIZER];
    this.#put(name, { ...rest, metadata: { ...metadata, finalizers: others } });
  }

  /** Takes the status away, as a restored backup has none. */
  loseStatus(name: string): void {
    const { status: _, ...rest } = this.#manifest(name);
    this.#put(name, rest);
  }

  /** Writes a status, as a restored backup or another version of the operator has it. */
  writeStatus(name: string, status: JsonObject): void {
    this.#put(name, { ...this.#manifest(name), status });
  }

  /** All links as they are: a backup of the cluster. */
  backup(): ReadonlyMap<string, Manifest> {
    return new Map(this.#manifests);
  }

  /** The cluster is as it was when it was backed up: older statuses, links back that were deleted, and none that was
   *  made since. AWS stays as it is. */
  restore(backup: ReadonlyMap<string, Manifest>): void {
    const { links, parts } = this.cluster;
    for (const object of links.values()) {
      if (backup.get(object.metadata.name)?.metadata['uid'] === object.metadata.uid) continue;
      links.remove(object.metadata.uid);
      parts.linksChanged();
      parts.forget(object);
      this.#manifests.delete(object.metadata.name);
    }
    for (const [name, manifest] of backup) {
      if (!wasGone(manifest)) this.#put(name, manifest);
    }
  }

  removeFinalizer(name: string): void {
    const { metadata, ...rest } = this.#manifest(name);
    this.#put(name, { ...rest, metadata: { ...metadata, finalizers: [] } });
  }

  /** Of now, as the API server writes it. */
  timestamp(): string {
    return `${new Date(Date.parse(CREATED) + this.cluster.now).toISOString().slice(0, 19)}Z`;
  }

  object(name: string): LinkObject | undefined {
    return this.cluster.links.get(`payments/${name}`);
  }

  /** `True InSync` and the like; undefined where the link has no such condition. */
  condition(name: string, type: string): string | undefined {
    const found = this.object(name)?.status.conditions?.find((condition) => condition.type === type);
    return found === undefined ? undefined : `${found.status} ${found.reason}`;
  }

  message(name: string, type: string): string {
    return this.object(name)?.status.conditions?.find((condition) => condition.type === type)?.message ?? '';
  }

  /** Whether the link has the operator's finalizer; undefined when the link is gone. */
  finalizer(name: string): boolean | undefined {
    return this.object(name)?.metadata.finalizers.includes(FINALIZER);
  }

  /** The writes among the calls. */
  get writes(): readonly string[] {
    return this.calls.filter((call) => !/^[a-z]+[A-Z]\w* |^(role|execution) /.test(call));
  }

  #manifest(name: string): Manifest {
    return present(this.#manifests.get(name), `there is no link ${name}`);
  }

  #put(name: string, manifest: Manifest): LinkObject {
    this.#version += 1;
    const metadata = { ...manifest.metadata, resourceVersion: String(this.#version) };
    const object = parseLinkObject({ ...manifest, metadata });
    this.#manifests.set(name, { ...manifest, metadata });
    const { links, parts } = this.cluster;
    const changes = isGone(object) ? links.remove(object.metadata.uid) : links.upsert(object);
    parts.linksChanged();
    for (const change of changes) if (change.kind === 'deleted') parts.forget(change.old);
    return object;
  }

  #patch(name: string, body: JsonObject): Promise<JsonObject> {
    const { lifeline } = this.cluster;
    lifeline.calling();
    if (this.finalizersRefused !== undefined) return Promise.reject(this.finalizersRefused);
    const { metadata, ...rest } = this.#manifest(name);
    const patched = isJsonObject(body['metadata']) ? body['metadata'] : {};
    if (patched['resourceVersion'] !== metadata['resourceVersion']) return Promise.reject(conflict());
    const { finalizers = [] } = patched;
    const annotations = { ...asObject(metadata['annotations']), ...asObject(patched['annotations']) };
    this.calls.push(`finalizers [${String(finalizers)}]`);
    this.#put(name, { ...rest, metadata: { ...metadata, annotations, finalizers } });
    lifeline.wrote();
    return Promise.resolve(this.#manifest(name));
  }

  #applyStatus(name: string, body: JsonObject): Promise<JsonObject> {
    const { lifeline } = this.cluster;
    lifeline.calling();
    if (this.statusRefused !== undefined) return Promise.reject(this.statusRefused);
    const manifest = this.#manifest(name);
    const seen = isJsonObject(body['metadata']) ? body['metadata']['resourceVersion'] : undefined;
    if (seen !== manifest.metadata['resourceVersion']) return Promise.reject(conflict());
    const { status = {} } = body;
    this.#put(name, { ...manifest, status });
    this.calls.push(`status ${this.condition(name, 'Ready') ?? ''}`);
    lifeline.wrote();
    return Promise.resolve(this.#manifest(name));
  }
}

function wasGone({ metadata }: Manifest): boolean {
  const { deletionTimestamp, finalizers } = metadata;
  return deletionTimestamp !== undefined && !(Array.isArray(finalizers) && finalizers.length > 0);
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function conflict(): ApiError {
  return new ApiError(409, 'Conflict', 'the object has been changed');
}
