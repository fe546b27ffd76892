/** Statements as a spec or a policy may hold them. */
import type { Statement } from '../../../src/policy/document.ts';

interface Written {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action?: string;
  readonly NotAction?: string;
}

export function parseStatement({ Effect = 'Allow', Action, NotAction }: Written): Statement {
  return {
    effect: Effect,
    actions: { negated: NotAction !== undefined, values: [Action ?? NotAction ?? ''] },
    resources: { negated: false, values: ['*'] },
  };
}
