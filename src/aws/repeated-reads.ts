/**
 * DescribeStateMachine, the one call that every check makes. Much of what the SDK does for it is the same each time: endpoint, user
 * agent, serialization, a dozen layers. So the SDK makes the first; then that request is sent again with another ARN, and
 * signed by the SDK's own signer. Whatever comes of it but a plain answer is given to the
 * SDK to judge, as if it had sent the request itself.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DescribeStateMachineCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, HttpRequest } from '@smithy/types';
import { isJsonObject, numberAt, stringAt } from '../base/json.ts';

const READ = 'DescribeStateMachineCommand';

type Handler = SFNClient['config']['requestHandler'];
type Request = Parameters<Handler['handle']>[0];
type Response = Awaited<ReturnType<Handler['handle']>>['response'];

type Outcome =
  | { readonly kind: 'answered'; readonly response: Response; readonly text: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Headers that belong to one request alone; the signature brings those of its own. */
const ITS_OWN: ReadonlySet<string> = new Set([
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'content-length',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
]);

/** Has a client's reads of state machines made in that way. */
export function repeatReads(client: SFNClient, credentials: AwsCredentialIdentityProvider): void {
  const { region, sha256 } = client.config;
  const signer = new SignatureV4({ service: 'states', region, credentials, sha256 });
  /** What came of requests that the SDK is to judge, by the context of its call. */
  const unjudged = new WeakMap<object, Outcome>();
  /** A request that the SDK has sent, without what was its own. */
  let template: Request | undefined;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const stateMachineArn = context.commandName === READ ? onlyArnIn(args.input) : undefined;
      if (template === undefined || stateMachineArn === undefined) return next(args);
      const request = await requestLike(template, stateMachineArn, signer, client);
      const outcome = await outcomeOf(client.config.requestHandler, request);
      const output = outcome.kind === 'answered' ? outputOf(outcome) : undefined;
      if (outcome.kind === 'answered' && output !== undefined) return { output, response: outcome.response };
      unjudged.set(context, outcome);
      return next(args);
    },
    { step: 'initialize', priority: 'high', name: 'crossAccountLinkRepeatedRead' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const outcome = unjudged.get(context);
      if (outcome?.kind === 'failed') throw outcome.error;
      if (outcome?.kind === 'answered') return { response: outcome.response };
      if (context.commandName === READ) template ??= templateOf(args.request);
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'crossAccountLinkReadToRepeat' },
  );
}

function onlyArnIn(input: object): string | undefined {
  if (!('stateMachineArn' in input) || Object.keys(input).length !== 1) return undefined;
  return typeof input.stateMachineArn === 'string' ? input.stateMachineArn : undefined;
}

function templateOf(request: unknown): Request | undefined {
  if (!isRequest(request) || request.method !== 'POST' || request.path !== '/') return undefined;
  const shared = Object.entries(request.headers).filter(([name]) => !ITS_OWN.has(name));
  return Object.assign(request.clone(), { headers: Object.fromEntries(shared) });
}

function isRequest(value: unknown): value is Request {
  return typeof value === 'object' && value !== null && 'clone' in value && 'headers' in value;
}

async function requestLike(
  template: Request,
  stateMachineArn: string,
  signer: SignatureV4,
  { config }: SFNClient,
): Promise<Request> {
  const body = JSON.stringify({ stateMachineArn });
  const headers = { ...template.headers, 'content-length': String(Buffer.byteLength(body)) };
  const request: HttpRequest = Object.assign(template.clone(), { body, headers });
  // The SDK sets its clock by AWS's answers.
  const signingDate = new Date(Date.now() + config.systemClockOffset);
  const signed = await signer.sign(request, { signingDate });
  return Object.assign(request, { headers: signed.headers });
}

async function outcomeOf(handler: Handler, request: Request): Promise<Outcome> {
  try {
    const { response } = await handler.handle(request);
    const body: unknown = response.body;
    if (!(body instanceof Readable)) return { kind: 'answered', response, text: '' };
    const bytes = await buffer(body);
    // For whoever reads it again.
    response.body = Readable.from([bytes]);
    return { kind: 'answered', response, text: bytes.toString() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** What the SDK would read in a plain answer; undefined where it is none. */
function outputOf({
  response,
  text,
}: Extract<Outcome, { kind: 'answered' }>): DescribeStateMachineCommandOutput | undefined {
  if (response.statusCode !== 200) return undefined;
  const json = parsed(text);
  if (!isJsonObject(json)) return undefined;
  const [type, status] = [stringAt(json, 'type'), stringAt(json, 'status')];
  const [createdAt, definition] = [numberAt(json, 'creationDate'), stringAt(json, 'definition')];
  if (createdAt === undefined || definition === undefined) return undefined;
  return {
    $metadata: { httpStatusCode: response.statusCode },
    stateMachineArn: stringAt(json, 'stateMachineArn'),
    name: stringAt(json, 'name'),
    status: status === 'DELETING' ? 'DELETING' : 'ACTIVE',
    type: type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    roleArn: stringAt(json, 'roleArn'),
    definition,
    creationDate: new Date(Math.round(createdAt * 1_000)),
    revisionId: stringAt(json, 'revisionId'),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
