/** What the console shows to callers who may see all, some or nothing. */
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/base/clock.ts';
import { blindSpots } from '../../../src/console/model/overview.ts';
import { OperatorWatch, type OperatorAnswer } from '../../../src/console/server/operator-watch.ts';
import { findSources } from '../../../src/console/server/sources.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { FakeCluster, forbidden, type Asked } from './fake-cluster.ts';

async function sourcesFor(answer: (asked: Asked) => void, only = false) {
  const cluster = new FakeCluster();
  cluster.answer = answer;
  return findSources({ client: cluster.client, clock: systemClock, namespace: 'payments', only });
}

const oneNamespace = ({ plural, namespace }: Asked) =>
  plural === 'awsaccounts' || namespace === undefined ? forbidden() : undefined;

function missing(): never {
  throw new ApiError(404, 'NotFound', 'no');
}

function silent(): never {
  throw new ApiError(0, 'Timeout', 'no answer in 30 s');
}

describe('the operator behind the console', () => {
  const clock = { ...systemClock, ms: 0, monotonicMs: () => clock.ms };

  async function reported(answers: readonly (OperatorAnswer | undefined | Error)[]): Promise<unknown[]> {
    const left = [...answers];
    clock.ms = 0;
    const watch = new OperatorWatch(clock, () => {
      const answer = left.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
    const seen: unknown[] = [];
    while (left.length > 0) {
      await watch.recheck();
      seen.push(watch.states().map(({ message }) => message));
      clock.ms += 30_000;
    }
    return seen;
  }

  it('is reported while none is at work, and no longer once one is', async () => {
    expect(await reported([{ message: 'None.' }, { message: undefined }])).toStrictEqual([['None.'], []]);
  });

  it('is reported as before while the cluster does not answer', async () => {
    expect(await reported([{ message: 'None.' }, new Error('no answer')])).toStrictEqual([
      ['None.'],
      ['None.'],
    ]);
  });

  it('is asked for again at once where it was too early, and else not more than twice a minute', async () => {
    let asked = 0;
    clock.ms = 0;
    const watch = new OperatorWatch(clock, () => {
      asked += 1;
      return Promise.resolve(asked === 1 ? undefined : { message: undefined });
    });
    for (const ms of [0, 1, 29_000, 30_002]) {
      clock.ms = ms;
      await watch.recheck();
    }
    expect(asked).toBe(3);
  });

  it('comes first of what is not seen', async () => {
    const cluster = new FakeCluster();
    const sources = await findSources({
      client: cluster.client,
      clock: systemClock,
      namespace: 'payments',
      only: false,
      operatorMissing: () => Promise.resolve('None is at work.'),
    });
    const ended = new AbortController();
    const running = sources.links.reflector.run(ended.signal);
    await eventually('what is said of the operator', async () => {
      await sources.operator.recheck();
      expect(blindSpots({ sources: sources.states(), unreadable: [] })).toStrictEqual(['None is at work.']);
    });
    ended.abort();
    await running;
  });
});

describe('the sources of the console', () => {
  it('are all namespaces where they may be listed, and nothing is said to be missing', async () => {
    const sources = await sourcesFor(() => undefined);
    expect(sources.states().map(({ kind, namespace }) => [kind, namespace])).toStrictEqual([
      ['links', undefined],
      ['accounts', undefined],
      ['events', undefined],
    ]);
    expect(blindSpots({ sources: sources.states(), unreadable: [] })).toStrictEqual([]);
  });

  it('are one namespace where only that may be listed, and it is said', async () => {
    const sources = await sourcesFor(oneNamespace);
    expect(sources.accounts).toBeUndefined();
    expect(blindSpots({ sources: sources.states(), unreadable: [] })).toStrictEqual([
      'You may not list links of all namespaces: only those of payments are shown.',
      'You may not list AWSAccounts: their names, connection and last checks are not shown.',
    ]);
  });

  it('are one namespace where that is asked for, without trying all', async () => {
    const asked: Asked[] = [];
    await sourcesFor((each) => void asked.push(each), true);
    expect(
      asked.filter(({ plural }) => plural !== 'awsaccounts').map(({ namespace }) => namespace),
    ).toStrictEqual(['payments', 'payments']);
  });

  it('are refused in one sentence to a caller who may list no link', async () => {
    await expect(sourcesFor(forbidden)).rejects.toThrow(
      'you may not list CrossAccountLinks in all namespaces, nor in payments: ask for get, list and watch on them, or name a namespace with -n',
    );
  });

  it('are refused where the CRDs are missing, and by a cluster that does not answer', async () => {
    await expect(sourcesFor(missing)).rejects.toThrow('are the CRDs installed?');
    await expect(sourcesFor(silent)).rejects.toThrow('no answer');
  });
});
