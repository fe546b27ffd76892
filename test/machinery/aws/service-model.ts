/** AWS's published service models, as botocore ships them: what a request may hold, and what an answer looks like.
 *  https://github.com/boto/botocore/tree/develop/botocore/data */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ensureMoto } from '../../../testbed/tools/python-tools.ts';

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly locationName?: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly error?: { readonly code?: string };
}

interface Operation {
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

export interface ServiceModel {
  readonly metadata: { readonly apiVersion: string; readonly targetPrefix?: string };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Which members page a list. */
export interface Paginator {
  readonly input_token: string;
  readonly output_token: string;
  readonly more_results?: string;
}

export interface Models {
  readonly model: (service: string) => ServiceModel;
  /** How a list is paged; undefined for an operation that answers all at once. */
  readonly paginator: (service: string, operation: string) => Paginator | undefined;
}

const FOLDERS: Readonly<Record<string, string>> = {
  iam: 'iam',
  sts: 'sts',
  states: 'stepfunctions',
  sqs: 'sqs',
};

export async function loadModels(): Promise<Models> {
  const environment = dirname(dirname(await ensureMoto()));
  const parse = (service: string, file: string) => {
    const folder = join(environment, `lib/python*/site-packages/botocore/data/${FOLDERS[service]}/*`);
    const path = globSync(join(folder, `${file}.json{,.gz}`))
      .toSorted()
      .at(-1);
    // Nothing would be held against nothing.
    if (path === undefined) throw new Error(`botocore has no ${file} for ${service}`);
    const bytes = readFileSync(path);
    return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  };
  const known = new Map<string, ServiceModel>();
  const model = (service: string): ServiceModel => {
    const read = known.get(service) ?? parse(service, 'service-2');
    known.set(service, read);
    return read;
  };
  return {
    model,
    paginator: (service, operation) =>
      parse(service, 'paginators-1').pagination[operation] ?? nextTokenOf(model(service), operation),
  };
}

/** What is wrong with a value for a shape: unknown members, and required ones that are missing. */
export function problems(
  model: ServiceModel,
  shapeName: string,
  value: unknown,
  path = shapeName,
): readonly string[] {
  const shape = model.shapes[shapeName];
  if (shape === undefined) return [`${path}: no shape`];
  if (shape.type === 'list') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return items.flatMap((item, index) =>
      problems(model, shape.member?.shape ?? '', item, `${path}[${index}]`),
    );
  }
  if (shape.type !== 'structure') {
    const isText = typeof value !== 'object';
    const known = shape.enum === undefined || shape.enum.includes(String(value));
    return isText && known ? [] : [`${path}: ${JSON.stringify(value)} is no ${shapeName}`];
  }
  const members = shape.members ?? {};
  const given = Object.entries(Object(value));
  return [
    ...(shape.required ?? [])
      .filter((name) => !given.some(([key]) => key === name))
      .map((name) => `${path}.${name}: missing`),
    ...given.flatMap(([name, inner]) => {
      const member = members[name];
      return member === undefined
        ? [`${path}.${name}: unknown`]
        : problems(model, member.shape, inner, `${path}.${name}`);
    }),
  ];
}

/** botocore leaves some lists out, whose members say it all the same. */
function nextTokenOf({ operations, shapes }: ServiceModel, operation: string): Paginator | undefined {
  const { input, output } = operations[operation] ?? {};
  const has = (shape: string | undefined) => shapes[shape ?? '']?.members?.['nextToken'] !== undefined;
  return has(input?.shape) && has(output?.shape)
    ? { input_token: 'nextToken', output_token: 'nextToken' }
    : undefined;
}

/** How full an answer is. */
export type Form =
  /** Every member, and one item in every list. */
  | 'full'
  /** As `full`, with members in every structure that the model does not have: AWS adds some without notice. */
  | 'extended'
  /** What the model requires, and lists, which are empty. */
  | 'sparse'
  /** As `sparse`, and lists that the model does not require are left out. */
  | 'bare';

interface SampleOptions {
  /** Values by member name; undefined for a member that is to be left out in every form. */
  readonly known: Readonly<Record<string, unknown>>;
  /** The same, for members that are there in every form. */
  readonly paging: Readonly<Record<string, unknown>>;
  readonly form: Form;
}

/** Structures in structures that a sample has; below, members are left out. */
const DEEPEST = 4;

/** A value of a shape, as full as its form says. */
export function sample(model: ServiceModel, shapeName: string, options: SampleOptions, depth = 0): unknown {
  const { known, paging, form } = options;
  const shape = model.shapes[shapeName];
  switch (shape?.type) {
    case 'structure': {
      const members = Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
        if (Object.hasOwn(paging, name)) return paging[name] === undefined ? [] : [[name, paging[name]]];
        if (isLeftOut(model, shape, name, form)) return [];
        if (Object.hasOwn(known, name)) return known[name] === undefined ? [] : [[name, known[name]]];
        return depth > DEEPEST ? [] : [[name, sample(model, member.shape, options, depth + 1)]];
      });
      return Object.fromEntries(form === 'extended' ? [...STRANGERS, ...members, ['ZNew', 'x']] : members);
    }
    case 'list':
      return form === 'full' || form === 'extended'
        ? [sample(model, shape.member?.shape ?? '', options, depth + 1)]
        : [];
    case 'boolean':
      return false;
    case 'integer':
    case 'long':
      return 1;
    case 'timestamp':
      return '2026-01-01T00:00:00Z';
    case 'map':
      return {};
    default:
      return shape?.enum?.[0] ?? 'x';
  }
}

const STRANGERS = [
  ['ANew', { Arn: 'not this one', Key: 'nor that' }],
  ['BNew', ['a', 'b']],
];

function isLeftOut(model: ServiceModel, { members, required }: Shape, name: string, form: Form): boolean {
  if (form === 'full' || form === 'extended' || required?.includes(name) === true) return false;
  const type = model.shapes[members?.[name]?.shape ?? '']?.type;
  // What wraps the answer is there, whatever the model says: a GetRole without a role is none.
  return form === 'bare' ? type !== 'structure' : type !== 'structure' && type !== 'list';
}

/** `Tags.member.1.Key=…` → `{Tags: [{Key: …}]}`: how the query protocol writes structures.
 *  https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function fromQuery(parameters: URLSearchParams): object {
  const root: Record<string, unknown> = {};
  for (const [name, value] of parameters) {
    if (name === 'Action' || name === 'Version') continue;
    const steps = name.replaceAll('.member.', '.#').split('.');
    let at: unknown = root;
    for (const [index, step] of steps.entries()) {
      const key = step.startsWith('#') ? String(Number(step.slice(1)) - 1) : step;
      const next = steps[index + 1];
      const inner =
        next === undefined ? value : (Reflect.get(Object(at), key) ?? (next.startsWith('#') ? [] : {}));
      Reflect.set(Object(at), key, inner);
      at = inner;
    }
  }
  return root;
}

/** A value as the XML of the query protocol. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, inner]) => `<${key}>${toXml(inner)}</${key}>`)
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
