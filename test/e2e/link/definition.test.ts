/** What happens to a definition: only the Credentials of the link's Tasks, wherever they are nested. */
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

describe('the definition of a linked machine', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

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

  it.concurrent(
    'has Credentials in branches, item processors and iterators, in JSONPath and JSONata, and nothing else changes',
    async () => {
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
      expect(credentialsIn(now)).toStrictEqual({
        Left: { RoleArn },
        Right: { RoleArn },
        Each: { RoleArn },
        Older: { RoleArn },
      });
      expect(withoutCredentials(now)).toStrictEqual(definition);
      expect(ready.status.tasks?.toSorted()).toStrictEqual(['Each', 'Left', 'Older', 'Right']);
      await scene.delete(created);
      expect(JSON.parse(await scene.definition(machine))).toStrictEqual(definition);
    },
  );

  for (const [kind, RoleArn] of [
    ['static', { RoleArn: FOREIGN }],
    ['dynamic', { 'RoleArn.$': '$.role' }],
  ] as const) {
    it.concurrent(`keeps ${kind} Credentials of somebody else, and the link names their Task`, async () => {
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
      expect(credentialsIn(await scene.definition(machine))['Theirs']).toStrictEqual(RoleArn);
      await scene.patch(created, { stateMachineCredentials: { tasks: ['Ours'] } });
      await scene.ready(created);
      await scene.delete(created);
      expect(JSON.parse(await scene.definition(machine))).toStrictEqual(definition);
    });
  }

  for (const [what, state, words] of [
    ['an Activity', activity, /Task "Special" cannot take Credentials: it is an activity/],
    ['an HTTP call', httpCall, /Task "Special" cannot take Credentials: it calls an HTTP endpoint/],
  ] as const) {
    it.concurrent(`takes no Credentials on ${what}: a link that lists it is refused by name`, async () => {
      const name = `special-${what.split(' ')[1]}`.toLowerCase();
      const definition = chain({ Special: state, Plain: sendMessage('plain') });
      const { machine, ...created } = await link(name, definition, ['Special', 'Plain']);
      await scene.until(created, { status: 'False', reason: 'CredentialsNotSupported', message: words });
      expect(await viewRole(scene.target, name)).toBeUndefined();
      expect(JSON.parse(await scene.definition(machine))).toStrictEqual(definition);
      await scene.patch(created, { stateMachineCredentials: { tasks: ['Plain'] } });
      await scene.ready(created);
      expect(Object.keys(credentialsIn(await scene.definition(machine)))).toStrictEqual(['Plain']);
    });
  }

  it.concurrent('that lacks a listed Task is told so', async () => {
    const created = await link('misspelt', chain({ 'Charge card': sendMessage('charges') }), ['Charge kard']);
    await scene.until(created, {
      status: 'False',
      reason: 'TaskNotFound',
      message: /misspelt has no Task named "Charge kard": correct stateMachineCredentials\.tasks/,
    });
  });

  it.concurrent(
    'keeps Credentials on a Task with a bare name when the link goes, and an Event says so',
    async () => {
      const definition = chain({ Note: putItem('orders'), Send: sendMessage('sent') });
      const { machine, ...created } = await link('bare', definition, ['Note', 'Send']);
      await scene.ready(created);
      await scene.delete(created);
      expect(credentialsIn(await scene.definition(machine))).toStrictEqual({
        Note: { RoleArn: targetRole('bare') },
      });
      expect(withoutCredentials(await scene.definition(machine))).toStrictEqual(definition);
      expect(await viewRole(scene.target, 'bare')).toBeUndefined();
      expect((await viewRole(scene.source, 'bare'))?.inlinePolicies).toStrictEqual({});
      await scene.untilEvent(
        created,
        /Warning CredentialsKept Credentials stay on "Note" of bare: .*source account/,
      );
    },
  );

  it.concurrent(
    'is followed when it changes: a new Task is linked, and its permission is there before it',
    async () => {
      const { machine, ...created } = await link('growing', chain({ One: sendMessage('one') }));
      await scene.ready(created);
      const grown = chain({ One: sendMessage('one'), Two: sendMessage('two') });
      await scene.source.sfn.send(
        new UpdateStateMachineCommand({ stateMachineArn: machine, definition: JSON.stringify(grown) }),
      );
      await scene.reconcile(created);
      const RoleArn = targetRole('growing');
      expect(credentialsIn(await scene.definition(machine))).toStrictEqual({
        One: { RoleArn },
        Two: { RoleArn },
      });
      const role = await viewRole(scene.target, 'growing');
      expect(JSON.stringify(role?.inlinePolicies[`CrossAccountLink-${CLUSTER_ID}`])).toMatch(/:one".*:two"/);
      expect(
        scene
          .writesOn('growing')
          .map(({ operation }) => operation)
          .slice(-2),
      ).toStrictEqual(['PutRolePolicy', 'UpdateStateMachine']);
    },
  );

  it.concurrent('that calls what only the run time knows is linked once the ARNs are given', async () => {
    const dynamic = { ...sendMessage('x'), Parameters: { 'QueueUrl.$': '$.queue', MessageBody: 'hello' } };
    const created = await link('dynamic', chain({ Anywhere: dynamic }), ['Anywhere']);
    await scene.until(created, { status: 'False', reason: 'ResourceNotStatic', message: /Task "Anywhere"/ });
    const arn = `arn:aws:sqs:us-east-1:${TARGET}:any-*`;
    await scene.patch(created, {
      targetRole: { permissions: { resources: [{ task: 'Anywhere', arns: [arn] }] } },
    });
    await scene.ready(created);
    expect(JSON.stringify((await viewRole(scene.target, 'dynamic'))?.inlinePolicies)).toMatch(/any-\*/);
  });
});
