/**
 * Everything that a control plane holds, read from its etcd and put back there. Removing what tests have left through the API
 * took a request for each object and a dozen for each namespace, and covered only the kinds that somebody had thought of. API
 * servers keep nothing but caches, which follow etcd.
 */
import { join } from 'node:path';
import { Agent, request } from 'undici';

/** By key; keys and values are base64, as in etcd's JSON. */
export type Content = ReadonlyMap<string, Stored>;

interface Stored {
  readonly value: string;
  /** Revision of the last write to it. */
  readonly revision: string;
}

type Operation =
  | { readonly requestDeleteRange: { readonly key: string } }
  | { readonly requestPut: { readonly key: string; readonly value: string } };

/** The most operations that etcd accepts in one transaction. */
const MOST_OPERATIONS = 128;
/** All keys between these belong to the API server. */
const [FIRST, END] = ['/registry/', '/registry0'].map(encoded);
/** Running API servers renew these leases. */
const OWN_LEASES = '/registry/leases/kube-system/apiserver-';

/** @param folder folder of the control plane */
export async function contentOf(folder: string): Promise<Content> {
  return withEtcd(folder, (etcd) => etcd.content({ keysOnly: false }));
}

/** Makes a control plane hold again exactly what it held before. Watchers are told of each object that changes. */
export async function restore(folder: string, before: Content): Promise<void> {
  await withEtcd(folder, async (etcd) => {
    const now = await etcd.content({ keysOnly: true });
    const operations = [...removals(before, now), ...repairs(before, now)];
    for (let first = 0; first < operations.length; first += MOST_OPERATIONS)
      await etcd.write(operations.slice(first, first + MOST_OPERATIONS));
  });
}

function removals(before: Content, now: Content): Operation[] {
  return [...now.keys()]
    .filter((key) => !before.has(key) && !isOwnLease(key))
    .map((key) => ({ requestDeleteRange: { key } }));
}

function repairs(before: Content, now: Content): Operation[] {
  return [...before]
    .filter(([key, { revision }]) => now.get(key)?.revision !== revision && !isOwnLease(key))
    .map(([key, { value }]) => ({ requestPut: { key, value } }));
}

function isOwnLease(key: string): boolean {
  return Buffer.from(key, 'base64').toString().startsWith(OWN_LEASES);
}

interface Etcd {
  content(options: { readonly keysOnly: boolean }): Promise<Content>;
  write(operations: readonly Operation[]): Promise<void>;
}

async function withEtcd<Result>(folder: string, work: (etcd: Etcd) => Promise<Result>): Promise<Result> {
  const dispatcher = new Agent({ connect: { socketPath: join(folder, 'etcd:0') } });
  const call = async (path: string, body: object) => {
    const answer = await request(`http://etcd${path}`, {
      dispatcher,
      method: 'POST',
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`etcd answers ${answer.statusCode}: ${text}`);
    return Object(JSON.parse(text));
  };
  try {
    return await work({
      async content({ keysOnly }) {
        const { kvs = [] } = await call('/v3/kv/range', { key: FIRST, rangeEnd: END, keysOnly });
        return new Map(
          kvs.map(({ key, value = '', mod_revision: revision }: Readonly<Record<string, string>>) => [
            key,
            { value, revision },
          ]),
        );
      },
      async write(success) {
        await call('/v3/kv/txn', { success });
      },
    });
  } finally {
    await dispatcher.destroy();
  }
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
