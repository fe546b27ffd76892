/** How much sooner than the others the waiting files should be through, so that none of them is the last. */
const AHEAD = 1.1;

/**
 * Distributes files that wait among files that compute, evenly by their seconds, so that processors have work from the first
 * second to the last. Within each kind the order stays.
 */
export function dealt<File>(
  waiting: readonly File[],
  computing: readonly File[],
  secondsOf: (file: File) => number,
): readonly File[] {
  const total = (files: readonly File[]) => files.reduce((sum, file) => sum + secondsOf(file), 0);
  const [allWaiting, allComputing] = [total(waiting), total(computing)];
  const files: File[] = [];
  let [waited, computed] = [0, 0];
  const left = computing.values();
  for (const file of waiting) {
    while (waited / allWaiting > (AHEAD * computed) / allComputing) {
      const { value, done } = left.next();
      if (done === true) break;
      computed += secondsOf(value);
      files.push(value);
    }
    waited += secondsOf(file);
    files.push(file);
  }
  return [...files, ...left];
}
