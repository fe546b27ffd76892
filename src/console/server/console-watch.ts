/** One watch of the console, and its state. */
import type { Clock } from '../../base/clock.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject, ResourceType } from '../../kubernetes/metadata.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { SourceState } from '../model/contract.ts';

export type ReadingClient = Pick<KubernetesClient, 'list' | 'watch'>;

interface ConsoleWatchOptions<T> {
  readonly client: ReadingClient;
  readonly clock: Clock;
  readonly kind: SourceState['kind'];
  readonly resource: ResourceType;
  readonly parse: (object: unknown) => T;
  /** The one namespace to watch; left out, all are. */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string;
}

export class ConsoleWatch<T extends KubernetesObject> {
  readonly reflector: Reflector<T>;
  readonly #options: ConsoleWatchOptions<T>;
  #problem: unknown;

  constructor(options: ConsoleWatchOptions<T>) {
    const { client, clock, resource, parse, namespace, fieldSelector } = options;
    this.#options = options;
    this.reflector = new Reflector({
      client,
      clock,
      resource,
      parse,
      namespace,
      fieldSelector,
      onError: (error) => {
        this.#problem = error;
      },
    });
  }

  /** After a problem, asks the server again: an idle watch would not show for a minute that it answers again. */
  async recheck(): Promise<void> {
    if (this.#problem === undefined) return;
    const { client, resource, namespace } = this.#options;
    try {
      await client.list(resource, { limit: 1, namespace });
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error;
    }
  }

  state(): SourceState {
    const { kind, resource, namespace } = this.#options;
    const about = { kind, ...(namespace !== undefined && { namespace }) };
    if (this.#problem === undefined)
      return { ...about, state: this.reflector.hasSynced ? 'live' : 'connecting' };
    const status = this.#problem instanceof ApiError ? this.#problem.status : 0;
    if (status !== 403) return { ...about, state: 'lost', why: status === 401 ? CREDENTIALS : SILENCE };
    const message = `You may no longer list ${resource.plural}: what is shown of them is as it was.`;
    return { ...about, state: 'refused', message };
  }
}

const SILENCE = 'The cluster does not answer';
const CREDENTIALS =
  'The cluster no longer takes your credentials, they may have expired (log in again, then start the dashboard again)';
