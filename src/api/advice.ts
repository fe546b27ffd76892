/** The first thing to do about a condition: by its message if there is a special case, otherwise by its reason. */
import { SPECIAL_CASES } from './advice-cases.ts';
import { findCondition } from './conditions.ts';
import type { CrossAccountLink } from './crossaccountlink.ts';
import { REASONS, WAIT, type Reason } from './reasons.ts';

export interface Advice {
  /** The general meaning of the reason; left out for messages to which it does not apply. */
  readonly meaning?: string;
  readonly remedy: string;
}

/** What to do about a link that is not Ready, or is suspended; undefined if its Ready gives no reason that is ours. */
export function adviceForLink(link: CrossAccountLink): Advice | undefined {
  // Its Ready is from before, and whatever a person does about that changes nothing until the link is resumed.
  if (isPaused(link)) return REASONS.Suspended;
  const ready = findCondition(link.status.conditions, 'Ready');
  return ready && adviceFor(ready.reason, ready.message);
}

/** Whether it is suspended. If it is being deleted, too, its status speaks of the deletion. */
export function isPaused({ metadata, spec }: Pick<CrossAccountLink, 'metadata' | 'spec'>): boolean {
  return spec.suspend === true && metadata.deletionTimestamp === undefined;
}

/** What to do about a condition with this reason and message; undefined for an unknown reason. */
export function adviceFor(reason: string, message: string): Advice | undefined {
  if (!isReason(reason)) return undefined;
  const special = SPECIAL_CASES[reason]?.find(({ when }) => when.test(message));
  const remedy = special?.remedy ?? remedyIn(reason, message);
  return remedy === undefined ? REASONS[reason] : { remedy };
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}

/** A refusal of AWS in the operator's words: `GetRole on arn:…: AccessDenied (…); compare the operator's role with …`. */
const FAILED_CALL = /(?:^|[ (])[A-Z]\w+ on [^ ]+: /;

/** The end of a refusal of AWS, after the last semicolon, says what to do. */
function remedyIn(reason: Reason, message: string): string | undefined {
  if (!FAILED_CALL.test(message)) return undefined;
  const text = message.replace(/\.$/, '');
  // A policy that IAM refuses stays refused, however often it is tried.
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

/** Endings that say what the operator does by itself; test/pure/api/advice.test.ts compares them with what it writes. */
const HAPPENS_BY_ITSELF: readonly string[] = [
  'the new leader continues',
  "the account's calls are slowed down and tried again",
  'the session is renewed',
  'tried again',
  'it is read again',
  'it is read again and planned again',
];
const ASKS_FOR_NOTHING: ReadonlySet<string> = new Set([
  'there is no such object',
  'AWS does not accept this request',
]);
/** Advice that itself contains a semicolon. */
const TWO_SENTENCES: readonly string[] = ["set this machine's clock; AWS's time is used until then"];
