/** A pause because somebody keeps changing an object back: what is known, and what the condition says. */

export interface RepairPause {
  /** How many repairs were undone so far. */
  readonly rounds: number;
  readonly remainingMs: number;
  /** Who changed the object last, if an event said so. */
  readonly who?: string;
}

/** What the condition says about the pause, with what to do. */
export function pauseSentence(object: string, { rounds, remainingMs, who }: RepairPause): string {
  const other = who === undefined ? 'Somebody' : who;
  return (
    `${other} has changed ${object} back ${rounds} times: the next repair is made in ${Math.ceil(remainingMs / 1000)} s; ` +
    `let only one of the two manage it (managementPolicy: Observe leaves it to the other).`
  );
}
