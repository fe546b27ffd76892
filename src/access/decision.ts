/** The answer of an access rule: yes, or no with the message that the link's condition shows. */

interface Denied {
  readonly allowed: false;
  readonly message: string;
}

export type AccessDecision = { readonly allowed: true } | Denied;

export const allowed: AccessDecision = { allowed: true };

export function denied(message: string): AccessDecision {
  return { allowed: false, message };
}
