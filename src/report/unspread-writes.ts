/** What an operator may have written just before it died, so that IAM may not have spread it yet. */
import type { CrossAccountLinkStatus } from '../api/generated.ts';
import { LEG_CONDITIONS } from './conditions.ts';
import { cutValue } from './drift.ts';
import { IAM_SPREADING_MS } from '../observed/iam-delay.ts';
import type { Leg } from '../desired/leg.ts';
import { legsWrittenWith } from './legs-on-record.ts';

/** These are allowed by the tags and the boundary in the request. All other writes to a target role are allowed by those that
 *  the role has. */
const BY_REQUEST: ReadonlySet<string> = new Set(['CreateRole', 'TagRole']);

const ROLE_LEGS = legsWrittenWith('targetRole');

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

/** Whether a write to a target role may be denied because tags or boundary that the operator wrote before this process led have
 *  not spread yet. Nobody remembers the times of these writes. But what was not in sync then, or was repaired just before, may
 *  have been written then. What the status calls denied stays denied.
 *  @param ledForMs how long this process has led
 *  @param wallMs milliseconds since 1970 */
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

/** Whether tags or boundary of an object were repaired after a time, in milliseconds since 1970. */
function wasRepaired({ drift }: CrossAccountLinkStatus, object: string, sinceMs: number): boolean {
  return (drift?.recent ?? []).some(
    (record) =>
      record.object === cutValue(object) &&
      /^(tags|permissionsBoundary)/.test(record.field) &&
      Date.parse(record.time) > sinceMs,
  );
}
