import { describe, expect, it } from '@jest/globals';
import { parseAWSAccount } from '../../../src/api/awsaccount.ts';
import { accountRow } from '../../../src/console/model/account-row.ts';

/** The row of an AWSAccount with this status. */
const rowWith = (status: object) =>
  accountRow(
    parseAWSAccount({
      metadata: {
        name: 'billing',
        uid: 'uid-1',
        resourceVersion: '7',
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: { accountID: '222222222222' },
      status,
    }),
  );

const ready = (status: string, message = 'All is well.') => ({
  conditions: [
    { type: 'Ready', status, reason: 'Verified', message, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ],
});

describe('the row of an AWSAccount', () => {
  it.each([
    ['True', 'ready'],
    ['False', 'trouble'],
    ['Unknown', 'working'],
  ])('has, where Ready is %s, the tone %s', (status, tone) => {
    expect(rowWith(ready(status))).toMatchObject({ tone, reason: 'Verified', message: 'All is well.' });
  });

  it('says that the operator has not looked at it yet where there is no Ready', () => {
    expect(rowWith({})).toStrictEqual({
      name: 'billing',
      account: '222222222222',
      tone: 'working',
      reason: 'Waiting',
      message: 'The operator has not looked at it yet.',
    });
  });

  it('tells who the operator is there, how many links there are, and when it last looked for drift', () => {
    const identityARN = 'arn:aws:sts::222222222222:assumed-role/operator/1';
    const lastDriftCheckTime = '1970-01-01T00:00:05Z';
    expect(rowWith({ ...ready('True'), identityARN, links: 3, lastDriftCheckTime })).toMatchObject({
      identity: identityARN,
      links: 3,
      lastCheckMs: 5000,
    });
  });

  it('has no more than 300 characters of a message', () => {
    const { message } = rowWith(ready('False', 'x'.repeat(500)));
    expect(message).toBe(`${'x'.repeat(299)}…`);
  });
});
