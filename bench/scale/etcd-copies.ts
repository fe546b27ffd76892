/**
 * Makes tens of thousands of objects out of one, in etcd itself: the API server would take 35 ms of processor time for each.
 * Its cache, and through it whoever watches, is told by etcd as of any other write.
 */
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ControlPlane } from '../../testbed/control-plane.ts';

/** etcd takes 128 operations at once, and 1.5 MB. */
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

/** Custom resources of one kind in one namespace, as etcd holds them: JSON with all that the API server keeps of them. */
export class EtcdObjects {
  readonly #socketPath: string;
  readonly #folder: string;

  constructor({ folder }: ControlPlane, { group, plural, namespace }: ResourceInNamespace) {
    // As `startEtcd` has it listen.
    this.#socketPath = join(folder, 'etcd:0');
    this.#folder = `/registry/${group}/${plural}/${namespace}`;
  }

  /** @throws Error when there is no such object */
  async read(name: string): Promise<string> {
    const answer = await this.#call('range', { key: this.#keyOf(name) });
    const value: unknown = Object(Object(answer).kvs?.[0]).value;
    if (typeof value !== 'string') throw new Error(`etcd has no ${name} in ${this.#folder}`);
    return Buffer.from(value, 'base64').toString();
  }

  /** Makes or overwrites objects. Each is made right before it is written: tens of thousands take hundreds of MB.
   *  @param told now and then how many are written */
  async write<Item>(
    items: readonly Item[],
    objectOf: (item: Item) => EtcdObject,
    told: (written: number, of: number) => void,
  ): Promise<void> {
    for (let first = 0; first < items.length; first += AT_ONCE) {
      const success = items
        .slice(first, first + AT_ONCE)
        .map(objectOf)
        .map(({ name, json }) => ({ requestPut: { key: this.#keyOf(name), value: base64(json) } }));
      await this.#call('txn', { success });
      told(first, items.length);
    }
  }

  #keyOf(name: string): string {
    return base64(`${this.#folder}/${name}`);
  }

  async #call(method: 'range' | 'txn', body: object): Promise<unknown> {
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
