/** IAM's reads lag behind its writes. */
import { awsError } from '../aws-answers.ts';
import type { AwsCall } from '../aws-call.ts';
import type { Answer, Rule } from '../rules.ts';

interface Seen {
  readonly answer: Answer;
  readonly at: number;
}

/**
 * For `lagMs` after a write in an account, answers each IAM read there with what the same read answered before the write. A read
 * of a role that was never read before gets NoSuchEntity if the role was made within the lag. All other reads that were not made
 * before are answered truly: IAM may lag, but need not. `now` is a clock in milliseconds.
 */
export function lagReads(lagMs: number, now: () => number = () => performance.now()): Rule<AwsCall> {
  const writes = new Map<string, number[]>();
  const seen = new Map<string, Seen>();
  const made = new Map<string, number>();

  /** Whether an answer of this age may still be given: something was written since then, and all of it within the lag. */
  const mayLag = (accountId: string, at: number) => {
    const since = (writes.get(accountId) ?? []).filter((time) => time >= at);
    return since.length > 0 && since.every((time) => now() - time < lagMs);
  };

  return {
    match: ({ service }) => service === 'iam',
    fault: (call) => {
      const { accountId, operation, parameters } = call;
      const role = `${accountId}/${parameters.get('RoleName') ?? ''}`;
      if (call.write) {
        const earlier = writes.get(accountId) ?? [];
        writes.set(accountId, earlier);
        earlier.push(now());
        if (operation === 'CreateRole') made.set(role, now());
        return undefined;
      }
      const key = JSON.stringify([accountId, [...parameters]]);
      const before = seen.get(key);
      if (before !== undefined && mayLag(accountId, before.at))
        return { kind: 'answer', answer: before.answer };
      if (before === undefined && operation === 'GetRole' && now() - (made.get(role) ?? -Infinity) < lagMs) {
        const message = `The role with name ${parameters.get('RoleName')} cannot be found.`;
        return { kind: 'answer', answer: awsError(call, 'NoSuchEntity', message, 404) };
      }
      const at = now();
      return {
        kind: 'change',
        change: (answer) => {
          seen.set(key, { answer, at });
          return answer;
        },
      };
    },
  };
}
