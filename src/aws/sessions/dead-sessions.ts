/** What AWS says of a session, or of a key, that it takes no longer. */
import { saysExplicitDeny, type AwsFailure } from '../errors/errors.ts';

/** The call that was refused. */
interface SentCall {
  readonly service: string;
  readonly operation: string;
}

/** Sessions end with their role, also where that is made again at once. Elsewhere the same is said where a Region is not
 *  enabled: there it is tried with a new session now and then. */
export function isOfDeadSession({ code, subject }: AwsFailure, { service, operation }: SentCall): boolean {
  return service === 'sts' && subject.operation === operation && code === 'InvalidClientTokenId';
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
/** And for a key that it does not know, or no longer. */
export const UNKNOWN_KEY = new Set(['InvalidClientTokenId', 'UnrecognizedClientException']);

/** What denies the sessions of before a certain time does so explicitly.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
export function isExplicitDenial({ name, message }: Error): boolean {
  return /^AccessDenied(Exception)?$/.test(name) && saysExplicitDeny(message);
}
