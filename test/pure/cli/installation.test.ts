import { describe, expect, it } from '@jest/globals';
import { findClusterId, findInstallation, operatorMissing } from '../../../src/cli/check/installation.ts';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ListPage, ListQuery } from '../../../src/kubernetes/client.ts';
import type { ObjectName, ResourceType } from '../../../src/kubernetes/metadata.ts';

const FORBIDDEN = new ApiError(403, 'Forbidden', 'no');

function lease(namespace: string, name: string, annotations: JsonObject, holderIdentity: string): JsonObject {
  return {
    metadata: { namespace, name, uid: namespace, resourceVersion: '1', annotations },
    spec: { holderIdentity, renewTime: '2026-01-01T00:00:00.000000Z', leaseDurationSeconds: 15 },
  };
}

const operator = (namespace: string, clusterId: string) =>
  lease(
    namespace,
    'crossaccountlink',
    { 'crossaccountlink.dev/cluster-id': clusterId, 'crossaccountlink.dev/version': '1.2.3' },
    'pod-a',
  );
const claim = (clusterId: string, namespace: string) =>
  lease('kube-system', `crossaccountlink-${clusterId}-claim`, {}, namespace);

/** Objects in one answer, however many are asked for. */
const PAGE = 3;

/** An API server that holds Leases; `mayList` says whose may be listed. */
class Leases {
  readonly #leases: readonly JsonObject[];
  readonly #mayList: boolean;
  readonly #mayGet: boolean;

  constructor(leases: readonly JsonObject[], mayList = true, mayGet = mayList) {
    this.#leases = leases;
    this.#mayList = mayList;
    this.#mayGet = mayGet;
  }

  async list(
    _resource: ResourceType,
    { namespace, fieldSelector, continue: token }: ListQuery = {},
  ): Promise<ListPage> {
    if (!this.#mayList) throw FORBIDDEN;
    const items = this.#leases.filter(
      ({ metadata }) =>
        (namespace === undefined || Object(metadata).namespace === namespace) &&
        (fieldSelector === undefined || fieldSelector === `metadata.name=${Object(metadata).name}`),
    );
    const from = Number(token ?? 0);
    const to = from + PAGE;
    return {
      items: items.slice(from, to),
      resourceVersion: '1',
      ...(to < items.length && { continue: String(to) }),
    };
  }

  async get(_resource: ResourceType, { namespace, name }: ObjectName): Promise<JsonObject> {
    if (!this.#mayGet) throw FORBIDDEN;
    const found = this.#leases.find(
      ({ metadata }) => Object(metadata).namespace === namespace && Object(metadata).name === name,
    );
    if (found === undefined) throw new ApiError(404, 'NotFound', 'none');
    return found;
  }
}

describe('the installation', () => {
  it('is found by the Lease of its leader, with its cluster ID and version', async () => {
    expect(await findInstallation(new Leases([operator('aws', 'prod')]))).toMatchObject({
      kind: 'found',
      installation: { namespace: 'aws', clusterId: 'prod', version: '1.2.3', leader: 'pod-a' },
    });
  });

  it('is the one that holds a claim, whatever Leases tenants make beside it', async () => {
    const leases = [operator('tenant', 'forged'), operator('aws', 'prod'), claim('prod', 'aws')];
    expect(await findClusterId(new Leases(leases))).toBe('prod');
  });

  it('is found among more Leases than come in one answer', async () => {
    const others = Array.from({ length: 5 }, (_, at) => lease('kube-system', `other-${at}`, {}, 'x'));
    const leases = [
      ...Array.from({ length: 5 }, (_, at) => operator(`tenant-${at}`, 'forged')),
      operator('aws', 'prod'),
      ...others,
      claim('prod', 'aws'),
    ];
    expect(await findClusterId(new Leases(leases))).toBe('prod');
  });

  it('is asked for where there are several', async () => {
    const leases = new Leases([operator('a', 'one'), operator('b', 'two')]);
    await expect(findClusterId(leases)).rejects.toThrow(
      /several operators \(one in namespace a, two in namespace b\): give .* by --cluster-id/,
    );
  });

  it('is looked for in the usual namespace by those who may read Leases there alone', async () => {
    const leases = new Leases([operator('crossaccountlink-system', 'prod')], false, true);
    expect(await findClusterId(leases)).toBe('prod');
  });

  it.each([
    ['none', new Leases([]), /no operator has published its cluster ID/],
    ['not to be seen', new Leases([], false), /you may not read the operator’s Lease/],
    ['not to be seen where it is', new Leases([], false, true), /you may not read the operator’s Lease/],
    [
      'too old to publish it',
      new Leases([lease('aws', 'crossaccountlink', {}, 'pod-a')]),
      /in namespace aws does not publish its cluster ID/,
    ],
  ])('that is %s is reported, with what to do', async (_, leases, message) => {
    await expect(findClusterId(leases)).rejects.toThrow(message);
    await expect(findClusterId(leases)).rejects.toThrow(/--cluster-id/);
  });
});

describe('that no operator is at work', () => {
  const RENEWED = Date.parse('2026-01-01T00:00:00Z');
  const said = (leases: readonly JsonObject[], { looksAtLinks = false, afterMs = 0, mayList = true } = {}) =>
    operatorMissing(new Leases(leases, mayList), { looksAtLinks, nowMs: RENEWED + afterMs });

  it('is not said while one leads', async () => {
    expect(await said([operator('aws', 'prod')], { afterMs: 20_000 })).toBeUndefined();
  });

  it('is said, with since when, once its Lease is overdue by more than clocks may differ', async () => {
    expect(await said([operator('aws', 'prod')], { afterMs: 300_000 })).toBe(
      'No operator is running (pod-a was the last leader, and has not renewed its Lease for 5 min): nothing is checked or repaired, and links are shown as they were then. "kubectl crossaccountlink check" shows more.',
    );
  });

  it('is said where one has given its Lease up', async () => {
    const given = { ...operator('aws', 'prod'), spec: { holderIdentity: '' } };
    expect(await said([given])).toContain('(there is no leader in namespace aws)');
  });

  it('is said where none has ever led, unless links have been looked at all the same', async () => {
    expect(await said([])).toBe(
      'No operator has ever led in this cluster: links do nothing until one is installed.',
    );
    expect(await said([], { looksAtLinks: true })).toBeUndefined();
  });

  it('is not said to whoever may not read Leases, nor where there are several', async () => {
    expect(await said([], { mayList: false })).toBeUndefined();
    expect(
      await said([operator('aws', 'prod'), operator('b', 'test')], { afterMs: 300_000 }),
    ).toBeUndefined();
  });
});
