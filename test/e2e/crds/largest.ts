/** Lists of a link that are as large as the CRD's rules let them be, or larger. */
import type { JsonObject } from '../../../src/base/json.ts';

/** What the rules count for each text beside its length. */
const PER_TEXT = 16;
const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:';
/** Three bytes each. */
const [EURO, NAME] = ['\u20ac', '\u540d'];

/** Resource hints that count as 65,536 bytes, or `more`. */
export function hints(more = 0): readonly JsonObject[] {
  const task = 'Send';
  const count = 32;
  const bytes = 65_536 + more - task.length - PER_TEXT - count * (PER_TEXT + 2);
  return [{ task, arns: texts(count, bytes, `${QUEUE}${EURO}`) }];
}

/** Statements that count as 32,768 characters, or `more`. */
export function statements(more = 0): readonly JsonObject[] {
  const [action, operator, key, value] = ['sqs:SendMessage', 'StringEquals', 'aws:PrincipalTag/a', EURO];
  const others = [action, operator, key, value].join('').length + 4 * PER_TEXT;
  const count = 16;
  const resources = texts(count, 32_768 + more - others - count * PER_TEXT, QUEUE);
  return [{ actions: [action], resources, conditions: { [operator]: { [key]: [value] } } }];
}

/** Names of Tasks that take 65,536 bytes, or `more`. */
export function tasks(more = 0): readonly string[] {
  const names = Array.from({ length: 280 }, (_, at) => `${at}`.padStart(3, '0') + NAME.repeat(77));
  return [...names, 'x'.repeat(16 + more)];
}

/** Different texts that begin with `head` and have so many characters together. */
function texts(count: number, characters: number, head: string): readonly string[] {
  const each = Math.floor(characters / count);
  const lengths = Array.from({ length: count }, (_, at) =>
    at === 0 ? characters - each * (count - 1) : each,
  );
  return lengths.map((length, at) => `${head}${at}-`.padEnd(length, 'x'));
}
