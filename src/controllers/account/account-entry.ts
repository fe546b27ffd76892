/** What links see of an account. */
import { accountRules } from '../../access/rules.ts';
import { operatorRolesOf } from '../../access/untouchable.ts';
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { UnlinkedRolesStatus } from '../../api/generated.ts';
import { parseDuration } from '../../api/duration.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { Identity } from '../../aws/calls/identity.ts';
import type { Account } from '../state/account-registry.ts';
import type { AccountFacts, AccountVerdict } from './account-verdict.ts';
import { VERIFY_AGAIN_MS, type ConnectionCheck } from './connection-check.ts';

/** An account as the SDK reaches it. */
export interface ConnectedAccount {
  readonly aws: AwsAccount;
  verify(): Promise<Identity>;
  /** Which service of the account does not answer, in words; undefined while none is known not to. */
  outage(): string | undefined;
  /** Polls this queue of events from now on; undefined: polls none. */
  listen(eventQueueUrl: string | undefined): void;
  /** Why the event queue cannot be read, if a person has to repair that. */
  queueProblem(): string | undefined;
  /** RFC 3339 of the last snapshot; undefined if there was none. */
  lastCheck(): string | undefined;
  /** Roles that no link names any more; undefined while not known. */
  unlinkedRoles(): UnlinkedRolesStatus | undefined;
  /** Has the account's roles read if the last read is older. Never throws an AwsFailure. */
  lookThrough(maxAgeMs: number): Promise<void>;
  /** Whether this process has worked there with an access key. */
  hasUsed(accessKeyId: string): boolean;
  /** The account is no longer called. */
  close(): void;
}

export interface Connected {
  /** Identifies the config from which the connection was made. */
  readonly key: string;
  readonly connection: ConnectedAccount;
  readonly check: ConnectionCheck;
}

const DEFAULT_DRIFT_FLOOR_MS = 60_000;

/** Makes what links see of an account.
 *  @param before what they saw until now: rules that say the same stay the same object, so that results worked out from them
 *  stay valid */
export function accountEntry(
  { metadata: { name, generation }, spec, status }: AWSAccount,
  { connection, check }: Connected,
  verdict: AccountVerdict,
  before: Account | undefined,
): Account {
  const rules = accountRules(name, spec);
  const isNews =
    before === undefined ? status.observedGeneration !== generation : !sameText(before.rules, rules);
  return {
    name,
    accountId: spec.accountID,
    rules: before !== undefined && sameText(before.rules, rules) ? before.rules : rules,
    hasNewRules: isNews || before?.hasNewRules === true,
    ...(verdict.status === 'True' ? { aws: connection.aws } : { problem: verdict.message }),
    ...(check.unreachableSince !== undefined && { unreachableSince: check.unreachableSince }),
    operatorRoleArns: operatorRolesOf(spec, verdict.identityArn, verdict.baseArn),
    ...(verdict.identityArn !== undefined && { identityArn: verdict.identityArn }),
    hasUsed: (accessKeyId) => connection.hasUsed(accessKeyId),
    hasEventQueue: spec.eventQueueURL !== undefined,
    driftFloorMs: parseDuration(spec.driftCheckInterval ?? '') ?? DEFAULT_DRIFT_FLOOR_MS,
  };
}

/** Has the roles of an account read that had links and has none any more that are checked: otherwise nothing would find what the
 *  links left there. Nobody waits for it. */
export function lookThrough({ status }: AWSAccount, { connection }: Connected): void {
  const { links = 0, unlinkedRoles } = status;
  const wasUsed = links > 0 || unlinkedRoles !== undefined || connection.lastCheck() !== undefined;
  if (wasUsed) void connection.lookThrough(VERIFY_AGAIN_MS);
}

/** What the status of an AWSAccount says besides its connection.
 *  @param connection of the AWSAccount that speaks for the account */
export function accountFacts(links: number, connection: ConnectedAccount | undefined): AccountFacts {
  return {
    links,
    lastCheck: links === 0 ? undefined : connection?.lastCheck(),
    unlinkedRoles: connection?.unlinkedRoles(),
  };
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
