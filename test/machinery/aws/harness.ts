/** The parts of src/aws put together against a server on loopback, with what they tell kept for looking at. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallRecord } from '../../../src/aws/calls/attempts.ts';
import { AccountCalls, type CallHooks } from '../../../src/aws/calls/calls.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { AuditRecord } from '../../../src/aws/writes/audit.ts';
import { Lanes, type CallOptions } from '../../../src/aws/pace/lanes.ts';
import { AwsFailure } from '../../../src/aws/errors/errors.ts';
import type { SnapshotInterest } from '../../../src/aws/reads/snapshots.ts';
import { Sessions, type AccountConfig } from '../../../src/aws/sessions/sessions.ts';
import { startFakeAws, type FakeAws } from './fake-aws.ts';

export const OPERATOR = '999999999999';
export const callOptions: CallOptions = { urgency: 'make', tenant: 'payments', maxWaitMs: 5_000 };

export const IRSA_ROLE = `arn:aws:iam::${OPERATOR}:role/crossaccountlink`;
export const IRSA_TOKEN = 'a token of the cluster';
/** Snapshots keep every role and every policy. */
export const ALL_OF_AN_ACCOUNT: SnapshotInterest = {
  visitRole: () => true,
  keepsPolicy: () => true,
  policies: () => true,
};

export interface Harness {
  readonly records: CallRecord[];
  readonly audits: AuditRecord[];
  mayWrite: boolean;
  /** Credentials: the operator's own key, which is the root of its account; others by AssumeRole. */
  account(config: AccountConfig, hooks?: Partial<CallHooks>): AccountCalls;
  close(): void;
}

/** Points the SDK's standard variables at a server and makes the operator's parts. One harness a test process.
 *  @param variables in place of the standard ones; those that are undefined are not set */
export function makeHarness(
  url: string,
  ownAccount = OPERATOR,
  clock: Clock = systemClock,
  variables: Readonly<Record<string, string | undefined>> = {},
): Harness {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: ownAccount,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  });
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const records: CallRecord[] = [];
  const lanes = new Lanes(clock);
  const harness: Harness = {
    records,
    audits: [],
    mayWrite: true,
    account: (config, hooks) =>
      new AccountCalls({
        config,
        sessions,
        lanes,
        clock,
        hooks: { onCall: (record) => records.push(record), ...hooks },
      }),
    close: () => sessions.close(),
  };
  const sessions = new Sessions({
    mayWrite: () => harness.mayWrite,
    clock,
    environment: process.env,
    version: 'test',
  });
  return harness;
}

/** In place of the harness's own keys what EKS sets in a pod with IRSA; the token lies in this folder. */
export function irsaVariables(folder: string): Readonly<Record<string, string | undefined>> {
  const token = join(folder, 'token');
  writeFileSync(token, IRSA_TOKEN);
  return {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_ROLE_ARN: IRSA_ROLE,
    AWS_WEB_IDENTITY_TOKEN_FILE: token,
  };
}

/** What a call that fails ends with. */
export async function failureOf(call: Promise<unknown>): Promise<AwsFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AwsFailure) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

export interface FakeAccount {
  readonly aws: FakeAws;
  readonly harness: Harness;
  /** To be called before each test: nothing was called yet, and the rates, hence the lanes, are its own, so that one test's
   *  throttling is not another's. */
  again(): AccountCalls;
  stop(): Promise<void>;
}

/** A server that answers as a test says, and the operator's parts against it, with the root's key of this account. */
export async function startFakeAccount(accountId: string): Promise<FakeAccount> {
  const aws = await startFakeAws();
  const harness = makeHarness(aws.url, accountId);
  let perSecond = 100;
  return {
    aws,
    harness,
    again() {
      aws.calls.length = 0;
      aws.aheadMs = 0;
      harness.records.length = 0;
      harness.audits.length = 0;
      harness.mayWrite = true;
      perSecond += 1;
      const rate = { burst: 100, perSecond };
      return harness.account({ accountId, partition: 'aws', rates: { iam: rate, states: rate } });
    },
    stop() {
      harness.close();
      return aws.close();
    },
  };
}
