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
  readonly paginators: (service: string) => Readonly<Record<string, Paginator>>;
}

const FOLDERS: Readonly<Record<string, string>> = {
  iam: 'iam',
  sts: 'sts',
  states: 'stepfunctions',
  sqs: 'sqs',
};

export async function loadModels(): Promise<Models> {
  const environment = dirname(dirname(await ensureMoto()));
  const read = (service: string, file: string) => {
    const pattern = join(
      environment,
      `lib/python*/site-packages/botocore/data/${FOLDERS[service]}/*/${file}.json.gz`,
    );
    const [path] = globSync(pattern).toSorted().toReversed();
    return path === undefined ? {} : JSON.parse(gunzipSync(readFileSync(path)).toString());
  };
  return {
    model: (service) => read(service, 'service-2'),
    paginators: (service) => read(service, 'paginators-1').pagination ?? {},
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

/** A value of a shape with every member, as far as it goes; `known` gives values by member name. */
export function sample(
  model: ServiceModel,
  shapeName: string,
  known: Readonly<Record<string, unknown>>,
  depth = 0,
): unknown {
  const shape = model.shapes[shapeName];
  switch (shape?.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
          if (Object.hasOwn(known, name)) return known[name] === undefined ? [] : [[name, known[name]]];
          return depth > 4 ? [] : [[name, sample(model, member.shape, known, depth + 1)]];
        }),
      );
    case 'list':
      return [sample(model, shape.member?.shape ?? '', known, depth + 1)];
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
