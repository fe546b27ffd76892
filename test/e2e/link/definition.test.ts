/** What happens to a definition: only the Credentials of the link's Tasks, wherever they are nested. */
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { credentialsIn, viewRole, withoutCredentials } from './aws-views.ts';
import { chain, putItem, sendMessage, type State } from './definitions.ts';
import { SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';

const NAMESPACE = 'payments';
const FOREIGN = `arn:aws:iam::${TARGET}:role/somebody-elses`;

/** A Task in JSONata whose queue lies in the target account. */
const jsonata: State = {
  Type: 'Task',
  QueryLanguage: 'JSONata',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Arguments: {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/jsonata`,
    MessageBody: '{% $states.input.order %}',
  },
  Output: '{% $states.result %}',
};

const parallel: State = {
  Type: 'Parallel',
  Branches: [
    chain({ Left: sendMessage('left'), Own: sendMessage('own', SOURCE) }),
    chain({ Right: jsonata }),
  ],
};

const map: State = {
  Type: 'Map',
  ItemsPath: '$.orders',
  ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...chain({ Each: sendMessage('each') }) },
};

/** The older form of a Map. */
const iterator: State = { Type: 'Map', MaxConcurrency: 3, Iterator: chain({ Older: sendMessage('older') }) };

const activity: State = {
  Type: 'Task',
  Resource: `arn:aws:states:us-east-1:${SOURCE}:activity:approve`,
  HeartbeatSeconds: 60,
};

const httpCall: State = {
  Type: 'Task',
  Resource: 'arn:aws:states:::http:invoke',
  Parameters: {
    ApiEndpoint: 'https://api.example.com/orders',
    Method: 'GET',
    Authentication: { ConnectionArn: `arn:aws:events:us-east-1:${TARGET}:connection/api/1` },
  },
};

describe('the definition of a linked machine', { concurrency: 3 }, () => {
  let scene: Scene;

  before(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  after(() => scene.stop());

  async function link(
    name: string,
    definition: object,
    tasks?: readonly string[],
  ): Promise<LinkName & { readonly machine: string }> {
    const machine = await scene.workflow(name, definition);
    const created = { namespace: NAMESPACE, name, machine };
    await scene.link(created, {
      stateMachineARN: machine,
      targetRole: { arn: targetRole(name) },
      ...(tasks !== undefined && { stateMachineCredentials: { tasks } }),
    });
    return created;
  }

  it('has Credentials in branches, item processors and iterators, in JSONPath and JSONata, and nothing else changes', async () => {
    const definition = chain({
      Both: parallel,
      'For each': map,
      'As ever': iterator,
      Last: { Type: 'Pass' },
    });
    const { machine, ...created } = await link('nested', definition);
    const ready = await scene.ready(created);
    const now = await scene.definition(machine);
    const RoleArn = targetRole('nested');
    assert.deepEqual(credentialsIn(now), {
      Left: { RoleArn },
      Right: { RoleArn },
      Each: { RoleArn },
      Older: { RoleArn },
    });
    assert.deepEqual(withoutCredentials(now), definition);
    assert.deepEqual(ready.status.tasks?.toSorted(), ['Each', 'Left', 'Older', 'Right']);
    await scene.delete(created);
    assert.deepEqual(JSON.parse(await scene.definition(machine)), definition);
  });

  for (const [kind, RoleArn] of [
    ['static', { RoleArn: FOREIGN }],
    ['dynamic', { 'RoleArn.$': '$.role' }],
  ] as const) {
    it(`keeps ${kind} Credentials of somebody else, and the link names their Task`, async () => {
      const definition = chain({
        Theirs: { ...sendMessage('theirs'), Credentials: RoleArn },
        Ours: sendMessage('ours'),
      });
      const { machine, ...created } = await link(`foreign-${kind}`, definition);
      await scene.until(created, {
        status: 'False',
        reason: 'ForeignCredentials',
        message:
          /Task "Theirs" of foreign-.* already names .*: remove its Credentials, or leave the Task out/,
      });
      await scene.until(created, { type: 'StateMachineCredentialsReady', status: 'False' });
      await scene.until(created, { type: 'Stalled', status: 'True' });
      assert.deepEqual(credentialsIn(await scene.definition(machine))['Theirs'], RoleArn);
      await scene.patch(created, { stateMachineCredentials: { tasks: ['Ours'] } });
      await scene.ready(created);
      await scene.delete(created);
      assert.deepEqual(JSON.parse(await scene.definition(machine)), definition);
    });
  }

  for (const [what, state, words] of [
    ['an Activity', activity, /Task "Special" cannot take Credentials: it is an activity/],
    ['an HTTP call', httpCall, /Task "Special" cannot take Credentials: it calls an HTTP endpoint/],
  ] as const) {
    it(`takes no Credentials on ${what}: a link that lists it is refused by name`, async () => {
      const name = `special-${what.split(' ')[1]}`.toLowerCase();
      const definition = chain({ Special: state, Plain: sendMessage('plain') });
      const { machine, ...created } = await link(name, definition, ['Special', 'Plain']);
      await scene.until(created, { status: 'False', reason: 'CredentialsNotSupported', message: words });
      assert.equal(await viewRole(scene.target, name), undefined);
      assert.deepEqual(JSON.parse(await scene.definition(machine)), definition);
      await scene.patch(created, { stateMachineCredentials: { tasks: ['Plain'] } });
      await scene.ready(created);
      assert.deepEqual(Object.keys(credentialsIn(await scene.definition(machine))), ['Plain']);
    });
  }

  it('that lacks a listed Task is told so', async () => {
    const created = await link('misspelt', chain({ 'Charge card': sendMessage('charges') }), ['Charge kard']);
    await scene.until(created, {
      status: 'False',
      reason: 'TaskNotFound',
      message: /misspelt has no Task named "Charge kard": correct stateMachineCredentials\.tasks/,
    });
  });

  it('keeps Credentials on a Task with a bare name when the link goes, and an Event says so', async () => {
    const definition = chain({ Note: putItem('orders'), Send: sendMessage('sent') });
    const { machine, ...created } = await link('bare', definition, ['Note', 'Send']);
    await scene.ready(created);
    await scene.delete(created);
    assert.deepEqual(credentialsIn(await scene.definition(machine)), {
      Note: { RoleArn: targetRole('bare') },
    });
    assert.deepEqual(withoutCredentials(await scene.definition(machine)), definition);
    assert.equal(await viewRole(scene.target, 'bare'), undefined);
    assert.deepEqual((await viewRole(scene.source, 'bare'))?.inlinePolicies, {});
    await scene.untilEvent(
      created,
      /Warning CredentialsKept Credentials stay on "Note" of bare: .*source account/,
    );
  });

  it('is followed when it changes: a new Task is linked, and its permission is there before it', async () => {
    const { machine, ...created } = await link('growing', chain({ One: sendMessage('one') }));
    await scene.ready(created);
    const grown = chain({ One: sendMessage('one'), Two: sendMessage('two') });
    await scene.source.sfn.send(
      new UpdateStateMachineCommand({ stateMachineArn: machine, definition: JSON.stringify(grown) }),
    );
    await scene.reconcile(created);
    const RoleArn = targetRole('growing');
    assert.deepEqual(credentialsIn(await scene.definition(machine)), { One: { RoleArn }, Two: { RoleArn } });
    const role = await viewRole(scene.target, 'growing');
    assert.match(JSON.stringify(role?.inlinePolicies[`CrossAccountLink-${CLUSTER_ID}`]), /:one".*:two"/);
    assert.deepEqual(
      scene
        .writesOn('growing')
        .map(({ operation }) => operation)
        .slice(-2),
      ['PutRolePolicy', 'UpdateStateMachine'],
    );
  });

  it('that calls what only the run time knows is linked once the ARNs are given', async () => {
    const dynamic = { ...sendMessage('x'), Parameters: { 'QueueUrl.$': '$.queue', MessageBody: 'hello' } };
    const created = await link('dynamic', chain({ Anywhere: dynamic }), ['Anywhere']);
    await scene.until(created, { status: 'False', reason: 'ResourceNotStatic', message: /Task "Anywhere"/ });
    const arn = `arn:aws:sqs:us-east-1:${TARGET}:any-*`;
    await scene.patch(created, {
      targetRole: { permissions: { resources: [{ task: 'Anywhere', arns: [arn] }] } },
    });
    await scene.ready(created);
    assert.match(JSON.stringify((await viewRole(scene.target, 'dynamic'))?.inlinePolicies), /any-\*/);
  });
});
