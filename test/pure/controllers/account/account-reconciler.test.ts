import { describe, expect, it } from '@jest/globals';
import { parseAWSAccount, type AWSAccount } from '../../../../src/api/awsaccount.ts';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import type { Identity } from '../../../../src/aws/identity.ts';
import { isJsonObject, objectAt, type JsonObject } from '../../../../src/base/json.ts';
import { AccountReconciler } from '../../../../src/controllers/account/account-reconciler.ts';
import { AccountRegistry } from '../../../../src/controllers/state/account-registry.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { present } from '../../../expectations.ts';
import { accountOf } from '../test-cluster.ts';
import { SOURCE } from '../../access/fixtures.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const MINUTE_MS = 60_000;

interface Fields {
  readonly name?: string;
  readonly uid?: string;
  readonly createdAt?: string;
  readonly deleting?: boolean;
  readonly finalizer?: boolean;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** An AWSAccount as the API server serves it. */
function account({
  name = 'checkout',
  deleting = false,
  finalizer = false,
  ...fields
}: Fields = {}): AWSAccount {
  return parseAWSAccount({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'AWSAccount',
    metadata: {
      name,
      uid: fields.uid ?? name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: fields.createdAt ?? '2025-01-01T00:00:00Z',
      finalizers: finalizer ? [FINALIZER] : [],
      ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { accountID: SOURCE, ...fields.spec },
    status: fields.status ?? {},
  });
}

const VERIFIED: Identity = {
  kind: 'verified',
  identityArn: 'arn:aws:sts::111111111111:assumed-role/operator/s',
};

/** The reconciler among everything that it works on, noting what it does. */
class Bench {
  readonly objects = new Map<string, AWSAccount>();
  readonly accounts = new AccountRegistry();
  readonly done: string[] = [];
  readonly written: JsonObject[] = [];
  identity: Identity = VERIFIED;
  links = 0;
  now = NOW;
  refusal: ApiError | undefined;
  readonly reconciler = new AccountReconciler({
    client: {
      get: () => Promise.reject(new ApiError(404, 'NotFound', 'gone')),
      patch: (_resource, { name }, body) => {
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
    objects: this.objects,
    accounts: this.accounts,
    connect: ({ accountId, assumeRole }) => {
      this.done.push(`connect ${accountId}${assumeRole === undefined ? '' : ` as ${assumeRole.arn}`}`);
      return {
        aws: present(accountOf(accountId, []).aws, 'an account without AWS'),
        verify: () => {
          this.done.push('verify');
          return Promise.resolve(this.identity);
        },
        listen: (url) => void this.done.push(`listen to ${url ?? 'nothing'}`),
        hasUsed: () => false,
        lastCheck: () => undefined,
        close: () => void this.done.push('close'),
      };
    },
    countLinks: () => this.links,
    enqueueLinks: (accountId) => void this.done.push(`enqueue links of ${accountId}`),
    statusWriter: {
      write: (_resource, _seen, status) => {
        if (this.refusal !== undefined) return Promise.reject(this.refusal);
        this.written.push(status);
        return Promise.resolve(true);
      },
    },
    events: {
      record: (_resource, _regarding, type, reason) => void this.done.push(`${type} Event ${reason}`),
    },
    log: { info: () => {} },
    wallClock: () => this.now,
  });

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

describe('what AWS says about the connection becomes Ready', () => {
  it.each<readonly [Identity, readonly string[], againMs: number]>([
    [VERIFIED, ['Ready=True Connected'], 10 * MINUTE_MS],
    [
      { kind: 'wrongAccount', answered: '999999999999', identityArn: 'arn:aws:iam::999999999999:user/x' },
      ['Ready=False WrongAccount', 'Stalled=True WrongAccount'],
      MINUTE_MS / 4,
    ],
    [
      { kind: 'denied', message: 'no' },
      ['Ready=False AccessDenied', 'Stalled=True AccessDenied'],
      MINUTE_MS / 4,
    ],
    [
      { kind: 'unreachable', message: 'no answer' },
      ['Ready=Unknown Unavailable', 'Reconciling=True Unavailable'],
      MINUTE_MS / 4,
    ],
  ])('%j', async (identity, conditions, againMs) => {
    const bench = new Bench();
    bench.identity = identity;
    await expect(bench.reconcile(account())).resolves.toEqual({ requeueAfterMs: againMs });
    expect(bench.conditions).toEqual(conditions);
    expect(bench.accounts.get(SOURCE)?.aws === undefined).toBe(identity.kind !== 'verified');
    expect(bench.accounts.get(SOURCE)?.problem === undefined).toBe(identity.kind === 'verified');
  });
});

describe('the connection', () => {
  it('is kept, and not verified again, while the AWSAccount says the same', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.done.length = 0;
    bench.now += MINUTE_MS;
    await bench.reconcile(account());
    expect(bench.done).toEqual(['listen to nothing', 'Normal Event Connected']);
  });

  it('is verified again after nine minutes, and each time when it failed', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.now += 9 * MINUTE_MS;
    bench.identity = { kind: 'denied', message: 'no' };
    await bench.reconcile(account());
    await bench.reconcile(account());
    expect(bench.done.filter((entry) => entry === 'verify')).toHaveLength(3);
  });

  it('is made anew when the role to assume is another', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    await bench.reconcile(account({ spec: { assumeRole: { arn: `arn:aws:iam::${SOURCE}:role/operator` } } }));
    expect(bench.done.filter((entry) => entry.startsWith('connect'))).toEqual([
      `connect ${SOURCE}`,
      `connect ${SOURCE} as arn:aws:iam::${SOURCE}:role/operator`,
    ]);
    expect(bench.accounts.get(SOURCE)?.operatorRoleArn).toBe(`arn:aws:iam::${SOURCE}:role/operator`);
  });

  it('polls the event queue only while it works', async () => {
    const bench = new Bench();
    const object = account({ spec: { eventQueueURL: 'https://sqs/q' } });
    await bench.reconcile(object);
    bench.now += 10 * MINUTE_MS;
    bench.identity = { kind: 'unreachable', message: 'no answer' };
    await bench.reconcile(object);
    expect(bench.done.filter((entry) => entry.startsWith('listen'))).toEqual([
      'listen to https://sqs/q',
      'listen to nothing',
    ]);
  });

  it('is closed when the AWSAccount is gone, and its links come back', async () => {
    const bench = new Bench();
    const object = account();
    await bench.reconcile(object);
    bench.done.length = 0;
    bench.reconciler.removed(object);
    expect(bench.done).toEqual(['close', `enqueue links of ${SOURCE}`]);
    expect(bench.accounts.get(SOURCE)).toBeUndefined();
  });

  it('stays when only a younger twin is gone', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.done.length = 0;
    bench.reconciler.removed(account({ name: 'twin' }));
    expect(bench.done).toEqual([]);
    expect(bench.accounts.get(SOURCE)?.name).toBe('checkout');
  });
});

describe('links come back to the queue', () => {
  const again = `enqueue links of ${SOURCE}`;
  it.each<readonly [change: string, next: Fields, comeBack: boolean]>([
    ['nothing changed', {}, false],
    [
      'the rules changed',
      { spec: { access: [{ namespaces: { names: ['payments'] }, asSource: { stateMachines: ['*'] } }] } },
      true,
    ],
    ['the floor of the drift check changed', { spec: { driftCheckInterval: '5m' } }, true],
    ['the connection changed', { spec: { assumeRole: { arn: `arn:aws:iam::${SOURCE}:role/o` } } }, true],
    ['only the event queue changed', { spec: { eventQueueURL: 'https://sqs/q' } }, false],
  ])('%s', async (_change, next, comeBack) => {
    const bench = new Bench();
    await bench.reconcile(account());
    expect(bench.done).toContain(again);
    bench.done.length = 0;
    await bench.reconcile(account(next));
    expect(bench.done.includes(again)).toBe(comeBack);
  });

  it('keeps the same rules when they say the same, so that what was worked out from them stays valid', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    const before = bench.accounts.get(SOURCE)?.rules;
    await bench.reconcile(account());
    expect(bench.accounts.get(SOURCE)?.rules).toBe(before);
  });
});

describe('the finalizer', () => {
  it.each<readonly [what: string, links: number, object: Fields, finalizers: string | undefined]>([
    ['comes with the first link', 1, {}, `["${FINALIZER}"]`],
    ['stays away while there is none', 0, {}, undefined],
    ['is there already', 2, { finalizer: true }, undefined],
    ['stays while a deleted account has links', 1, { finalizer: true, deleting: true }, undefined],
    ['goes with the last of them', 0, { finalizer: true, deleting: true }, '[]'],
  ])('%s', async (_what, links, object, finalizers) => {
    const bench = new Bench();
    bench.links = links;
    await bench.reconcile(account(object));
    const written = bench.done.find((entry) => entry.startsWith('finalizers'));
    expect(written).toBe(finalizers === undefined ? undefined : `finalizers of checkout: ${finalizers}`);
  });

  it('a deleted account says how many links use it, and is counted again soon', async () => {
    const bench = new Bench();
    bench.links = 3;
    await expect(bench.reconcile(account({ finalizer: true, deleting: true }))).resolves.toEqual({
      requeueAfterMs: 5_000,
    });
    expect(bench.conditions).toEqual(['Ready=False InUse', 'Stalled=True InUse']);
    expect(bench.written.at(-1)?.['links']).toBe(3);
  });
});

describe('two AWSAccounts of one account', () => {
  it.each<readonly [what: string, twin: Fields, conditions: readonly string[]]>([
    [
      'the younger is refused',
      { name: 'older', createdAt: '2024-01-01T00:00:00Z' },
      ['Ready=False DuplicateAccount', 'Stalled=True DuplicateAccount'],
    ],
    ['the older is served', { name: 'younger', createdAt: '2025-06-01T00:00:00Z' }, ['Ready=True Connected']],
    [
      'of equal age, the name decides',
      { name: 'a-name-before' },
      ['Ready=False DuplicateAccount', 'Stalled=True DuplicateAccount'],
    ],
  ])('%s', async (_what, twin, conditions) => {
    const bench = new Bench();
    const other = account(twin);
    bench.objects.set(other.metadata.name, other);
    await bench.reconcile(account());
    expect(bench.conditions).toEqual(conditions);
  });
});

describe('what the API server refuses', () => {
  it.each<readonly [status: number, again: boolean]>([
    [409, true],
    [404, true],
    [500, false],
  ])('%i: comes back at once: %s', async (status, again) => {
    const bench = new Bench();
    bench.refusal = new ApiError(status, 'Refused', 'refused');
    const result = bench.reconcile(account());
    if (again) await expect(result).resolves.toEqual({ requeueAfterMs: 500 });
    else await expect(result).rejects.toThrow('refused');
  });
});

it('an Event is recorded only when Ready moves', async () => {
  const bench = new Bench();
  const ready = {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Connected',
        message: '',
        observedGeneration: 1,
        lastTransitionTime: '2025-01-01T00:00:00Z',
      },
    ],
  };
  await bench.reconcile(account({ status: ready }));
  expect(bench.done.filter((entry) => entry.includes('Event'))).toEqual([]);
});

it('an AWSAccount that is gone needs nothing', async () => {
  await expect(new Bench().reconciler.reconcile('gone')).resolves.toEqual({});
});
