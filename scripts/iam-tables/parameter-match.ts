/** How well a member of an operation's input fits a part of an ARN: by the words of their names. */
import type { InputText, OperationModel } from './service-models.ts';

export interface ResourceType {
  /** Its name in the Service Authorization Reference: `hostedzone`. */
  readonly name: string;
  /** Resource part of its ARN: `hostedzone/{Id}`. */
  readonly resource: string;
}

export interface Match {
  readonly text: InputText;
  readonly score: number;
}

/** Possible names of the part: first its own name, then the word before it in the ARN, then its type's name. */
export function nounsOf(part: string, before: string, type?: ResourceType): string[] {
  const own = stem(part);
  const [, segment = ''] = /([A-Za-z-]+)[:/]$/.exec(before) ?? [];
  const words = [own];
  if (type !== undefined || GENERIC.has(own)) words.push(singular(plain(segment)));
  if (type !== undefined) words.push(stem(type.name));
  return [...new Set(words)].filter((word) => word.length > 1 && !GENERIC.has(word));
}

/** Names that say nothing about what they name. */
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
export const WHOLE = /^(?:resource|resourcename|resourceidentifier|resourceid|entity)s?(?:list)?$/;
const NO_NAMES =
  /token|description|comment|message|reason|prompt|content|body|marker|locale|displayName$|^filterByName$|^secretTo|^policy(?:document)?$/i;
/** Parts that hold an identifier made by AWS, and not a name. */
const IDENTIFIER_PART = /(?:Id|ID|Identifier|Uuid|UUID)$/;

export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

export function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return word.replace(/ies$/, 'y');
  return word.replace(/(?:(?<=x|ch|sh|ss)es|s)$/, '');
}

/** `DBInstanceIdentifiers` → `dbinstance` */
export function stem(name: string): string {
  const word = singular(plain(name).replace(/list$/, ''));
  const noun = singular(
    word.replace(/(?:nameorarn|arnorname|arnorid|idorarn|name|identifier|id|arn|uuid)$/, '') || word,
  );
  return SYNONYMS.get(noun) ?? noun;
}

/** Words of the models and of the ARNs that mean the same. */
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
export function matchesFor(
  part: string,
  nouns: readonly string[],
  operation: OperationModel,
  last: boolean,
): Match[] {
  const matches = operation.inputs
    .filter((text) => !text.isEnum || (!last && isKind(text, part, operation)))
    .filter((text) => !NO_NAMES.test(text.name) && !text.path.endsWith('[keys]'))
    .filter((text) => !isNameOfAnother(text, part, operation))
    .filter((text) => !isNewName(text, part, { nouns, operation }) && !isIdOfNamed(text, part, operation))
    .map((text) => ({
      text,
      score: scoreOf(text, { part, nouns, last, about: aboutOf(operation.api) }) - text.depth * 12,
    }))
    .filter(({ score }) => score >= 50)
    .sort((a, b) => b.score - a.score);
  const best = matches[0]?.score ?? 0;
  return matches.filter(({ score }) => score >= best - 10);
}

/** Services whose ARNs spell the kind of a thing as the call does, apart from what the product says about them. */
const KINDS = new Set(['codepipeline', 'groundstation', 'sagemaker', 'wafv2']);

/** A parameter with one of a few values is the kind of the thing, if it has exactly the part's name. */
function isKind({ name, depth }: InputText, part: string, { service }: OperationModel): boolean {
  return KINDS.has(service) && depth === 0 && name === part;
}

/** Their ARNs contain the name, although they call it an ID. */
const NAMES_ARE_IDS = new Set(['databrew', 'personalize', 'rekognition']);
/** An ID that AWS makes, beside the name that the call gives: the ARN contains the ID. The name of what a link points to does not
 *  count either. */
export function isNameOfAnother({ name, path }: InputText, part: string, operation: OperationModel): boolean {
  const { api, outputs } = operation;
  if (name === 'ResourceId' && isAboutAnyService(operation)) return true;
  // An app in Amazon Q Apps, beside the application that contains it.
  if (name === 'AppId' && operation.service === 'qapps' && part === 'ApplicationId') return true;
  if (/(?:^|\.)(?:Target(?:Database|Table)|NdiSourceSettings)\./.test(path)) return true;
  // An account, unless a catalog itself is meant.
  if (/CatalogId$/i.test(path) && !api.endsWith('Catalog')) return true;
  const isIdentifier = IDENTIFIER_PART.test(part) && !NAMES_ARE_IDS.has(operation.service);
  if (!isIdentifier || !/name$/i.test(name)) return false;
  if (
    plain(name).replace(PREFIXES, '') === 'name' ||
    [...outputs].some((output) => plain(output) === plain(part))
  )
    return true;
  return PUTS.test(api) && [...outputs].some((output) => isIdentifierOf(output, name));
}

/** These make what they name, or its replacement. */
const PUTS = /^(?:create|put|start)(?=[A-Z])/;

function isIdentifierOf(member: string, name: string): boolean {
  return /(?:id|identifier)$/i.test(member) && stem(member) === stem(name);
}

/**
 * If a thing is known by an ID or an ARN that the call always takes, another name in the call is a new one: `UpdateWorkload` of a
 * `WorkloadId` with another `WorkloadName`.
 */
function isNewName(
  { name }: InputText,
  part: string,
  { nouns, operation }: { readonly nouns: readonly string[]; readonly operation: OperationModel },
): boolean {
  if (!/names?$/i.test(name) || /name/i.test(part)) return false;
  return operation.inputs.some(
    ({ name: other, required, depth }) =>
      required &&
      depth === 0 &&
      /(?:id|identifier|arn)$/i.test(other) &&
      (stem(other) === stem(name) || (BARE.has(plain(name)) && nouns.includes(stem(other)))),
  );
}

/** An ID, while the ARN contains the name: Elastic Beanstalk's `EnvironmentId`. */
function isIdOfNamed({ name }: InputText, part: string, { inputs }: OperationModel): boolean {
  if (!/name$/i.test(part) || !/[a-z]Ids?$/.test(name)) return false;
  return inputs.some((other) => /names?$/i.test(other.name) && stem(other.name) === stem(name));
}

/** Whether the member has exactly the name of another part of the same ARN. */
export function isNameOfPart({ name }: InputText, part: string, parts: readonly string[]): boolean {
  const word = plain(name);
  return word !== plain(part) && !GENERIC.has(word) && parts.some((other) => plain(other) === word);
}

/** Whether the ARN ends in a name and an identifier of one thing: `broker:{BrokerName}:{BrokerId}`. */
export function endsInNameAndId(resource: string): boolean {
  const [, name = '', id = ''] = /\{(\w+)\}[:/]\{(\w+)\}$/.exec(resource) ?? [];
  return name.endsWith('Name') && IDENTIFIER_PART.test(id);
}

/** Parts that count what the part before them names. */
export const COUNTED = /(?:Version|Revision|Number|VersionNumber|RevisionNumber)$/;

/** A number, or a text that is a version, is the part that counts, and names nothing. */
function scoreOfVersion({ name, depth }: InputText, part: string): number {
  const word = plain(name);
  if (word === plain(part)) return 100;
  if (depth > 0 || !COUNTED.test(part) || /build/i.test(part)) return 0;
  const [kind] = /(?:version|revision)(?=number$|$)/.exec(plain(part)) ?? [];
  return kind !== undefined && [kind, `semantic${kind}`].includes(word.replace(/number$/, '')) ? 90 : 0;
}

const PREFIXES = /^(?:source|target|destination|new|old|original|existing)/;

/** The part of an ARN for which a parameter is looked for. */
interface WantedPart {
  readonly part: string;
  readonly nouns: readonly string[];
  /** Whether it is the last part of the ARN. */
  readonly last: boolean;
  /** What the operation is about. */
  readonly about: string;
}

function scoreOf(text: InputText, wanted: WantedPart): number {
  const { part, nouns, last } = wanted;
  if (text.isNumber || /version$/i.test(text.name)) return scoreOfVersion(text, part);
  const { name, shape, depth } = text;
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
  const isIts = last ? /^(?:name|id|identifier)$/ : /^name$/;
  if (depth === 1 && isIts.test(word) && isInside(text, nouns)) return 92;
  if (depth > 0) return 0;
  if (!last) return isSaidLonger(text, noun, part, own) ? SAID_LONGER : 0;
  return looseScore(word, noun, wanted);
}

/** Score of a parameter that names the thing in other words. */
export const SAID_LONGER = 60;

/** A parameter that names the thing in more words than its ARN: `VectorBucketName` for the `bucket` of a vector index. */
function isSaidLonger({ name, required }: InputText, noun: string, part: string, own = ''): boolean {
  if (own.length < 4 || !noun.endsWith(own) || BARE.has(plain(name))) return false;
  return (required || IDENTIFIER.test(name)) && !(/id$/i.test(part) && /name$/i.test(name));
}

/** What a structure that tells of one thing may be called beside that. */
const ABOUT_ONE =
  /(?:input|config|configuration|request|definition|details|properties|data|spec|settings|update)$/;

/** Stands in a structure that is called as the thing: `TableInput.Name`, `ConfigurationRecorder.Name`. */
function isInside({ path }: InputText, nouns: readonly string[]): boolean {
  const [holder = ''] = path.split('.').slice(-2);
  if (holder.endsWith('[]')) return false;
  const noun = plain(holder).replace(ABOUT_ONE, '');
  return noun.length > 2 && nouns.some((one) => one === noun || one.endsWith(noun) || noun.endsWith(one));
}

function looseScore(word: string, noun: string, { part, nouns, about }: WantedPart): number {
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

/** Its `ResourceId` is one of whatever service the call names. */
function isAboutAnyService({ inputs }: OperationModel): boolean {
  return inputs.some(({ name }) => name === 'ServiceNamespace');
}

/** What the operation is about: `createHostedZone` → `hostedzone`. */
export function aboutOf(api: string): string {
  return singular(plain(api.replace(/^[a-z]+/, '')));
}
