/** An AWSAccount → its line in the overview. */
import { findCondition } from '../../api/conditions.ts';
import type { AWSAccount } from '../../api/awsaccount.ts';
import { shortMessageOf, WAITING } from './condition-words.ts';
import type { AccountRow, Tone } from './contract.ts';
import { wallMsOf } from './time.ts';

const TONES_BY_READY: Readonly<Record<string, Tone>> = { True: 'ready', False: 'trouble' };

export function accountRow({ metadata, spec, status }: AWSAccount): AccountRow {
  const ready = findCondition(status.conditions, 'Ready');
  const lastCheck = wallMsOf(status.lastDriftCheckTime);
  return {
    name: metadata.name,
    account: spec.accountID,
    tone: TONES_BY_READY[ready?.status ?? ''] ?? 'working',
    reason: ready?.reason ?? WAITING,
    message: shortMessageOf(ready),
    ...(status.identityARN !== undefined && { identity: status.identityARN }),
    ...(status.links !== undefined && { links: status.links }),
    ...(lastCheck !== undefined && { lastCheckMs: lastCheck }),
  };
}
