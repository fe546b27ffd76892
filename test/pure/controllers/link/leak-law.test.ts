/** A law over every situation of the reconciler's tests: whatever another namespace has on the same state machine, execution
 *  role, account or even target role, nothing that is reported of the link names it. */
import { expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { policyName } from '../../../../src/desired/names.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { present } from '../../../expectations.ts';
import { asTarget, machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { allow, CLUSTER, link, OBSERVE, permitting, ROLE } from '../../desired/fixtures.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { accountOf, EXEC, objectOf, SENDING, SOURCE_ENTRY, TARGET_ENTRY } from '../test-cluster.ts';
import { INTERRUPTED } from './interrupted-situations.ts';
import { NEW } from './new-situations.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { IN_SYNC, type Situation } from './reconciler-situations.ts';

/** In each string that is the other namespace's. */
const MARK = /hidden/i;
const HIDDEN_ROLE = role('crossaccountlink/hidden/hidden-role');
const HIDDEN_ARN = 'arn:aws:sqs:us-east-1:222222222222:hidden-queue';

const OLDER = { createdAt: '2025-01-01T00:00:00Z' };
const YOUNGER = { createdAt: '2027-01-01T00:00:00Z' };

/** What the other namespace has. */
const OTHERS: Readonly<Record<string, readonly Partial<Link>[]>> = {
  'an older link that has the Task': [OLDER],
  'a younger link that wants the Task': [YOUNGER],
  'a link to other Tasks': [{ ...OLDER, tasks: [] }],
  'a suspended link': [{ ...OLDER, suspended: true }],
  'a link that only observes': [{ ...OLDER, legs: OBSERVE }],
  'a link that is being deleted': [{ ...OLDER, deleting: true }],
  'a link to the same role': [{ ...YOUNGER, targetRole: ROLE }],
  'a link from another machine under the same role': [{ ...OLDER, stateMachine: machine('hidden-machine') }],
  'several links': [OLDER, { ...YOUNGER, name: 'hidden-b', tasks: [] }],
};

function prepared(others: readonly Partial<Link>[]): ReconcilerHarness {
  const harness = withCheckout();
  const { cluster } = harness;
  cluster.put('hidden-machine');
  const both = { namespaces: { names: ['payments', 'hidden'] } };
  const theirs = {
    ...asTarget({
      rolePathPrefix: '/crossaccountlink/hidden/',
      allowedActions: ['sqs:*'],
      allowedResources: ['*'],
    }),
    namespaces: { names: ['hidden'] },
  };
  cluster.accounts.set(accountOf(SOURCE, [{ ...SOURCE_ENTRY, ...both }], { aws: cluster.source }));
  cluster.accounts.set(accountOf(TARGET, [TARGET_ENTRY, theirs], { aws: cluster.target }));
  for (const [at, fields] of others.entries()) {
    const object = objectOf(
      link(`hidden-link-${at}`, {
        namespace: 'hidden',
        targetRole: HIDDEN_ROLE,
        tags: { 'hidden-key': 'hidden-value' },
        description: 'hidden description',
        permissions: permitting({
          resources: [{ task: 'hidden-task', arns: [HIDDEN_ARN] }],
          statements: [{ actions: ['sqs:SendMessage'], resources: [HIDDEN_ARN], conditions: {} }],
        }),
        ...fields,
      }),
    );
    cluster.links.upsert(object);
  }
  cluster.parts.linksChanged();
  return harness;
}

/** What others have on the shared objects already. */
const STANDING: Readonly<Record<string, (harness: ReconcilerHarness) => void>> = {
  'nothing in AWS yet': () => undefined,
  'their role in the grant': (harness) =>
    harness.changeRole((found) => {
      const document = {
        version: '2012-10-17',
        statements: [{ ...allow(['sts:AssumeRole'], [HIDDEN_ROLE.text]), sid: 'CrossAccountLinkAssume' }],
      } as const;
      return {
        ...found,
        inlinePolicies: new Map([[policyName(CLUSTER), { kind: 'parsed', document }]]),
      };
    }, EXEC.text),
  'their role on the Task': (harness) =>
    harness.changeDefinition(setCredentials(SENDING, new Map([['Send', HIDDEN_ROLE.text]]))),
};

async function reported(
  harness: ReconcilerHarness,
  { spec, arrange }: Situation,
  isNew: boolean,
  stand: (harness: ReconcilerHarness) => void,
): Promise<string> {
  const texts: string[] = [];
  const look = async () => {
    await harness.reconcile('a');
    texts.push(JSON.stringify(harness.object('a')?.status ?? {}), ...harness.notes);
    harness.cluster.now += DRIFT_CHECK_MS;
  };
  const observed: JsonObject = { ...spec };
  if (!isNew) {
    harness.create('a', observed);
    await look();
  }
  stand(harness);
  attempt(() => arrange?.(harness));
  if (isNew) harness.create('a', observed);
  for (let round = 0; round < 3; round += 1) await look();
  harness.delete('a');
  for (let round = 0; round < 2; round += 1) if (harness.object('a') !== undefined) await look();
  return texts.join('\n');
}

/** Some situations cannot come about beside others' links. */
function attempt(arrange: () => void): void {
  try {
    arrange();
  } catch {
    // Then the link is reported as it is.
  }
}

const SITUATIONS: readonly { readonly isNew: boolean; readonly situation: Situation }[] = [
  ...NEW.map((situation) => ({ isNew: true, situation })),
  ...[...IN_SYNC, ...INTERRUPTED].map((situation) => ({ isNew: false, situation })),
];
const STANDINGS = Object.entries(STANDING);

/** What the text of a leak has around the name. */
function around(text: string): string {
  const at = text.search(MARK);
  return `…${text.slice(Math.max(0, at - 160), at + 80)}…`;
}

// Of the three things that may stand in AWS each is met with every situation, and with all that others have.
it.each(Object.entries(OTHERS).map(([what, others], at) => ({ what, others, at })))(
  'beside $what of another namespace nothing that is reported of a link names what is theirs, in any situation',
  async ({ others, at }) => {
    const leaks: string[] = [];
    for (const [index, { isNew, situation }] of SITUATIONS.entries()) {
      const [standing, stand] = present(STANDINGS[(at + index) % STANDINGS.length], 'nothing stands');
      const text = await reported(prepared(others), situation, isNew, stand);
      const leak = text.split('\n').find((line) => MARK.test(line));
      if (leak !== undefined) leaks.push(`${situation.given}, with ${standing}: ${around(leak)}`);
    }
    expect(leaks).toStrictEqual([]);
  },
);
