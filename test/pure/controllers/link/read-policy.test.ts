/** How fresh the reads of a reconcile have to be, and how urgent, by the state of the link. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import type { Condition } from '../../../../src/api/generated.ts';
import { nextCheckMs, readPolicyFor } from '../../../../src/controllers/link/read-policy.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { TARGET } from '../../access/fixtures.ts';
import { accountOf, CREATED, TARGET_ENTRY, TestCluster } from '../test-cluster.ts';

const MINUTE_MS = 60_000;
const DEFAULT_MS = 10 * MINUTE_MS;

let the: TestCluster;

beforeEach(() => {
  the = new TestCluster();
});

function condition(type: string, status: Condition['status']): Condition {
  return { type, status, reason: 'InSync', message: '', lastTransitionTime: CREATED, observedGeneration: 1 };
}

/** A link whose last reconcile left it in sync. */
function inSync(change: (object: LinkObject) => LinkObject = (object) => object): LinkObject {
  const object = the.add('a');
  return change({
    ...object,
    status: {
      observedGeneration: 1,
      targetRoleID: 'AROAOURS',
      conditions: [condition('Ready', 'True'), condition('StateMachineCredentialsReady', 'True')],
    },
  });
}

function policyFor(object: LinkObject, suspect = false) {
  return readPolicyFor(the.resolved(object), {
    memory: the.parts.memories.of(object.link.uid),
    suspect,
    defaultDriftCheckMs: DEFAULT_MS,
    shownUntilMs: Date.parse(CREATED),
    beforeWrites: () => Promise.resolve(),
    isAsBefore: () => Promise.resolve(false),
  });
}

const FRESH = { kind: 'fresh' };
const NEW_SNAPSHOT = { kind: 'snapshot', maxAgeMs: MINUTE_MS };

interface Situation {
  readonly given: string;
  readonly object: () => LinkObject;
  readonly suspect?: boolean;
  readonly freshness: object;
  readonly wasInSync: boolean;
}

const SITUATIONS: readonly Situation[] = [
  { given: 'a new link', object: () => the.add('a'), freshness: NEW_SNAPSHOT, wasInSync: false },
  {
    given: 'a routine check',
    object: () => inSync(),
    freshness: { kind: 'snapshot', maxAgeMs: 9 * MINUTE_MS },
    wasInSync: true,
  },
  {
    given: 'a routine check of a link with an interval of its own',
    object: () => inSync((object) => ({ ...object, spec: { ...object.spec, driftCheckInterval: '20m' } })),
    freshness: { kind: 'snapshot', maxAgeMs: 18 * MINUTE_MS },
    wasInSync: true,
  },
  {
    given: 'an edited link',
    object: () => inSync((object) => ({ ...object, metadata: { ...object.metadata, generation: 2 } })),
    freshness: FRESH,
    wasInSync: false,
  },
  {
    given:
      'an edited link that was refused: its status speaks of the edit, its role was not looked at for it',
    object: () =>
      inSync((object) => ({
        ...object,
        metadata: { ...object.metadata, generation: 2 },
        status: {
          ...object.status,
          observedGeneration: 2,
          conditions: [condition('TrustPolicyReady', 'True'), condition('Ready', 'False')],
        },
      })),
    freshness: FRESH,
    wasInSync: false,
  },
  {
    given: 'a request',
    object: () =>
      inSync((object) => ({
        ...object,
        metadata: { ...object.metadata, annotations: { [ANNOTATIONS.reconcileRequestedAt]: 'now' } },
      })),
    freshness: FRESH,
    wasInSync: true,
  },
  { given: 'a change event', object: () => inSync(), suspect: true, freshness: FRESH, wasInSync: true },
  {
    given: 'a link that was not in sync',
    object: () =>
      inSync((object) => ({
        ...object,
        status: { ...object.status, conditions: [condition('Ready', 'False')] },
      })),
    freshness: NEW_SNAPSHOT,
    wasInSync: false,
  },
];

describe('how closely is looked at', () => {
  for (const { given, object, suspect, freshness, wasInSync } of SITUATIONS) {
    it(given, () => {
      const policy = policyFor(object(), suspect);
      expect(policy.freshness).toStrictEqual(freshness);
      expect(policy.wasInSync).toBe(wasInSync);
      expect(policy.callOptions.urgency).toBe(wasInSync ? 'repair' : 'make');
      expect(policy.machineMaxAgeMs).toBe(freshness === FRESH ? 0 : 2_000);
    });
  }

  it('a link whose access rules changed: a difference is no drift', () => {
    const object = inSync();
    const memory = the.parts.memories.of(object.link.uid);
    memory.context = the.resolved(object).context;
    expect(policyFor(object).wasInSync).toBe(true);
    the.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: the.target }));
    expect(policyFor(object).wasInSync).toBe(false);
  });

  it('whether the definition relied on the roles before is read off its condition', () => {
    expect(policyFor(inSync()).reliedOnBefore).toBe(true);
    expect(policyFor(the.add('b')).reliedOnBefore).toBe(false);
  });
});

describe('the next check', () => {
  it('comes after 90 to 100 % of the interval', () => {
    const resolved = the.resolved(the.add('a'));
    expect(nextCheckMs(resolved, DEFAULT_MS, () => 0)).toBe(9 * MINUTE_MS);
    expect(nextCheckMs(resolved, DEFAULT_MS, () => 1)).toBe(10 * MINUTE_MS);
  });

  it('never comes before a snapshot that the check before may have used is too old', () => {
    const object = inSync();
    const { freshness } = policyFor(object);
    const maxAgeMs = freshness.kind === 'snapshot' ? freshness.maxAgeMs : 0;
    expect(nextCheckMs(the.resolved(object), DEFAULT_MS, () => 0)).toBeGreaterThanOrEqual(maxAgeMs);
  });

  it('keeps to the floor of an account', () => {
    the.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: the.target, driftFloorMs: 60 * MINUTE_MS }));
    expect(nextCheckMs(the.resolved(the.add('a')), DEFAULT_MS, () => 1)).toBe(60 * MINUTE_MS);
  });
});
