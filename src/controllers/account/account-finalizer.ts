/** The finalizer of an AWSAccount, which comes with its first link. */
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { addFinalizer, removeFinalizer } from '../../kubernetes/finalizers.ts';
import type { ObjectMeta } from '../../kubernetes/metadata.ts';

interface AccountFinalizerParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

interface Added {
  /** Resource version of the AWSAccount that it was added to: as long as the cache shows that, it does not show the finalizer. */
  readonly to: string;
  readonly after: Pick<ObjectMeta, 'resourceVersion' | 'finalizers'>;
  readonly atMs: number;
}

/** Links are often made many at a time: how many there are is told once for those that come with the first. */
const COUNT_AFTER_MS = 5_000;

export class AccountFinalizer {
  readonly #parts: AccountFinalizerParts;
  /** By UID, what this process added. */
  readonly #added = new Map<string, Added>();

  constructor(parts: AccountFinalizerParts) {
    this.#parts = parts;
  }

  /** Returns the AWSAccount with it. @throws ApiError as `addFinalizer` does */
  async addTo(object: AWSAccount): Promise<AWSAccount> {
    const { metadata } = object;
    if (metadata.finalizers.includes(FINALIZER)) return object;
    const known = this.#added.get(metadata.uid);
    if (known?.to === metadata.resourceVersion)
      return { ...object, metadata: { ...metadata, ...known.after } };
    const { client, wallClock } = this.#parts;
    const { resourceVersion, finalizers } = await addFinalizer(client, AWS_ACCOUNT, metadata, {
      finalizer: FINALIZER,
    });
    const after = { resourceVersion, finalizers };
    this.#added.set(metadata.uid, { to: metadata.resourceVersion, after, atMs: wallClock() });
    return { ...object, metadata: { ...metadata, ...after } };
  }

  /** @throws ApiError as `removeFinalizer` does */
  async removeFrom({ metadata }: AWSAccount): Promise<void> {
    if (metadata.finalizers.includes(FINALIZER))
      await removeFinalizer(this.#parts.client, AWS_ACCOUNT, metadata, FINALIZER);
  }

  /** Milliseconds until a status is worth its write that says nothing new but how many links there are; 0 where it is now. */
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
