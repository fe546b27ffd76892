/** The AWS SDK's service models, as botocore contains them: every operation with its input. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hiddenRoles, pascal, roleLikeMembers, roleMembers } from './role-members.ts';
import type { HiddenRoles } from './role-members.ts';

export interface ServiceModel {
  /** As Step Functions writes it: `cognitoidentityprovider`. */
  readonly name: string;
  /** The name for which requests are signed: nearly always the prefix in IAM. */
  readonly signingName: string;
  readonly operations: readonly OperationModel[];
}

export interface OperationModel {
  /** As Step Functions writes it. */
  readonly service: string;
  /** As Step Functions writes it: `getObject`. */
  readonly api: string;
  readonly method: string;
  readonly path: string;
  /** Top-level members of the input, in the spelling that Step Functions accepts. */
  readonly members: readonly string[];
  /** Every text and whole number in the input, to a depth of four. */
  readonly inputs: readonly InputText[];
  /** Names of all texts in the output, to a depth of three. */
  readonly outputs: ReadonlySet<string>;
  /** Members, at any depth, that hold IAM roles that the call passes to a service. */
  readonly roles: readonly string[];
  readonly hiddenRoles: HiddenRoles;
  /** Members that look as if they held a role. */
  readonly roleLike: readonly string[];
  /** Whether it takes or answers a stream of events. */
  readonly streams: boolean;
}

/** A text or a whole number, or a list of them, in an operation's input. */
export interface InputText {
  /** As `src/asl/parameters.ts` reads it: `Target.RoleArn`, `InstanceIds[]`, `RequestItems[keys]`. */
  readonly path: string;
  /** The last member's name, in Pascal case. */
  readonly name: string;
  /** Name of its shape in the model, which often says more than the member's: `FunctionName`. */
  readonly shape: string;
  /** Members above it in the path. */
  readonly depth: number;
  /** Whether the operation always takes it. */
  readonly required: boolean;
  /** Whether it takes one of a few words, and not the name of anything. */
  readonly isEnum: boolean;
  /** These words; empty if it takes any text. */
  readonly words: readonly string[];
  /** Whether it takes a number: of a version, a revision, a deployment. */
  readonly isNumber: boolean;
}

interface Model {
  readonly metadata: {
    readonly serviceId: string;
    readonly signingName?: string;
    readonly endpointPrefix: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Shapes;
}
interface Operation {
  readonly http?: { readonly method: string; readonly requestUri: string };
  readonly input?: Reference;
  readonly output?: Reference;
}
interface Reference {
  readonly shape: string;
}
export interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly eventstream?: boolean;
  readonly required?: readonly string[];
  readonly members?: Members;
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
}
type Members = Readonly<Record<string, Reference>>;
export type Shapes = Readonly<Record<string, Shape>>;

/** Reads the newest version of each service's model.
 *  @param data botocore's `data` folder */
export function readServiceModels(data: string): ServiceModel[] {
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readServiceModel(join(data, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readServiceModel(folder: string): ServiceModel {
  const [newest] = readdirSync(folder).sort().reverse();
  const file = join(folder, newest ?? '', 'service-2.json.gz');
  const model: Model = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
  const { serviceId, signingName, endpointPrefix } = model.metadata;
  const service = serviceId.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return {
    name: service,
    signingName: signingName ?? endpointPrefix,
    operations: Object.entries(model.operations).map(([name, operation]) =>
      readOperation(service, name, operation, model.shapes),
    ),
  };
}

function readOperation(
  service: string,
  name: string,
  { http, input, output }: Operation,
  shapes: Shapes,
): OperationModel {
  const api = name.charAt(0).toLowerCase() + name.slice(1);
  const given = shapes[input?.shape ?? ''];
  const returned = shapes[output?.shape ?? ''];
  const roles = roleMembers(service, api, given, shapes);
  return {
    service,
    api,
    method: http?.method ?? '',
    path: http?.requestUri ?? '',
    members: Object.keys(given?.members ?? {}).map(pascal),
    inputs: [...textsIn(given, shapes, { path: '', depth: 0, required: true, left: 4 })],
    outputs: new Set(
      [...textsIn(returned, shapes, { path: '', depth: 0, required: true, left: 3 })].map(
        (text) => text.name,
      ),
    ),
    roles,
    hiddenRoles: hiddenRoles(roles, given, shapes),
    roleLike: roleLikeMembers(given, shapes),
    streams: [given, returned].some((shape) => holdsStream(shape?.members ?? {}, shapes)),
  };
}

function holdsStream(members: Members, shapes: Shapes): boolean {
  return Object.values(members).some(({ shape }) => shapes[shape]?.eventstream === true);
}

interface Position {
  readonly path: string;
  readonly depth: number;
  readonly required: boolean;
  /** How many levels may still be descended: shapes may contain themselves. */
  readonly left: number;
}

function* textsIn(holder: Shape | undefined, shapes: Shapes, at: Position): Generator<InputText> {
  for (const [key, { shape }] of Object.entries(holder?.members ?? {})) {
    const required = at.required && holder?.required?.includes(key) === true;
    const path = at.path === '' ? pascal(key) : `${at.path}.${pascal(key)}`;
    yield* textsOf(pascal(key), shape, shapes, { ...at, path, required });
  }
}

function* textsOf(name: string, shapeName: string, shapes: Shapes, at: Position): Generator<InputText> {
  const shape = shapes[shapeName];
  const words = shape?.enum ?? [];
  const text = { name, depth: at.depth, required: at.required, isNumber: false, words };
  if (shape?.type === 'integer' || shape?.type === 'long') {
    yield { ...text, path: at.path, shape: shapeName, isEnum: false, isNumber: true };
  } else if (shape?.type === 'string') {
    yield { ...text, path: at.path, shape: shapeName, isEnum: shape.enum !== undefined };
  } else if (shape?.type === 'map') {
    yield { ...text, path: `${at.path}[keys]`, shape: shape.key?.shape ?? '', isEnum: false };
  } else if (shape?.type === 'structure' && at.left > 0) {
    yield* textsIn(shape, shapes, { ...at, depth: at.depth + 1, left: at.left - 1 });
  } else if (shape?.type === 'list' && at.left > 0) {
    const inner = { ...at, path: `${at.path}[]`, left: at.left - 1 };
    yield* textsOf(name, shape.member?.shape ?? '', shapes, inner);
  }
}
