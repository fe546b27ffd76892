/** A CrossAccountLink in the cache: as the API has it, and as the pure core sees it. */
import { hash } from 'node:crypto';
import { parseCrossAccountLink, type CrossAccountLink } from '../../api/crossaccountlink.ts';
import { findCondition } from '../../api/conditions.ts';
import { ANNOTATIONS, FINALIZER, isReleased } from '../../api/metadata.ts';
import type { Reason } from '../../api/reasons.ts';
import { objectAt, type JsonObject } from '../../base/json.ts';
import { linkFromSpec } from '../../desired/from-spec.ts';
import type { Link } from '../../desired/link.ts';

export interface LinkObject extends CrossAccountLink {
  readonly link: Link;
}

/** Parses a link from the API server. Whoever may make links can put 256 KB of annotations, and more of labels and finalizers, on
 *  each. Of these it keeps only what the operator reads, and whether other annotations have changed.
 *  @throws UnexpectedStructure for what the CRD's rules would have refused */
export function parseLinkObject(value: unknown): LinkObject {
  const object = parseCrossAccountLink(value);
  const { metadata, spec, status } = object;
  return { metadata: keptMetadata(metadata), spec, status, link: linkFromSpec(object) };
}

const NO_LABELS: Readonly<Record<string, string>> = {};
const READ: ReadonlySet<string> = new Set([
  ANNOTATIONS.reconcileRequestedAt,
  ANNOTATIONS.abandon,
  ANNOTATIONS.executionRoles,
]);
/** In characters: more than the execution roles that are read. */
const LONGEST_VALUE = 8_192;
/** Each has at most 317 characters. */
const MOST_FINALIZERS_OF_OTHERS = 19;
/** No annotation of anybody: a name in the API is never empty. */
const DIGEST_OF_OTHERS = '';

function keptMetadata(metadata: LinkObject['metadata']): LinkObject['metadata'] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = metadata;
  const { deletionTimestamp, finalizers, annotations } = metadata;
  // Field by field, as in `parseCrossAccountLink`.
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    labels: NO_LABELS,
    annotations: keptAnnotations(annotations),
    ...keptFinalizers(finalizers),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
}

/** The operator's finalizer, and those of others that a message may name. */
function keptFinalizers(
  all: readonly string[],
): Pick<LinkObject['metadata'], 'finalizers' | 'hasMoreFinalizers'> {
  const others = all.filter((name) => name !== FINALIZER);
  if (others.length <= MOST_FINALIZERS_OF_OTHERS) return { finalizers: all };
  // The same of others with the operator's as without it: one that is no longer listed counts as removed by somebody.
  return {
    finalizers: [
      ...others.slice(0, MOST_FINALIZERS_OF_OTHERS),
      ...(all.includes(FINALIZER) ? [FINALIZER] : []),
    ],
    hasMoreFinalizers: true,
  };
}

/** Of a link's annotations, what the operator reads, and a digest of the rest. */
export function keptAnnotations(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(all);
  if (entries.every(([name, value]) => READ.has(name) && value.length <= LONGEST_VALUE)) return all;
  const others = entries.filter(([name]) => !READ.has(name));
  return {
    ...Object.fromEntries(
      entries.filter(([name]) => READ.has(name)).map(([name, value]) => [name, beginningOf(value)]),
    ),
    ...(others.length > 0 && { [DIGEST_OF_OTHERS]: hash('sha256', JSON.stringify(others), 'base64') }),
  };
}

/** A copy, because V8 keeps the whole text of which a part is kept. */
function beginningOf(value: string): string {
  return value.length <= LONGEST_VALUE ? value : Buffer.from(value.slice(0, LONGEST_VALUE)).toString();
}

/** Whether the link has the operator's finalizer. Without it, the operator never wrote for the link. With it, it need not have:
 *  whoever may make a link can add the finalizer. */
export function hasFinalizer({ metadata }: LinkObject): boolean {
  return metadata.finalizers.includes(FINALIZER);
}

/** Whether the operator is done with a link. For other links it is gone, whatever finalizers of others still keep it. */
export function isGone({ metadata }: LinkObject): boolean {
  return isReleased(metadata);
}

/** Whether the operator must know that it cannot read this link: the operator wrote for it, as its status says, and it is not
 *  over. Otherwise whoever may make links could keep all others from being deleted by one link that passes the schema and
 *  cannot be read. */
export function isMissed(object: JsonObject): boolean {
  const { deletionTimestamp, finalizers } = objectAt(object, 'metadata');
  if (isReleased({ deletionTimestamp, finalizers: Array.isArray(finalizers) ? finalizers : [] }))
    return false;
  const { inventory } = objectAt(object, 'status');
  return Array.isArray(inventory) && inventory.length > 0;
}

/** How links are found by what they use. */
export const LINK_INDEXES = {
  stateMachine: ({ link }: LinkObject) => [link.stateMachine.text],
  targetRole: ({ link }: LinkObject) => [link.targetRole.text],
  targetRoleName: ({ link }: LinkObject) => [
    targetRoleNameKey(link.targetRole.accountId, link.targetRole.name),
  ],
  /** Links by the execution roles in their status: those on which they have a grant, and the one under which their machine
   *  runs. */
  recordedRole: ({ status: { executionRoleARN, inventory = [] } }: LinkObject) => [
    ...(executionRoleARN === undefined ? [] : [executionRoleARN]),
    ...inventory
      .filter(({ leg, arn }) => leg === 'ExecutionRoleGrant' && arn !== executionRoleARN)
      .map(({ arn }) => arn),
  ],
  sourceAccount: ({ link }: LinkObject) => [link.stateMachine.accountId],
  account: ({ link }: LinkObject) => accountsOf(link),
  namespace: ({ link }: LinkObject) => [link.namespace],
  /** Links that are being deleted, which may wait for others, by their accounts. */
  deleting: ({ link }: LinkObject) => (link.deleting ? accountsOf(link) : []),
  /** Links that, as their status says, wait for others to make room, by their accounts. */
  awaitsRoom: (object: LinkObject) => (awaitsRoom(object) ? accountsOf(object.link) : []),
} as const;

export type LinkIndex = keyof typeof LINK_INDEXES;

/** Source and target account; one ID if they are the same. */
export function accountsOf({ stateMachine, targetRole }: Link): readonly string[] {
  const [source, target] = [stateMachine.accountId, targetRole.accountId];
  return source === target ? [source] : [source, target];
}

const FOR_WANT_OF_ROOM: readonly string[] = ['TooManyLinks', 'GrantTooLarge'] satisfies readonly Reason[];

function awaitsRoom({ status }: LinkObject): boolean {
  return FOR_WANT_OF_ROOM.includes(findCondition(status.conditions, 'Ready')?.reason ?? '');
}

/** Key of the `targetRoleName` index. Events give a role's name without its path; IAM's names are unique in an account
 *  regardless of case. */
export function targetRoleNameKey(accountId: string, name: string): string {
  return `${accountId}/${name.toLowerCase()}`;
}
