/** The operator's death at its writes, each right before and right after it took effect. */
import { describe, expect, it } from '@jest/globals';
import { readConfigureGlobal } from 'fast-check';
import { crashFailures, crashPointsOf } from '../../../testbed/simulation/crash-points.ts';
import { CRASH_SCENES } from '../../../testbed/simulation/crash-scenes.ts';
import { remark } from '../../expectations.ts';

/** One point out of this many, others with another PROPERTY_SEED. `make simulate ARGS=--crashes` takes all of them. */
const SPREAD = 12;
const FIRST = (readConfigureGlobal().seed ?? 0) % SPREAD;

describe('killed at any write, the operator comes to the same end:', () => {
  it.each([...CRASH_SCENES])('%s', async (_name, history) => {
    const points = await crashPointsOf(history);
    const chosen = points.filter((_, at) => at % SPREAD === FIRST);
    remark(`${chosen.length} of ${points.length} crash points`);
    expect(chosen.length).toBeGreaterThan(0);
    const failures = await crashFailures(history, chosen);
    expect(failures).toStrictEqual([]);
  });
});
