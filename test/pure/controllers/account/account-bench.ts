/** The reconciler of AWSAccounts among everything that it works on, in memory. */
import type { AWSAccount } from '../../../../src/api/awsaccount.ts';
import type { UnlinkedRolesStatus } from '../../../../src/api/generated.ts';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import type { Identity } from '../../../../src/aws/calls/identity.ts';
import { isJsonObject, objectAt, type JsonObject } from '../../../../src/base/json.ts';
import { AccountReconciler } from '../../../../src/controllers/account/account-reconciler.ts';
import { AccountRegistry } from '../../../../src/controllers/state/account-registry.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { present } from '../../../expectations.ts';
import { accountOf } from '../test-cluster.ts';
import { SOURCE } from '../../access/fixtures.ts';
import { awsAccount } from '../../api/aws-account.ts';

export const NOW = Date.parse('2026-01-01T00:00:00Z');
export const MINUTE_MS = 60_000;

export interface Fields {
  readonly name?: string;
  readonly uid?: string;
  readonly version?: number;
  readonly createdAt?: string;
  readonly deleting?: boolean;
  readonly finalizer?: boolean;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** An AWSAccount as the API server serves it. */
export function account({
  name = 'checkout',
  deleting = false,
  finalizer = false,
  ...fields
}: Fields = {}): AWSAccount {
  return awsAccount({
    metadata: {
      name,
      uid: fields.uid ?? name,
      resourceVersion: String(fields.version ?? 1),
      creationTimestamp: fields.createdAt ?? '2025-01-01T00:00:00Z',
      finalizers: finalizer ? [FINALIZER] : [],
      ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { accountID: SOURCE, ...fields.spec },
    ...(fields.status !== undefined && { status: fields.status }),
  });
}

export const VERIFIED: Identity = {
  kind: 'verified',
  identityArn: 'arn:aws:sts::111111111111:assumed-role/operator/s',
};

/** The reconciler among everything that it works on, noting what it does. */
export class Bench {
  readonly objects = new Map<string, AWSAccount>();
  readonly accounts = new AccountRegistry();
  readonly done: string[] = [];
  readonly written: JsonObject[] = [];
  identity: Identity = VERIFIED;
  outage: string | undefined;
  lastCheck: string | undefined;
  queueProblem: string | undefined;
  unlinkedRoles: UnlinkedRolesStatus | undefined;
  whileVerifying: () => void = () => {};
  links = 0;
  now = NOW;
  refusal: ApiError | undefined;
  /** Answers whoever changes finalizers, in place of the API server. */
  finalizersRefused: ApiError | undefined;
  readonly reconciler = new AccountReconciler({
    missedChanges: { refused: ({ metadata }) => void this.done.push(`refused ${metadata.name}`) },
    client: {
      get: () => Promise.reject(new ApiError(404, 'NotFound', 'gone')),
      patch: (_resource, { name }, body) => {
        if (this.finalizersRefused !== undefined) return Promise.reject(this.finalizersRefused);
        const finalizers = objectAt(body, 'metadata')['finalizers'];
        this.done.push(`finalizers of ${name}: ${JSON.stringify(finalizers)}`);
        return Promise.resolve({
          metadata: {
            name,
            uid: name,
            resourceVersion: '2',
            ...(Array.isArray(finalizers) && { finalizers }),
          },
        });
      },
    },
    objects: {
      get: (name) => this.objects.get(name),
      byIndex: (_index, id) => [...this.objects.values()].filter(({ spec }) => spec.accountID === id),
    },
    accounts: this.accounts,
    connect: ({ accountId, assumeRole }) => {
      this.done.push(`connect ${accountId}${assumeRole === undefined ? '' : ` as ${assumeRole.arn}`}`);
      return {
        aws: present(accountOf(accountId, []).aws, 'an account without AWS'),
        verify: () => {
          this.done.push('verify');
          this.whileVerifying();
          return Promise.resolve(this.identity);
        },
        outage: () => this.outage,
        listen: (url) => void this.done.push(`listen to ${url ?? 'nothing'}`),
        hasUsed: () => false,
        queueProblem: () => this.queueProblem,
        lastCheck: () => this.lastCheck,
        unlinkedRoles: () => this.unlinkedRoles,
        lookThrough: (maxAgeMs) => {
          this.done.push(`look through ${maxAgeMs / MINUTE_MS} min`);
          return Promise.resolve();
        },
        close: () => void this.done.push('close'),
      };
    },
    countLinks: () => this.links,
    isChecked: () => this.links > 0,
    enqueue: (name) => void this.done.push(`enqueue ${name}`),
    enqueueLinks: (accountId) => void this.done.push(`enqueue links of ${accountId}`),
    statusWriter: {
      write: (_resource, _seen, status) => {
        if (this.refusal !== undefined) return Promise.reject(this.refusal);
        this.written.push(status);
        return Promise.resolve(true);
      },
    },
    events: {
      record: (_resource, _regarding, { type, reason }) => void this.done.push(`${type} Event ${reason}`),
    },
    log: { info: () => {} },
    wallClock: () => this.now,
    random: () => 1,
  });

  get verifications(): number {
    return this.done.filter((entry) => entry === 'verify').length;
  }

  async reconcile(object: AWSAccount): Promise<{ requeueAfterMs?: number }> {
    this.objects.set(object.metadata.name, object);
    return this.reconciler.reconcile(object.metadata.name);
  }

  /** `Ready=True Connected`, and so on, of the last status. */
  get conditions(): readonly string[] {
    const { conditions } = this.written.at(-1) ?? {};
    const all = Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
    return all
      .map(({ type, status, reason }) => `${String(type)}=${String(status)} ${String(reason)}`)
      .sort();
  }
}
