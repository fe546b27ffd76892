/** Writes what was found out about an AWSAccount into its status, with an Event when Ready changes. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { findCondition } from '../../api/conditions.ts';
import { toJsonObject, type JsonObject } from '../../base/json.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import { timestamp } from '../../kubernetes/metadata.ts';
import { sameJson, type StatusWriter } from '../../kubernetes/status-writer.ts';
import { accountFacts, type ConnectedAccount } from './account-entry.ts';
import { accountConditions, accountStatus, type AccountVerdict } from './account-verdict.ts';

export interface AccountReporterParts {
  readonly statusWriter: Pick<StatusWriter, 'write'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'info'>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

interface Numbers {
  readonly links: number;
  /** The connection of the AWSAccount that speaks for the account. */
  readonly connection?: ConnectedAccount;
  /** Whether a status in which nothing but numbers is new waits. */
  readonly countWaits?: boolean;
}

export class AccountReporter {
  readonly #parts: AccountReporterParts;

  constructor(parts: AccountReporterParts) {
    this.#parts = parts;
  }

  /** Returns whether the status now says all there is to say; mere counts and times may wait.
   *  @throws ApiError */
  async report(
    object: AWSAccount,
    verdict: AccountVerdict,
    { links, connection, countWaits = false }: Numbers,
  ): Promise<boolean> {
    const { statusWriter, events, log, wallClock } = this.#parts;
    const { metadata, status } = object;
    const before = status.conditions ?? [];
    const conditions = accountConditions(before, verdict, metadata.generation, timestamp(wallClock()));
    const next = accountStatus(object, verdict, conditions, accountFacts(links, connection));
    const [seen, told] = [toJsonObject(status), toJsonObject(next)];
    if (countWaits && sameJson(withoutNumbers(seen), withoutNumbers(told))) return sameJson(seen, told);
    const wrote = await statusWriter.write(AWS_ACCOUNT, { metadata, status: seen }, told);
    const was = findCondition(before, 'Ready');
    if (!wrote || (was?.status === verdict.status && was.reason === verdict.reason)) return true;
    const type = verdict.status === 'True' ? 'Normal' : 'Warning';
    events.record(AWS_ACCOUNT, metadata, { ...verdict, type });
    log.info(
      {
        account: object.spec.accountID,
        name: metadata.name,
        ready: verdict.status,
        reason: verdict.reason,
      },
      verdict.message,
    );
    return true;
  }
}

function withoutNumbers(status: JsonObject): JsonObject {
  const { links: _, lastDriftCheckTime: __, ...others } = status;
  return others;
}
