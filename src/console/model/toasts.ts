/** Changes that are shown for a few seconds: drift, and links that became Ready or are no longer. */
import type { LinkRow, StreamMessage, Tone } from './contract.ts';
import type { Fleet } from './fleet.ts';

export interface Toast {
  readonly key: string;
  readonly tone: Tone;
  readonly text: string;
}

/** @param before the fleet before the message */
export function toastsOf(before: Fleet | undefined, message: StreamMessage): readonly Toast[] {
  if (before === undefined || message.kind !== 'change') return [];
  const rows = message.links.flatMap((row) => toastsOfRow(before.links.get(row.key), row));
  const gone = message.goneLinks
    .filter((key) => before.links.has(key))
    .map((key): Toast => ({ key, tone: 'paused', text: 'is gone' }));
  return [...rows, ...gone];
}

function toastsOfRow(old: LinkRow | undefined, row: LinkRow): readonly Toast[] {
  const { key, tone, reason } = row;
  if (old === undefined) return [{ key, tone, text: 'is new' }];
  if (row.drift > old.drift) return [{ key, tone, text: tone === 'ready' ? 'drifted, repaired' : 'drifted' }];
  if (tone === old.tone) return [];
  if (tone === 'ready') return [{ key, tone, text: 'is Ready' }];
  if (tone === 'trouble') return [{ key, tone, text: reason }];
  return [];
}
