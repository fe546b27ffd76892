/** `definitionGrowth: Hold`: if only the definition has changed, additional needs wait until the link is edited. */
import { beforeEach, expect, test } from '@jest/globals';
import type { CrossAccountLinkStatus } from '../../../../src/api/generated.ts';
import { growthWaitsForEdit } from '../../../../src/controllers/state/definition-growth.ts';
import type { LinkMemory } from '../../../../src/controllers/state/link-memory.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { narrow } from '../../../expectations.ts';
import { machine } from '../../access/fixtures.ts';
import { observedMachine } from '../../observed/fixtures.ts';
import { CALLS, EXEC, SENDING, TestCluster } from '../test-cluster.ts';

let the: TestCluster;
let object: LinkObject;

beforeEach(async () => {
  the = new TestCluster();
  the.holdGrowth();
  object = the.add('a');
  await readMachine();
});

/** Has the state machine read, at the revision `r-now`. */
async function readMachine(): Promise<void> {
  const { text } = machine('checkout');
  the.source.machines.set(
    text,
    observedMachine(SENDING, { arn: text, executionRoleArn: EXEC.text, revisionId: 'r-now' }),
  );
  await the.parts.machines.read(the.source, text, CALLS, 0);
}

/** Whether growth waits for a link of generation 1.
 *  @param status of the link; its observed generation is 1 where it says none */
function waits(
  status: Partial<CrossAccountLinkStatus>,
  memory: Partial<Pick<LinkMemory, 'definitionInOrder' | 'editedSince'>> = {},
): boolean {
  const known = the.parts.machines.known(machine('checkout').text);
  narrow(known?.kind === 'found', known);
  const seen = { ...object, status: { observedGeneration: 1, ...status } };
  const remembered = { ...the.parts.memories.peek(object.link.uid), ...memory };
  return growthWaitsForEdit(the.resolved(seen), remembered, known.view);
}

const CURRENT = { stateMachineRevisionID: 'r-now' };
const OTHER = { stateMachineRevisionID: 'r-before' };

test.each([
  ['the definition is the one that it was in order with', {}, { definitionInOrder: SENDING }, false],
  ['the definition is another than it was in order with', {}, { definitionInOrder: '{}' }, true],
  ['what this process saw goes before the revision on record', OTHER, { definitionInOrder: SENDING }, false],
  ['the revision on record is the present one, after a restart', CURRENT, {}, false],
  ['the revision on record is another one, after a restart', OTHER, {}, true],
  ['no revision is on record: it was never in order', {}, {}, false],
  ['its spec was edited since', OTHER, { definitionInOrder: '{}', editedSince: true }, false],
  ['its spec was not looked at yet', { ...OTHER, observedGeneration: 0 }, { definitionInOrder: '{}' }, false],
] as const)('where %s', (_, status, memory, expected) => {
  expect(waits(status, memory)).toBe(expected);
});

test('where the account lets the definition grow, nothing waits', async () => {
  the = new TestCluster();
  object = the.add('a');
  await readMachine();
  expect(waits(OTHER, { definitionInOrder: '{}' })).toBe(false);
});
