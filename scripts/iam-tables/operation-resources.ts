/**
 * Which parameter of an SDK operation names which part of which ARN: the member names of the service model are compared with the
 * ARN formats of the authorization data. This is a heuristic over names: what it cannot decide is left open, and exceptions are
 * in src/asl/integrations/.
 */
import {
  aboutOf,
  COUNTED,
  endsInNameAndId,
  isNameOfAnother,
  isNameOfPart,
  matchesFor,
  nounsOf,
  plain,
  SAID_LONGER,
  stem,
  WHOLE,
} from './parameter-match.ts';
import type { Match, ResourceType } from './parameter-match.ts';
import type { InputText, OperationModel } from './service-models.ts';

/** What fills a part of an ARN: parameters (a call gives one or another of them), or nothing that a call gives. */
export interface PartSource {
  readonly paths: readonly string[];
  /** Those of `paths` that take only whole ARNs. */
  readonly arnsOnly: readonly string[];
  /** Those of `paths` that take a number. */
  readonly numbers: readonly string[];
  /** An identifier that AWS makes during the call, one that stands for all of its kind, or one that the call may leave out. */
  readonly isMade: boolean;
}

/** For each type, the sources of its parts, in their order in the ARN. */
export function partSources(types: readonly ResourceType[], operation: OperationModel): PartSource[][] {
  const drafts = types.map((type) => draftParts(type, operation, types.length === 1));
  const isOnlyType = types.length === 1 && drafts[0]?.length === 1;
  const best = new Map<string, number>();
  for (const draft of drafts) {
    for (const { text, score } of draft.at(-1)?.matches ?? []) {
      best.set(text.path, Math.max(score, best.get(text.path) ?? 0));
    }
  }
  // A parameter that clearly names a thing of one type does not name one of another.
  const isRival = ({ text, score }: Match): boolean => score + 9 < (best.get(text.path) ?? 0);
  return drafts.map((parts) =>
    parts.map(({ matches, isMade }, at) => {
      const kept = at === parts.length - 1 ? matches.filter((match) => !isRival(match)) : matches;
      return {
        paths: kept.map(({ text }) => text.path),
        numbers: kept.filter(({ text }) => text.isNumber).map(({ text }) => text.path),
        arnsOnly: kept.filter(({ text }) => takesArnsOnly(text, isOnlyType)).map(({ text }) => text.path),
        isMade:
          (isMade || kept.some(({ score }) => score === SAID_LONGER)) &&
          kept.every(({ text }) => !text.required),
      };
    }),
  );
}

interface DraftPart {
  readonly matches: readonly Match[];
  readonly isMade: boolean;
}

function draftParts(type: ResourceType, operation: OperationModel, isOnlyType: boolean): DraftPart[] {
  const parts = [...type.resource.matchAll(/\{([^}]+)\}/g)];
  const names = parts.map(([, part = '']) => part);
  const taken = new Set<string>();
  const found = parts.map((match, at) => {
    const [, part = ''] = match;
    const last = at === parts.length - 1;
    // If what follows is only the version of a thing, the part before it names the thing.
    const leads = !last && parts.slice(at + 1).every(([, next = '']) => COUNTED.test(next));
    const isThing = last || leads;
    const nouns = nounsOf(part, type.resource.slice(0, match.index), isThing ? type : undefined);
    const free = matchesFor(part, nouns, operation, isThing)
      .filter(({ text }) => !taken.has(text.path) && !isNameOfPart(text, part, names))
      .filter(({ text }) => !leads || !takesArnsOnly(text, false));
    for (const { text } of free) taken.add(text.path);
    return free;
  });
  if (isOnlyType && parts.length === 1 && found[0]?.length === 0)
    found[0] = onlyIdentifier(parts[0]?.[1] ?? '', operation);
  const nouns = nounsOf(parts.at(-1)?.[1] ?? '', type.resource, type);
  giveToLast(found, nouns);
  if (endsInNameAndId(type.resource)) {
    const own = matchesFor(parts.at(-2)?.[1] ?? '', nouns, operation, true);
    giveToName(
      found,
      own.filter(({ text }) => !taken.has(text.path)),
    );
  }
  const named = found.at(-1) ?? [];
  const isMade =
    named.length > 0 ? mayBeMade(nouns, named, operation) : makes(nouns, operation) || isListing(operation);
  return found.map((matches) => ({ matches, isMade }));
}

/** The whole ARN of a thing contains its last part as well as its first. */
function giveToLast(found: Match[][], nouns: readonly string[]): void {
  const isWhole = ({ text }: Match): boolean => takesArnsOnly(text, false) && nouns.includes(stem(text.name));
  if (found.length < 2 || (found.at(-1) ?? []).length > 0) return;
  const whole = found.flatMap((matches) => matches.filter(isWhole));
  for (const [at, matches] of found.entries()) found[at] = matches.filter((match) => !isWhole(match));
  found[found.length - 1] = whole;
}

/** A name is not an identifier: it fills the part before the identifier.
 *  @param own what may be the thing's own name */
function giveToName(found: Match[][], own: readonly Match[]): void {
  const [before = [], last = []] = found.slice(-2);
  if (before.length > 0) return;
  found[found.length - 2] = (last.length > 0 ? last : own).filter(isName);
  found[found.length - 1] = last.filter((match) => !isName(match));
}

function isName({ text }: Match): boolean {
  return /names?$/i.test(text.name) && !takesArnsOnly(text, false);
}

/** For these services, the only name or ID belongs to something else, which the ARN's resource only contains. */
const ABOUT_PARTS = new Set(['athena', 'cloudwatchlogs', 'codebuild', 'devopsguru', 'neptunedata']);

/** The only `Name` or `Id` that the operation always takes, if there is only one thing to which it can belong. */
function onlyIdentifier(part: string, operation: OperationModel): Match[] {
  const identifiers = operation.inputs.filter(
    ({ name, depth, isEnum, isNumber, path }) =>
      depth === 0 && !isEnum && !isNumber && !/[[\]]/.test(path) && /^(?:name|id|identifier)$/i.test(name),
  );
  const [only] = identifiers;
  const isIt = only?.required === true && identifiers.length === 1 && !isNameOfAnother(only, part, operation);
  if (ABOUT_PARTS.has(operation.service)) return [];
  return isIt ? [{ text: only, score: 60 }] : [];
}

/** @param isOnlyType whether a `ResourceId` can belong to only one thing */
function takesArnsOnly({ name }: InputText, isOnlyType: boolean): boolean {
  const word = plain(name);
  if (/arns?(?:list)?$/.test(word)) return !/(?:idor|nameor)arns?$/.test(word);
  return WHOLE.test(word) && !isOnlyType;
}

/** These make whatever they do not name. */
const CREATES =
  /^(?:allocate|batchCreate|clone|copy|create|export|import|launch|purchase|register|request|restore|run)(?=[A-Z])/;
/** These make something, and act on something else. */
const MAKES =
  /^(?:add|authorize|begin|build|deploy|duplicate|execute|initiate|invoke|issue|open|promote|propose|publish|put|query|schedule|send|start|submit|subscribe|test|upload)(?=[A-Z])/;

/** These make an association, and nothing of what they join. */
const ASSOCIATES = /^associate(?=[A-Z])/;
/** What is restored, started or tested exists before. */
const IN_PLACE = new Set([
  'directoryservice:restoreFromSnapshot',
  'lightsail:startInstance',
  'lightsail:startRelationalDatabase',
  'lightsail:testAlarm',
]);

function makes(nouns: readonly string[], { service, api, outputs }: OperationModel): boolean {
  if (IN_PLACE.has(`${service}:${api}`)) return false;
  if (ASSOCIATES.test(api)) return nouns.some((noun) => noun.endsWith('association'));
  if (CREATES.test(api)) return true;
  if (!MAKES.test(api)) return false;
  const made = [aboutOf(api), ...[...outputs].map(stem)];
  return nouns.some((noun) => made.some((word) => word.endsWith(noun)));
}

/** The call may leave the name out: AWS makes it, or all things of the kind are meant. */
function mayBeMade(nouns: readonly string[], named: readonly Match[], operation: OperationModel): boolean {
  const isAbout = nouns.some((noun) => aboutOf(operation.api) === noun);
  const isInner = named.every(({ text }) => text.depth > 0);
  if (CREATES.test(operation.api)) return isAbout || isInner;
  return isListing(operation) || (MAKES.test(operation.api) && isAbout);
}

/** It names none, so it concerns all of them. */
function isListing({ api }: OperationModel): boolean {
  return /^(?:list|search|describe|batchDescribe|query)/.test(api);
}
