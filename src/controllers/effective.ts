/** Does the access really work, as far as the policies that were read can tell? */
import type { Ask } from '../desired/ask.ts';
import type { Link } from '../desired/link.ts';
import type { EffectiveOutcome } from '../report/outcome.ts';
import type { Build } from './build.ts';

export function effectiveOutcome(_link: Link, _ask: Ask, _build: Build): EffectiveOutcome {
  return { kind: 'unknown', message: 'Not evaluated.' };
}
