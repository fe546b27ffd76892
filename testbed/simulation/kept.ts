/** Histories that once broke a law, kept as files. */
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import type { History, Step } from './history.ts';

export interface KeptHistory {
  /** What went wrong, for people. */
  readonly about: string;
  readonly history: History;
}

/** Reads `{"about": …, "history": …}`, or a bare history.
 *  @throws Error if the text is neither */
export function parseHistory(text: string): KeptHistory {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('not a history: no object');
  const { about = '', history = value } = value;
  if (!isJsonObject(history) || typeof about !== 'string') throw new Error('not a history');
  const { seed, replicas, steps } = history;
  if (typeof seed !== 'number' || typeof replicas !== 'number' || !Array.isArray(steps))
    throw new Error('not a history: seed, replicas and steps are wanted');
  return { about, history: { seed, replicas, steps: steps.filter(isStep) } };
}

/** Only the outer form of a step is checked: a simulation has printed it. */
function isStep(value: unknown): value is Step & JsonObject {
  if (isJsonObject(value) && typeof value['do'] === 'string' && typeof value['afterMs'] === 'number')
    return true;
  throw new Error(`not a step: ${JSON.stringify(value)}`);
}
