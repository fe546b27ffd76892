/** When aliases are read, and which links come back because of what was found. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { AliasedVersion } from '../../../../src/aws/reads/definitions-in-use.ts';
import { AliasCheck } from '../../../../src/controllers/triggers/alias-check.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { readyMessage } from '../../../../src/report/condition-states.ts';
import { SOURCE } from '../../access/fixtures.ts';
import { machine, task } from '../../asl/machines.ts';
import { present } from '../../../expectations.ts';
import { awsFailure, ModelAccount } from '../model-account.ts';
import { accountOf, SOURCE_ENTRY, TestCluster } from '../test-cluster.ts';

const DAY_MS = 86_400_000;
const DEFINITION = machine({ Send: task('arn:aws:states:::sqs:sendMessage') });

describe('the check of aliases', () => {
  let test: TestCluster;
  let aws: ModelAccount;
  let object: LinkObject;
  let machineArn: string;
  let aliases: AliasCheck;
  const scheduled: [string, number][] = [];
  const enqueued: string[] = [];
  const problems: string[] = [];

  beforeEach(() => {
    for (const list of [scheduled, enqueued, problems]) list.length = 0;
    test = new TestCluster();
    aws = new ModelAccount(SOURCE);
    test.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws }));
    object = withAliases(test.add('checkout'), []);
    test.links.upsert(object);
    machineArn = object.link.stateMachine.text;
    aliases = new AliasCheck({
      links: test.links,
      accounts: test.accounts,
      schedule: (arn, afterMs) => scheduled.push([arn, afterMs]),
      enqueue: ({ link }) => enqueued.push(link.name),
      onProblem: ({ message }) => problems.push(message),
      random: () => 0.25,
    });
  });

  function routed(alias: string, definition: string): AliasedVersion {
    const aliasArns = [`${machineArn}:${alias}`];
    return { versionArn: `${machineArn}:1`, aliasArns, definition, executionRoleArn: 'arn' };
  }

  function linked(definition: string): string {
    return setCredentials(definition, new Map([['Send', object.link.targetRole.text]]));
  }

  it('comes once a day, the machines of a fresh process spread over it', () => {
    aliases.seen(machineArn);
    aliases.seen(machineArn);
    expect(scheduled).toStrictEqual([[machineArn, DAY_MS / 4]]);
  });

  it('comes soon after the operator changed a definition, and at once on suspicion', () => {
    aliases.changed(machineArn);
    aliases.suspected(machineArn);
    expect(scheduled.map(([, afterMs]) => afterMs)).toStrictEqual([10_000, 0]);
  });

  it('names aliases that route to a version without the Credentials, and brings the link', async () => {
    aws.aliased = [routed('live', DEFINITION), routed('next', linked(DEFINITION))];
    expect(await aliases.look(machineArn)).toStrictEqual({ requeueAfterMs: DAY_MS });
    expect(aliases.without(machineArn, object.link.targetRole.text, ['Send'])).toStrictEqual(['live']);
    expect(enqueued).toStrictEqual(['checkout']);
  });

  it('says nothing of versions that do not have the Tasks, or cannot be understood', async () => {
    aws.aliased = [routed('old', machine({ Wait: { Type: 'Wait', Seconds: 1 } })), routed('odd', '{')];
    await aliases.look(machineArn);
    expect(aliases.without(machineArn, object.link.targetRole.text, ['Send'])).toStrictEqual([]);
    expect(enqueued).toStrictEqual([]);
  });

  it('names each alias once, in order, through which any of the Tasks would run without the role', async () => {
    const send = task('arn:aws:states:::sqs:sendMessage');
    const half = linked(machine({ Send: { ...send, Next: 'Again' }, Again: send }));
    aws.aliased = [routed('b', half), routed('a', half), routed('a', DEFINITION)];
    await aliases.look(machineArn);
    const role = object.link.targetRole.text;
    expect(aliases.without(machineArn, role, ['Send', 'Again'])).toStrictEqual(['a', 'b']);
    expect(aliases.without(machineArn, role, ['Again'])).toStrictEqual(['a', 'b']);
    expect(aliases.without(machineArn, role, ['Send'])).toStrictEqual(['a']);
  });

  it('brings no link that is not Ready: its next status says it', async () => {
    const [ready] = object.status.conditions ?? [];
    const conditions = [{ ...present(ready, 'no condition'), status: 'False' as const }];
    test.links.upsert({ ...object, status: { ...object.status, conditions } });
    aws.aliased = [routed('live', DEFINITION)];
    await aliases.look(machineArn);
    expect(enqueued).toStrictEqual([]);
  });

  it('forgets a machine that is gone, and looks at it again once a link has read it', async () => {
    aliases.seen(machineArn);
    aws.aliased = [routed('live', DEFINITION)];
    await aliases.look(machineArn);
    aws.failures.set('aliasedVersions', awsFailure('notFound'));
    expect(await aliases.look(machineArn)).not.toHaveProperty('requeueAfterMs', DAY_MS);
    expect(aliases.without(machineArn, object.link.targetRole.text, ['Send'])).toBeUndefined();
    aliases.seen(machineArn);
    expect(scheduled).toHaveLength(2);
  });

  it('forgets a machine that no link names any more', async () => {
    const other = `${machineArn}-other`;
    aliases.seen(other);
    expect(await aliases.look(other)).toStrictEqual({});
    aliases.seen(other);
    expect(scheduled).toHaveLength(2);
  });

  it('knows nothing of a machine before it has looked', () => {
    expect(aliases.without(machineArn, object.link.targetRole.text, ['Send'])).toBeUndefined();
  });

  it('comes again when its lane has a token', async () => {
    aws.failures.set('aliasedVersions', awsFailure('laneBusy', { retryAfterMs: 700 }));
    expect(await aliases.look(machineArn)).toStrictEqual({ requeueAfterMs: 700 });
    expect(problems).toStrictEqual([]);
  });

  it('reports that it may not look, and tries again the day after', async () => {
    aws.failures.set('aliasedVersions', awsFailure('terminal'));
    expect(await aliases.look(machineArn)).toStrictEqual({ requeueAfterMs: DAY_MS });
    expect(problems).toStrictEqual([awsFailure('terminal').message]);
    expect(enqueued).toStrictEqual([]);
  });
});

/** The link as it stands when Ready has named these aliases. */
function withAliases(link: LinkObject, aliases: readonly string[]): LinkObject {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'InSync',
    message: readyMessage(aliases),
  } as const;
  const conditions = [{ ...ready, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  return { ...link, status: { ...link.status, tasks: ['Send'], conditions } };
}
