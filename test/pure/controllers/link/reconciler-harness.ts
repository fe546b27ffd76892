/** The reconciler of links with accounts and an API server in memory. What is written to a link is in the cache at
 *  once. */
import { pino } from 'pino';
import { ANNOTATIONS, FINALIZER } from '../../../../src/api/metadata.ts';
import { isJsonObject, type JsonObject } from '../../../../src/base/json.ts';
import { LinkDeletion } from '../../../../src/controllers/link/deletion.ts';
import { LinkReconciler } from '../../../../src/controllers/link/link-reconciler.ts';
import { LinkReporter } from '../../../../src/controllers/link/link-reporter.ts';
import {
  isReleased,
  parseLinkObject,
  type LinkObject,
} from '../../../../src/controllers/state/link-object.ts';
import { readLagMs } from '../../../../src/controllers/state/iam-propagation.ts';
import { AliasCheck } from '../../../../src/controllers/triggers/alias-check.ts';
import { ExecutionEvidence } from '../../../../src/controllers/triggers/execution-evidence.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import type { ReconcileResult } from '../../../../src/kubernetes/controller.ts';
import type { ObjectName, ResourceType } from '../../../../src/kubernetes/metadata.ts';
import { StatusWriter } from '../../../../src/kubernetes/status-writer.ts';
import { present } from '../../../expectations.ts';
import { machine } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { CREATED, TestCluster } from '../test-cluster.ts';

export const DRIFT_CHECK_MS = 600_000;
export const PATIENCE_MS = 60_000;
const MOST_ROUNDS = 30;
const OTHERS_FINALIZER = 'example.com/hold';

type Manifest = JsonObject & { readonly metadata: JsonObject };

export class ReconcilerHarness {
  readonly cluster: TestCluster;
  /** Calls to AWS and writes to the API server, in order. */
  readonly calls: string[];
  /** `Warning DriftDetected` and the like. */
  readonly events: string[] = [];
  /** What these Events say. */
  readonly notes: string[] = [];
  /** Machines whose executions are to be looked at, and after how many milliseconds. */
  readonly looks: (readonly [machine: string, afterMs: number])[] = [];
  /** Names of the links that executions brought back. */
  readonly enqueued: string[] = [];
  readonly #propagationPauseMs: number;
  readonly #manifests = new Map<string, Manifest>();
  aliases: AliasCheck;
  executions: ExecutionEvidence;
  #reconciler: LinkReconciler;
  #version = 1;

  constructor(propagationPauseMs = 0) {
    this.#propagationPauseMs = propagationPauseMs;
    this.cluster = new TestCluster(propagationPauseMs);
    this.calls = this.cluster.calls;
    ({ aliases: this.aliases, executions: this.executions, reconciler: this.#reconciler } = this.#assemble());
  }

  /** The operator begins anew: cluster and AWS are as they were, and nothing is remembered.
   *  @param diesAfter so many writes */
  restart(diesAfter?: number): void {
    this.cluster.lifeline.begin(diesAfter);
    this.cluster.parts = this.cluster.restarted(this.#propagationPauseMs);
    ({ aliases: this.aliases, executions: this.executions, reconciler: this.#reconciler } = this.#assemble());
  }

  #assemble(): { aliases: AliasCheck; executions: ExecutionEvidence; reconciler: LinkReconciler } {
    const { parts, links, accounts } = this.cluster;
    const client = {
      get: (_resource: ResourceType, { name }: ObjectName) => Promise.resolve(this.#manifest(name)),
      patch: (_resource: ResourceType, { name }: ObjectName, body: JsonObject) => this.#patch(name, body),
      applyStatus: (_resource: ResourceType, { name }: ObjectName, body: JsonObject) =>
        this.#applyStatus(name, body),
    };
    const now = () => this.cluster.now;
    const leadingSince = this.cluster.now;
    const reporter = new LinkReporter({
      statusWriter: new StatusWriter({ client, fieldManager: 'test', ownsCondition: () => true }),
      events: {
        record: (_resource, _metadata, { type, reason, message }) => {
          this.events.push(`${type} ${reason}`);
          this.notes.push(message);
        },
      },
      metrics: { drift: () => undefined, ready: () => undefined },
      wallClock: () => Date.parse(CREATED) + this.cluster.now,
    });
    const log = pino({ level: 'silent' });
    const aliases = new AliasCheck({
      links,
      accounts,
      schedule: () => undefined,
      enqueue: () => undefined,
      onProblem: () => undefined,
      random: () => 0,
    });
    const executions = new ExecutionEvidence({
      links,
      accounts,
      memory: parts.memory,
      schedule: (arn, afterMs) => void this.looks.push([arn.split(':').at(-1) ?? '', afterMs]),
      enqueue: ({ metadata }) => void this.enqueued.push(metadata.name),
      onProblem: ({ message }) => void this.events.push(`problem ${message}`),
      now,
    });
    const reconciler = new LinkReconciler({
      client,
      links,
      resolver: parts.resolver,
      contributors: parts.contributors,
      proof: parts.proof,
      basis: parts.basis,
      memory: parts.memory,
      ensure: parts.ensure,
      deletion: new LinkDeletion({
        client,
        resolver: parts.resolver,
        memory: parts.memory,
        finalize: parts.finalize,
        proof: parts.proof,
        reporter,
        log,
        now,
        deletionPatienceMs: PATIENCE_MS,
      }),
      aliases,
      executions,
      reporter,
      enqueue: ({ metadata }) => void this.enqueued.push(metadata.name),
      log,
      now,
      random: () => 0,
      defaultDriftCheckMs: DRIFT_CHECK_MS,
      readLagMs: readLagMs(this.#propagationPauseMs),
      leadingSince: () => leadingSince,
    });
    return { aliases, executions, reconciler };
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
    this.#put(name, { ...rest, metadata: { ...metadata, deletionTimestamp: this.timestamp() } });
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

  /** @returns when to come again, or the kind of what was thrown */
  async reconcile(name: string): Promise<ReconcileResult | string> {
    try {
      return await this.#reconciler.reconcile(`payments/${name}`);
    } catch (error) {
      if (error instanceof Error && 'kind' in error) return String(error.kind);
      throw error;
    }
  }

  /** Reconciles every link in turn, a minute apart, until nothing is written any more.
   *  @throws when that does not come to an end */
  async converge(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = this.writes.length;
      const names = Array.from(this.cluster.links.values(), ({ metadata }) => metadata.name);
      for (const name of names) await this.reconcile(name);
      this.cluster.now += 60_000;
      if (this.writes.length === before) return;
    }
    throw new Error(`it goes on for ever: ${this.writes.slice(-20).join(', ')}`);
  }

  /** Brings a new link in sync, a minute ago, and forgets what that took. */
  async ready(name: string, spec: JsonObject = {}): Promise<void> {
    this.create(name, spec);
    await this.reconcile(name);
    this.cluster.now += 60_000;
    this.calls.length = 0;
    this.events.length = 0;
  }

  /** Changes a role in AWS, as somebody else does. */
  changeRole(change: (role: ObservedRole) => ObservedRole, arn = ROLE.text): void {
    const { roles } = arn === ROLE.text ? this.cluster.target : this.cluster.source;
    roles.set(arn, change(present(roles.get(arn), `there is no role ${arn}`)));
  }

  /** Changes the definition of `checkout`, as its developer does. */
  changeDefinition(definition: string): void {
    const { machines } = this.cluster.source;
    const found = present(machines.get(machine('checkout').text), 'there is no state machine');
    machines.set(found.arn, { ...found, definition, revisionId: 'changed' });
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
    const changes = isReleased(object) ? links.remove(object.metadata.uid) : links.upsert(object);
    parts.linksChanged();
    for (const change of changes) if (change.kind === 'deleted') parts.forget(change.old);
    return object;
  }

  #patch(name: string, body: JsonObject): Promise<JsonObject> {
    const { lifeline } = this.cluster;
    lifeline.calling();
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
    const manifest = this.#manifest(name);
    const seen = isJsonObject(body['metadata']) ? body['metadata']['resourceVersion'] : undefined;
    if (seen !== manifest.metadata['resourceVersion']) return Promise.reject(conflict());
    const { status = {} } = body;
    this.#put(name, { ...manifest, status });
    this.calls.push(`status ${this.condition(name, 'Ready') ?? ''}`);
    lifeline.wrote();
    return Promise.resolve(this.#manifest(name));
  }

  /** Of now, as the API server writes it. */
  timestamp(): string {
    return `${new Date(Date.parse(CREATED) + this.cluster.now).toISOString().slice(0, 19)}Z`;
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
