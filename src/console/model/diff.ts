/** What changed between two values, line by line. */

import { terminalSafe } from '../../base/printable.ts';

interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Longer values are compared as a whole: the table below grows with the product of both lengths. */
const MOST_LINES = 400;

/** The lines of both values in one list. JSON is indented first, so that only changed statements show as changed. A missing
 *  value has no lines. */
export function diffValues(before: string | undefined, after: string | undefined): readonly DiffLine[] {
  const removed = linesOf(before);
  const added = linesOf(after);
  if (Math.max(removed.length, added.length) > MOST_LINES)
    return [...marked('removed', removed), ...marked('added', added)];
  return merge(removed, added, commonLengths(removed, added));
}

function linesOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : pretty(value).split('\n');
}

function pretty(value: string): string {
  if (!/^[[{]/.test(value)) return value;
  try {
    // Parsing undoes the escapes of characters that cannot be seen or change the direction of writing.
    return terminalSafe(JSON.stringify(JSON.parse(value), undefined, 2));
  } catch {
    // JSON that was cut is shown unchanged.
    return value;
  }
}

/** `[i][j]`: length of the longest common subsequence of `a` from i on and `b` from j on. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const lengths: number[][] = Array.from({ length: a.length + 1 }, () =>
    Array.from({ length: b.length + 1 }, () => 0),
  );
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] ?? [];
      const below = lengths[i + 1] ?? [];
      row[j] = a[i] === b[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function merge(
  a: readonly string[],
  b: readonly string[],
  lengths: readonly (readonly number[])[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) {
      lines.push({ kind: 'removed', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: b[j] ?? '' });
      j += 1;
    }
  }
  return [...lines, ...marked('removed', a.slice(i)), ...marked('added', b.slice(j))];
}

function marked(kind: DiffLine['kind'], lines: readonly string[]): readonly DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}
