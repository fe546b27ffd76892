/** A plan for people: each write with its reason, and the changed fields as a diff. */
import { keyOf } from '../../kubernetes/metadata.ts';
import { stringify } from 'yaml';
import { counted } from '../../base/counted.ts';
import { printable } from '../../base/printable.ts';
import type { FieldChange } from '../../policy/diff.ts';
import {
  added,
  bad,
  EMPTY_LINE,
  faint,
  good,
  line,
  removed,
  strong,
  warning,
  type Line,
} from '../output/text.ts';
import {
  needsAttention,
  summaryOf,
  type AffectedLink,
  type Effect,
  type ShownAccount,
  type ShownLink,
  type ShownPlan,
  type ShownWrite,
} from './view.ts';

/** The lines of a plan, with `notice` above it. */
export function planLines(plan: ShownPlan, notice: string | undefined): readonly Line[] {
  const { links, accounts = [] } = plan;
  const said = notice === undefined ? [] : [line(notice), EMPTY_LINE];
  if (links.length + accounts.length === 0) return [...said, line('no links')];
  const sum = summaryOf(plan);
  return [
    ...said,
    ...accounts.flatMap((account) => accountLines(account).concat(EMPTY_LINE)),
    ...links.flatMap((link) => linkLines(link).concat(EMPTY_LINE)),
    line(needsAttention(plan) ? strong(sum) : sum),
  ];
}

/** Obstacles and remarks, for people who use the output for programs. */
export function noteLines({
  links,
  accounts = [],
}: ShownPlan): readonly { readonly link: ShownLink; readonly text: string }[] {
  const all = [...links, ...accounts.flatMap((account) => account.links)];
  return all.flatMap((link) => {
    const obstacles = link.obstacles.map((text) => ({ link, text: `! ${printable(text)}` }));
    return obstacles.concat(link.remarks.map((text) => ({ link, text: `i ${printable(text)}` })));
  });
}

function linkLines(link: ShownLink): readonly Line[] {
  const { actions, obstacles } = link;
  const inSync = actions.length + obstacles.length === 0;
  return [
    line(strong(keyOf(link)), inSync ? ': nothing to change' : ''),
    ...actions.flatMap(writeLines),
    ...notesOf(link),
  ];
}

function notesOf({ obstacles, remarks }: ShownLink): readonly Line[] {
  return [
    ...obstacles.map((text) => line('  ', bad('!'), ` ${text}`)),
    ...remarks.map((text) => line('  ', faint('i'), ` ${text}`)),
  ];
}

function writeLines({ operation, object, reason, changes }: ShownWrite): readonly Line[] {
  return [
    line('  ', strong(operation), ` ${object}`),
    line('    ', faint(`because ${reason}`)),
    ...changes.flatMap((change) => changeRows(change).map((row) => rowLine('    ', row))),
  ];
}

const EFFECT_STYLE: Readonly<Record<Effect, typeof bad>> = {
  breaks: bad,
  loses: warning,
  gains: good,
  changes: strong,
};

function accountLines(account: ShownAccount): readonly Line[] {
  const { name, accountID, change, changes, links, unaffected, remarks } = account;
  return [
    line(strong(`AWSAccount ${name}`), ` (${accountID}) ${CHANGED[change]}`),
    ...changes.flatMap((each) => changeRows(each).map((row) => rowLine('  ', row))),
    ...links.flatMap(effectLines),
    line(
      `  ${counted(unaffected, 'link')} of the account ${unaffected === 1 ? 'stays as it is' : 'stay as they are'}.`,
    ),
    ...remarks.map((text) => line('  ', faint('i'), ` ${text}`)),
  ];
}

const CHANGED = { created: 'would be new', changed: 'would change', unchanged: 'stays as it is' } as const;

function effectLines(link: AffectedLink): readonly Line[] {
  return [
    line('  ', EFFECT_STYLE[link.effect](link.effect.padEnd(7)), ` ${keyOf(link)}`),
    ...link.obstacles.map((text) => line('          ', bad('!'), ` ${text}`)),
    ...link.actions.map(({ operation, object, reason }) =>
      line('          ', `${operation} ${object}`, faint(` because ${reason}`)),
    ),
  ];
}

/** One row of a diff. */
interface DiffRow {
  readonly sign: '-' | '+';
  readonly text: string;
}

/** The rows of a diff. Statements are JSON, and are shown as YAML, which reads line by line. */
export function changeRows({ path, before, after }: FieldChange): readonly DiffRow[] {
  return [
    ...(before === undefined ? [] : valueRows('-', path, before)),
    ...(after === undefined ? [] : valueRows('+', path, after)),
    ...(before === undefined && after === undefined ? [{ sign: '+' as const, text: path }] : []),
  ];
}

function rowLine(indent: string, { sign, text }: DiffRow): Line {
  const piece = `${sign} ${text}`;
  return line(indent, sign === '-' ? removed(piece) : added(piece));
}

function valueRows(sign: '-' | '+', path: string, value: string): readonly DiffRow[] {
  const structure = structureOf(value);
  if (structure === undefined) return [{ sign, text: `${path}: ${value}` }];
  const rows = stringify(structure, { lineWidth: 0 }).trimEnd().split('\n');
  return [{ sign, text: `${path}:` }, ...rows.map((row) => ({ sign, text: `  ${row}` }))];
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
