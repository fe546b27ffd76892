/** A plan as a person reads it: each write with its reason, and the fields that change as a diff. */
import { stringify } from 'yaml';
import type { PlannedLink } from '../controllers/dry-run/dry-run.ts';
import type { Action, FieldChange } from '../plan/action.ts';
import { printable } from './printable.ts';

export function describePlan(planned: readonly PlannedLink[]): string {
  if (planned.length === 0) return 'no links\n';
  const writes = planned.flatMap(({ actions }) => actions);
  const objects = new Set(writes.map(({ object }) => object));
  const sum =
    writes.length === 0
      ? 'Nothing to change.'
      : `${count(writes.length, 'write')} to ${count(objects.size, 'object')}.`;
  return [...planned.map(describeLink), `${sum}\n`].join('\n');
}

/** What keeps links from being as wanted, and what is worth knowing, for a program's user. */
export function describeNotes(planned: readonly PlannedLink[]): string {
  return planned
    .flatMap((each) => notesOf(each).map((note) => `${each.link.link.key}: ${note.trim()}\n`))
    .join('');
}

function describeLink(planned: PlannedLink): string {
  const { link, actions, obstacles } = planned;
  const inSync = actions.length + obstacles.length === 0;
  const head = `${link.link.key}${inSync ? ': nothing to change' : ''}`;
  return [head, ...actions.flatMap(describeAction), ...notesOf(planned), ''].join('\n');
}

function notesOf({ obstacles, remarks }: PlannedLink): readonly string[] {
  return [
    ...obstacles.map((obstacle) => `  ! ${printable(obstacle)}`),
    ...remarks.map((remark) => `  i ${printable(remark)}`),
  ];
}

function describeAction({ operation, object, reason, changes }: Action): readonly string[] {
  return [
    `  ${operation} ${printable(object)}`,
    `    because ${printable(reason)}`,
    ...changes.flatMap(describeChange),
  ];
}

function describeChange({ path, before, after }: FieldChange): readonly string[] {
  return [
    ...(before === undefined ? [] : diffLines('-', path, before)),
    ...(after === undefined ? [] : diffLines('+', path, after)),
  ];
}

/** Statements come as JSON: YAML of them reads line by line. */
function diffLines(sign: '-' | '+', path: string, value: string): readonly string[] {
  const structure = structureOf(value);
  const name = printable(path);
  if (structure === undefined) return [`    ${sign} ${name}: ${printable(value)}`];
  const lines = stringify(structure, { lineWidth: 0 }).trimEnd().split('\n');
  return [`    ${sign} ${name}:`, ...lines.map((line) => `    ${sign}   ${line}`)];
}

function structureOf(text: string): object | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
