/** Fixes for the parts that a link leaves on shared objects, each reverted. */
import type { Mutation } from './mutation.ts';

/** With this taken back as well, a process that never knew of the link may find what it left. */
const LET_GO_AT_ONCE = [
  'src/controllers/link/delayed-release.ts',
  'return this.#leftBy(object).some(({ arn }) => objects.isUnfinished(arn));',
  'return false;',
] as const;

export const LEAVING_MUTATIONS: readonly Mutation[] = [
  {
    name: 'rules that go by a namespace that is gone say that a link was never admitted',
    edits: [['src/controllers/link/deletion.ts', 'resolver.knowsNamespaceOf(object.link) && ', '']],
    foundBy: ['removed-with-its-namespace'],
  },
  {
    name: 'what a retained link left is drift where others run under the same execution role',
    edits: [
      [
        'src/controllers/objects/leftovers.ts',
        'isLeft || (await this.#isNamedByLeftTask(role, options.callOptions))',
        'isLeft',
      ],
      LET_GO_AT_ONCE,
    ],
    foundBy: ['retained-under-the-same-role', 'retained-machine-under-the-same-role'],
  },
  {
    name: 'the tags that a retained link left are drift',
    edits: [
      [
        'src/controllers/objects/leftovers.ts',
        "? legsWrittenWith('targetRole')",
        "? new Set(['trustPolicy', 'permissions'] as const)",
      ],
      LET_GO_AT_ONCE,
    ],
    foundBy: ['retained-with-its-tags'],
  },
  {
    name: 'a link that leaves AWS as it is goes before others have seen to what it leaves',
    edits: [LET_GO_AT_ONCE],
    foundBy: ['abandoned-with-its-tags', 'retained-beside-a-role-kept-elsewhere'],
  },
  {
    name: 'and this process takes what it leaves for drift, too',
    edits: [
      [
        'src/controllers/link/delayed-release.ts',
        'for (const { arn, part } of left) this.#parts.objects.leave(arn, legsWrittenWith(part));',
        '',
      ],
    ],
    foundBy: ['retained-while-down'],
  },
  {
    name: 'what stayed on a role while another link of it was refused is drift once a restart forgot why',
    edits: [
      [
        'src/controllers/objects/edits.ts',
        'wasFrozen(status)) ? legsWrittenWith(part) : NO_LEGS',
        'wasFrozen(status)) ? NO_LEGS : NO_LEGS',
      ],
    ],
    foundBy: [
      'retained-beside-a-link-without-its-task',
      'edited-beside-a-link-without-its-task',
      'retained-beside-a-link-without-its-machine',
    ],
  },
  {
    name: 'a grant that was looked at before anybody knew for whom it stood is taken for drift when its link leaves it',
    edits: [
      [
        'src/controllers/objects/grant.ts',
        'if (object.status.executionRoleARN !== arn) return legsWrittenWith(PART);',
        '',
      ],
    ],
    foundBy: ['retained-machine-under-another-role'],
  },
  {
    name: 'a suspended link that a backup bared of its finalizer does not get it back',
    edits: [
      [
        'src/controllers/link/link-reconciler.ts',
        'return !hasFinalizer(object) && writesAnything(link)',
        'return !link.suspended && !hasFinalizer(object) && writesAnything(link)',
      ],
    ],
    foundBy: ['bared-by-a-restore-and-suspended'],
  },
  {
    name: 'after a restart, the grant that goes with a refused role is drift',
    edits: [
      [
        'src/controllers/objects/contributors.ts',
        '!this.#hasRole(object)) ? legsWrittenWith(part) : NO_LEGS',
        '!this.#hasRole(object)) ? NO_LEGS : NO_LEGS',
      ],
    ],
    foundBy: ['grant-of-a-refused-link-after-a-restart'],
  },
  {
    name: 'the deletion of one link ends what a refused one left in the definition',
    edits: [
      [
        'src/controllers/objects/drift-finder.ts',
        'if (!isDeletion || plan.withheld.length > 0) this.#noteUnfinished',
        'this.#noteUnfinished',
      ],
    ],
    foundBy: ['task-of-a-refused-link-beside-a-deletion'],
  },
  {
    name: 'what the API server removed although it had the finalizer is gone',
    edits: [
      [
        'src/kubernetes/removals.ts',
        '|| deletionTimestamp !== undefined) return undefined;',
        '|| deletionTimestamp !== null) return undefined;',
      ],
    ],
    foundBy: ['removed-with-its-finalizer', 'removed-with-its-finalizer-before-a-take-over'],
  },
];
