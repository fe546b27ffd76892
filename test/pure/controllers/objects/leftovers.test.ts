/** What a target role has after a restart → whether a link that went may have left it there. */
import { expect, it } from '@jest/globals';
import { Leftovers } from '../../../../src/controllers/objects/leftovers.ts';
import type { LastUpdate } from '../../../../src/plan/drift.ts';
import { trustStatements } from '../../../../src/desired/target-role-trust.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { asking, CLUSTER, link, ROLE } from '../../desired/fixtures.ts';
import { bareRole } from '../../observed/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { CALLS, EXEC, TestCluster } from '../test-cluster.ts';

/** Both Tasks name the role. */
const NAMING = definitionOf({
  Send: { ...sendTo('orders', { Credentials: { RoleArn: ROLE.text } }), End: false, Next: 'Tell' },
  Tell: sendTo('news', { Credentials: { RoleArn: ROLE.text } }),
});
const NAMING_NONE = definitionOf({ Send: sendTo('orders') });
const ALL = ['permissions', 'targetRole', 'trustPolicy'];

/** A role that lets state machines in under one execution role. */
function letting(...machines: readonly string[]): ObservedRole {
  const links = machines.map((name) => asking(link(name, { stateMachine: machine(name) })));
  return bareRole(ROLE.text, { trust: parsed(...trustStatements(links)) });
}

/** What the link `a`, from `checkout`, has on record of its Tasks, and what runs. */
interface Case {
  readonly what: string;
  readonly onRecord?: readonly string[];
  readonly checkout?: string;
  readonly refund?: { readonly executionRole?: string; readonly definition: string };
  readonly lastUpdates?: ReadonlyMap<string, LastUpdate>;
  readonly left: readonly string[];
}

const LAST: LastUpdate = { wanted: '', unmade: new Set(), lastWrite: 0 };

it.each<Case>([
  { what: 'every Task that names it is on record', onRecord: ['Send', 'Tell'], left: [] },
  { what: 'a Task that names it is on no record', onRecord: ['Send'], left: ALL },
  { what: 'no Task names it', checkout: NAMING_NONE, left: [] },
  {
    what: 'a state machine without a link runs under the execution role and names it',
    onRecord: ['Send', 'Tell'],
    refund: { definition: NAMING },
    left: ALL,
  },
  {
    what: 'a state machine without a link names another role',
    onRecord: ['Send', 'Tell'],
    refund: { definition: NAMING_NONE },
    left: [],
  },
  {
    what: 'a state machine without a link runs under another role',
    onRecord: ['Send', 'Tell'],
    refund: { definition: NAMING, executionRole: role('refund-exec', SOURCE).text },
    left: [],
  },
  {
    what: 'the operator remembers what it wrote',
    onRecord: ['Send'],
    lastUpdates: new Map([[ROLE.text, LAST]]),
    left: [],
  },
])('$what: $left', async ({ onRecord = [], checkout = NAMING, refund, lastUpdates = new Map(), left }) => {
  const the = new TestCluster();
  the.put('checkout', EXEC.text, checkout);
  if (refund !== undefined) the.put('refund', refund.executionRole, refund.definition);
  await the.parts.machines.read(the.source, machine('checkout').text, CALLS, 0);
  const a = the.add('a');
  the.links.upsert({ ...a, status: { ...a.status, tasks: [...onRecord] } });

  const { contributors, machines } = the.parts;
  const leftovers = new Leftovers({ contributors, machines, accounts: the.accounts, clusterId: CLUSTER });
  const options = { callOptions: CALLS, isDeletion: false, lastUpdates: new Map(lastUpdates) };
  const found = await leftovers.onTargetRole(letting('checkout', 'refund'), options);
  expect([...found].toSorted()).toStrictEqual(left);
});
