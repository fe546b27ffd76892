/** The resources of an IAM action, found in the parameters of the SDK operation of the same name. */
import { isArray, isObject } from '../../json.ts';
import { hasParameter, readParameters } from '../../parameters.ts';
import type { ArnForm, IamAction, ResourceTypeUse } from '../iam-data.ts';
import { arn, everything, isOfType, join, typePattern, wholeArn } from '../resources.ts';
import type { Call, Reading, Resource } from '../resources.ts';

/** Where a parameter is not called as the part of the ARN that it fills. Only names that mean exactly that. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  BucketName: ['Bucket'],
  ObjectName: ['Key'],
};

/** All of the action's resources, `*` for an action that takes none. */
export function resourcesOf(action: IamAction): Resource {
  if (action.resourceTypes.length === 0) return everything;
  return {
    types: action.resourceTypes.flatMap((use) => use.arns.map(typeOf)),
    read: (call) => readAll(action.resourceTypes, call),
  };
}

/** A type that the action always needs has to be named; of the others, at least one if there is no such. */
function readAll(uses: readonly ResourceTypeUse[], call: Call): Reading {
  const named = uses.map((use) => ({ use, reading: readType(use, call) }));
  const missing = named
    .filter(({ use, reading }) => reading === undefined && use.required)
    .map(({ use }) => use);
  const found = named.flatMap(({ reading }) => reading ?? []);
  const undecided = found.length === 0 && missing.length === 0 ? uses : missing;
  return join([...found, ...undecided.slice(0, 1).map(notNamed)]);
}

/** Undefined when no parameter speaks of a resource of this type. */
function readType(use: ResourceTypeUse, call: Call): Reading | undefined {
  const stated = statedArns(use, call);
  if (stated.arns.length > 0) return stated;
  for (const form of use.arns) {
    const template = fillable(form, call);
    if (template !== undefined) {
      return arn(form.service, template, {
        global: form.region === '',
        anyAccount: form.account === '',
      }).read(call);
    }
  }
  const dynamic = use.arns.flatMap(arnParameters).find((parameter) => isDynamic(call, parameter));
  return dynamic === undefined ? undefined : atRunTime(call, dynamic);
}

/** ARNs of the type that the parameters state, alone or in a list, whatever those parameters are called. */
function statedArns(use: ResourceTypeUse, call: Call): Reading {
  const { parameters } = call.task;
  const names = isObject(parameters) ? Object.keys(parameters).map((name) => name.replace(/\.\$$/, '')) : [];
  const texts = names
    .flatMap((name) => readParameters(call.task, name))
    .flatMap((value) => (value.kind === 'literal' ? value.value : []))
    .flatMap((value) => (isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string');
  const ofType = texts.filter((text) => use.arns.some((form) => isOfType(text, typeOf(form))));
  return {
    arns: ofType.flatMap((text) => wholeArn(text, { global: true, anyAccount: true }) ?? []),
    unknown: [],
  };
}

/** The ARN's form with the names of given parameters in it; undefined if some part is given by none. */
function fillable({ region, account, resource }: ArnForm, call: Call): string | undefined {
  if ((region !== 'R' && region !== '') || (account !== 'A' && account !== '')) return undefined;
  let complete = true;
  const template = resource.replaceAll(/\{([^}]+)\}/g, (_, part: string) => {
    const parameter = [part, ...(PARAMETERS[part] ?? []), `${part}s[]`].find((name) =>
      hasParameter(call.task, name),
    );
    if (parameter === undefined) complete = false;
    return `{${parameter}}`;
  });
  return complete ? template : undefined;
}

/** What a parameter with the whole ARN, or another name of the resource, might be called. */
function arnParameters({ resource }: ArnForm): string[] {
  const [last = ''] = resource.match(/[^{}]+(?=\}[^{}]*$)/) ?? [];
  const noun = last.replace(/(?:Name|Id|Identifier)$/, '');
  return [
    `${noun}Arn`,
    `${noun}Identifier`,
    `${noun}Id`,
    `${noun}Name`,
    noun,
    `${noun}Arns`,
    'ResourceArn',
    'Arn',
  ];
}

function isDynamic(call: Call, parameter: string): boolean {
  return parameter !== '' && readParameters(call.task, parameter).some((value) => value.kind === 'dynamic');
}

function atRunTime({ task }: Call, parameter: string): Reading {
  const [value] = readParameters(task, parameter);
  const expression = value?.kind === 'dynamic' ? value.expression : '';
  return { arns: [], unknown: [{ parameter, why: `is known only at run time (${expression})` }] };
}

function notNamed(use: ResourceTypeUse): Reading {
  const forms = use.arns.map(typeOf).join(' or ');
  return {
    arns: [],
    unknown: [{ parameter: 'its resource', why: `(${forms}) is not told by the parameters` }],
  };
}

function typeOf({ service, region, account, resource }: ArnForm): string {
  return typePattern(service, resource, { global: region === '', anyAccount: account === '' });
}
