/** What the platform team's rules refuse, as the link's owner sees it; nothing is written for such a link. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { asSource, asTarget, role, rulesOf, SOURCE, TARGET, type Entry } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { accountOf, EXEC, untouchedRole } from '../test-cluster.ts';
import { DENIALS, specOf } from './denials.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const FOREIGN = role('foreign', SOURCE).text;
const SOURCE_ENTRY = asSource(['checkout*'], [EXEC.text]);
const TARGET_ENTRY = asTarget({
  allowedActions: ['sqs:SendMessage'],
  allowedResources: [`arn:aws:sqs:us-east-1:${TARGET}:orders`],
  passRoles: [{ arn: role('billing-task').text, services: ['ecs-tasks.amazonaws.com'] }],
});
const SECRET = definitionOf({ Send: sendTo('secret') });

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  const { cluster } = the;
  cluster.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws: cluster.source }));
  const rules = rulesOf(TARGET, [TARGET_ENTRY], `arn:aws:iam::${TARGET}:policy/boundary`);
  cluster.accounts.set(accountOf(TARGET, [], { rules, aws: cluster.target }));
  for (const arn of [EXEC.text, FOREIGN]) cluster.source.roles.set(arn, untouchedRole(arn));
  for (const name of ['checkout', 'other']) cluster.put(name);
  cluster.put('checkout-foreign', FOREIGN);
  cluster.put('checkout-secret', EXEC.text, SECRET);
});

describe('a link is refused', () => {
  it.each(DENIALS)('$what', async (denial) => {
    the.create('a', specOf(denial));
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
    expect(the.condition('a', 'Stalled')).toBe('True AccountNotAllowed');
    expect(the.condition('a', denial.leg)).toBe('False AccountNotAllowed');
    expect(the.message('a', denial.leg)).toMatch(denial.message);
    expect(the.writes).toStrictEqual(['status False AccountNotAllowed']);
    expect(the.finalizer('a')).toBe(false);
    expect(the.events).toStrictEqual(['Warning AccountNotAllowed']);
  });

  it('in a namespace that no entry names', async () => {
    const elsewhere: Entry = { ...SOURCE_ENTRY, namespaces: { names: ['elsewhere'] } };
    the.cluster.accounts.set(accountOf(SOURCE, [elsewhere], { aws: the.cluster.source }));
    the.create('a');
    await the.reconcile('a');
    expect(the.condition('a', 'TargetRoleReady')).toBe('False AccountNotAllowed');
    expect(the.message('a', 'TargetRoleReady')).toMatch(
      /does not let this namespace link from state machine checkout: it has no access entry for this namespace; ask/,
    );
    expect(the.writes).toStrictEqual(['status False AccountNotAllowed']);
  });

  it('but not within the rules: nothing else stands in its way', async () => {
    the.create('a');
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});
