/** AWS's refusals in their real words and wire form (query XML, JSON, and SQS's JSON with the older names), as the
 *  operator's own clients read them: what has to follow is written down in `session-refusals.ts`, `denials.ts` and `object-refusals.ts`, by hand. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_ROWS } from '../../../src/aws/errors/error-rows.ts';
import { judge } from '../../../src/aws/errors/error-lookup.ts';
import { toFailure, type AwsFailure } from '../../../src/aws/errors/errors.ts';
import { mayRepeat } from '../../../src/aws/pace/repeats.ts';
import { startFakeAws, type FakeAws } from './fake-aws.ts';
import { DENIALS } from './denials.ts';
import { makeHarness, OPERATOR, type Harness } from './harness.ts';
import { OBJECT_REFUSALS } from './object-refusals.ts';
import type { Refusal } from './refusal.ts';
import { SDK_CALLS } from './sdk-calls.ts';
import { SESSION_REFUSALS } from './session-refusals.ts';

const REFUSALS = [...SESSION_REFUSALS, ...DENIALS, ...OBJECT_REFUSALS];

describe('what AWS refuses', () => {
  let aws: FakeAws;
  let harness: Harness;

  beforeAll(async () => {
    aws = await startFakeAws();
    harness = makeHarness(aws.url);
  });
  afterAll(async () => {
    harness.close();
    await aws.close();
  });

  async function refuse({ call, code, status, words, queryCode }: Refusal): Promise<AwsFailure> {
    aws.answer = () => ({ kind: 'error', status, code, message: words, queryCode });
    const { session } = harness.account({ accountId: OPERATOR, partition: 'aws', region: 'us-east-1' });
    const error: unknown = await SDK_CALLS[call](session).catch((thrown: unknown) => thrown);
    return toFailure(error, { accountId: OPERATOR, operation: call, object: 'x' });
  }

  it.each(REFUSALS)('$call: $code ($status, "$words") is $kind, $reason', async (refusal) => {
    const failure = await refuse(refusal);
    const { kind, reason, again, call, advice } = refusal;
    expect([failure.kind, failure.reason, mayRepeat(call, failure)]).toStrictEqual([kind, reason, again]);
    expect(failure.message).toMatch(advice);
  });

  /** These never come from AWS, but from the fence, the SDK's providers of credentials, its timeouts and its parsers, and from
   *  what is in between (`foreign-answers.test.ts`, `proxy.test.ts`). */
  const ours = new Set([
    'Fenced',
    'CredentialsProviderError',
    'TimeoutError',
    'Error',
    'SyntaxError',
    'ForeignAnswer',
    'ERR_PROXY_TUNNEL',
  ]);

  it('is written down for every code and for every row of the table', async () => {
    const met = new Set<unknown>();
    const codes = new Set<string>();
    for (const refusal of REFUSALS) {
      const { code = '' } = await refuse(refusal);
      codes.add(code);
      met.add(judge(code, refusal.words, refusal.call, refusal.status));
    }
    const unmet = ERROR_ROWS.filter((row) => !met.has(row) && !row.codes.every((code) => ours.has(code)));
    expect(unmet).toStrictEqual([]);
    const known = ERROR_ROWS.flatMap((row) => row.codes).filter((code) => !ours.has(code));
    expect(known.filter((code) => !codes.has(code))).toStrictEqual([]);
  });
});
