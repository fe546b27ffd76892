/**
 * Which parameter of an SDK operation names which part of which ARN: the service model's member names held against the ARN
 * formats of the authorization data. A heuristic over names; what it cannot tell stays untold, and exceptions stand in
 * src/asl/integrations/.
 */
import type { InputText, OperationModel } from './service-models.ts';

export interface ResourceType {
  /** Its name in the Service Authorization Reference: `hostedzone`. */
  readonly name: string;
  /** Resource part of its ARN: `hostedzone/{Id}`. */
  readonly resource: string;
}

/** What fills a part of an ARN: parameters of which a call gives one or another, or nothing that a call gives. */
export interface PartSource {
  readonly paths: readonly string[];
  /** Of `paths`, those that take whole ARNs alone. */
  readonly arnsOnly: readonly string[];
  /** An identifier that AWS makes during the call, or one that stands for all of its kind. */
  readonly isMade: boolean;
}

/** For each type the sources of its parts, in their order in the ARN. */
export function partSources(types: readonly ResourceType[], operation: OperationModel): PartSource[][] {
  const drafts = types.map((type) => draftParts(type, operation));
  const isOnlyType = types.length === 1 && drafts[0]?.length === 1 && !isAboutAnyService(operation);
  const best = new Map<string, number>();
  for (const draft of drafts) {
    for (const { text, score } of draft.at(-1)?.matches ?? []) {
      best.set(text.path, Math.max(score, best.get(text.path) ?? 0));
    }
  }
  // A parameter that plainly names a thing of one type names none of another.
  const isRival = ({ text, score }: Match): boolean => score + 9 < (best.get(text.path) ?? 0);
  return drafts.map((parts) =>
    parts.map(({ matches, isMade }, at) => {
      const kept = at === parts.length - 1 ? matches.filter((match) => !isRival(match)) : matches;
      return {
        paths: kept.map(({ text }) => text.path),
        arnsOnly: kept.filter(({ text }) => takesArnsOnly(text, isOnlyType)).map(({ text }) => text.path),
        isMade: isMade && kept.every(({ text }) => !text.required),
      };
    }),
  );
}

interface DraftPart {
  readonly matches: readonly Match[];
  readonly isMade: boolean;
}

interface Match {
  readonly text: InputText;
  readonly score: number;
}

function draftParts(type: ResourceType, operation: OperationModel): DraftPart[] {
  const parts = [...type.resource.matchAll(/\{([^}]+)\}/g)];
  const taken = new Set<string>();
  const found = parts.map((match, at) => {
    const last = at === parts.length - 1;
    const [, part = ''] = match;
    const nouns = nounsOf(part, type.resource.slice(0, match.index), last ? type : undefined);
    const free = matchesFor(part, nouns, operation, last).filter(({ text }) => !taken.has(text.path));
    for (const { text } of free) taken.add(text.path);
    return free;
  });
  const nouns = nounsOf(parts.at(-1)?.[1] ?? '', type.resource, type);
  const named = found.at(-1) ?? [];
  const isMade =
    named.length > 0 ? mayBeMade(nouns, named, operation) : makes(nouns, operation) || isListing(operation);
  return found.map((matches) => ({ matches, isMade }));
}

/** What the part may be called: by its own name first, by the word before it in the ARN, by its type's name. */
function nounsOf(part: string, before: string, type?: ResourceType): string[] {
  const own = stem(part);
  const [, segment = ''] = /([A-Za-z-]+)[:/]$/.exec(before) ?? [];
  const words = [own];
  if (type !== undefined || GENERIC.has(own)) words.push(singular(plain(segment)));
  if (type !== undefined) words.push(stem(type.name));
  return [...new Set(words)].filter((word) => word.length > 1 && !GENERIC.has(word));
}

/** Names that say nothing of what they name. */
const GENERIC = new Set([
  'name',
  'id',
  'identifier',
  'arn',
  'resource',
  'resourcename',
  'resourceid',
  'type',
  'relative',
]);
const BARE = new Set([
  'name',
  'id',
  'identifier',
  'arn',
  'resourcearn',
  'resource',
  'resourceid',
  'resourceidentifier',
]);
/** These hold the ARN of whatever kind of thing the operation takes. */
const WHOLE = /^(?:resource|resourcename|resourceidentifier|resourceid|entity)s?(?:list)?$/;
const NO_NAMES = /token|description|comment|message|reason|prompt|content|body|marker|locale|version$/i;

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return word.replace(/ies$/, 'y');
  return word.replace(/(?:(?<=x|ch|sh|ss)es|s)$/, '');
}

/** `DBInstanceIdentifiers` → `dbinstance` */
function stem(name: string): string {
  const word = singular(plain(name).replace(/list$/, ''));
  const noun = singular(
    word.replace(/(?:nameorarn|arnorname|arnorid|idorarn|name|identifier|id|arn|uuid)$/, '') || word,
  );
  return SYNONYMS.get(noun) ?? noun;
}

/** Words of the models and of the ARNs that mean one thing. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['application', 'app'],
  ['jobflow', 'cluster'],
  ['nsdinfo', 'networkpackage'],
  ['nsinstance', 'networkinstance'],
  ['nslcmopocc', 'networkoperation'],
  ['vnfpkg', 'functionpackage'],
  ['vnfinstance', 'networkfunctioninstance'],
]);

/** The best matches, all of one kind. */
function matchesFor(
  part: string,
  nouns: readonly string[],
  operation: OperationModel,
  last: boolean,
): Match[] {
  const matches = operation.inputs
    .filter((text) => !text.isEnum && !NO_NAMES.test(text.name) && !text.path.endsWith('[keys]'))
    .filter((text) => !isNameOfAnother(text, part, operation))
    .map((text) => ({ text, score: scoreOf(text, part, nouns, operation, last) - text.depth * 12 }))
    .filter(({ score }) => score >= 50)
    .sort((a, b) => b.score - a.score);
  const best = matches[0]?.score ?? 0;
  return matches.filter(({ score }) => score >= best - 10);
}

/** An ID that AWS makes, beside the name that the call gives: the ARN has the ID. */
function isNameOfAnother({ name }: InputText, part: string, { outputs }: OperationModel): boolean {
  if (!part.endsWith('Id') || !/name$/i.test(name)) return false;
  return plain(name) === 'name' || [...outputs].some((output) => plain(output) === plain(part));
}

const PREFIXES = /^(?:source|target|destination|new|old|original|existing)/;

function scoreOf(
  { name, shape, depth }: InputText,
  part: string,
  nouns: readonly string[],
  operation: OperationModel,
  last: boolean,
): number {
  const word = plain(name);
  if (word === plain(part) && !GENERIC.has(word)) return 100;
  const noun = stem(name);
  const [own] = nouns;
  if (noun === own) return 97;
  if (nouns.includes(noun)) return 79;
  if (noun.replace(PREFIXES, '') === own) return 90;
  if (nouns.includes(noun.replace(PREFIXES, ''))) return 77;
  if (depth === 0 && IDENTIFIER.test(name) && nouns.some((one) => one.length > 2 && one === stem(shape))) {
    return 82;
  }
  if (last && depth === 1 && word === 'resourcearn') return 78;
  if (!last && depth === 0 && word === plain(part) && BARE_PARTS.has(word)) return 81;
  if (!last || depth > 0) return 0;
  return looseScore(word, noun, part, nouns, aboutOf(operation.api));
}

function looseScore(
  word: string,
  noun: string,
  part: string,
  nouns: readonly string[],
  about: string,
): number {
  if (word === plain(part) && BARE_PARTS.has(word)) return 81;
  if (WHOLE.test(word) || /^(?:resource|entity)?arns?(?:list)?$/.test(word)) return 78;
  const isAbout = nouns.some((one) => about.endsWith(one) || about.startsWith(one) || one.endsWith(about));
  if (BARE.has(singular(word)) && isAbout) return 80;
  const extended = nouns.some(
    (one) =>
      one.length > 3 &&
      (noun.endsWith(one) ||
        (one.endsWith(noun) && (noun.length > 3 || (noun.length === 3 && about.endsWith(one))))),
  );
  return extended ? 70 : 0;
}

/** Names of members that name something. */
const IDENTIFIER = /(?:name|id|identifier|arn)s?$|list$/i;
/** A part that has no better name than these is filled by a member of the same. */
const BARE_PARTS = new Set(['name', 'id', 'identifier']);

/** @param isOnlyType whether there is but one thing that a `ResourceId` can be */
function takesArnsOnly({ name }: InputText, isOnlyType: boolean): boolean {
  const word = plain(name);
  if (/arns?(?:list)?$/.test(word)) return !/(?:idor|nameor)arns?$/.test(word);
  return WHOLE.test(word) && !isOnlyType;
}

/** Its `ResourceId` is one of whatever service the call names. */
function isAboutAnyService({ inputs }: OperationModel): boolean {
  return inputs.some(({ name }) => name === 'ServiceNamespace');
}

/** What the operation is about: `createHostedZone` → `hostedzone`. */
function aboutOf(api: string): string {
  return singular(plain(api.replace(/^[a-z]+/, '')));
}

/** These make whatever they do not name. */
const CREATES =
  /^(?:allocate|batchCreate|clone|copy|create|export|generate|import|launch|provision|purchase|register|request|restore|run)(?=[A-Z])/;
/** These make something, and act on something else. */
const MAKES =
  /^(?:add|associate|authorize|begin|build|deploy|duplicate|execute|initiate|invoke|issue|open|promote|propose|publish|put|query|schedule|send|start|submit|subscribe|test|upload)(?=[A-Z])/;

function makes(nouns: readonly string[], { api, outputs }: OperationModel): boolean {
  if (CREATES.test(api)) return true;
  if (!MAKES.test(api)) return false;
  const made = [aboutOf(api), ...[...outputs].map(stem)];
  return nouns.some((noun) => made.some((word) => word.endsWith(noun)));
}

/** The call may leave the name out: AWS makes it, or all of the kind are meant. */
function mayBeMade(nouns: readonly string[], named: readonly Match[], operation: OperationModel): boolean {
  const isAbout = nouns.some((noun) => aboutOf(operation.api) === noun);
  const isInner = named.every(({ text }) => text.depth > 0);
  if (CREATES.test(operation.api)) return isAbout || isInner;
  return isListing(operation) || (MAKES.test(operation.api) && isAbout);
}

/** It names none, so it concerns all. */
function isListing({ api }: OperationModel): boolean {
  return /^(?:list|search|describe|batchDescribe|query)/.test(api);
}
