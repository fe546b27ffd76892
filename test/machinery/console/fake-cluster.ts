/** A cluster that lets its caller list what the test says, and sends what the test sends. */
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import type { WatchEvent } from '../../../src/kubernetes/client.ts';
import type { ReadingClient } from '../../../src/console/server/console-watch.ts';

export interface Asked {
  readonly plural: string;
  readonly namespace: string | undefined;
}

export class FakeCluster {
  /** Throws what the API server would refuse with. */
  answer: (asked: Asked) => void = () => undefined;
  items: readonly object[] = [];
  accounts: readonly object[] = [];
  readonly #waiting = new Map<(event: WatchEvent) => void, string>();

  readonly client: ReadingClient = {
    list: async ({ plural }, { namespace } = {}) => {
      this.answer({ plural, namespace });
      const listed = { crossaccountlinks: this.items, awsaccounts: this.accounts }[plural] ?? [];
      const items = listed.map((item) => JSON.parse(JSON.stringify(item)));
      return { items, resourceVersion: '100' };
    },
    watch: ({ plural }, _query, _silenceMs, signal) => this.#watch(plural, signal),
  };

  /** Tells everybody who watches objects of this kind, links unless told. */
  send(type: string, object: object, plural = 'crossaccountlinks'): void {
    for (const [tell, watched] of this.#waiting)
      if (watched === plural) tell({ type, object: JSON.parse(JSON.stringify(object)) });
  }

  async *#watch(plural: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    while (!signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<WatchEvent | undefined>();
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      this.#waiting.set(resolve, plural);
      const event = await promise;
      this.#waiting.delete(resolve);
      if (event !== undefined) yield event;
    }
  }
}

export function forbidden(): never {
  throw new ApiError(403, 'Forbidden', 'you may not');
}

export function linkObject(name: string, resourceVersion = '1', namespace = 'payments'): object {
  return {
    metadata: {
      namespace,
      name,
      uid: `uid-${name}`,
      resourceVersion,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
      targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout' },
    },
    status: { observedGeneration: 1, conditions: [] },
  };
}

export function accountObject(name: string, accountID: string, resourceVersion = '1'): object {
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { accountID },
    status: { conditions: [] },
  };
}
