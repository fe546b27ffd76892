/** Set-up of the tests of calls that are made without the SDK's stack once a client has made its first. */
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { present } from '../../expectations.ts';
import { startFakeAws, type FakeAws, type FakeCall } from './fake-aws.ts';
import { makeHarness, OPERATOR, type Harness } from './harness.ts';

export interface NewClients {
  readonly aws: FakeAws;
  readonly harness: Harness;
  readonly account: AccountCalls;
  lastCall(): FakeCall;
}

/** For each test of the file clients that have called nothing yet, and a server that gives them this answer. */
export function newClients(answer: FakeAws['answer']): NewClients {
  let aws: FakeAws;
  let harness: Harness;
  let account: AccountCalls;
  beforeAll(async () => {
    aws = await startFakeAws();
  });
  afterAll(() => aws.close());
  beforeEach(() => {
    harness = makeHarness(aws.url);
    account = harness.account({ accountId: OPERATOR, partition: 'aws' });
    aws.aheadMs = 0;
    aws.calls.length = 0;
    aws.answer = answer;
  });
  return {
    get aws() {
      return aws;
    },
    get harness() {
      return harness;
    },
    get account() {
      return account;
    },
    lastCall: () => present(aws.calls.at(-1), 'nothing was called'),
  };
}

const OWN_HEADERS = new Set(['authorization', 'content-length', 'x-amz-content-sha256', 'x-amz-date']);

/** A call's headers, without those that each call has of its own. */
export function sharedHeaders({ headers }: FakeCall): object {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name) && !name.startsWith('amz-sdk-')),
  );
}
