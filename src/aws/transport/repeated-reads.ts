/**
 * DescribeStateMachine, the one call that every check makes. Much of what the SDK does for it is the same each time: endpoint, user
 * agent, serialization, a dozen layers, streams around the answer. So the SDK makes the first; then that request is sent again with
 * another ARN, and signed by the SDK's own signer. Whatever comes of it but a plain answer is given to the SDK to judge, as if it
 * had sent the request itself.
 */
import { Readable } from 'node:stream';
import {
  DescribeStateMachineCommand,
  type DescribeStateMachineCommandOutput,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import type {
  AwsCredentialIdentityProvider,
  HttpHandlerOptions,
  HttpRequest,
  HttpResponse,
} from '@smithy/types';
import { isJsonObject, numberAt, stringAt } from '../../base/json.ts';
import type { WholeAnswer } from './exchange.ts';
import { onlyFromAws } from './foreign-answers.ts';
import { RoutedHandler } from './transport.ts';

const READ = 'DescribeStateMachineCommand';

/** Clients whose reads are repeated. */
const repeated = new WeakMap<SFNClient, RepeatedReads>();

/** Has a client's reads of state machines made in that way, by {@link describeStateMachine}. */
export function repeatReads(client: SFNClient, credentials: AwsCredentialIdentityProvider): void {
  const { requestHandler } = client.config;
  if (requestHandler instanceof RoutedHandler)
    repeated.set(client, new RepeatedReads(client, requestHandler, credentials));
}

/** Reads a state machine. @throws Error as the SDK's client does */
export async function describeStateMachine(
  client: SFNClient,
  stateMachineArn: string,
  options: HttpHandlerOptions,
): Promise<DescribeStateMachineCommandOutput> {
  const command = new DescribeStateMachineCommand({ stateMachineArn });
  const output = await repeated.get(client)?.read(command.input, stateMachineArn);
  return output ?? client.send(command, options);
}

type Outcome =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
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

class RepeatedReads {
  readonly #client: SFNClient;
  readonly #handler: RoutedHandler;
  readonly #signer: SignatureV4;
  /** What came of requests that the SDK is to judge, by the input of its call. */
  readonly #unjudged = new WeakMap<object, Outcome>();
  /** A request that the SDK has sent, without what was its own. */
  #template: HttpRequest | undefined;

  constructor(client: SFNClient, handler: RoutedHandler, credentials: AwsCredentialIdentityProvider) {
    const { region, sha256 } = client.config;
    this.#client = client;
    this.#handler = handler;
    this.#signer = new SignatureV4({ service: 'states', region, credentials, sha256 });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const outcome = this.#unjudged.get(args.input);
        if (outcome?.kind === 'failed') throw outcome.error;
        if (outcome?.kind === 'answered') return { response: outcome.response };
        if (context.commandName === READ) this.#template ??= templateOf(args.request);
        return next(args);
      },
      { step: 'deserialize', priority: 'low', name: 'crossAccountLinkReadToRepeat' },
    );
  }

  /** Returns undefined where the SDK is to make the call, or to judge what came of it.
   *  @param input of the SDK's call, should it have to judge */
  async read(input: object, stateMachineArn: string): Promise<DescribeStateMachineCommandOutput | undefined> {
    if (this.#template === undefined) return undefined;
    const request = await this.#requestFor(this.#template, stateMachineArn);
    try {
      const answer = await this.#handler.exchange(request);
      const output = outputOf(answer);
      if (output === undefined)
        this.#unjudged.set(input, {
          kind: 'answered',
          response: await onlyFromAws(request, responseOf(answer)),
        });
      return output;
    } catch (error) {
      this.#unjudged.set(input, { kind: 'failed', error });
      return undefined;
    }
  }

  async #requestFor(template: HttpRequest, stateMachineArn: string): Promise<HttpRequest> {
    const body = JSON.stringify({ stateMachineArn });
    const headers = { ...template.headers, 'content-length': String(Buffer.byteLength(body)) };
    // The SDK sets its clock by AWS's answers.
    const signingDate = new Date(Date.now() + this.#client.config.systemClockOffset);
    const request = { ...template, body, headers };
    const signed = await this.#signer.sign(request, { signingDate });
    return { ...request, headers: signed.headers };
  }
}

/** As the SDK's handler gives it. */
function responseOf({ statusCode, headers, body }: WholeAnswer): HttpResponse {
  const texts = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  return { statusCode, headers: Object.fromEntries(texts), body: Readable.from([body]) };
}

function templateOf(request: unknown): HttpRequest | undefined {
  if (!isRequest(request) || request.method !== 'POST' || request.path !== '/') return undefined;
  const shared = Object.entries(request.headers).filter(([name]) => !ITS_OWN.has(name));
  const { protocol, hostname, port, method, path } = request;
  const headers = Object.fromEntries(shared);
  return { protocol, hostname, method, path, headers, ...(port !== undefined && { port }) };
}

function isRequest(value: unknown): value is HttpRequest {
  return typeof value === 'object' && value !== null && 'hostname' in value && 'headers' in value;
}

/** What the SDK would read in a plain answer; undefined where it is none. */
function outputOf({ statusCode, body }: WholeAnswer): DescribeStateMachineCommandOutput | undefined {
  if (statusCode !== 200) return undefined;
  const json = parsed(body.toString());
  if (!isJsonObject(json)) return undefined;
  const [type, status] = [stringAt(json, 'type'), stringAt(json, 'status')];
  const [createdAt, definition] = [numberAt(json, 'creationDate'), stringAt(json, 'definition')];
  if (createdAt === undefined || definition === undefined) return undefined;
  return {
    $metadata: { httpStatusCode: statusCode },
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
