/** What an operator that died may have written right before, and IAM may not have spread yet. */
import type { CrossAccountLinkStatus } from '../api/generated.ts';
import { LEG_CONDITIONS } from './conditions.ts';
import { cutValue } from './drift.ts';
import { IAM_SPREADING_MS } from '../observed/iam-delay.ts';
import type { Leg } from '../desired/leg.ts';

/** Made with the tags and the boundary of the request; whatever else is written to a target role is allowed by those
 *  that it has. */
const BY_REQUEST: ReadonlySet<string> = new Set(['CreateRole', 'TagRole']);

const ROLE_LEGS: ReadonlySet<Leg> = new Set(['targetRole', 'trustPolicy', 'permissions']);

interface DeniedWrite {
  readonly leg: Leg;
  readonly operation: string;
  /** ARN. */
  readonly object: string;
}

/** A link as it was when its reconcile began. */
interface LinkOnRecord {
  readonly status: CrossAccountLinkStatus;
  readonly metadata: { readonly creationTimestamp: string };
}

/**
 * Whether a write to a target role may be denied because tags or boundary that the operator put on it before this process
 * led have not spread: times of writes are remembered by nobody, but what was not in sync then, and what was repaired a
 * moment ago, was being written. What the status calls denied stays denied.
 * @param ledForMs for so long this process has led
 * @param wallMs milliseconds since 1970
 */
export function mayBeUnspread(
  { leg, operation, object }: DeniedWrite,
  { status, metadata }: LinkOnRecord,
  ledForMs: number,
  wallMs: number,
): boolean {
  if (!ROLE_LEGS.has(leg) || BY_REQUEST.has(operation) || ledForMs >= IAM_SPREADING_MS) return false;
  const ledSinceMs = wallMs - ledForMs;
  if (!(Date.parse(metadata.creationTimestamp) < ledSinceMs)) return false;
  const condition = status.conditions?.find(({ type }) => type === LEG_CONDITIONS[leg]);
  if (condition?.status === 'False') return false;
  return condition?.status !== 'True' || wasRepaired(status, object, ledSinceMs - IAM_SPREADING_MS);
}

/** Whether tags or boundary of an object were put right after that time, in milliseconds since 1970. */
function wasRepaired({ drift }: CrossAccountLinkStatus, object: string, sinceMs: number): boolean {
  return (drift?.recent ?? []).some(
    (record) =>
      record.object === cutValue(object) &&
      /^(tags|permissionsBoundary)/.test(record.field) &&
      Date.parse(record.time) > sinceMs,
  );
}
