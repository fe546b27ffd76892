/** Of several replicas, only one writes. A process that sends a write, to AWS or to the cluster, while another one holds the
 *  Lease has not noticed that it lost the Lease. */
import { LEASE_NAME } from '../../src/api/metadata.ts';
import { isWrite } from '../../src/aws/transport/fence.ts';
import { objectAt, stringAt } from '../../src/base/json.ts';
import { LEASE } from '../../src/kubernetes/lease.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import type { Life } from './life.ts';
import { identityOf, SETTINGS } from './replicas.ts';

/** Writes to the cluster, by how their calls begin. A write of the Lease itself decides who leads, so it does not count. */
const CLUSTER_WRITES = /^(create|update|patch|status|delete) (?!leases)/;
/** A call to AWS begins with its operation. */
const AWS_CALL = /^[A-Z]\w+/;
/** Within this time every process has seen who holds the Lease. */
const UNSEEN_MS = 4_000;
/** If somebody deletes the Lease, its former holder keeps it for this long, even if another process creates it again. */
const HELD_MS = 15_000;

export class LeadLaw {
  readonly #kubernetes: KubernetesModel;
  #droppedAtMs = Number.NEGATIVE_INFINITY;
  #excusedUntilMs = Number.NEGATIVE_INFINITY;
  #startedAtMs = Number.NEGATIVE_INFINITY;

  constructor(kubernetes: KubernetesModel) {
    this.#kubernetes = kubernetes;
  }

  /** To be called when the cluster is restored: the Lease may again name a process that had lost it. */
  excuse(atMs: number): void {
    this.#excusedUntilMs = Math.max(this.#excusedUntilMs, atMs + HELD_MS);
  }

  /** To be called when somebody deletes the Lease. */
  dropped(atMs: number): void {
    this.#droppedAtMs = atMs;
  }

  /** To be called with each call that a process sends. Returns what is wrong with it; undefined if nothing is. */
  problem(life: Life, call: string): string | undefined {
    this.#startedAtMs = Math.max(this.#startedAtMs, life.startedAtMs);
    const operation = AWS_CALL.exec(call)?.[0];
    if (operation === undefined ? !CLUSTER_WRITES.test(call) : !isWrite(operation)) return undefined;
    const lease = this.#kubernetes.find(LEASE, { namespace: SETTINGS.namespace, name: LEASE_NAME });
    const holder = stringAt(objectAt(lease ?? {}, 'spec'), 'holderIdentity') ?? '';
    if (holder === '' || holder === identityOf(life) || this.#isUnseen(life.nowMs)) return undefined;
    if (life.nowMs < this.#excusedUntilMs) return undefined;
    return `${life.id} sends ${call}, while ${holder} holds the Lease`;
  }

  /** A process that starts just after the Lease was deleted cannot know who held it. */
  #isUnseen(nowMs: number): boolean {
    return nowMs - this.#droppedAtMs < HELD_MS && this.#startedAtMs > this.#droppedAtMs - UNSEEN_MS;
  }
}
