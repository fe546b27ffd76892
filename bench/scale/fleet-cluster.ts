/** An API server in this process that lists any number of links, all in sync, and stores none of them. */
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { KubernetesApi, ListPage, ListQuery, WatchEvent } from '../../src/kubernetes/client.ts';
import type { ObjectName, ResourceType } from '../../src/kubernetes/metadata.ts';
import type { KubernetesModel } from '../../testbed/simulation/kubernetes-model.ts';
import { firstOf, type Fleet } from '../fleet.ts';
import { likeness } from './like-first.ts';
import type { Wire } from './wire.ts';

interface FleetClusterParts {
  /** Everything but the links. */
  readonly model: KubernetesModel;
  readonly wire: Wire;
  readonly fleet: Fleet;
  /** The first link in sync, as JSON, from which all others are made; undefined if the model has the links. */
  readonly first: string | undefined;
}

export class FleetCluster implements KubernetesApi {
  readonly #parts: FleetClusterParts;

  constructor(parts: FleetClusterParts) {
    this.#parts = parts;
  }

  get(resource: ResourceType, name: ObjectName): Promise<JsonObject> {
    return this.#send('get', resource, (model) => model.get(resource, name));
  }

  list(resource: ResourceType, query?: ListQuery): Promise<ListPage> {
    return this.#send('list', resource, (model) => this.#page(resource, query) ?? model.list(resource));
  }

  create(resource: ResourceType, body: JsonObject): Promise<JsonObject> {
    if (resource.plural === 'events') return Promise.resolve(body);
    return this.#send('create', resource, (model) => model.create(resource, body));
  }

  update(resource: ResourceType, name: ObjectName, body: JsonObject): Promise<JsonObject> {
    return this.#send('update', resource, (model) => model.update(resource, name, body));
  }

  patch(resource: ResourceType, name: ObjectName, body: JsonObject): Promise<JsonObject> {
    return this.#send('patch', resource, (model) => model.patch(resource, name, body));
  }

  applyStatus(resource: ResourceType, name: ObjectName, body: JsonObject): Promise<JsonObject> {
    return this.#send('status', resource, (model) => model.applyStatus(resource, name, body));
  }

  delete(resource: ResourceType, name: ObjectName): Promise<JsonObject> {
    return this.#send('delete', resource, (model) => model.delete(resource, name));
  }

  async *watch(
    resource: ResourceType,
    { resourceVersion }: { readonly resourceVersion: string },
    _silenceMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const arrived: WatchEvent[] = [];
    let wake: (() => void) | undefined;
    const stop = this.#parts.model.watch(resource, resourceVersion, (event) => {
      void this.#parts.wire.send('event', () => {
        arrived.push(event);
        wake?.();
      });
    });
    try {
      while (!signal.aborted) {
        const event = arrived.shift();
        if (event !== undefined) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      stop();
    }
  }

  #send<Answer>(
    verb: string,
    { plural }: ResourceType,
    answer: (model: KubernetesModel) => Answer,
  ): Promise<Answer> {
    return this.#parts.wire.send(`${verb} ${plural}`, () => answer(this.#parts.model));
  }

  /** A page of the links that are made from the first; undefined if the model has them. */
  #page(
    { plural }: ResourceType,
    { limit = Infinity, continue: from = '0' }: ListQuery = {},
  ): ListPage | undefined {
    const { fleet, first, model } = this.#parts;
    if (first === undefined || plural !== CROSS_ACCOUNT_LINK.plural) return undefined;
    const begin = Number(from);
    const end = begin + limit;
    const like = likeness(first, firstOf(fleet));
    const items = fleet.links
      .slice(begin, end)
      .map((link): JsonObject => Object(JSON.parse(like(link, `uid-of-${link.name}`))));
    const isLast = end >= fleet.links.length;
    return { items, resourceVersion: String(model.version), ...(!isLast && { continue: String(end) }) };
  }
}
