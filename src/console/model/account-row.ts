/** An AWSAccount → its line in the overview. */
import { findCondition } from '../../api/conditions.ts';
import type { AWSAccount } from '../../api/awsaccount.ts';
import { cut } from '../../base/cut.ts';
import type { AccountRow, Tone } from './contract.ts';
import { millis } from './link-row.ts';

const LONGEST_MESSAGE = 300;

export function accountRow({ metadata, spec, status }: AWSAccount): AccountRow {
  const ready = findCondition(status.conditions ?? [], 'Ready');
  const lastCheck = millis(status.lastDriftCheckTime);
  const tones: Readonly<Record<string, Tone>> = { True: 'ready', False: 'trouble' };
  return {
    name: metadata.name,
    account: spec.accountID,
    tone: tones[ready?.status ?? ''] ?? 'working',
    reason: ready?.reason ?? 'Waiting',
    message: cut(ready?.message ?? 'The operator has not looked at it yet.', LONGEST_MESSAGE),
    ...(status.identityARN !== undefined && { identity: status.identityARN }),
    ...(status.links !== undefined && { links: status.links }),
    ...(lastCheck !== undefined && { lastCheckMs: lastCheck }),
  };
}
