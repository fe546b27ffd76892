/**
 * What the operator writes to a link before it writes to AWS for it: the finalizer, and everything that nothing else would show
 * after a crash.
 */
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { FINALIZER } from '../../api/metadata.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { confirm, isStillConfirmed } from '../../kubernetes/confirm.ts';
import { addFinalizer } from '../../kubernetes/finalizers.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { ComingWrites } from '../objects/object-update.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import { roleRecord } from './inventory.ts';
import type { LinkReporter } from './link-reporter.ts';
import { statusBeforeWrite } from './write-record.ts';

interface LinkWritesParts {
  readonly client: Pick<KubernetesClient, 'get' | 'patch'>;
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly memories: LinkMemories;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly reporter: Pick<LinkReporter, 'now' | 'statusAhead'>;
}

/** The writes to one link during one reconcile. */
export class LinkWrites {
  readonly #parts: LinkWritesParts;
  #object: LinkObject;
  /** Monotonic milliseconds at which the API server was last asked about the link. */
  #confirmedAt: number | undefined;

  constructor(object: LinkObject, parts: LinkWritesParts) {
    this.#object = object;
    this.#parts = parts;
  }

  /** The link as it is after these writes. */
  get object(): LinkObject {
    return this.#object;
  }

  /** To be called before each write to an AWS object.
   *  @param executionRoleArn if it is known: the grant may be all that is written before a crash
   *  @throws ApiError 404 or 409 when the link is gone or wants something else by now */
  async before(coming: ComingWrites, executionRoleArn: string | undefined): Promise<void> {
    // A cache may lag. A link without a finalizer needs no check: the write that adds it fails if the link has changed.
    if (hasFinalizer(this.#object)) await this.#confirm();
    await this.addFinalizer(executionRoleArn);
    await this.#writeAhead(coming, executionRoleArn);
    // The answers to these writes may have come late.
    await this.#confirm();
  }

  async #confirm(): Promise<void> {
    if (isStillConfirmed(this.#confirmedAt, this.#parts.now())) return;
    this.#confirmedAt = await confirm(this.#parts, CROSS_ACCOUNT_LINK, this.#object);
  }

  /** Adds the finalizer, which has to be there before the first write to AWS, and no earlier.
   *  @throws ApiError */
  async addFinalizer(executionRoleArn?: string): Promise<void> {
    const { metadata } = this.#object;
    const { client, memories } = this.#parts;
    if (!hasFinalizer(this.#object)) {
      const annotations = roleRecord(executionRoleArn === undefined ? [] : [executionRoleArn]);
      const askedAt = this.#parts.now();
      const after = await addFinalizer(client, CROSS_ACCOUNT_LINK, metadata, {
        finalizer: FINALIZER,
        annotations,
      });
      this.#confirmedAt = askedAt;
      const { resourceVersion, finalizers } = after;
      const noted = { annotations: { ...metadata.annotations, ...annotations } };
      this.#object = { ...this.#object, metadata: { ...metadata, ...noted, resourceVersion, finalizers } };
    }
    memories.of(metadata.uid).wroteForLink = true;
  }

  async #writeAhead(coming: ComingWrites, executionRoleArn: string | undefined): Promise<void> {
    const { arn, makesRole } = coming;
    const { reporter, links } = this.#parts;
    const sharing = makesRole ? links.byIndex('targetRole', arn) : [];
    const isKnown = sharing.some(({ status }) => status.targetRoleID !== undefined);
    const status = statusBeforeWrite(this.#object, { ...coming, isKnown, executionRoleArn }, reporter.now());
    if (status !== undefined) this.#object = await reporter.statusAhead(this.#object, status);
  }
}
