/** The resources of an SDK operation's IAM action, read from the parameters that name them. */
import { hasParameter, readParameters } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import type { ArnForm, IamAction } from '../iam-data.ts';
import { namedFunction } from '../optimized/lambda.ts';
import { usesOf } from '../operations.ts';
import type { OperationUse, PartSource, SourcedForm } from '../operations.ts';
import { atRunTime, join, NONE, undetermined } from '../reading.ts';
import { arn, everything, renamed } from '../resources.ts';
import { identified, isHere, optionsOf, placeholdersOf, typeOf } from './arn-forms.ts';
import { asAuthorized, asMade, isMadeBy, isNameOnly } from './made-identifiers.ts';
import { misfitsAmong, pathsOf, withOwnNames } from './misfits.ts';
import { isOtherName, usesOfNamedType } from './named-types.ts';
import { ABOUT_ALL, DEFAULTS, EITHER, NEVER_GIVEN, ONLY_ONES } from './unnamed-resources.ts';
import { arnsWithin, hiddenArns, isUnsourced, namedWithin, statedArns, textOf } from './stated-arns.ts';
import type { Call, Reading, Resource } from '../reading.ts';
import { ownTypes, ownUses } from './same-prefix.ts';
import { inBothCases } from '../optimized/sagemaker.ts';

export interface Operation {
  readonly service: string;
  readonly api: string;
  /** The IAM prefix of its action. */
  readonly prefix: string;
}

/** All of the action's resources; `*` for an action that takes none, and for one that need not be bound to a resource and is
 *  not. */
export function resourcesOf(action: IamAction, operation: Operation): Resource {
  const types = ownTypes(action, operation.service);
  if (types.length === 0) return everything;
  const own = ownUses(usesOf(operation.service, operation.api, operation.prefix) ?? [], operation.service);
  const uses = own.length > 0 ? own : unstated(types);
  return {
    types: types.flatMap(({ arns }) => arns.map(typeOf)),
    read: (call) => readAll(usesOfNamedType(uses, operation.prefix, call.task), call, operation.api),
  };
}

/** For an operation that the models do not contain (any more): parameters with the names of the parts that they fill. */
function unstated(types: IamAction['resourceTypes']): OperationUse[] {
  return types.map(({ arns, required }) => ({
    required,
    forms: arns.map((form) => ({ form, parts: placeholdersOf(form).map(namedAlike) })),
  }));
}

function namedAlike(placeholder: string): PartSource {
  return { ...NO_SOURCE, names: [placeholder.slice(1, -1)] };
}

const NO_SOURCE: PartSource = { names: [], arns: [], numbers: [], otherwise: 'unstated' };

/**
 * A type that the action always needs has to be named, unless it is one of several that the same parameter may name. Of the other
 * types, those that are named count; if none is, the action is not bound to a resource.
 */
export function readAll(possible: readonly OperationUse[], call: Call, api: string): Reading {
  const uses = possible.map((use) => withOwnNames(use, possible));
  const isBound = uses.some(({ required }) => required);
  const readings = uses.map((use) => ({ use, reading: readUse(use, call, api, isBound) }));
  const found = readings.flatMap(({ reading }) => reading ?? []);
  const misfits = misfitsAmong(uses, call);
  const missing = readings
    .filter(({ use, reading }) => use.required && reading === undefined)
    .map(({ use }) => use)
    .filter(
      (use) =>
        !readings.some(
          ({ use: other, reading }) => reading !== undefined && areAlternatives(use, other, call),
        ),
    )
    .filter(
      (use) => misfits.unknown.length === 0 || !pathsOf(use).some((path) => hasParameter(call.task, path)),
    );
  if (found.length + missing.length + misfits.unknown.length === 0)
    return onlyOneOf(uses, call) ?? hiddenArns(uses, call) ?? everything.read(call);
  return once(join([...found, misfits, ...missing.map((use) => everyOne(use, call, api) ?? notNamed(use))]));
}

function everyOne({ forms }: OperationUse, call: Call, api: string): Reading | undefined {
  const every = forms.filter(({ form }) => ABOUT_ALL.has(`${form.service}:${api}`));
  const read = ({ form }: SourcedForm) =>
    readTemplate(form, form.resource.replaceAll(/\{[^{}]+\}/g, '*'), call);
  return every.length === 0 ? undefined : join(every.map(read));
}

function onlyOneOf(uses: readonly OperationUse[], call: Call): Reading | undefined {
  const form = uses
    .flatMap(({ forms }) => forms)
    .find((one) => ONLY_ONES.has(`${one.form.service}:${one.form.resource}`))?.form;
  return form && readTemplate(form, form.resource, call);
}

function isEither({ forms }: OperationUse): boolean {
  return forms.some(({ form }) => EITHER.has(`${form.service}:${form.resource}`));
}

/** Whether a parameter that the call gives may name either of them. */
function areAlternatives(a: OperationUse, b: OperationUse, call: Call): boolean {
  if (isEither(a) && isEither(b)) return true;
  const named = new Set(pathsOf(a));
  return pathsOf(b).some((path) => named.has(path) && hasParameter(call.task, path));
}

/** Undefined if no parameter is about a resource of this type.
 *  @param isBound whether the action always needs a resource of some type */
function readUse(use: OperationUse, call: Call, api: string, isBound: boolean): Reading | undefined {
  const within = isBound && isUnsourced(use) ? namedWithin(use, api, call) : undefined;
  if (within !== undefined) return within;
  const stated = join(
    use.forms.flatMap((sourced) => [statedArns(sourced.form, call.task), arnsWithin(sourced, call.task)]),
  );
  const named = join(use.forms.flatMap((form) => readForm(form, use, call) ?? []));
  const reading = join([stated, named]);
  return reading.arns.length + reading.unknown.length === 0 ? undefined : reading;
}

/** What the form's own parameters name; undefined if they are not given. */
function readForm({ form, parts }: SourcedForm, use: OperationUse, call: Call): Reading | undefined {
  const last = parts.at(-1);
  if (last === undefined) return use.required ? readTemplate(form, form.resource, call) : undefined;
  const given = [...last.names, ...last.arns].filter((path) => hasParameter(call.task, path));
  if (given.length === 0) return readUnnamed({ form, parts }, use, call);
  return join(given.map((path) => readNamed({ form, parts }, path, call)));
}

/** A parameter that names the resource by its name, or by its ARN, which has been read. */
function readNamed({ form, parts }: SourcedForm, path: string, call: Call): Reading {
  const values = readParameters(call.task, path);
  const dynamic = values.filter((value) => value.kind === 'dynamic');
  if (dynamic.length > 0)
    return whole(form, join(dynamic.map(({ expression }) => undetermined(path, atRunTime(expression)))));
  const takesNames = parts.at(-1)?.names.includes(path) === true;
  const isNumber = parts.at(-1)?.numbers.includes(path) === true;
  const arnsAlone =
    !isNumber && values.every((value) => textOf(value).every((text) => text.startsWith('arn:')));
  if (!takesNames && form.service === 'ec2') return identified(form, path, call);
  if (!takesNames || arnsAlone || !isHere(form)) return NONE;
  if (isNameOnly(form, path) || isOtherName(form, path, call.task)) {
    return isMadeBy(form, call)
      ? readTemplate(form, templateOf({ form, parts }, call), call)
      : whole(form, undetermined(path, 'is a name, and the ARN contains an identifier that AWS generates'));
  }
  // A function's name may have its account before it and a qualifier behind it.
  if (path === 'FunctionName' && form.service === 'lambda') return namedFunction.read(call);
  return readTemplate(form, inNamespace(form, templateOf({ form, parts }, call, path)), call);
}

/** QuickSight's users and groups: their ARN also contains their namespace.
 *  https://docs.aws.amazon.com/quicksight/latest/APIReference/API_User.html */
function inNamespace({ service }: ArnForm, template: string): string {
  return service === 'quicksight' ? template.replace(/^(user|group)\//, '$1/{Namespace=default}/') : template;
}

/** Whether the last part of a form is the version of what the part before it names: `{Family}:{Revision}`. */
function hasQualifier({ form, parts }: SourcedForm): boolean {
  const [, last = ''] = /\}:\{(\w+)\}$/.exec(form.resource) ?? [];
  return /(?:Version|Revision)(?:Number)?$/.test(last) && parts.at(-2)?.names.length === 0;
}

/** The call leaves the name to AWS, or means all of them; otherwise it is not about this type. */
function readUnnamed(sourced: SourcedForm, { required }: OperationUse, call: Call): Reading | undefined {
  const last = sourced.parts.at(-1);
  const parents = sourced.parts.slice(0, -1);
  const isParentGiven = parents.some(({ names }) => names.some((path) => hasParameter(call.task, path)));
  if (!isHere(sourced.form)) return undefined;
  const [part = ''] = placeholdersOf(sourced.form).slice(-1);
  const key = `${sourced.form.service}:${part.slice(1, -1)}`;
  const isNeverGiven =
    NEVER_GIVEN.has(key) && last !== undefined && last.names.length + last.arns.length === 0;
  if (last?.otherwise === 'made' || isNeverGiven || DEFAULTS.has(key)) {
    return required ? readTemplate(sourced.form, templateOf(sourced, call), call) : undefined;
  }
  // A part that AWS adds behind the names that the call gives.
  const isSuffix = last !== undefined && last.names.length === 0;
  return isSuffix && isParentGiven && required
    ? readTemplate(sourced.form, templateOf(sourced, call), call)
    : undefined;
}

/** The ARN's resource with the parameters that fill it: `{Path}`, `{Path=default}`, or `*` for a part that no parameter gives. */
function templateOf({ form, parts }: SourcedForm, { task }: Call, lastPath?: string): string {
  let at = -1;
  const named = parts.length - (hasQualifier({ form, parts }) ? 2 : 1);
  return form.resource.replaceAll(/\{([^{}]+)\}/g, (_, part: string) => {
    at += 1;
    const source = parts[at] ?? NO_SOURCE;
    const holder = at < named ? holderOf(source, at, task) : undefined;
    const path = at === named ? lastPath : holder;
    const fallback = DEFAULTS.get(`${form.service}:${part}`);
    if (path === undefined) return fallback ?? '*';
    const marked = source.numbers.includes(path) ? `#${path}` : path;
    return fallback === undefined ? `{${marked}}` : `{${marked}=${fallback}}`;
  });
}

/** The parameter that names the thing's holder; only the first part can come from an ARN. Undefined if the call may leave it out,
 *  and does. */
function holderOf({ names, arns, otherwise }: PartSource, at: number, task: Task): string | undefined {
  const given = [...names, ...(at === 0 ? arns : [])].find((path) => hasParameter(task, path));
  return given ?? (otherwise === 'made' ? undefined : names[0]);
}

function readTemplate(form: ArnForm, template: string, call: Call): Reading {
  const { arns, unknown } = whole(form, arn(form.service, template, optionsOf(form)).read(call));
  const authorized = arns.map((found) => renamed(found, asAuthorized(form, found.text)));
  return inOwnCase(form, { arns: authorized, unknown });
}

/** Says which type of ARN is missing, because others may be named beside it. */
function whole(form: ArnForm, { arns, unknown }: Reading): Reading {
  return { arns, unknown: unknown.map((one) => ({ ...one, types: [typeOf(form)] })) };
}

function inOwnCase({ service }: ArnForm, { arns, unknown }: Reading): Reading {
  if (service === 'sagemaker') {
    return {
      arns: arns.flatMap((found) => inBothCases(found.text).map((text) => renamed(found, text))),
      unknown,
    };
  }
  return {
    arns: arns.map((found) =>
      found.accountId === undefined ? renamed(found, asMade(service, found.text)) : found,
    ),
    unknown,
  };
}

/** If several types miss the same thing, it is reported once. */
function once({ arns, unknown }: Reading): Reading {
  const merged = new Map<string, Reading['unknown'][number]>();
  for (const one of unknown) {
    const key = JSON.stringify([one.parameter, one.why]);
    const before = merged.get(key);
    const types = [...new Set([...(before?.types ?? []), ...(one.types ?? [])])];
    merged.set(key, { ...one, ...(types.length > 0 && { types }) });
  }
  return { arns, unknown: [...merged.values()] };
}

function notNamed(use: OperationUse): Reading {
  const types = use.forms.map(({ form }) => typeOf(form));
  const forms = types.map((type) => type.replaceAll('*', '…')).join(' or ');
  return {
    arns: [],
    unknown: [{ parameter: 'its resource', why: `(${forms}) does not follow from the parameters`, types }],
  };
}
