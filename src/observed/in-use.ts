/**
 * How much is read of definitions in use. Whoever edits a state machine decides how many versions, aliases and executions it
 * has.
 */
export const MOST_IN_USE = { count: 100, characters: 4_194_304 } as const;
