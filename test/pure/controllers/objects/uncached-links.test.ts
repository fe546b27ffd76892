/** Links that the API server has and the cache does not, or has in an older version: what may be theirs is kept, and the API
 *  server is asked about them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UncachedLinks } from '../../../../src/controllers/objects/uncached-links.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import type { LiveLinks } from '../../../../src/controllers/state/live-links.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { present } from '../../../expectations.ts';
import { role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { objectOf, TestCluster } from '../test-cluster.ts';

const SELF = link('self');

let the: TestCluster;
let live: LinkObject[];
let asked: Parameters<LiveLinks>[0][];
let failsWith: ApiError | undefined;
let uncached: UncachedLinks;

beforeEach(() => {
  the = new TestCluster();
  live = [];
  asked = [];
  uncached = new UncachedLinks({
    links: the.links,
    memories: the.parts.memories,
    resolver: the.parts.resolver,
    liveLinks,
    now: () => the.now,
  });
});

const liveLinks: LiveLinks = (query) => {
  asked.push(query);
  return failsWith === undefined ? Promise.resolve(live) : Promise.reject(failsWith);
};

async function naming(...targetRoles: readonly string[]): Promise<readonly string[]> {
  return namingFor(SELF, ...targetRoles);
}

async function namingFor(self: Link, ...targetRoles: readonly string[]): Promise<readonly string[]> {
  return (await uncached.naming(new Set(targetRoles), self)).map(({ link: { name } }) => name);
}

function atGeneration(object: LinkObject, generation: number): LinkObject {
  return { ...object, metadata: { ...object.metadata, generation } };
}

const ONES: readonly {
  what: string;
  fields?: Partial<Link>;
  cached?: number;
  /** The status that the cache has, where it is another. */
  before?: LinkObject['status'];
  finalizer?: boolean;
  isLookedAt?: boolean;
  uncached: boolean;
}[] = [
  { what: 'is not in the cache', uncached: true },
  { what: 'is in the cache as it was before an edit', cached: 1, uncached: true },
  { what: 'is in the cache as it is', cached: 2, uncached: false },
  {
    what: 'is in the cache as it was before the operator wrote for it',
    cached: 2,
    before: {},
    uncached: true,
  },
  { what: 'is new, and nobody has looked at it', cached: 2, finalizer: false, uncached: true },
  { what: 'was looked at', cached: 2, finalizer: false, isLookedAt: true, uncached: false },
  { what: 'only observes', cached: 2, finalizer: false, fields: { legs: OBSERVE }, uncached: false },
  { what: 'came suspended', cached: 2, finalizer: false, fields: { suspended: true }, uncached: false },
  { what: 'is being deleted, not in the cache', fields: { deleting: true }, uncached: true },
  {
    what: 'is over but for finalizers of others',
    finalizer: false,
    fields: { deleting: true },
    uncached: false,
  },
  { what: 'is the link itself', fields: { uid: SELF.uid }, uncached: false },
  { what: 'names another role', fields: { targetRole: role('other') }, uncached: false },
];

describe('a link that the API server has', () => {
  for (const {
    what,
    fields = {},
    cached,
    finalizer = true,
    isLookedAt,
    before,
    uncached: isUncached,
  } of ONES) {
    it(`and that ${what} ${isUncached ? 'may need what is to go' : 'is known as it is'}`, async () => {
      const object = atGeneration(objectOf(link('b', fields), { finalizer }), 2);
      live = [object];
      if (cached !== undefined)
        the.links.upsert({ ...atGeneration(object, cached), ...(before && { status: before }) });
      if (isLookedAt === true) the.parts.memories.of(object.link.uid).specDigest = 'as it is';
      expect(await naming(ROLE.text)).toStrictEqual(isUncached ? ['b'] : []);
    });
  }
});

describe('a new link', () => {
  const NEW = objectOf(link('b'), { finalizer: false });

  beforeEach(() => {
    the.links.upsert(NEW);
    live = [NEW];
  });

  it.each([SOURCE, TARGET])('is not waited for while account %s is out of reach', async (accountId) => {
    const { aws: _, ...unreachable } = present(the.accounts.get(accountId), 'both accounts are there');
    the.accounts.set(unreachable);
    expect(await naming(ROLE.text)).toStrictEqual([]);
  });

  it('is waited for until its account was looked at for the first time', async () => {
    the.accounts.delete(SOURCE);
    the.registered.add(SOURCE);
    expect(await naming(ROLE.text)).toStrictEqual(['b']);
  });

  it('has no say where no AWSAccount speaks for its account', async () => {
    the.accounts.delete(SOURCE);
    expect(await naming(ROLE.text)).toStrictEqual([]);
  });
});

describe('a deletion', () => {
  const DELETED = link('self', { deleting: true, deletedAt: '2026-01-02T00:00:00Z' });
  const SINCE = objectOf(link('b', { createdAt: '2026-01-02T00:00:01Z' }), { finalizer: false });

  beforeEach(() => {
    live = [SINCE];
  });

  it.each([true, false])(
    'does not wait for links that were made since, be they in the cache (%s) or not: they may come without end',
    async (isCached) => {
      if (isCached) the.links.upsert(SINCE);
      expect(await namingFor(DELETED, ROLE.text)).toStrictEqual([]);
    },
  );

  it('waits for one of those that something may stand for, where it was edited since', async () => {
    the.links.upsert(SINCE);
    the.parts.memories.of(SINCE.link.uid).specDigest = 'as it was';
    live = [atGeneration(SINCE, 2)];
    expect(await namingFor(DELETED, ROLE.text)).toStrictEqual(['b']);
  });
});

describe('the API server is asked', () => {
  const OTHERS = role('crossaccountlink/payments/others').text;

  it('for links of the link’s own role in its namespace', async () => {
    await naming(SELF.targetRole.text);
    expect(asked).toStrictEqual([{ targetRole: SELF.targetRole.text, namespace: SELF.namespace }]);
  });

  it('for those of another role in the namespace of the links that are known to have it', async () => {
    the.add('b', { namespace: 'orders', targetRole: role('crossaccountlink/payments/others') });
    await naming(OTHERS);
    expect(asked).toStrictEqual([{ targetRole: OTHERS, namespace: 'orders' }]);
  });

  it('for those of a role that is nobody’s, or that nothing but a claim says is somebody’s, in all namespaces', async () => {
    the.add('b', { namespace: 'orders', targetRole: role('crossaccountlink/payments/others') }, false);
    await naming(OTHERS);
    expect(asked).toStrictEqual([{ targetRole: OTHERS, namespace: undefined }]);
  });

  it('once for all links, where somebody has written down roles without end', async () => {
    const roles = Array.from({ length: 11 }, (_, at) => role(`role-${at}`).text);
    live = [objectOf(link('b'))];
    for (const ms of [0, 1_999]) {
      the.now += ms;
      expect(await naming(...roles)).toStrictEqual([]);
    }
    expect(asked).toStrictEqual([{}]);
    the.now += 1;
    expect(await naming(...roles, ROLE.text)).toStrictEqual(['b']);
    expect(asked).toStrictEqual([{}, {}]);
  });

  it('once in two seconds for the same, however often it is about that, and again where it did not answer', async () => {
    failsWith = new ApiError(500, 'InternalError', 'etcd is busy');
    await expect(naming(ROLE.text)).rejects.toMatchObject({ status: 500 });
    failsWith = undefined;
    for (const ms of [0, 1_000, 999, 1]) {
      the.now += ms;
      await naming(ROLE.text);
    }
    expect(asked).toHaveLength(3);
  });

  it('once, also where a link goes meanwhile: of that the cache knows', async () => {
    live = [the.add('b')];
    expect(await naming(ROLE.text)).toStrictEqual([]);
    the.links.remove(live[0]?.metadata.uid ?? '');
    expect(await naming(ROLE.text)).toStrictEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('nothing where nothing goes', async () => {
    await naming();
    expect(asked).toStrictEqual([]);
  });
});
