/** Fixes, each reverted: a history that was kept for a fix must then break its law, or it no longer proves anything. */
import { DESCRIPTION_MUTATIONS } from './description-mutations.ts';
import { EDIT_MUTATIONS } from './edit-mutations.ts';
import { LEAVING_MUTATIONS } from './leaving-mutations.ts';
import type { Mutation } from './mutation.ts';
import { TOOL_MUTATIONS } from './tool-mutations.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...DESCRIPTION_MUTATIONS,
  ...EDIT_MUTATIONS,
  {
    name: 'a RoleId belongs to the link that had the role made, and what is on a role does not outweigh it',
    edits: [
      [
        'src/controllers/state/known-roles.ts',
        'recordsOf({ namespace, targetRole }: Link)',
        'recordsOf({ namespace, targetRole, uid }: Link)',
      ],
      [
        'src/controllers/state/known-roles.ts',
        '(object) => object.link.namespace === namespace && hasWrittenRole(object))\n      .map(',
        '(object) => object.link.uid === uid)\n      .map(',
      ],
      [
        'src/controllers/state/known-roles.ts',
        'return proven?.namespace === namespace ? [...records, proven.roleId] : records;',
        'return records;',
      ],
      [
        'src/plan/ownership.ts',
        'return hasOwnTrust(observed) && (hasPolicy || (wanted && permissions.length === 0));',
        'return false;',
      ],
    ],
    foundBy: ['shared-role-deleted'],
  },
  {
    name: 'a link that leaves makes the role anew for the other, which is leaving, too',
    edits: [
      [
        'src/controllers/objects/target-role.ts',
        'options.isDeletion ? { ...asked, mayMake: false } : asked',
        'asked',
      ],
      [
        'src/desired/target-role.ts',
        'mayMake: contributors.some(({ link }) => !link.deleting)',
        'mayMake: true',
      ],
      // IAM refuses a trust policy without a statement.
      [
        'src/desired/target-role.ts',
        'trust: trustStatements(staying),',
        'trust: trustStatements(union.kept),',
      ],
    ],
    foundBy: ['all-gone-while-down'],
  },
  {
    name: 'a dropped tag is off the record before it is off the role',
    edits: [
      [
        'src/plan/role-tags.ts',
        'const kept = desired.mayShrink ? [...dropped, ...untouched] : recorded;',
        'const kept = desired.mayShrink ? untouched : recorded;',
      ],
    ],
    foundBy: ['killed-between-two-tags'],
  },
  {
    name: 'the grant is on no record before it is put, and a stray one is nobody’s',
    edits: [
      [
        'src/controllers/link/link-writes.ts',
        'roleRecord(executionRoleArn === undefined ? [] : [executionRoleArn])',
        '{}',
      ],
      [
        'src/controllers/link/link-writes.ts',
        'if (status !== undefined) this',
        'if (status !== undefined && coming.makesRole) this',
      ],
      [
        'src/controllers/objects/stray-grants.ts',
        'this.#index(aws.strayGrants()).get(resolved.link.targetRole.text) ?? []',
        '[] as string[]',
      ],
    ],
    foundBy: ['killed-after-the-grant'],
  },
  {
    name: 'the shrinking after an edit counts as drift',
    edits: [
      [
        'src/controllers/objects/drift-finder.ts',
        'if (last !== undefined && this.#wasWrittenFor(object, wanted, last)) return [];',
        '',
      ],
    ],
    foundBy: ['asked-for-and-dropped-by-another-link', 'own-write-for-another-link'],
  },
  {
    name: 'a definition is not read again after it was written',
    edits: [
      [
        'src/controllers/link/next-reconcile.ts',
        'memory.readBackAt = now + READ_BACK_MS * (1 + random() / 5);',
        'memory.readBackAt = undefined;',
      ],
    ],
    foundBy: ['overwritten-by-a-deployment'],
  },
  {
    name: 'a Task that the operator of another cluster has by now is taken back from it',
    edits: [
      [
        'src/plan/credentials.ts',
        'const isOthers = current !== undefined && othersRoles.has(current);',
        'const isOthers = false && othersRoles.has(current ?? "");',
      ],
    ],
    foundBy: ['two-clusters-want-one-task', 'two-clusters-after-a-deployment'],
  },
  {
    name: 'a repair is not on record before it is made',
    edits: [
      [
        'src/controllers/link/write-record.ts',
        'const drift = newRepairs(status.drift, driftOf(changes, { repaired: false }));',
        'const drift = newRepairs(status.drift, []);',
      ],
    ],
    foundBy: ['killed-after-a-repair'],
  },
  {
    name: 'growth is held for the link at hand alone',
    edits: [
      [
        'src/controllers/objects/target-role.ts',
        "one.link.uid === link.uid ? growth() === 'Hold' : one.growthWaits === true",
        "one.link.uid === link.uid && growth() === 'Hold'",
      ],
    ],
    foundBy: ['held-growth'],
  },
  {
    name: 'what names a role that came to be refused stays',
    edits: [
      [
        'src/controllers/link/take-back.ts',
        'if (!hasWritten(object)) return;',
        'if (!hasWritten(object) || object.status.targetRoleID === undefined) return;',
      ],
    ],
    foundBy: ['role-was-only-observed'],
  },
  {
    name: 'a role without tags is nobody’s',
    edits: [
      [
        'src/plan/ownership.ts',
        "if (isRemembered(desired, observed, records)) return { kind: 'untagged' };",
        '',
      ],
    ],
    foundBy: ['untagged-role-in-use'],
  },
  {
    name: 'a role that needs no policy is nobody’s without tags',
    edits: [
      ['src/plan/ownership.ts', '(wanted && permissions.length === 0 && hasOwnTrust(observed))', 'false'],
    ],
    foundBy: ['untagged-role-without-policy'],
  },
  {
    name: 'a younger link whose Task was taken is not called',
    edits: [['src/controllers/link/upkeep.ts', 'this.#callThoseThatGaveWay(resolved, record);', '']],
    foundBy: ['younger-link-gave-way'],
  },
  {
    name: 'what specs say of a role is no edit after a restart',
    edits: [['src/desired/names.ts', 'SCALAR_PATHS.has(path) ||', '']],
    foundBy: ['boundary-dropped-while-down'],
  },
  {
    name: 'a former execution role’s grant counts as in sync after a restart',
    edits: [
      [
        'src/controllers/objects/grant.ts',
        'edits.seenBy(link, PART, [object, ...sharing()])',
        'edits.seenBy(link, PART, sharing())',
      ],
    ],
    foundBy: ['execution-role-swapped-while-down'],
  },
  {
    name: 'what could not go while a link was suspended is drift later',
    edits: [
      ['src/controllers/objects/drift-finder.ts', '&& !this.#wasWrittenFor(object, wanted, last);', ';'],
    ],
    foundBy: ['dropped-while-suspended'],
  },
  {
    name: 'a link that only observes ends what an edit has still to take away',
    edits: [
      [
        'src/controllers/objects/drift-finder.ts',
        'if (enforced && unmade.length === 0)',
        'if (enforced || unmade.length === 0)',
      ],
    ],
    foundBy: ['dropped-by-an-observer'],
  },
  {
    name: 'what a link left that came to only observe is drift to the others after a restart',
    edits: [
      [
        'src/controllers/objects/edits.ts',
        'return isObserved ? legsWrittenWith(part) : NO_LEGS;',
        'return NO_LEGS;',
      ],
    ],
    foundBy: ['description-left-by-an-observer'],
  },
  {
    name: 'a standby works from caches that are older than the lease',
    edits: [
      ['src/operator.ts', 'await this.#watches.untilAsNewAs(this.#election.resourceVersion);', ''],
      // The operator asks the API server before it takes anything off.
      ['src/controllers/objects/uncached-links.ts', 'return live.filter(', 'return [].filter('],
    ],
    foundBy: ['standby-without-a-new-link'],
  },
  {
    name: 'others write for a link that is enforced again before it has its finalizer',
    edits: [
      [
        'src/controllers/objects/contributor-states.ts',
        'return writesAnything(object.link) && !hasFinalizer(object);',
        'return false;',
      ],
    ],
    foundBy: ['enforced-again-without-finalizer'],
  },
  {
    name: 'what is foreign goes before the link that preserves it is met',
    edits: [['src/desired/target-role.ts', 'context.preservesForeign === true ||', '']],
    foundBy: ['preserved-by-a-new-link'],
  },
  {
    name: 'a link goes by what it remembers although the writes since are forgotten',
    edits: [
      [
        'src/controllers/objects/object-reconciler.ts',
        'this.#drift.dropForgotten(arn.text, options.lastUpdates);',
        '',
      ],
    ],
    foundBy: ['retained-while-others-had-no-machine'],
  },
  {
    name: 'a link has Tasks of other links of its role on record, and grants what these need',
    edits: [
      ['src/desired/requirements.ts', 'usesRole(task) && !isOthers(task)', 'usesRole(task)'],
      ['src/controllers/objects/object-reconciler.ts', '=== roleArn && isOwn(task)', '=== roleArn'],
    ],
    foundBy: ['sibling-derives-nothing', 'sibling-derives-nothing-afresh'],
  },
  {
    name: 'a status takes on a spec of which nothing was looked at',
    edits: [
      [
        'src/controllers/link/upkeep.ts',
        "if (record.unreachable === undefined) return { kind: 'reconciled', record, failure };",
        "if (record.failures.length >= 0) return { kind: 'reconciled', record, failure };",
      ],
      [
        'src/controllers/objects/leftovers.ts',
        "({ link }) => link.legs.executionRoleGrant === 'Enforce'",
        '() => true',
      ],
      [
        'src/controllers/objects/edits.ts',
        'return isObserved ? legsWrittenWith(part) : NO_LEGS;',
        'return NO_LEGS;',
      ],
    ],
    foundBy: ['spec-not-looked-at'],
  },
  {
    name: 'what was left as somebody else’s is drift once it is known to be the operator’s',
    edits: [
      [
        'src/controllers/objects/drift-finder.ts',
        'plan.leaves === undefined ? []',
        'plan.actions.length >= 0 ? []',
      ],
    ],
    foundBy: ['task-of-a-link-not-seen'],
  },
  {
    name: 'what stood on an adopted role goes where the spec says nothing of it',
    edits: [
      ['src/plan/target-role.ts', '(clearsAdopted || !isAdopting(role))', 'clearsAdopted !== undefined'],
    ],
    foundBy: ['adopted-without-a-word'],
  },
  {
    name: 'a suspended link loses its Task to a younger one',
    edits: [
      [
        'src/plan/credentials.ts',
        "has(task.name) === true) return 'held';",
        "has('') === true) return 'held';",
      ],
    ],
    foundBy: ['task-of-a-suspended-link'],
  },
  {
    name: 'what was read of a state machine that was deployed meanwhile passes for what its roles were looked at for',
    edits: [
      [
        'src/controllers/link/ensure.ts',
        'return latest === undefined || needsText(latest) !== needsText(requirements);',
        'return latest === undefined;',
      ],
    ],
    foundBy: ['execution-role-swapped-during-a-check'],
  },
  {
    name: 'a spec that was refused counts as looked at',
    edits: [
      [
        'src/controllers/link/read-policy.ts',
        '(observedGeneration !== generation || lookedAt !== generation)',
        'observedGeneration !== generation && lookedAt > 0',
      ],
      // Either of the two is enough for a description.
      ['src/controllers/objects/snapshot-checks.ts', ' || ofDescriptions(last.unmade).size > 0', ''],
    ],
    foundBy: ['description-of-a-refused-link'],
  },
  {
    name: 'a watch that was cut goes on where it was, whatever the server was put back to',
    edits: [['src/kubernetes/reflector.ts', 'if (this.#wasCut && ', 'if (this.#failures < 0 && ']],
    foundBy: ['deletion-undone-by-a-restore', 'edited-right-after-a-restore'],
  },
  {
    name: 'a cache is believed, whatever the API server says of an object',
    edits: [['src/assemble.ts', 'doubt: () => watch.doubt()', 'doubt: () => undefined']],
    foundBy: ['made-again-under-versions-given-twice'],
  },
  {
    name: 'what the API server said is believed, however long ago that was',
    edits: [['src/kubernetes/confirm.ts', 'now - askedAt < CONFIRMED_FOR_MS', 'now >= askedAt']],
    foundBy: ['deleted-while-its-operator-was-frozen'],
  },
  {
    name: 'whoever was put back shows it by older versions alone',
    edits: [['src/kubernetes/restore-check.ts', '&& isUnchanged(page, lastSeen)', '']],
    foundBy: ['edited-right-after-a-restore'],
  },
  {
    name: 'what other links took away while there was no state machine is drift once there is one',
    edits: [
      ['src/report/legs-on-record.ts', 'if (hadNoMachine(status))', 'if (legs.targetRole === undefined)'],
    ],
    foundBy: ['grant-gone-while-there-was-no-machine'],
  },
  ...LEAVING_MUTATIONS,
  ...TOOL_MUTATIONS,
  {
    name: 'a description is as wanted where a status says so that AWS is ahead of',
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
    name: 'what was left undone is known again by the words that a tenant reads',
    edits: [['src/plan/hidden-roles.ts', 'return WHOLE.get(change) ?? change;', 'return change;']],
    foundBy: ['hidden-by-other-rules'],
  },
  {
    name: 'a lease goes by a clock that stands still while the machine is suspended',
    edits: [['src/base/elapsed.ts', 'clock.bootMs() - then.bootMs,\n    clock.wallMs() - then.wallMs,', '']],
    foundBy: ['leader-whose-host-was-suspended'],
  },
  {
    name: 'a lease goes by clocks that stand still, or may be set back',
    edits: [['src/base/elapsed.ts', 'clock.bootMs() - then.bootMs,', '']],
    foundBy: ['suspended-after-its-clock-was-set-back'],
  },
  {
    name: 'whoever lost the lease still writes to the cluster',
    edits: [
      [
        'src/shared-parts.ts',
        'fencedClient(given.client, fence)',
        'fencedClient(given.client, { mayWrite: () => true })',
      ],
    ],
    foundBy: ['leader-whose-host-was-suspended'],
  },
  {
    name: 'a standby makes the Lease anew that somebody deleted under its leader',
    edits: [
      ['src/kubernetes/lease.ts', 'if (this.#isHeldByOther()) {', 'if (lease && this.#isHeldByOther()) {'],
    ],
    foundBy: ['lease-deleted-under-its-leader'],
  },
  {
    name: 'a failed call ends the reconcile',
    edits: [
      [
        'src/aws/calls/calls.ts',
        'return repeatAfterMs(failure, attempt, this.#clock.monotonicMs() - sentAt, this.#random);',
        'return undefined;',
      ],
      ['src/aws/writes/lost-answers.ts', 'const ATTEMPTS = 3;', 'const ATTEMPTS = 1;'],
    ],
    foundBy: ['storm'],
  },
  {
    name: 'before something is taken off nobody asks the API server who names the role',
    edits: [['src/controllers/objects/uncached-links.ts', 'return live.filter(', 'return [].filter(']],
    foundBy: ['needed-by-a-link-not-heard-of', 'enforced-again-while-the-watch-lagged'],
  },
  {
    name: 'a link is known as it is although the cache has not seen what was written to it',
    edits: [['src/controllers/objects/uncached-links.ts', 'recordOf(known) !== recordOf(live) || ', '']],
    foundBy: ['task-taken-back-while-the-watch-lagged'],
  },
];
