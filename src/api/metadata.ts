/** The identity of an object of this API, once the API server has admitted it. */
import { parseMetadata, type ObjectMeta } from '../kubernetes/metadata.ts';
import { UnexpectedStructure } from './structure.ts';

export const GROUP = 'crossaccountlink.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Keeps an object until everything that it made in AWS is gone. */
export const FINALIZER = `${GROUP}/cleanup`;

/** Whether an object is being deleted and has no finalizer of the operator: the operator is done, or a person has removed the
 *  finalizer. Finalizers of others may keep the object. */
export function isReleased({
  deletionTimestamp,
  finalizers,
}: {
  readonly deletionTimestamp?: unknown;
  readonly finalizers: readonly unknown[];
}): boolean {
  return deletionTimestamp !== undefined && !finalizers.includes(FINALIZER);
}

export const ANNOTATIONS = {
  /** A new token asks for a reconcile now; `status.lastHandledReconcileAt` repeats it once that is done. */
  reconcileRequestedAt: `${GROUP}/reconcile-requested-at`,
  /** `"true"` releases a deleted link without touching AWS. */
  abandon: `${GROUP}/abandon`,
  /** The execution role that was about to get the grant when the finalizer was added. */
  executionRoles: `${GROUP}/execution-roles`,
  /** On the Lease of an installation: its cluster ID, and the version that leads. */
  clusterId: `${GROUP}/cluster-id`,
  version: `${GROUP}/version`,
} as const;

/** The Lease of an installation, in its own namespace. */
export const LEASE_NAME = 'crossaccountlink';

/** What the API server adds to every object of a custom resource. */
export interface AdmittedMeta extends ObjectMeta {
  readonly generation: number;
  /** RFC 3339, in seconds. */
  readonly creationTimestamp: string;
}

/** Reads the metadata of an admitted object.
 *  @throws Error if a part is missing */
export function parseAdmittedMeta(object: unknown): AdmittedMeta {
  const metadata = parseMetadata(object);
  const { generation, creationTimestamp } = metadata;
  if (generation === undefined || creationTimestamp === undefined) {
    throw new UnexpectedStructure(`${metadata.name}: metadata.generation or creationTimestamp is missing`);
  }
  return { ...metadata, generation, creationTimestamp };
}
