/** The first thing to do about a condition: what fits its very message, and else what fits its reason. */
import { SPECIAL_CASES } from './advice-cases.ts';
import { REASONS, WAIT, type Reason } from './reasons.ts';

export interface Advice {
  /** What the reason means in general; left out where the message is of a kind that this would not fit. */
  readonly meaning?: string;
  readonly remedy: string;
}

/** What to do about a condition with this reason and message; undefined for a reason that is not known here. */
export function adviceFor(reason: string, message: string): Advice | undefined {
  if (!isReason(reason)) return undefined;
  const special = SPECIAL_CASES[reason]?.find(({ when }) => when.test(message));
  const remedy = special?.remedy ?? remedyIn(reason, message);
  return remedy === undefined ? REASONS[reason] : { remedy };
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}

/** A refusal of AWS as the operator tells it: `GetRole on arn:…: AccessDenied (…); compare the operator's role with …`. */
const FAILED_CALL = /(?:^|[ (])[A-Z]\w+ on [^ ]+: /;

/** A refusal of AWS ends with what to do, behind the last semicolon. */
function remedyIn(reason: Reason, message: string): string | undefined {
  if (!FAILED_CALL.test(message)) return undefined;
  const text = message.replace(/\.$/, '');
  // A policy that IAM refuses for good stays refused, however often it is tried.
  if (HAPPENS_BY_ITSELF.some((ending) => text.endsWith(`; ${ending}`)))
    return reason === 'PolicyRefused' ? undefined : WAIT;
  const advice = TWO_SENTENCES.find((ending) => text.endsWith(`; ${ending}`)) ?? lastPart(text);
  if (advice === undefined || ASKS_FOR_NOTHING.has(advice)) return undefined;
  return `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
}

function lastPart(text: string): string | undefined {
  const at = text.lastIndexOf('; ');
  return at === -1 ? undefined : text.slice(at + 2);
}

/** Endings that tell what the operator does by itself; test/pure/api/advice.test.ts holds them to what it writes. */
const HAPPENS_BY_ITSELF: readonly string[] = [
  'the new leader goes on',
  "the account's calls are slowed down and tried again",
  'the session is renewed',
  'tried again',
  'it is read again',
  'it is read again and planned again',
];
const ASKS_FOR_NOTHING: ReadonlySet<string> = new Set([
  'there is no such object',
  'AWS does not take this request',
]);
/** Advice with a semicolon of its own. */
const TWO_SENTENCES: readonly string[] = ["set this machine's clock; AWS's time is used until then"];
