/** What is recorded about each write to AWS: who did what to which object, and for which links. */
import { hash } from 'node:crypto';
import type { Action, FieldChange, Operation } from '../../plan/action.ts';
import type { FailureKind } from '../errors/errors.ts';

export interface AuditRecord {
  /** The identity that AWS saw: the session's ARN. */
  readonly who: string;
  readonly accountId: string;
  readonly operation: Operation;
  readonly object: string;
  readonly reason: string;
  /** Digests of the changed fields' values before and after; equal values have equal digests. */
  readonly before: string;
  readonly after: string;
  /** `namespace/name` of the links that ask for it. */
  readonly links: readonly string[];
  /** `alreadyDone`: what was to be removed was already gone. */
  readonly outcome: 'done' | 'alreadyDone' | FailureKind;
}

export type Audit = (record: AuditRecord) => void;

const DIGEST_LENGTH = 16;

/** Digests of what an action changes. */
export function digests({ changes }: Pick<Action, 'changes'>): { before: string; after: string } {
  return {
    before: digest(changes.map(({ path, before }) => [path, before ?? null])),
    after: digest(changes.map(({ path, after }) => [path, after ?? null])),
  };
}

function digest(fields: readonly (readonly [FieldChange['path'], string | null])[]): string {
  const canonical = JSON.stringify(fields.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))));
  return hash('sha256', canonical).slice(0, DIGEST_LENGTH);
}
