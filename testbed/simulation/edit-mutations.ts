/** Mends about specs and rules that change while a link is looked at, each taken back. */
import type { Mutation } from './mutation.ts';

export const EDIT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'an object that was planned without the link is told as being in order',
    edits: [
      [
        'src/controllers/objects/object-update.ts',
        'isAsking: contributions(states).some((one) => one.link.uid === link.uid),',
        'isAsking: true,',
      ],
    ],
    foundBy: ['refused-while-it-was-looked-at'],
  },
  {
    name: 'a status that was written while something was waited for gets no digest of the spec any more',
    edits: [['src/controllers/link/status-facts.ts', 'isNew || isWaiting ||', 'isNew ||']],
    foundBy: ['suspended-and-edited-before-a-take-over'],
  },
];
