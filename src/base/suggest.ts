/** "Did you mean …?" */

/** Longer names are not compared: nobody misses one of them by a letter or two. */
const LONGEST = 200;

/** The known names nearest to a mistyped one: at most three, none if all are far from it. */
export function nearest(name: string, known: Iterable<string>): readonly string[] {
  if (name.length > LONGEST) return [];
  const wanted = name.toLowerCase();
  // One letter in three may be wrong; a swap of two counts once.
  let bound = Math.max(1, Math.floor(name.length / 3));
  let found: string[] = [];
  for (const candidate of new Set(known)) {
    if (candidate.length > LONGEST || Math.abs(candidate.length - name.length) > bound) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance > bound) continue;
    if (distance < bound) found = [];
    bound = distance;
    found.push(candidate);
  }
  return found.toSorted().slice(0, 3);
}

/** `: did you mean A or B?`, or an empty text. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = nearest(name, known);
  return names.length === 0 ? '' : `: did you mean ${names.join(' or ')}?`;
}

/** How many letters have to be inserted, left out, replaced or swapped with their neighbour to make one word of the other.
 *  https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance (optimal string alignment) */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, at(before, column - 2) + 1);
      current.push(best);
    }
    before = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
