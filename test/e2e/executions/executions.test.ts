/** State machines that really run. They are in one file, because the interpreter takes nine seconds of processor time to
 *  start. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { startLocalStack } from '../../../testbed/aws-emulator.ts';
import { startScene, type Scene } from '../link/scene.ts';
import { testCalls } from './calls.ts';
import { testEvidence } from './evidence.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ startAws: startLocalStack });
  await scene.tenant('payments');
});
afterAll(() => scene.stop());

describe('executions of a linked machine', () => testEvidence(() => scene));
describe('an execution of a machine whose Task', () => testCalls(() => scene));
