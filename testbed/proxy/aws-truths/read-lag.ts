/** IAM's reads lag its writes. */
import { awsError } from '../aws-answers.ts';
import type { AwsCall } from '../aws-call.ts';
import type { Answer, Rule } from '../rules.ts';

interface Seen {
  readonly answer: Answer;
  readonly at: number;
}

/**
 * For `lagMs` after a write in an account, answers each IAM read there with what the same read answered before the
 * write, and a read of a role that it has never seen with NoSuchEntity if that role was made within the lag. A read
 * that was not made before is answered truly: lag is what IAM may do, not what it must. `now` is a clock in
 * milliseconds.
 */
export function lagReads(lagMs: number, now: () => number = () => performance.now()): Rule<AwsCall> {
  const writes = new Map<string, number[]>();
  const seen = new Map<string, Seen>();
  const made = new Map<string, number>();

  /** Whether an answer of that age may still be given: a write since then is within the lag, and none is past it. */
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
