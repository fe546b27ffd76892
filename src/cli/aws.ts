/** AWS as the operator reaches it, for verbs that read accounts. Nothing can be written. */
import { LiveAccount } from '../aws/live-account.ts';
import { AccountCalls } from '../aws/calls/calls.ts';
import type { AwsFailure } from '../aws/errors/errors.ts';
import { Lanes } from '../aws/pace/lanes.ts';
import { Sessions, type AccountConfig } from '../aws/sessions/sessions.ts';
import type { Environment } from '../aws/transport/transport.ts';
import { systemClock } from '../base/clock.ts';

/** What is wrong with the caller's own AWS credentials, if that is why AWS could not be read. */
export function awsCredentialsProblem(
  { code, subject }: AwsFailure,
  { AWS_PROFILE: profile = '' }: Environment,
): string | undefined {
  if (code === 'CredentialsProviderError') {
    return profile === ''
      ? 'there are no AWS credentials'
      : `the profile ${JSON.stringify(profile)}, which AWS_PROFILE names, gives no AWS credentials`;
  }
  if (subject.operation !== 'AssumeRole' || code !== 'AccessDenied') return undefined;
  return `your AWS credentials may not assume ${subject.object}, which the operator's may`;
}

/** What is needed of the process to reach AWS. */
export interface AwsReach {
  readonly environment: Environment;
  readonly version: string;
}

/** Runs `work` with connections to AWS accounts, and closes them. */
export async function withAws<Result>(
  { environment, version }: AwsReach,
  work: (connect: (config: AccountConfig) => LiveAccount) => Promise<Result>,
): Promise<Result> {
  const clock = systemClock;
  const sessions = new Sessions({ mayWrite: () => false, clock, environment, version });
  const lanes = new Lanes(clock);
  try {
    return await work((config) => {
      const calls = new AccountCalls({ config, sessions, lanes, clock, hooks: { onCall: () => undefined } });
      const everything = { visitRole: () => true, keepsPolicy: () => true, policies: () => true };
      return new LiveAccount({ calls, clock, audit: () => undefined, interest: everything });
    });
  } finally {
    sessions.close();
  }
}
