import { describe, expect, it } from '@jest/globals';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import type { Identity } from '../../../../src/aws/calls/identity.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { present } from '../../../expectations.ts';
import { SOURCE } from '../../access/fixtures.ts';
import { account, Bench, MINUTE_MS, NOW, VERIFIED, type Fields } from './account-bench.ts';

describe('what AWS says about the connection becomes Ready', () => {
  it.each<readonly [Identity, readonly string[], againMs: number]>([
    [VERIFIED, ['Ready=True Connected'], 10 * MINUTE_MS],
    [
      { kind: 'wrongAccount', answered: '999999999999', identityArn: 'arn:aws:iam::999999999999:user/x' },
      ['Ready=False WrongAccount', 'Stalled=True WrongAccount'],
      1_000,
    ],
    [{ kind: 'denied', message: 'no' }, ['Ready=False AccessDenied', 'Stalled=True AccessDenied'], 1_000],
    [
      { kind: 'unreachable', message: 'no answer' },
      ['Ready=False Unavailable', 'Reconciling=True Unavailable'],
      1_000,
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

  it('is verified again after nine minutes', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.now += 9 * MINUTE_MS;
    await bench.reconcile(account());
    expect(bench.verifications).toBe(2);
  });

  it('that failed is verified again with growing pauses, however often the account is looked at', async () => {
    const bench = new Bench();
    bench.identity = { kind: 'denied', message: 'no' };
    const pauses: (number | undefined)[] = [];
    for (let probe = 1; probe <= 6; probe += 1) {
      const { requeueAfterMs = 0 } = await bench.reconcile(account());
      for (let link = 0; link < 50; link += 1) {
        bench.reconciler.doubt(SOURCE);
        await bench.reconcile(account());
      }
      expect(bench.verifications).toBe(probe);
      pauses.push(requeueAfterMs);
      bench.now += requeueAfterMs;
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('is verified at once when a call into the account puts it in doubt, and once for all calls', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.now += MINUTE_MS;
    bench.identity = { kind: 'denied', message: 'no' };
    for (let link = 0; link < 15; link += 1) bench.reconciler.doubt(SOURCE);
    expect(bench.done.filter((entry) => entry === 'enqueue checkout')).toHaveLength(1);
    await bench.reconcile(account());
    expect(bench.verifications).toBe(2);
    expect(bench.conditions).toEqual(['Ready=False AccessDenied', 'Stalled=True AccessDenied']);
    expect(bench.accounts.get(SOURCE)).toMatchObject({ problem: 'no.', unreachableSince: bench.now });
  });

  it('that was verified a moment ago is not asked again because of a call that began before', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.now += 1_000;
    bench.reconciler.doubt(SOURCE);
    await expect(bench.reconcile(account())).resolves.toEqual({ requeueAfterMs: 4_000 });
    expect(bench.verifications).toBe(1);
  });

  it('has been out of reach since an earlier process said so', async () => {
    const bench = new Bench();
    bench.identity = { kind: 'unreachable', message: 'no answer' };
    const since = '2025-12-31T23:59:00Z';
    const notReady = (reason: string) => ({
      conditions: [{ type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: since }],
    });
    await bench.reconcile(account({ status: notReady('Unavailable') }));
    expect(bench.accounts.get(SOURCE)?.unreachableSince).toBe(Date.parse(since));
    const other = new Bench();
    other.identity = bench.identity;
    await other.reconcile(account({ status: notReady('DuplicateAccount') }));
    expect(other.accounts.get(SOURCE)?.unreachableSince).toBe(NOW);
  });

  it('is made again when the role to assume is another', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    await bench.reconcile(account({ spec: { assumeRole: { arn: `arn:aws:iam::${SOURCE}:role/operator` } } }));
    expect(bench.done.filter((entry) => entry.startsWith('connect'))).toEqual([
      `connect ${SOURCE}`,
      `connect ${SOURCE} as arn:aws:iam::${SOURCE}:role/operator`,
    ]);
    expect(bench.accounts.get(SOURCE)?.operatorRoleArns).toStrictEqual([
      `arn:aws:iam::${SOURCE}:role/operator`,
    ]);
  });

  it('tells links of both roles that are the operator’s own: the one that it assumes, and the one that it is before', async () => {
    const bench = new Bench();
    const base = 'arn:aws:sts::999999999999:assumed-role/base/pod';
    bench.identity = { kind: 'verified', identityArn: 'x', baseArn: base };
    const arn = `arn:aws:iam::${SOURCE}:role/operator`;
    await bench.reconcile(account({ spec: { assumeRole: { arn } } }));
    expect(bench.accounts.get(SOURCE)?.operatorRoleArns).toStrictEqual([arn, base]);
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

describe('an account in which a service does not answer', () => {
  it('is not Ready, keeps its links at work, and is Ready again when the service answers', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    bench.outage = 'IAM in us-east-1 has not answered for 4 s';
    bench.done.length = 0;
    bench.reconciler.outageChanged(SOURCE);
    expect(bench.done).toEqual(['enqueue checkout']);
    await expect(bench.reconcile(account())).resolves.toEqual({ requeueAfterMs: 15_000 });
    expect(bench.conditions).toEqual(['Ready=False Unavailable', 'Reconciling=True Unavailable']);
    expect(bench.accounts.get(SOURCE)?.aws).toBeDefined();
    bench.outage = undefined;
    bench.done.length = 0;
    bench.reconciler.outageChanged(SOURCE);
    expect(bench.done).toEqual(['enqueue checkout', `enqueue links of ${SOURCE}`]);
    await bench.reconcile(account());
    expect(bench.conditions).toEqual(['Ready=True Connected']);
    expect(bench.verifications).toBe(0);
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
    ['goes when no link is left', 0, { finalizer: true }, '[]'],
    ['stays while a deleted account has links', 1, { finalizer: true, deleting: true }, undefined],
    ['goes with the last of them, which lets it go', 0, { finalizer: true, deleting: true }, '[]'],
  ])('%s', async (_what, links, object, finalizers) => {
    const bench = new Bench();
    bench.links = links;
    await bench.reconcile(account(object));
    const written = bench.done.find((entry) => entry.startsWith('finalizers'));
    expect(written).toBe(finalizers === undefined ? undefined : `finalizers of checkout: ${finalizers}`);
  });

  it('comes with no status that only counts: the links that come with the first are counted once for all', async () => {
    const bench = new Bench();
    await bench.reconcile(account());
    const status = present(bench.written.at(-1), 'a status');
    bench.links = 1;
    await expect(bench.reconcile(account({ status }))).resolves.toEqual({ requeueAfterMs: 5_000 });
    bench.links = 40;
    bench.now += 3_000;
    await expect(bench.reconcile(account({ status }))).resolves.toEqual({ requeueAfterMs: 2_000 });
    expect(bench.written).toHaveLength(1);
    bench.now += 2_000;
    await bench.reconcile(account({ status, finalizer: true }));
    expect(bench.written.at(-1)?.['links']).toBe(40);
    expect(bench.written).toHaveLength(2);
  });

  it('comes with a status at once where that has more to say than a number', async () => {
    const bench = new Bench();
    bench.links = 1;
    await bench.reconcile(account());
    expect(bench.written.at(-1)).toMatchObject({ links: 1 });
    bench.outage = 'IAM does not answer';
    await bench.reconcile(account({ status: present(bench.written.at(-1), 'a status') }));
    expect(bench.conditions).toContain('Ready=False Unavailable');
  });

  it('is added once, however often the account comes before the cache shows it', async () => {
    const bench = new Bench();
    bench.links = 1;
    for (let link = 0; link < 3; link += 1) await bench.reconcile(account());
    expect(bench.done.filter((entry) => entry.startsWith('finalizers'))).toHaveLength(1);
  });

  it('neither comes nor goes with each of the links that come and go one after the other', async () => {
    const bench = new Bench();
    const written = () => bench.done.filter((entry) => entry.startsWith('finalizers')).length;
    for (let link = 0; link < 1_000; link += 1) {
      for (bench.links of [1, 0])
        await bench.reconcile(account({ version: written(), finalizer: written() % 2 === 1 }));
      bench.now += 10;
    }
    expect(written()).toBeLessThanOrEqual(4);
  });

  it('goes five seconds after it came, with the link that it came for, although the cache never showed it', async () => {
    const bench = new Bench();
    bench.links = 1;
    await bench.reconcile(account());
    bench.links = 0;
    bench.now += 1_000;
    await expect(bench.reconcile(account())).resolves.toEqual({ requeueAfterMs: 4_000 });
    bench.now += 4_000;
    await bench.reconcile(account());
    expect(bench.done.filter((entry) => entry.startsWith('finalizers'))).toStrictEqual([
      `finalizers of checkout: ["${FINALIZER}"]`,
      'finalizers of checkout: []',
    ]);
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

describe('an AWSAccount that changes while AWS is asked', () => {
  it('is not published any more when it is gone', async () => {
    const bench = new Bench();
    bench.whileVerifying = () => bench.objects.delete('checkout');
    await bench.reconcile(account());
    expect(bench.accounts.get(SOURCE)).toBeUndefined();
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

const NOT_ALLOWED = new ApiError(403, 'Forbidden', 'admission webhook "guard" denied the request: no');

it('an AWSAccount that may not get the finalizer says so: it could go before its links', async () => {
  const bench = new Bench();
  bench.links = 1;
  bench.finalizersRefused = NOT_ALLOWED;
  await expect(bench.reconcile(account())).rejects.toThrow('denied the request');
  expect(bench.conditions).toContain('Ready=False FinalizerRefused');
  expect(JSON.stringify(bench.written)).toContain('denied the request: no.');
});

it('what the rules of an AWSAccount say by now holds although it may not get the finalizer: its links wait', async () => {
  const bench = new Bench();
  const asSource = { stateMachines: ['*'] };
  await bench.reconcile(account({ spec: { access: [{ namespaces: { names: ['a'] }, asSource }] } }));
  expect(bench.accounts.get(SOURCE)?.rules.entries).toHaveLength(1);
  bench.links = 1;
  bench.finalizersRefused = NOT_ALLOWED;
  await expect(bench.reconcile(account({ spec: { access: [] } }))).rejects.toThrow('denied');
  const { rules, aws, problem } = present(bench.accounts.get(SOURCE), 'no account');
  expect(rules.entries).toStrictEqual([]);
  expect(aws).toBeUndefined();
  expect(problem).toContain('denied the request');
});

it('an AWSAccount without links from which the finalizer may not go is Ready: nobody deletes it', async () => {
  const bench = new Bench();
  bench.finalizersRefused = NOT_ALLOWED;
  await bench.reconcile(account({ finalizer: true }));
  expect(bench.conditions).toStrictEqual(['Ready=True Connected']);
});

it('an AWSAccount from which the finalizer may not go says what keeps it', async () => {
  const bench = new Bench();
  bench.finalizersRefused = NOT_ALLOWED;
  await expect(bench.reconcile(account({ finalizer: true, deleting: true }))).rejects.toThrow('denied');
  expect(bench.conditions).toContain('Ready=False FinalizerRefused');
  expect(JSON.stringify(bench.written)).toContain('may not remove its finalizer from the object');
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

it('an event queue that cannot be read is reported: the account is Ready, for links work without it', async () => {
  const bench = new Bench();
  bench.queueProblem = 'ReceiveMessage on https://q: AccessDenied (no); allow it';
  await bench.reconcile(account());
  expect(bench.conditions).toEqual(['Ready=True Connected']);
  expect(JSON.stringify(bench.written.at(-1))).toContain(
    'operator/s. The event queue cannot be read, so drift is found only by polling: ReceiveMessage on https://q: AccessDenied (no); allow it.',
  );
});

describe('roles that no link names', () => {
  const unlinkedRoles = { arns: ['arn:aws:iam::111111111111:role/left'], total: 1 };

  it('stand in the status, and no longer when there are none', async () => {
    const bench = new Bench();
    bench.unlinkedRoles = unlinkedRoles;
    await bench.reconcile(account());
    expect(bench.written.at(-1)).toMatchObject({ unlinkedRoles });
    bench.unlinkedRoles = { arns: [], total: 0 };
    await bench.reconcile(account({ status: { unlinkedRoles } }));
    expect(bench.written.at(-1)).not.toHaveProperty('unlinkedRoles');
  });

  it('stay in the status until this process has looked', async () => {
    const bench = new Bench();
    await bench.reconcile(account({ status: { unlinkedRoles } }));
    expect(bench.written.at(-1)).toMatchObject({ unlinkedRoles });
  });

  it.each<
    readonly [what: string, fields: Fields, links: number, lastCheck: string | undefined, looks: number]
  >([
    ['not where links are, whose checks do that', { status: { links: 2 } }, 2, undefined, 0],
    ['not where none ever was', {}, 0, undefined, 0],
    ['where the last link has just gone', { status: { links: 1 } }, 0, undefined, 1],
    ['where links were in the life of this process', {}, 0, '2026-01-01T00:00:00Z', 1],
    ['where some are known', { status: { unlinkedRoles } }, 0, undefined, 1],
  ])('are looked for %s', async (_what, fields, links, lastCheck, looks) => {
    const bench = new Bench();
    bench.links = links;
    bench.lastCheck = lastCheck;
    await bench.reconcile(account(fields));
    expect(bench.done.filter((entry) => entry === 'look through 10 min')).toHaveLength(looks);
  });
});

describe('rules are new to links', () => {
  const spec = { driftCheckInterval: '1m', permissionsBoundaryARN: 'arn:aws:iam::111111111111:policy/limit' };

  it.each([
    ['where the last report was on others', 0, true],
    ['but not where the last report was on them', 1, false],
  ])('%s', async (_, observedGeneration, expected) => {
    const bench = new Bench();
    await bench.reconcile(account({ status: { observedGeneration } }));
    expect(bench.accounts.get(SOURCE)?.hasNewRules).toBe(expected);
  });

  it('once they are edited, and stay so', async () => {
    const bench = new Bench();
    const status = { observedGeneration: 1 };
    await bench.reconcile(account({ status }));
    await bench.reconcile(account({ status, spec }));
    await bench.reconcile(account({ status, spec }));
    expect(bench.accounts.get(SOURCE)?.hasNewRules).toBe(true);
  });
});
