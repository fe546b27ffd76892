/** Fixes for descriptions of roles, which no snapshot of an account shows. */
import type { Mutation } from './mutation.ts';

export const DESCRIPTION_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a description that the spec drops stays',
    edits: [['src/plan/scalars.ts', "return kind === 'made' ? '' : former;", 'return former;']],
    foundBy: ['dropped-description'],
  },
  {
    name: 'an adopted role keeps the description of the spec when it is given back',
    edits: [
      [
        'src/plan/scalars.ts',
        "return (['description', 'boundary'] as const).flatMap((field)",
        "return (['boundary'] as const).flatMap((field: 'boundary' | 'description')",
      ],
    ],
    foundBy: ['adopted-role-given-back'],
  },
  {
    name: 'a role that another link has made since is taken to be described as wanted',
    edits: [['src/controllers/objects/snapshot-checks.ts', ' || hasCreation(last.unmade)', '']],
    foundBy: ['description-of-a-role-made-by-another-link'],
  },
  {
    name: 'after a restart a description is not looked for where AWS is ahead of the statuses',
    edits: [
      [
        'src/controllers/objects/snapshot-checks.ts',
        "return onRecord.edited().has('permissions');",
        'return false;',
      ],
    ],
    foundBy: ['restored-behind-aws'],
  },
  {
    name: 'what waits until the tags of a role are back is forgotten',
    edits: [
      [
        'src/plan/target-role.ts',
        "claim.kind === 'untagged' ? afterProof(desired",
        "claim.kind === 'refused' ? afterProof(desired",
      ],
      [
        'src/controllers/objects/snapshot-checks.ts',
        'if (isUnfinished && plan.withheld.length === 0) return true;',
        '',
      ],
    ],
    foundBy: ['tags-taken-off-before-an-edit'],
  },
];
