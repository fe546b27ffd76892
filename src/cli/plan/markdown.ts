/**
 * A plan as a comment on a pull request: first a sentence, then each link's diff, folded, within the length that a comment may
 * have.
 */
import { keyOf } from '../../kubernetes/metadata.ts';
import { counted } from '../../base/counted.ts';
import { firstFew } from '../../base/first-few.ts';
import { printable } from '../../base/printable.ts';
import { changeRows } from './text.ts';
import {
  needsAttention,
  summaryOf,
  type ShownAccount,
  type ShownLink,
  type ShownPlan,
  type ShownWrite,
} from './view.ts';

/** Identifies the comment, to update it. */
const COMMENT_MARK = '<!-- crossaccountlink plan -->';
/** Longest comment: GitHub allows 65,536 characters, and counts some as more than one. */
const MOST_CHARACTERS = 60_000;
/** Longest part of one link or account. */
const LONGEST_PART = 20_000;
/** Longer lines of a diff are cut. */
const LONGEST_ROW = 1_000;

/** The comment, with `notice` above the plan. */
export function planMarkdown(plan: ShownPlan, notice: string | undefined): string {
  const { links, accounts = [] } = plan;
  const head = [
    COMMENT_MARK,
    `### CrossAccountLink plan`,
    '',
    `${needsAttention(plan) ? markOf(plan) : '✅'} **${summaryOf(plan)}**`,
    ...(notice === undefined ? [] : ['', `> ${escapeMarkdown(notice)}`]),
    '',
  ].join('\n');
  const unchanged = links.filter((link) => !isShown(link));
  const parts = [...accounts.map(accountPart), ...links.filter(isShown).map(linkPart)];
  const foot =
    unchanged.length === 0
      ? ''
      : `\nNothing to change: ${firstFew(
          unchanged.map((link) => `\`${keyOf(link)}\``),
          LISTED,
        )}.\n`;
  return head + fitting(parts, MOST_CHARACTERS - head.length - foot.length) + foot;
}

function markOf({ links, accounts = [] }: ShownPlan): string {
  const trouble =
    links.some(({ obstacles }) => obstacles.length > 0) ||
    accounts.some((account) => account.links.some(({ effect }) => effect === 'breaks' || effect === 'loses'));
  return trouble ? '⚠️' : '📝';
}

function isShown({ actions, obstacles, remarks }: ShownLink): boolean {
  return actions.length + obstacles.length + remarks.length > 0;
}

/** How many names a sentence lists. */
const LISTED = 20;

/** As many parts as fit. */
function fitting(parts: readonly string[], room: number): string {
  const taken: string[] = [];
  let left = room - 200;
  for (const part of parts) {
    if (part.length > left) break;
    left -= part.length;
    taken.push(part);
  }
  const missing = parts.length - taken.length;
  if (missing > 0)
    taken.push(
      `\n${counted(missing, 'part')} more did not fit into a comment: the log of the run has all of it.\n`,
    );
  return taken.join('');
}

function linkPart(link: ShownLink): string {
  const { actions, obstacles, remarks } = link;
  const objects = new Set(actions.map(({ object }) => object)).size;
  const sum = [
    ...(actions.length > 0 ? [`${counted(actions.length, 'write')} to ${counted(objects, 'object')}`] : []),
    ...(obstacles.length > 0 ? ['held up'] : []),
    ...(actions.length + obstacles.length === 0 ? ['nothing to change'] : []),
  ].join(', ');
  const rows = [
    ...obstacles.map((text) => `! ${text}`),
    ...actions.flatMap(writeRows),
    ...remarks.map((text) => `# ${text}`),
  ];
  return folded(`<code>${escapeHtml(keyOf(link))}</code>: ${sum}`, rows, obstacles.length > 0);
}

function writeRows({ operation, object, reason, changes }: ShownWrite): readonly string[] {
  return [
    `@@ ${operation} ${object} @@`,
    `# because ${reason}`,
    ...changes.flatMap(changeRows).map(({ sign, text }) => `${sign} ${text}`),
  ];
}

function accountPart({ name, accountID, change, changes, links, unaffected, remarks }: ShownAccount): string {
  const verb = { created: 'is new', changed: 'changes', unchanged: 'stays as it is' }[change];
  const summary = `AWSAccount <code>${escapeHtml(name)}</code> (${escapeHtml(accountID)}) ${verb}: ${
    links.length === 0 ? 'no link is affected' : `${counted(links.length, 'link')} affected`
  }, ${counted(unaffected, 'link')} as before`;
  const rows = [
    ...changes.flatMap(changeRows).map(({ sign, text }) => `${sign} ${text}`),
    ...links.flatMap((link) => [
      `@@ ${link.effect} ${keyOf(link)} @@`,
      ...link.obstacles.map((text) => `! ${text}`),
      ...link.actions.map(({ operation, object, reason }) => `# ${operation} ${object} because ${reason}`),
    ]),
    ...remarks.map((text) => `# ${text}`),
  ];
  return folded(summary, rows, links.length > 0);
}

function folded(summary: string, rows: readonly string[], open: boolean): string {
  if (rows.length === 0) return `\n${summary}\n`;
  const text = cutRows(rows.map((row) => cutRow(printable(row))));
  // A run of back quotes inside must not end the block.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${fence}diff\n${text}\n${fence}\n\n</details>\n`;
}

function cutRow(row: string): string {
  return row.length > LONGEST_ROW ? `${row.slice(0, LONGEST_ROW).toWellFormed()}…` : row;
}

function cutRows(rows: readonly string[]): string {
  let length = 0;
  const kept = rows.filter((row) => {
    length += row.length + 1;
    return length <= LONGEST_PART;
  });
  const missing = rows.length - kept.length;
  return [...kept, ...(missing > 0 ? [`# ${counted(missing, 'row')} more`] : [])].join('\n');
}

function escapeHtml(text: string): string {
  return inHtml(printable(text));
}

/** Any text as plain text in Markdown. */
function escapeMarkdown(text: string): string {
  return inHtml(printable(text).replaceAll(/[\\`*_{}[\]()#+!|~-]/g, String.raw`\$&`));
}

/** An @ would notify somebody. */
function inHtml(text: string): string {
  return text.replaceAll(/[&<>@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
