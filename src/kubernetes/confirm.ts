/** Makes sure that an object is as a cache has it, before something follows from it that cannot be taken back. */
import { ApiError } from './api-error.ts';
import type { KubernetesApi } from './client.ts';
import { parseMetadata, type KubernetesObject, type ResourceType } from './metadata.ts';

/** Reads the object. Changes that make no new generation, such as of a status, do not matter.
 *  @throws ApiError 404 when it is gone or was made again under its name, 409 when it is another by now */
export async function confirm(
  client: Pick<KubernetesApi, 'get'>,
  resource: ResourceType,
  { metadata }: KubernetesObject,
): Promise<void> {
  const live = parseMetadata(await client.get(resource, metadata));
  if (live.uid !== metadata.uid)
    throw new ApiError(404, 'NotFound', `${metadata.name} was deleted and made again`);
  if (live.generation !== metadata.generation || live.deletionTimestamp !== metadata.deletionTimestamp)
    throw new ApiError(409, 'Conflict', `${metadata.name} has changed since it was last heard of`);
}
