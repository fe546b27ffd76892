/** The resources of an IAM action, found in the parameters of the SDK operation of the same name. */
import { isArray, isObject } from '../../json.ts';
import { readParameters } from '../../parameters.ts';
import type { ArnForm, IamAction, ResourceTypeUse } from '../iam-data.ts';
import { arn, everything, isOfType, join, typePattern, wholeArn } from '../resources.ts';
import type { ArnOptions, Call, Reading, Resource } from '../resources.ts';

/** Where a parameter is not called as the part of the ARN that it fills. Only names that mean exactly that. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  BucketName: ['Bucket'],
  ClusterName: ['Cluster'],
  ObjectName: ['Key'],
  ServiceName: ['Service'],
};

/** These services make identifiers lower case. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.ARN.html */
const LOWER_CASE = new Set(['elasticache', 'memorydb', 'rds', 'redshift']);

/** All of the action's resources, `*` for an action that takes none. */
export function resourcesOf(action: IamAction): Resource {
  if (action.resourceTypes.length === 0) return everything;
  return {
    types: action.resourceTypes.flatMap(typesOf),
    read: (call) => readAll(action, call),
  };
}

/** A type that the action always needs has to be named; of the others, at least one if there is no such. */
function readAll({ name, resourceTypes }: IamAction, call: Call): Reading {
  const readings = resourceTypes
    .filter((use) => use.required || resourceTypes.length === 1 || !isFixed(use))
    .map((use) => ({ use, reading: readType(use, name, call) }));
  const found = readings.flatMap(({ reading }) => reading ?? []);
  const missing = readings.filter(({ use, reading }) => reading === undefined && use.required);
  if (found.length === 0 && missing.length === 0) return notNamed(resourceTypes);
  return join([...found, ...missing.map(({ use }) => notNamed([use]))]);
}

/** A resource without a name, of which an account has one: it says nothing of which other one is meant. */
function isFixed({ arns }: ResourceTypeUse): boolean {
  return arns.every(({ resource }) => !resource.includes('{'));
}

/** Undefined when no parameter speaks of a resource of this type. */
function readType(use: ResourceTypeUse, action: string, call: Call): Reading | undefined {
  const stated = join(use.arns.map((form) => statedArns(form, call)));
  if (stated.arns.length > 0) return stated;
  for (const form of use.arns) {
    const template = fillable(form, action, call);
    if (template !== undefined)
      return inOwnCase(form, arn(form.service, template, optionsOf(form)).read(call));
  }
  const dynamic = use.arns.flatMap(arnParameters).find((parameter) => isDynamic(call, parameter));
  return dynamic === undefined ? undefined : atRunTime(call, dynamic, use);
}

function inOwnCase({ service }: ArnForm, { arns, unknown }: Reading): Reading {
  if (!LOWER_CASE.has(service)) return { arns, unknown };
  return {
    arns: arns.map((found) => (found.accountId === undefined ? { text: found.text.toLowerCase() } : found)),
    unknown,
  };
}

/** ARNs of the form that the parameters state, alone or in a list, whatever those parameters are called. */
function statedArns(form: ArnForm, call: Call): Reading {
  const { parameters } = call.task;
  const names = isObject(parameters) ? Object.keys(parameters).map((name) => name.replace(/\.\$$/, '')) : [];
  const texts = names
    .flatMap((name) => readParameters(call.task, name))
    .flatMap((value) => (value.kind === 'literal' ? value.value : []))
    .flatMap((value) => (isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string' && isOfType(value, typeOf(form)))
    .map(String);
  return { arns: texts.flatMap((text) => wholeArn(text, optionsOf(form)) ?? []), unknown: [] };
}

/** The ARN's form with the names of given parameters in it; undefined if some part is given by none. */
function fillable({ region, account, resource }: ArnForm, action: string, call: Call): string | undefined {
  if ((region !== 'R' && region !== '') || (account !== 'A' && account !== '')) return undefined;
  // Some forms hold a `*` for a part without a name.
  if (resource.includes('*')) return undefined;
  let complete = true;
  const template = resource.replaceAll(/\{([^}]+)\}/g, (_, part: string) => {
    const parameter = namesFor(part, action).find((name) => isName(call, name));
    if (parameter === undefined) complete = false;
    return `{${parameter}}`;
  });
  return complete ? template : undefined;
}

/** Given, and no name of several parts (`function:alias`, `account:function:name`), whose ARN would be another one. */
function isName({ task }: Call, parameter: string): boolean {
  return readParameters(task, parameter).every(
    (value) =>
      value.kind === 'dynamic' ||
      (value.kind === 'literal' &&
        (typeof value.value !== 'string' || !value.value.includes(':') || value.value.startsWith('arn:'))),
  );
}

/** Parameters that hold a part of an ARN: of its own name, in the plural, or `Name` where the action is about that thing. */
function namesFor(part: string, action: string): string[] {
  const [, noun = '', suffix = ''] = /^(.+)(Name|Id)$/.exec(part) ?? [];
  return [
    part,
    ...(PARAMETERS[part] ?? []),
    `${part}s[]`,
    ...(noun === '' ? [] : [`${noun}Identifier`]),
    ...(noun !== '' && action.endsWith(noun) ? [suffix] : []),
  ];
}

/** What a parameter with the whole ARN, or another name of the resource, might be called. */
function arnParameters({ resource }: ArnForm): string[] {
  const [last = ''] = resource.match(/[^{}]+(?=\}[^{}]*$)/) ?? [];
  const noun = last.replace(/(?:Name|Id|Identifier)$/, '');
  const suffixes = ['Arn', 'Arns', 'Identifier', 'Id', 'Ids', 'Name', 'Names', ''];
  return [...suffixes.map((suffix) => noun + suffix), 'ResourceArn', 'Arn'];
}

function isDynamic(call: Call, parameter: string): boolean {
  return parameter !== '' && readParameters(call.task, parameter).some((value) => value.kind === 'dynamic');
}

function atRunTime({ task }: Call, parameter: string, use: ResourceTypeUse): Reading {
  const [value] = readParameters(task, parameter);
  const expression = value?.kind === 'dynamic' ? value.expression : '';
  const why = `is known only at run time (${expression})`;
  return { arns: [], unknown: [{ parameter, why, types: typesOf(use) }] };
}

function notNamed(uses: readonly ResourceTypeUse[]): Reading {
  const types = uses.flatMap(typesOf);
  const forms = types.map((type) => type.replaceAll('*', '…')).join(' or ');
  return {
    arns: [],
    unknown: [{ parameter: 'its resource', why: `(${forms}) is not told by the parameters`, types }],
  };
}

function typesOf({ arns }: ResourceTypeUse): string[] {
  return arns.map(typeOf);
}

function typeOf(form: ArnForm): string {
  return typePattern(form.service, form.resource, optionsOf(form));
}

function optionsOf({ region, account }: ArnForm): ArnOptions {
  return { global: region === '', anyAccount: account === '' };
}
