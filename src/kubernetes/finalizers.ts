/** Adds and removes one finalizer, even while others change the object. */
import { ApiError, isConflict, isNotFound, isRefusal } from './api-error.ts';
import type { KubernetesClient } from './client.ts';
import { parseMetadata } from './metadata.ts';
import type { ObjectMeta, ResourceType } from './metadata.ts';

type Client = Pick<KubernetesClient, 'get' | 'patch'>;

/** RBAC, a policy or a webhook of the cluster refuses to add or remove the finalizer: whatever depends on it must not happen. */
export class FinalizerRefused extends ApiError {
  readonly change: 'added' | 'removed';

  constructor(change: FinalizerRefused['change'], error: ApiError) {
    const { status, reason, message, causes, retryAfterSeconds } = error;
    super(status, reason, message, { causes, retryAfterSeconds, cause: error });
    this.change = change;
  }
}

/** After this many conflicts in a row, the caller has to try again later. */
const ATTEMPTS = 5;

interface NewFinalizer {
  readonly finalizer: string;
  /** Added in the same write. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Makes sure that the object has `finalizer`, and returns its metadata as it then is.
 *  @throws ApiError 404 if the object is gone or was made again under its name; 409 if it is being deleted, because no
 *  finalizer can be added then, or if its spec has changed meanwhile, because what was to follow the finalizer may no longer be
 *  asked for
 *  @throws FinalizerRefused if the cluster refuses to add it, or removes it again at once */
export async function addFinalizer(
  client: Client,
  resource: ResourceType,
  metadata: ObjectMeta,
  { finalizer, annotations = {} }: NewFinalizer,
): Promise<ObjectMeta> {
  return edit({ client, resource, metadata, finalizer, to: 'added' }, (current) => {
    if (current.finalizers.includes(finalizer)) return undefined;
    if (current.deletionTimestamp !== undefined)
      throw new ApiError(
        409,
        'BeingDeleted',
        `${current.name} is being deleted and takes no more finalizers`,
      );
    if (current.generation !== metadata.generation) throw specChanged(current);
    return { finalizers: [...current.finalizers, finalizer], annotations };
  });
}

/** Makes sure that the object does not have `finalizer`; others' stay. Returns its metadata as it then is; undefined if the object
 *  is gone or was made again under its name.
 *  @throws ApiError 409 if its spec has changed meanwhile: then the finalizer may be needed
 *  @throws FinalizerRefused if the cluster refuses to remove it */
export async function removeFinalizer(
  client: Client,
  resource: ResourceType,
  metadata: ObjectMeta,
  finalizer: string,
): Promise<ObjectMeta | undefined> {
  try {
    return await edit(
      { client, resource, metadata, finalizer, to: 'removed' },
      ({ finalizers, generation, name }) => {
        if (!finalizers.includes(finalizer)) return undefined;
        if (generation !== metadata.generation) throw specChanged({ name });
        return { finalizers: finalizers.filter((other) => other !== finalizer) };
      },
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function specChanged({ name }: Pick<ObjectMeta, 'name'>): ApiError {
  return new ApiError(409, 'Conflict', `the spec of ${name} has been changed`);
}

interface MetadataPatch {
  readonly finalizers: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Edit {
  readonly client: Client;
  readonly resource: ResourceType;
  readonly metadata: ObjectMeta;
  readonly finalizer: string;
  /** Whether it is added or removed. */
  readonly to: FinalizerRefused['change'];
}

/** Writes what `change` returns (undefined: nothing to do). The list of finalizers is replaced as a whole, so the patch is made
 *  from the whole list, has its resource version, and starts over from a fresh read if that is no longer current. */
async function edit(
  { client, resource, metadata, finalizer, to }: Edit,
  change: (current: ObjectMeta) => MetadataPatch | undefined,
): Promise<ObjectMeta> {
  const readAfresh = async () => {
    const fresh = parseMetadata(await client.get(resource, metadata));
    if (fresh.uid === metadata.uid) return fresh;
    throw new ApiError(404, 'NotFound', `${metadata.name} was deleted and recreated`);
  };
  const isKnown = metadata.hasMoreFinalizers !== true || change(metadata) === undefined;
  let current = isKnown ? metadata : await readAfresh();
  for (let attempt = 1; ; attempt += 1) {
    const patch = change(current);
    if (patch === undefined) return current;
    const { resourceVersion } = current;
    try {
      const body = { metadata: { resourceVersion, ...patch } };
      const after = parseMetadata(await client.patch(resource, current, body));
      // A webhook may change what is written, and the API server answers 200 all the same.
      if (after.finalizers.includes(finalizer) !== (to === 'added')) throw undone(to);
      return after;
    } catch (error) {
      if (isRefusal(error)) throw new FinalizerRefused(to, error);
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
    current = await readAfresh();
  }
}

function undone(to: FinalizerRefused['change']): FinalizerRefused {
  const what = to === 'added' ? 'takes it off' : 'puts it back on';
  const message = `something, such as a mutating webhook, ${what} in the same write`;
  return new FinalizerRefused(to, new ApiError(0, 'Undone', message));
}
