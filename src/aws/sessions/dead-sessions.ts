/** How AWS words that it does not accept a session, or a key, any longer. */
import { saysExplicitDeny, type AwsFailure } from '../errors/errors.ts';

/** The call that was refused. */
interface SentCall {
  readonly service: string;
  readonly operation: string;
}

/** Whether a session ended, or a key is wrong. A session ends with its role, even if that is made again at once. In a Region
 *  that is not enabled AWS answers the same: there, a new session is tried now and then. A secret that does not fit its key was
 *  mistyped, or read from a file while somebody wrote it: by now it may be right. */
export function isOfDeadSession(
  { code = '', subject }: AwsFailure,
  { service, operation }: SentCall,
): boolean {
  const isUseless = code === 'InvalidClientTokenId' || WRONG_SECRET.has(code);
  return service === 'sts' && subject.operation === operation && isUseless;
}

/** Whether the session may have been revoked. Whoever revokes a role's sessions has everything denied explicitly that an older
 *  session signs. A session of a role that was made again is unknown. If merely no policy allows a call, a new session does not
 *  help. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
export function mayBeRevoked({ code = '', message, subject }: AwsFailure, { operation }: SentCall): boolean {
  // Opening a session does not use one.
  if (subject.operation !== operation) return false;
  if (UNKNOWN_SESSION.has(code)) return true;
  return DENIALS.has(code) && saysExplicitDeny(message);
}

const UNKNOWN_SESSION: ReadonlySet<string> = new Set(['InvalidClientTokenId', 'UnrecognizedClient']);
const DENIALS: ReadonlySet<string> = new Set(['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized']);

/** STS's codes for expired credentials. */
export const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException']);
/** STS's codes for a signature that was not made with the key's secret. What a wrong clock causes is told apart
 *  (`clockSkewCorrected`). https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const WRONG_SECRET: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'IncompleteSignature']);
/** The same, and the codes for a key that AWS does not know, or no longer. */
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
