/** The operator's credentials in an account: its own, or those of a role that it assumes with an external ID. */
import { AssumeRoleCommand, type AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { sleep, type Clock } from '../../base/clock.ts';
import type { SharedConfig } from '../transport/transport.ts';
import { toFailure, type CallSubject } from '../errors/errors.ts';
import { readMs } from '../pace/answer-limits.ts';
import { mayRepeat, repeatAfterMs } from '../pace/repeats.ts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, HttpHandlerOptions } from '@smithy/types';

/** Part of every session's name, by which CloudTrail shows the operator's own calls. At most 64 characters in all. */
const SESSION_NAME = 'crossaccountlink';

/** Role chaining caps a session at one hour.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const SESSION_SECONDS = 3600;
/** A session is renewed when it has less than this to live. */
const RENEW_BEFORE_MS = 5 * 60_000;
const SHORTEST_USE_MS = 30_000;

/** Nobody else repeats a failed call for the operator's own credentials. */
const OWN_ATTEMPTS = 4;

export interface AssumedRole {
  readonly arn: string;
  /** Not a secret: it keeps one customer of a service from using another's role by mistake. */
  readonly externalId?: string;
}

/** The SDK's default chain: environment, IRSA, Pod Identity, shared files, instance metadata. A web identity's session has the
 *  same name at each renewal, unless AWS_ROLE_SESSION_NAME sets it: the SDK would put the time into the name, and the operator
 *  would not recognize its own calls. */
export function ownCredentials(
  shared: SharedConfig,
  environment: Readonly<Record<string, string | undefined>>,
): AwsCredentialIdentityProvider {
  const roleSessionName = environment['AWS_ROLE_SESSION_NAME'] ?? SESSION_NAME;
  const clientConfig = { ...shared, maxAttempts: OWN_ATTEMPTS };
  // A mounted file may have changed since it was read; the SDK would keep what it read first.
  return fromNodeProviderChain({ clientConfig, roleSessionName, ignoreCache: true });
}

/** Credentials of a role's session.
 *  @param assume sends AssumeRole with the operator's own credentials */
export function assumedCredentials(
  assume: (command: AssumeRoleCommand, options: HttpHandlerOptions) => Promise<AssumeRoleCommandOutput>,
  accountId: string,
  role: AssumedRole,
  clock: Clock,
): AwsCredentialIdentityProvider {
  const command = new AssumeRoleCommand({
    RoleArn: role.arn,
    RoleSessionName: SESSION_NAME,
    DurationSeconds: SESSION_SECONDS,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
  });
  return async () => {
    const subject = { accountId, operation: 'AssumeRole', object: role.arn };
    const answer = await repeating(clock, subject, (options) => assume(command, options));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
      throw new Error('AWS STS answered AssumeRole without credentials');
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken !== undefined && { sessionToken: SessionToken }),
      ...(Expiration !== undefined && { expiration: Expiration }),
    };
  };
}

/** Makes a call that changes nothing, again if its failure may pass at once.
 *  @throws AwsFailure */
async function repeating<Answer>(
  clock: Clock,
  subject: CallSubject,
  call: (options: HttpHandlerOptions) => Promise<Answer>,
): Promise<Answer> {
  const began = clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call({ requestTimeout: readMs(clock.monotonicMs() - began) });
    } catch (error) {
      const failure = toFailure(error, subject);
      const pauseMs = mayRepeat(subject.operation, failure)
        ? repeatAfterMs(failure, attempt, clock.monotonicMs() - began, Math.random)
        : undefined;
      if (pauseMs === undefined) throw failure;
      await sleep(clock, pauseMs);
    }
  }
}

export interface RenewingCredentials {
  /** For SDK clients. Many callers at once cause one renewal. */
  readonly provider: AwsCredentialIdentityProvider & { memoized: true };
  /** To be called when AWS said that they have expired: the next call gets new ones. */
  forget(): void;
  /** To be called when AWS does not know the key, which somebody may have replaced, or refuses whatever it signs: the next call
   *  gets new ones, once a minute at most. Returns whether it does. */
  distrust(): boolean;
  /** Lets the next call ask again, although the last try failed a moment ago. */
  retry(): void;
  /** Whether the access key was in use recently. */
  hasUsed(accessKeyId: string): boolean;
  /** When the last ones came, in monotonic milliseconds: calls that began before have waited for them. */
  readonly cameAt: number;
}

/** More than enough for the time by which CloudTrail's events lag: a session lasts an hour. */
const REMEMBERED_KEYS = 8;

/** For this long a failed renewal answers for the next ones, so that an account with a thousand links is not asked for a
 *  session a thousand times. Whoever finds out that it works again calls `retry`. */
const FAILED_FOR_MS = 5_000;

/** Credentials this young are not fetched again when AWS does not know them: there may be a thousand accounts. */
const TRUSTED_FOR_MS = 60_000;

/** Keeps credentials until shortly before they expire. */
export function renewing(source: AwsCredentialIdentityProvider, clock: Clock): RenewingCredentials {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  let used: readonly string[] = [];
  /** Monotonic milliseconds. */
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let cameAt = Number.NEGATIVE_INFINITY;
  /** Monotonic milliseconds. Infinite while nothing has failed. */
  let failedUntil = Number.POSITIVE_INFINITY;

  const renew = (): Promise<AwsCredentialIdentity> => {
    const fetched = source({ forceRefresh: true });
    current = fetched;
    fetchedAt = clock.monotonicMs();
    renewAt = Number.POSITIVE_INFINITY;
    failedUntil = Number.POSITIVE_INFINITY;
    void remember(fetched);
    return fetched;
  };

  const remember = async (fetched: Promise<AwsCredentialIdentity>): Promise<void> => {
    try {
      const { expiration, accessKeyId } = await fetched;
      cameAt = clock.monotonicMs();
      used = [accessKeyId, ...used.filter((key) => key !== accessKeyId)].slice(0, REMEMBERED_KEYS);
      if (current === fetched) renewAt = renewalTime(expiration, clock.wallMs());
    } catch {
      if (current === fetched) failedUntil = clock.monotonicMs() + FAILED_FOR_MS;
    }
  };

  const provide = (): Promise<AwsCredentialIdentity> => {
    const isDue = clock.wallMs() >= renewAt || clock.monotonicMs() >= failedUntil;
    return current === undefined || isDue ? renew() : current;
  };
  return {
    // The SDK would otherwise keep a copy, which `forget` would not reach.
    provider: Object.assign(provide, { memoized: true } as const),
    forget: () => {
      current = undefined;
    },
    distrust: () => {
      const isOld = clock.monotonicMs() - fetchedAt >= TRUSTED_FOR_MS;
      if (isOld) current = undefined;
      return isOld;
    },
    retry: () => {
      if (Number.isFinite(failedUntil)) current = undefined;
    },
    hasUsed: (accessKeyId) => used.includes(accessKeyId),
    get cameAt() {
      return cameAt;
    },
  };
}

/** Five minutes before the end, or half-way through a short life; but never at each call, should our clock be wrong. */
function renewalTime(expiration: Date | undefined, now: number): number {
  if (expiration === undefined) return Number.POSITIVE_INFINITY;
  const lifeMs = expiration.getTime() - now;
  return now + Math.max(lifeMs - RENEW_BEFORE_MS, Math.min(lifeMs / 2, RENEW_BEFORE_MS), SHORTEST_USE_MS);
}
