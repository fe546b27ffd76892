/**
 * Makes tens of thousands of copies of an object in etcd itself: through the API server, each would take 35 ms of processor time.
 * Etcd tells the API server's cache about them as about any other write.
 */
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ControlPlane } from '../../testbed/control-plane.ts';

/** etcd accepts 128 operations at once, and 1.5 MB. */
const AT_ONCE = 100;

interface ResourceInNamespace {
  readonly group: string;
  readonly plural: string;
  readonly namespace: string;
}

interface EtcdObject {
  readonly name: string;
  readonly json: string;
}

interface WriteOptions {
  /** Write all in one transaction, which gives all of them one version: a watcher then hears of only one of them. */
  readonly atOnce?: number;
  /** Called now and then with how many are written. */
  readonly told?: (written: number, of: number) => void;
}

/** Custom resources of one kind in one namespace, as etcd holds them: JSON with everything that the API server keeps about
 *  them. */
export class EtcdObjects {
  readonly #socketPath: string;
  readonly #folder: string;

  constructor({ folder }: ControlPlane, { group, plural, namespace }: ResourceInNamespace) {
    // Where `startEtcd` lets it listen.
    this.#socketPath = join(folder, 'etcd:0');
    this.#folder = `/registry/${group}/${plural}/${namespace}`;
  }

  /** @throws Error if there is no such object */
  async read(name: string): Promise<string> {
    const answer = await this.#call('range', { key: this.#keyOf(name) });
    const value: unknown = Object(Object(answer).kvs?.[0]).value;
    if (typeof value !== 'string') throw new Error(`etcd has no ${name} in ${this.#folder}`);
    return Buffer.from(value, 'base64').toString();
  }

  /** How many there are. */
  async count(): Promise<number> {
    const answer = await this.#call('range', { ...this.#all(), countOnly: true });
    return Number(Object(answer).count ?? 0);
  }

  /** Removes all of them, regardless of finalizers. */
  async clear(): Promise<void> {
    await this.#call('deleterange', this.#all());
  }

  #all(): { readonly key: string; readonly range_end: string } {
    // Everything that begins with the folder: up to the character after its last one, which is a slash.
    return { key: base64(`${this.#folder}/`), range_end: base64(`${this.#folder}0`) };
  }

  /** Makes or overwrites objects. Each is made right before it is written, because tens of thousands take hundreds of MB. */
  async write<Item>(
    items: readonly Item[],
    objectOf: (item: Item) => EtcdObject,
    { atOnce = AT_ONCE, told }: WriteOptions = {},
  ): Promise<void> {
    for (let first = 0; first < items.length; first += atOnce) {
      const success = items
        .slice(first, first + atOnce)
        .map(objectOf)
        .map(({ name, json }) => ({ requestPut: { key: this.#keyOf(name), value: base64(json) } }));
      await this.#call('txn', { success });
      told?.(first, items.length);
    }
  }

  #keyOf(name: string): string {
    return base64(`${this.#folder}/${name}`);
  }

  async #call(method: 'range' | 'txn' | 'deleterange', body: object): Promise<unknown> {
    const options = { socketPath: this.#socketPath, path: `/v3/kv/${method}`, method: 'POST' };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on('error', reject).end(JSON.stringify(body));
    });
    const answer = await text(response);
    if (response.statusCode !== 200) throw new Error(`etcd answers ${response.statusCode}: ${answer}`);
    return JSON.parse(answer);
  }
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}
