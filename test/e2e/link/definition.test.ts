/** What happens to a definition in AWS: only the Credentials of the link's Tasks change, wherever they are nested. Which Tasks
 *  there may be, and what a link says about them: test/pure/controllers/link/linked-definition.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentialsIn, viewRole, withoutCredentials } from './aws-views.ts';
import { chain, putItem, sendMessage, type State } from './definitions.ts';
import { SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { startScene, type Scene } from './scene.ts';
import { linked } from './linked.ts';

const NAMESPACE = 'payments';

/** A Task in JSONata whose queue is in the target account. */
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

describe('the definition of a linked machine', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  it.concurrent('has Credentials however deep, in JSONPath and JSONata, and is else as before', async () => {
    const definition = chain({
      Both: parallel,
      'For each': map,
      'As ever': iterator,
      Last: { Type: 'Pass' },
    });
    const { machine, ...created } = await linked(scene, 'nested', { definition });
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
  });

  it.concurrent('keeps Credentials on a bare name when the link goes; an Event says so', async () => {
    const definition = chain({ Note: putItem('orders'), Send: sendMessage('sent') });
    const { machine, ...created } = await linked(scene, 'bare', {
      definition,
      spec: { stateMachineCredentials: { tasks: ['Note', 'Send'] } },
    });
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
  });
});
