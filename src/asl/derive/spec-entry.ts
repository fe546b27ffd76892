/** What to write into a link's `spec.targetRole.permissions` to settle an open decision. */
import type { Diagnostic } from './diagnostic.ts';
import type { Place } from '../integrations/reading.ts';

export type SpecEntry =
  /** An entry of `resources`; a person has to narrow each `*`. */
  | { readonly kind: 'resources'; readonly task: string; readonly arns: readonly string[] }
  /** An entry of `statements`. */
  | {
      readonly kind: 'statements';
      readonly actions: readonly string[];
      readonly resources: readonly string[];
    };

/** Undefined if nothing in the spec settles it, because the Task cannot have credentials at all. */
export function entryFor(diagnostic: Diagnostic, place: Place): SpecEntry | undefined {
  const { task, blocking, reason, actions, hints } = diagnostic;
  if (!blocking || reason === 'CredentialsNotSupported') return undefined;
  if (hints.length > 0) return { kind: 'resources', task, arns: [...new Set(hints)] };
  if (actions.length === 0) return undefined;
  const services = [...new Set(actions.map((action) => action.split(':')[0] ?? ''))];
  const { partition, region, accountId } = place;
  return {
    kind: 'statements',
    actions,
    resources: services.map((service) => `arn:${partition}:${service}:${region}:${accountId}:*`),
  };
}

/** As one line of YAML. */
export function printEntry(entry: SpecEntry): string {
  if (entry.kind === 'resources') {
    return `{task: ${JSON.stringify(entry.task)}, arns: ${list(entry.arns)}}`;
  }
  return `{actions: ${list(entry.actions)}, resources: ${list(entry.resources)}}`;
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}
