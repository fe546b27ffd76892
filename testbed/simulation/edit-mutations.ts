/** Fixes for specs and rules that change while a link is reconciled, each reverted. */
import type { Mutation } from './mutation.ts';

export const EDIT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a Task that another cluster has is told at each check while something else is wrong with the definition',
    edits: [
      [
        'src/report/credentials-outcome.ts',
        'if (foreign !== undefined) {',
        "if (foreign !== undefined && soFar.kind === 'inSync') {",
      ],
      ['src/report/external-changes.ts', ' && newPaths.has(field)', ''],
    ],
    foundBy: ['task-of-another-cluster-beside-a-conflict'],
  },
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
  {
    name: 'a managed policy that an edit drops is drift to another link after a restart',
    edits: [['src/plan/drift.ts', 'return action.isOnRecord === true;', 'return false;']],
    foundBy: ['managed-policy-dropped-while-down'],
  },
  {
    name: 'a managed policy that an edit asks for is drift to another link after a restart',
    edits: [['src/plan/drift.ts', "action.operation === 'AttachRolePolicy' || ", '']],
    foundBy: ['managed-policy-asked-for-while-down'],
  },
  {
    name: 'what an edit leaves of a statement without a Sid is drift to another link',
    edits: [['src/plan/drift.ts', ' || isPartOfGone(action, change)', '']],
    foundBy: ['statement-without-sid-dropped-while-down'],
  },
  {
    name: 'a boundary that former rules asked for is drift after a restart',
    edits: [
      [
        'src/controllers/objects/target-role.ts',
        'target.hasNewRules === true || asksOtherBoundary(sharing(), accountBoundaryArn)',
        'false',
      ],
    ],
    foundBy: ['boundary-dropped-from-the-rules-while-down'],
  },
  {
    name: 'a boundary that the rules ask for is drift if they were reported on before the operator died',
    edits: [
      [
        'src/controllers/objects/target-role.ts',
        '|| asksOtherBoundary(sharing(), accountBoundaryArn)',
        '|| (false && asksOtherBoundary(sharing(), accountBoundaryArn))',
      ],
    ],
    foundBy: ['boundary-asked-for-and-not-written'],
  },
  {
    name: 'a boundary that the rules asked for only between two restarts is drift',
    edits: [['src/controllers/objects/target-role.ts', 'target.hasNewRules === true ||', '']],
    foundBy: ['boundary-asked-for-for-a-moment'],
  },
  {
    name: 'a reconcile that did not come to the permissions tells the Tasks of a definition that was changed',
    edits: [
      [
        'src/controllers/link/status-facts.ts',
        'if (isKnownOfSpec && legs.permissions === undefined) return {};',
        '',
      ],
    ],
    foundBy: ['definition-changed-during-an-outage'],
  },
  {
    name: 'a reconcile that did not come to the trust policy tells the execution role that a state machine got',
    edits: [
      [
        'src/controllers/link/status-facts.ts',
        'return isNew || legs.trustPolicy !== undefined;',
        'return true;',
      ],
    ],
    foundBy: ['execution-role-swapped-during-an-outage'],
  },
  {
    name: 'what a link was denied that it no longer needs is told of it',
    edits: [['src/controllers/link/effective-check.ts', 'hasChanged && readPolicy', 'false && readPolicy']],
    foundBy: ['task-dropped-while-it-was-looked-at'],
  },
  {
    name: 'an edit is known by its generation alone, which a restored API server counts a second time',
    edits: [
      [
        'src/controllers/triggers/watch-handlers.ts',
        '!isDeepStrictEqual(before.spec, after.spec) ||',
        '(before.spec === undefined && isDeepStrictEqual(before.spec, after.spec)) ||',
      ],
    ],
    foundBy: ['another-spec-of-a-generation-after-a-restore'],
  },
];
