/** The API server for a process that may write only while it leads. */
import type { KubernetesApi } from './client.ts';
import type { Fence } from './fence.ts';

/** Like `client`, but each attempt of a write asks `fence` right before it is sent, repeated ones included, and fails with an
 *  `ApiError` of status 0 and reason `Fenced` if it is closed. What had already left cannot be called back: it has the resource
 *  version from which it was made. */
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
