/** The API server for whoever may write only as long as this process leads. */
import type { KubernetesApi } from './client.ts';
import type { Fence } from './fence.ts';

/**
 * As `client`; but each attempt of a write asks `fence` right before it is sent, repeated ones included, and fails with an
 * `ApiError` of status 0 and reason `Fenced` where it is closed. What had already left then cannot be called back: it carries the
 * resource version that it was made from.
 */
export function fencedClient(client: KubernetesApi, fence: Fence): KubernetesApi {
  return {
    get: (...call) => client.get(...call),
    list: (...call) => client.list(...call),
    watch: (...call) => client.watch(...call),
    create: (resource, body, options) => client.create(resource, body, { ...options, fence }),
    update: (resource, name, body, options) => client.update(resource, name, body, { ...options, fence }),
    patch: (resource, name, body, options) => client.patch(resource, name, body, { ...options, fence }),
    applyStatus: (resource, name, body, options) =>
      client.applyStatus(resource, name, body, { ...options, fence }),
    delete: (resource, name, options) => client.delete(resource, name, { ...options, fence }),
  };
}
