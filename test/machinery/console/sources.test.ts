/** What the console shows to callers who may see all, some or nothing. */
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/base/clock.ts';
import { blindSpots } from '../../../src/console/model/overview.ts';
import { findSources } from '../../../src/console/server/sources.ts';
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
      'You may not list AWSAccounts: their names, reach and last checks are not shown.',
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
