/** The source of a permission's resource: an ARN built from the Task's parameters, exactly or not at all. */
import { parseArn } from '../../arn/arn.ts';
import { isWholeArn, joinArn, splitArn } from '../../arn/parts.ts';
import { escapePattern, matchesPattern } from '../../policy/pattern.ts';
import { HOLE } from '../expressions/known.ts';
import { readEach, unreadable } from './reading.ts';
import type { Call, Reading, Resource, ResourceArn, UndeterminedParameter } from './reading.ts';

/** For actions that take no resource. */
export const everything: Resource = { types: [], read: () => ({ arns: [{ text: '*' }], unknown: [] }) };

export interface ArnOptions {
  /** The service's ARNs carry no Region (IAM, S3). */
  readonly global?: boolean;
  /** The service's ARNs carry no account (S3, Bedrock's foundation models). */
  readonly anyAccount?: boolean;
  /** Nothing follows the name: the ARN of a part (a table's index) is of another type. */
  readonly whole?: boolean;
}

/**
 * An ARN whose resource part contains parameters: `table/{TableName}`, or with a default `event-bus/{EventBusName=default}`. If
 * the last parameter is itself an ARN of this form, it is taken as it is.
 */
export function arn(service: string, template: string, options: ArnOptions = {}): Resource {
  const type = typePattern(service, template, options);
  return {
    types: [type],
    read(call) {
      const { partition, region, accountId } = call.place;
      const prefix = `arn:${partition}:${service}:${options.global ? '' : region}:${options.anyAccount ? '' : accountId}:`;
      return fill(call, template, { before: prefix, type, options, isFirst: true });
    },
  };
}

/** The role that a parameter names, by ARN or by a name in the target account (then without a path). */
export function roleFrom(parameter: string): Resource {
  return arn('iam', `role/{${parameter}}`, { global: true });
}

/** ARNs computed from those of another resource, for example of a state machine's executions. */
export function derived(
  base: Resource,
  types: readonly string[],
  map: (arnText: string) => string | readonly string[],
): Resource {
  return {
    types,
    read(call) {
      const { arns, unknown } = resolve(base, call);
      return {
        arns: arns.flatMap((found) => [map(found.text)].flat().map((text) => renamed(found, text))),
        unknown,
      };
    },
  };
}

/** Another ARN of the same account. */
export function renamed({ accountId }: ResourceArn, text: string): ResourceArn {
  return accountId === undefined ? { text } : { text, accountId };
}

/** One parameter's text turned into ARNs by a special rule, which returns undefined for what it cannot read. */
export function parsed(
  parameter: string,
  types: readonly string[],
  rule: (text: string, call: Call) => ResourceArn | undefined,
): Resource {
  return {
    types,
    read: (call) =>
      readEach(call, parameter, (text) => {
        const found = rule(text, call);
        return found === undefined ? unreadable(parameter, text) : { arns: [found], unknown: [] };
      }),
  };
}

/** A name that may have holes, put behind `before`; undefined if nothing of it is left. */
export function namedArn(before: string, name: string, after = ''): ResourceArn | undefined {
  return name !== '' && isNamed(name) ? { text: before + toPattern(name) + after } : undefined;
}

/** Something that no parameter ever names: the spec has to list it. `why` completes a sentence that begins with `what`. */
export function onlyHinted(what: string, types: readonly string[], why: string): Resource {
  return { types, read: () => ({ arns: [], unknown: [{ parameter: what, why }] }) };
}

/** Reads a resource. What is known only at run time is taken from the hints of its type. */
export function resolve(resource: Resource, call: Call): Reading {
  const { arns, unknown } = resource.read(call);
  const sought = unknown.map((what) => ({ what, hints: hintsOf(what.types ?? resource.types, call) }));
  return {
    arns: [...arns, ...sought.flatMap(({ what, hints }) => hints.map((hint) => listedArn(hint, what)))],
    unknown: sought.filter(({ hints }) => hints.length === 0).map(({ what }) => what),
  };
}

function hintsOf(types: readonly string[], { hints }: Call): string[] {
  return hints.filter((hint) => types.some((type) => isOfType(hint, type)));
}

/** Whether an ARN (with wildcards in it taken as characters) is of a type as in {@link Resource.types}. */
function isOfType(text: string, type: string): boolean {
  const { service, resource } = splitArn(text);
  const { service: typeService, resource: typeResource } = splitArn(type);
  if (typeService === '*') return resource !== '';
  if (service !== typeService || !isWholeArn(text)) return false;
  // A name alone (a bucket, a queue) has no slash; behind a prefix it may.
  return typeResource === '*' ? /^[^/]+$/.test(resource) : matchesPattern(typeResource, resource);
}

/**
 * The text as it goes into a policy: its own wildcards are data, its holes are wildcards.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function toPattern(text: string): string {
  return escapePattern(text).replaceAll(HOLE, '*');
}

/** Whether the holes of a name, up to its first `/` or `:`, leave something of it. */
export function isNamed(text: string): boolean {
  if (!text.includes(HOLE)) return true;
  const [first = ''] = text.replace(/^\/+/, '').split(/[:/]/);
  const opensWithHole = first.startsWith(HOLE) && text.includes(':');
  return /[A-Za-z0-9]/.test(first) && !opensWithHole;
}

/** Stands for a Region that is known only at run time, when an ARN is split. */
const ANY_REGION = 'any-region';

/**
 * An ARN as a Task states it, with what is data in it escaped. Undefined when the text is none, or when a hole hides its
 * service, its account or the whole name of its resource.
 */
function literalArn(text: string, type: string): ResourceArn | undefined {
  const parts = splitArn(text);
  const { prefix, partition, service, region, accountId, resource } = parts;
  if (!isWholeArn(text) || [prefix, partition, service, accountId].join().includes(HOLE)) return undefined;
  const isHidden = region.includes(HOLE);
  if (isHidden && region !== HOLE) return undefined;
  const stated = { ...parts, prefix: 'arn' };
  const found = parseArn(joinArn({ ...stated, region: isHidden ? ANY_REGION : region }));
  if (found === undefined || !isNamed(nameWithin(resource, type))) return undefined;
  const escaped = joinArn({ ...stated, region: isHidden ? '*' : region, resource: toPattern(resource) });
  return isNobodys(found.accountId) ? { text: escaped } : { text: escaped, accountId: found.accountId };
}

/** What is AWS's own may be used from every account: `arn:aws:iam::aws:policy/ReadOnlyAccess`. */
function isNobodys(accountId: string): boolean {
  return accountId === '' || accountId === 'aws';
}

/** The resource without what is the same in every ARN of the type: `table/orders` → `orders`, and `site/a1` of
 *  `regional/webacl/site/a1`, whose scope names nothing. */
function nameWithin(resource: string, type: string): string {
  const { resource: pattern } = splitArn(type);
  const [folder] = /(?<=^\*)\/[a-z]+\/(?=\*)/.exec(pattern) ?? [];
  const at = folder === undefined ? -1 : resource.indexOf(folder);
  if (folder !== undefined && at !== -1) return resource.slice(at + folder.length);
  const [fixed = ''] = pattern.split('*');
  return resource.startsWith(fixed) ? resource.slice(fixed.length) : resource;
}

const PLACEHOLDER = /\{([^{}=]+)(?:=([^{}]*))?\}/g;

interface Filling {
  /** The ARN as far as it is filled, in front of the template's rest. */
  readonly before: string;
  readonly type: string;
  readonly options: ArnOptions;
  /** Whether the next placeholder names the resource; those behind it only say which part. */
  readonly isFirst: boolean;
  /** The account that an ARN in front states. */
  readonly accountId?: string;
}

/** Replaces the first placeholder by each of its values, then goes on with the rest of the template. */
function fill(call: Call, template: string, filling: Filling): Reading {
  const { before, type, options, isFirst, accountId } = filling;
  const [placeholder, parameter = '', fallback] = template.matchAll(PLACEHOLDER).next().value ?? [];
  if (placeholder === undefined)
    return {
      arns: [{ text: before + template, ...(accountId !== undefined && { accountId }) }],
      unknown: [],
    };
  const at = template.indexOf(placeholder);
  const rest = template.slice(at + placeholder.length);
  const useText = (text: string): Reading => {
    if (text === '' || (isFirst && mayBeAnyArn(text, parameter))) return unreadable(parameter, text);
    if (text.startsWith('arn:')) {
      const ownType = rest === '' ? type : headOf(type, template.slice(0, at));
      const leading = before + template.slice(0, at);
      const stated =
        (rest === '' || isFirst ? wholeArn(text, ownType, options) : undefined) ??
        (rest === '' ? undefined : heldBy(text, parameter, { leading, isFirst, rest }));
      if (stated === undefined) return unreadable(parameter, text);
      if (rest === '') return { arns: [stated], unknown: [] };
      const further = segmentsOf(stated.text.slice(leading.length)) - 1;
      return fill(call, without(rest, further), {
        ...filling,
        before: stated.text,
        isFirst: false,
        ...stated,
      });
    }
    if (isFirst && (!isNamed(text) || (options.whole === true && text.includes('/'))))
      return unreadable(parameter, text);
    const filled = before + template.slice(0, at) + toPattern(text);
    return fill(call, rest, { ...filling, before: filled, isFirst: false });
  };
  return readEach(call, parameter, useText, fallback);
}

/** Whether run time puts in front of the text what may be the beginning of an ARN, as in `TopicArn: $prefix & 'orders'`. */
function mayBeAnyArn(text: string, parameter: string): boolean {
  return text.startsWith(HOLE) && /(?<!nameor|idor)arns?(?:\[\])?$/i.test(parameter);
}

function segmentsOf(name: string): number {
  return name.split(/[/:]/).length;
}

/** The rest of a template without the parts that nothing names, as far as an ARN in front states them. */
function without(rest: string, parts: number): string {
  return parts > 0 && /^[/:]\*/.test(rest) ? without(rest.slice(2), parts - 1) : rest;
}

/**
 * The ARN of a thing that contains only the name of its holder, if the holder is given by its own ARN: `Cluster:
 * arn:…:cluster/web` in `task/{Cluster}/…`. Undefined if the parameter is not named after the ARN's type.
 * @param leading the ARN of the thing as far as it is filled
 */
function heldBy(
  text: string,
  parameter: string,
  { leading, isFirst, rest }: { readonly leading: string; readonly isFirst: boolean; readonly rest: string },
): ResourceArn | undefined {
  const { partition, service, region, accountId, resource } = splitArn(leading);
  const [, type = ''] = /^([a-z][a-z-]*)[/:]/.exec(splitArn(text).resource) ?? [];
  if (type === '' || !isCalledAfter(parameter, type)) return undefined;
  const holder = wholeArn(text, `arn:*:${service}:*:*:${type}/*`);
  if (holder === undefined) return undefined;
  const held = splitArn(holder.text);
  const isBeside = held.partition === partition && held.region === region && held.accountId === accountId;
  if (!isFirst && !isBeside) return undefined;
  const name = held.resource.slice(type.length + 1);
  const [, parents = ''] = /^[^/:]*[/:](.*)$/.exec(resource) ?? [];
  const own = name.startsWith(parents) ? name.slice(parents.length) : name;
  const isTold = without(rest, segmentsOf(own) - 1).length === rest.length - 2 * (segmentsOf(own) - 1);
  if (own === '' || !isTold) return undefined;
  return renamed(holder, joinArn({ ...held, resource: resource + own }));
}

/** `Cluster` and `ClusterArn` are named after `cluster`. */
function isCalledAfter(parameter: string, type: string): boolean {
  const [last = ''] = parameter.split('.').slice(-1);
  const noun = last.toLowerCase().replace(/(?:arn|name|identifier|id)?(?:\[\])?$/, '');
  return noun === type.replaceAll('-', '');
}

/** The type of the thing that the first part of an ARN names: for `layer:*:*` this is `layer:*`. */
function headOf(type: string, before: string): string {
  return joinArn({ ...splitArn(type), resource: `${before}*` });
}

/** An ARN of the type, with the Region and the account that its service's ARNs have. */
export function wholeArn(
  text: string,
  type: string | readonly string[],
  { global = false, anyAccount = false, whole: isWhole = false }: ArnOptions = {},
): ResourceArn | undefined {
  const fitting = [type].flat().find((one) => isOfType(text, one));
  if (isWhole && fitting !== undefined && nameWithin(splitArn(text).resource, fitting).includes('/'))
    return undefined;
  const { region, accountId } = splitArn(text);
  const whole = (global || region !== '') && (anyAccount || accountId !== '');
  return whole && fitting !== undefined ? literalArn(text, fitting) : undefined;
}

/** The type of an ARN whose resource part contains placeholders. */
export function typePattern(service: string, template: string, options: ArnOptions = {}): string {
  const { global = false, anyAccount = false } = options;
  const resource = template.replaceAll(PLACEHOLDER, '*');
  return `arn:*:${service}:${global ? '' : '*'}:${anyAccount ? '' : '*'}:${resource}`;
}

function listedArn(text: string, { inAnyRegion = false }: UndeterminedParameter): ResourceArn {
  const { accountId } = splitArn(text);
  return { text, ...(!isNobodys(accountId) && { accountId }), ...(inAnyRegion && { inAnyRegion }) };
}
