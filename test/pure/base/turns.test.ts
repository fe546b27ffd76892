/** Long work lets others in, counted in parts. */
import { describe, expect, it } from '@jest/globals';
import { finish, type Parts } from '../../../src/base/parts.ts';
import { inTurns, PARTS_A_TURN } from '../../../src/base/turns.ts';
import { definitionInParts, parseDefinition } from '../../../src/asl/definition/definition.ts';
import { derivationInParts, derivePermissions } from '../../../src/asl/derive/derive.ts';
import { selectionInParts, selectTasks } from '../../../src/asl/derive/select.ts';

const TARGET = '222222222222';
const PLACE = { partition: 'aws', region: 'us-east-1', accountId: TARGET };

function* counting(parts: number): Parts<string> {
  for (let part = 0; part < parts; part += 1) yield;
  return 'done';
}

async function turnsOf(parts: Parts<unknown>): Promise<number> {
  let turns = 0;
  await inTurns(parts, () => {
    turns += 1;
    return Promise.resolve();
  });
  return turns;
}

/** A definition of nearly a megabyte. */
function largest(count = 5_000): string {
  const names = Array.from({ length: count }, (_, index) => `T${index}`);
  const states = names.map((name, index) => [
    name,
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: {
        QueueUrl: `https://sqs.us-east-1.amazonaws.com/${TARGET}/q${index % 50}`,
        MessageBody: 'x',
      },
      ...(index + 1 < count ? { Next: names[index + 1] } : { End: true }),
    },
  ]);
  return JSON.stringify({ StartAt: 'T0', States: Object.fromEntries(states) });
}

describe('work in turns', () => {
  it.each([
    [0, 0],
    [PARTS_A_TURN - 1, 0],
    [PARTS_A_TURN, 1],
    [10 * PARTS_A_TURN + 1, 10],
  ])('of %d parts lets others in %d times', async (parts, turns) => {
    expect(await turnsOf(counting(parts))).toBe(turns);
  });

  it('comes to the same as at once', async () => {
    expect(await inTurns(counting(3 * PARTS_A_TURN))).toBe(finish(counting(3)));
  });

  it('fails as it would at once', async () => {
    await expect(inTurns(definitionInParts('{'))).rejects.toThrow('is not JSON');
  });
});

describe('the largest definition', () => {
  const definition = parseDefinition(largest());
  const { tasks } = definition;

  it('is read, selected from and derived from in turns, a part at least for each look at a state', async () => {
    const looks = 5_000 / PARTS_A_TURN;
    expect(await turnsOf(definitionInParts(largest()))).toBeGreaterThanOrEqual(3 * looks);
    expect(await turnsOf(selectionInParts(definition, TARGET))).toBeGreaterThanOrEqual(looks);
    expect(await turnsOf(derivationInParts(tasks, PLACE))).toBeGreaterThanOrEqual(looks);
  });

  it('comes to the same in turns', async () => {
    expect(await inTurns(selectionInParts(definition, TARGET))).toStrictEqual(
      selectTasks(definition, TARGET),
    );
    expect(await inTurns(derivationInParts(tasks, PLACE))).toStrictEqual(derivePermissions(tasks, PLACE));
  });
});
