/** AWS as the operator reaches it, for verbs that look into accounts. Nothing can be written. */
import { AwsAccount } from '../aws/account.ts';
import { AccountCalls } from '../aws/calls.ts';
import { Lanes } from '../aws/lanes.ts';
import { Sessions, type AccountConfig } from '../aws/sessions.ts';
import { systemClock } from '../base/clock.ts';

export interface Reach {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Runs `work` with connections to AWS accounts, and closes them. */
export async function withAws<Result>(
  { environment, version }: Reach,
  work: (connect: (config: AccountConfig) => AwsAccount) => Promise<Result>,
): Promise<Result> {
  const clock = systemClock;
  const sessions = new Sessions({ mayWrite: () => false, clock, environment, version });
  const lanes = new Lanes(clock);
  try {
    return await work((config) => {
      const calls = new AccountCalls(config, sessions, lanes, clock, { onCall: () => undefined });
      const everything = { keepsRole: () => true, keepsPolicy: () => true, policies: () => true };
      return new AwsAccount({ calls, clock, audit: () => undefined, interest: everything });
    });
  } finally {
    sessions.close();
  }
}
