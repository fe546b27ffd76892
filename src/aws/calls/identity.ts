/** Can the operator act in an account, and as whom? The answer is an AWSAccount's `Ready`. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AccountCalls } from './calls.ts';
import { AwsFailure, incompleteAnswer } from '../errors/errors.ts';

export type Identity =
  | {
      readonly kind: 'verified';
      readonly identityArn: string;
      /** The operator's identity before it assumes the account's role, if it is known. */
      readonly baseArn?: string;
      /** Set only if STS is not enabled in the Region that was to be asked, and another one was asked. */
      readonly fallback?: { readonly disabledRegion: string; readonly usedRegion: string };
    }
  /** The credentials work, but in another account than the AWSAccount names. */
  | { readonly kind: 'wrongAccount'; readonly identityArn: string; readonly answered: string }
  /** AWS answered no: the role does not trust the operator, or there are no valid credentials. */
  | { readonly kind: 'denied'; readonly message: string }
  /** No answer, or not now: this says nothing about the operator's rights. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** Asks AWS who the operator is in the account. One call, plus one AssumeRole when there is no session yet. */
export async function verifyIdentity(calls: AccountCalls): Promise<Identity> {
  const { accountId } = calls.config;
  const details = {
    service: 'sts',
    region: calls.session.stsRegion.name,
    operation: 'GetCallerIdentity',
    object: accountId,
    callOptions: { urgency: 'look', tenant: '', maxWaitMs: 10_000 },
  } as const;
  calls.session.retry();
  try {
    const answer = await calls.call(details, (session, options) =>
      session.sts((sts) => sts.send(new GetCallerIdentityCommand({}), options)),
    );
    const { Account: answered, Arn: identityArn } = answer;
    if (answered === undefined || identityArn === undefined)
      throw incompleteAnswer(calls.subjectOf(details.operation, accountId), 'the account');
    if (answered !== accountId) return { kind: 'wrongAccount', identityArn, answered };
    calls.session.identityArn = identityArn;
    const { name: usedRegion, disabled: disabledRegion } = calls.session.stsRegion;
    const fallback = disabledRegion === undefined ? {} : { fallback: { disabledRegion, usedRegion } };
    return { kind: 'verified', identityArn, ...fallback };
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const denied = error.reason === 'AccountNotReady' || error.reason === 'AccessDenied';
    return { kind: denied ? 'denied' : 'unreachable', message: error.message };
  }
}

/** The same, with the operator's identity before it assumes the account's role: links must not touch that role either. One call
 *  more, until it was answered once. */
export async function verifyWithBase(calls: AccountCalls): Promise<Identity> {
  const identity = await verifyIdentity(calls);
  if (identity.kind !== 'verified' || calls.config.assumeRole === undefined) return identity;
  const baseArn = await calls.session.baseArn();
  return baseArn === undefined ? identity : { ...identity, baseArn };
}
