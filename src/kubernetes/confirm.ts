/** Makes sure that an object is as a cache has it, before doing something that cannot be undone. */
import { ApiError } from './api-error.ts';
import type { KubernetesApi } from './client.ts';
import { parseMetadata, type KubernetesObject, type ResourceType } from './metadata.ts';

/** How long the API server's answer about an object is trusted, in milliseconds from when it was asked. A process may stand
 *  still between the answer and its use, for instance if its container is frozen. */
const CONFIRMED_FOR_MS = 10_000;

/** A process that stands still each time gets nowhere, and has to try again later. */
const ATTEMPTS = 3;

interface Confirming {
  readonly client: Pick<KubernetesApi, 'get'>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Reads the object until an answer comes in time. Changes without a new generation, such as of a status, do not matter.
 *  Returns the monotonic milliseconds at which the answer was asked for.
 *  @throws ApiError 404 if it is gone or was made again under its name, 409 if it has changed since, `Late` if no answer comes
 *  in time */
export async function confirm(
  { client, now }: Confirming,
  resource: ResourceType,
  { metadata }: KubernetesObject,
): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const askedAt = now();
    const live = parseMetadata(await client.get(resource, metadata));
    if (live.uid !== metadata.uid)
      throw new ApiError(404, 'NotFound', `${metadata.name} was deleted and recreated`);
    if (live.generation !== metadata.generation || live.deletionTimestamp !== metadata.deletionTimestamp)
      throw new ApiError(409, 'Conflict', `${metadata.name} has changed since it was last seen`);
    if (isStillConfirmed(askedAt, now())) return askedAt;
  }
  throw new ApiError(0, 'Late', `the API server's answer about ${metadata.name} came too late`);
}

/** @param askedAt monotonic milliseconds; undefined if it was never asked */
export function isStillConfirmed(askedAt: number | undefined, now: number): askedAt is number {
  return askedAt !== undefined && now - askedAt < CONFIRMED_FOR_MS;
}
