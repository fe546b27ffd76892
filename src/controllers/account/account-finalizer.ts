/** The finalizer of an AWSAccount: it comes with the first link and goes after the last one. */
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { addFinalizer, FinalizerRefused, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { ObjectMeta } from '../../kubernetes/metadata.ts';

interface AccountFinalizerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

interface Added {
  /** Resource version of the AWSAccount to which it was added: as long as the cache has this version, it does not show the
   *  finalizer. */
  readonly to: string;
  readonly after: Pick<ObjectMeta, 'resourceVersion' | 'finalizers'>;
  readonly atMs: number;
}

/** Links are often made many at a time. After the first one, the others are counted together. Nor does the finalizer go again
 *  so soon: links may come and go one after the other. */
const COUNT_AFTER_MS = 5_000;

export class AccountFinalizer {
  readonly #parts: AccountFinalizerParts;
  /** By UID, the finalizers that this process added. */
  readonly #added = new Map<string, Added>();

  constructor(parts: AccountFinalizerParts) {
    this.#parts = parts;
  }

  /** Adds the finalizer to an AWSAccount that has links, and removes it from one that has none, unless it has just come:
   *  otherwise nobody could delete the AWSAccount any more once the operator is uninstalled. If the cluster refuses to remove it,
   *  it stays: nobody deletes the AWSAccount yet. Returns the AWSAccount as it then is.
   *  @throws ApiError as `addFinalizer` and `removeFinalizer` do */
  async keep(object: AWSAccount, links: number): Promise<AWSAccount> {
    const current = this.#asWritten(object);
    if (links > 0) return this.#addTo(current);
    if (this.countWaitsMs(current) > 0) return current;
    try {
      return await this.#removedFrom(current);
    } catch (error) {
      if (error instanceof FinalizerRefused) return current;
      throw error;
    }
  }

  async #addTo(object: AWSAccount): Promise<AWSAccount> {
    const { metadata } = object;
    if (metadata.finalizers.includes(FINALIZER)) return object;
    const { client, wallClock } = this.#parts;
    const { resourceVersion, finalizers } = await addFinalizer(client, AWS_ACCOUNT, metadata, {
      finalizer: FINALIZER,
    });
    const after = { resourceVersion, finalizers };
    this.#added.set(metadata.uid, { to: metadata.resourceVersion, after, atMs: wallClock() });
    return { ...object, metadata: { ...metadata, ...after } };
  }

  /** Removes the finalizer.
   *  @throws ApiError as `removeFinalizer` does */
  async removeFrom(object: AWSAccount): Promise<void> {
    await this.#removedFrom(this.#asWritten(object));
  }

  async #removedFrom(object: AWSAccount): Promise<AWSAccount> {
    const { metadata } = object;
    if (!metadata.finalizers.includes(FINALIZER)) return object;
    const after = await removeFinalizer(this.#parts.client, AWS_ACCOUNT, metadata, FINALIZER);
    this.forget(object);
    if (after === undefined) return object;
    const { resourceVersion, finalizers } = after;
    return { ...object, metadata: { ...metadata, resourceVersion, finalizers } };
  }

  /** The AWSAccount with the finalizer that this process added and the cache does not show yet. */
  #asWritten(object: AWSAccount): AWSAccount {
    const { metadata } = object;
    const known = this.#added.get(metadata.uid);
    return known?.to === metadata.resourceVersion
      ? { ...object, metadata: { ...metadata, ...known.after } }
      : object;
  }

  /** How many milliseconds to wait before writing a status in which nothing is new but the number of links, or taking the
   *  finalizer off again; 0: do it now. */
  countWaitsMs({ metadata }: AWSAccount): number {
    const { atMs } = this.#added.get(metadata.uid) ?? { atMs: Number.NEGATIVE_INFINITY };
    const sinceMs = this.#parts.wallClock() - atMs;
    return sinceMs < 0 ? 0 : Math.max(0, COUNT_AFTER_MS - sinceMs);
  }

  /** To be called when the AWSAccount is gone. */
  forget({ metadata }: AWSAccount): void {
    this.#added.delete(metadata.uid);
  }
}
