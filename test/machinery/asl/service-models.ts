/** The AWS SDK's service models, as botocore carries them: every operation with its input. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface ServiceModel {
  /** As Step Functions writes it: `cognitoidentityprovider`. */
  readonly name: string;
  /** What requests are signed for: nearly always the prefix in IAM. */
  readonly signingName: string;
  readonly operations: readonly OperationModel[];
}

export interface OperationModel {
  /** As Step Functions writes it: `getObject`. */
  readonly api: string;
  readonly method: string;
  readonly path: string;
  /** Top-level members of the input, in the case of letters that Step Functions takes. */
  readonly members: readonly string[];
  /** It takes or answers a stream of events. */
  readonly streams: boolean;
  /** Paths of the members that hold a role's ARN, as `Target.RoleArn`. */
  readonly rolePaths: readonly string[];
}

interface Model {
  readonly metadata: {
    readonly serviceId: string;
    readonly signingName?: string;
    readonly endpointPrefix: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
interface Operation {
  readonly http?: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
}
interface Shape {
  readonly type: string;
  readonly eventstream?: boolean;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
}

/** Reads the newest version of each service's model. @param data botocore's `data` folder */
export function readServiceModels(data: string): ServiceModel[] {
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readServiceModel(join(data, name)));
}

function readServiceModel(folder: string): ServiceModel[] {
  const [newest] = readdirSync(folder).sort().reverse();
  const file = join(folder, newest ?? '', 'service-2.json.gz');
  const model: Model = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
  const { serviceId, signingName, endpointPrefix } = model.metadata;
  return [
    {
      name: serviceId.toLowerCase().replaceAll(/[^a-z0-9]/g, ''),
      signingName: signingName ?? endpointPrefix,
      operations: Object.entries(model.operations).map(([name, operation]) =>
        readOperation(name, operation, model),
      ),
    },
  ];
}

function readOperation(name: string, { http, input, output }: Operation, { shapes }: Model): OperationModel {
  const members = shapes[input?.shape ?? '']?.members ?? {};
  return {
    api: name.charAt(0).toLowerCase() + name.slice(1),
    method: http?.method ?? '',
    path: http?.requestUri ?? '',
    members: Object.keys(members).map(pascal),
    streams: [members, shapes[output?.shape ?? '']?.members ?? {}].some((held) => holdsStream(held, shapes)),
    rolePaths: [...rolePaths(members, shapes, 3)],
  };
}

function holdsStream(members: NonNullable<Shape['members']>, shapes: Model['shapes']): boolean {
  return Object.values(members).some(({ shape }) => shapes[shape]?.eventstream === true);
}

function* rolePaths(
  members: NonNullable<Shape['members']>,
  shapes: Model['shapes'],
  depth: number,
): Generator<string> {
  for (const [name, { shape }] of Object.entries(members)) {
    const held = shapes[shape];
    if (held?.type === 'string' && /RoleArn$/i.test(name)) yield pascal(name);
    if (held?.type !== 'structure' || depth === 0) continue;
    for (const inner of rolePaths(held.members ?? {}, shapes, depth - 1)) yield `${pascal(name)}.${inner}`;
  }
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
