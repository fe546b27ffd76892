/** Builds policies from effect, Sid, actions and resources. */
import type { Conditions, Principals, Statement } from '../policy/document.ts';

export function allow(
  sid: string,
  actions: readonly string[],
  resources: string | readonly string[],
  conditions?: Conditions,
): Statement {
  return { ...statement('Allow', sid, actions, [resources].flat()), ...(conditions && { conditions }) };
}

export function deny(sid: string, actions: readonly string[], resource: string): Statement {
  return statement('Deny', sid, actions, [resource]);
}

function statement(
  effect: Statement['effect'],
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
): Statement {
  return {
    sid,
    effect,
    actions: { negated: false, values: actions },
    resources: { negated: false, values: resources },
  };
}

/** A statement of a trust policy. @param principals by type: `{AWS: [arn]}` */
export function trust(
  sid: string,
  principals: Principals['byType'],
  actions: readonly string[],
  conditions?: Conditions,
): Statement {
  return {
    sid,
    effect: 'Allow',
    principals: { negated: false, anyone: false, byType: principals },
    actions: { negated: false, values: actions },
    ...(conditions && { conditions }),
  };
}
