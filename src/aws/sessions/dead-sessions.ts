/** What AWS says of a session, or of a key, that it takes no longer. */
import { saysExplicitDeny, type AwsFailure } from '../errors/errors.ts';

/** The call that was refused. */
interface SentCall {
  readonly service: string;
  readonly operation: string;
}

/** Sessions end with their role, also where that is made again at once. Elsewhere the same is said where a Region is not
 *  enabled: there it is tried with a new session now and then. A secret that does not fit its key was mistyped, or read from a
 *  file while somebody wrote it: by now it may be another one. */
export function isOfDeadSession(
  { code = '', subject }: AwsFailure,
  { service, operation }: SentCall,
): boolean {
  const isUseless = code === 'InvalidClientTokenId' || WRONG_SECRET.has(code);
  return service === 'sts' && subject.operation === operation && isUseless;
}

/**
 * Somebody who revokes a role's sessions has everything denied that is signed by one from before, explicitly; a session of a
 * role that was made again is not known any more. Where no policy allows a call, no session helps.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function mayBeRevoked({ code = '', message, subject }: AwsFailure, { operation }: SentCall): boolean {
  // Opening a session is no use of one.
  if (subject.operation !== operation) return false;
  if (UNKNOWN_SESSION.has(code)) return true;
  return DENIALS.has(code) && saysExplicitDeny(message);
}

const UNKNOWN_SESSION: ReadonlySet<string> = new Set(['InvalidClientTokenId', 'UnrecognizedClient']);
const DENIALS: ReadonlySet<string> = new Set(['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized']);

/** STS's names for credentials whose time is over. */
export const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException']);
/** STS's names for a signature that was not made with the key's secret. What a wrong clock makes of it is told apart
 *  (`clockSkewCorrected`). https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const WRONG_SECRET: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'IncompleteSignature']);
/** And for a key that is of no use: it does not know it, or no longer, or its secret is another one. */
export const USELESS_KEY: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  ...WRONG_SECRET,
]);

/** What denies the sessions of before a certain time does so explicitly.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
export function isExplicitDenial({ name, message }: Error): boolean {
  return /^AccessDenied(Exception)?$/.test(name) && saysExplicitDeny(message);
}

/** Whether a call failed because there is no session, or none is given. */
export function isAboutSession({ reason, subject }: AwsFailure): boolean {
  return reason === 'AccountNotReady' || subject.operation === 'AssumeRole';
}
