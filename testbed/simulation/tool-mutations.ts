/** Fixes for tools that keep writing the same, each reverted. */
import type { Mutation } from './mutation.ts';

export const TOOL_MUTATIONS: readonly Mutation[] = [
  {
    name: 'what somebody keeps changing back is repaired at once each time',
    edits: [
      [
        'src/controllers/state/repair-backoff.ts',
        'if (remainingMs <= 0) return undefined;',
        'return undefined;',
      ],
    ],
    foundBy: ['deployed-over-and-over'],
  },
];
