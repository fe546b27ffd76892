/**
 * Frequent calls without most of the SDK's work. Much of what the SDK does for a call is the same each time: endpoint, user
 * agent, serialization, a dozen layers, streams around the answer. So the SDK makes the first call of each kind; afterwards
 * that request is sent again with other content, and signed again. Any result but a plain answer is passed to the SDK to judge,
 * as if it had sent the request itself.
 */
import { Readable } from 'node:stream';
import type {
  AwsCredentialIdentityProvider,
  HttpHandlerOptions,
  HttpRequest,
  HttpResponse,
  MetadataBearer,
  MiddlewareStack,
} from '@smithy/types';
import { Fenced } from '../errors/errors.ts';
import type { WholeAnswer } from './exchange.ts';
import { isWrite } from './fence.ts';
import { onlyFromAws } from './foreign-answers.ts';
import { RequestSigner } from './signing.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS, type RoutedHandler } from './transport.ts';

/** A call with its content. */
interface Repetition<Output> {
  /** `DescribeStateMachine` */
  readonly operation: string;
  /** Undefined if only the SDK knows how to write it: then the SDK makes the call. */
  readonly body: string | undefined;
  /** What the SDK would read from a plain answer; undefined if it is none. */
  readonly outputOf: (answer: WholeAnswer) => Output | undefined;
}

/** The configuration of the SDK's clients. */
interface ClientConfig {
  readonly systemClockOffset: number;
}

export interface RepeatedCallsParts {
  readonly handler: Pick<RoutedHandler, 'exchange'>;
  readonly credentials: AwsCredentialIdentityProvider;
  /** The fence. */
  readonly mayWrite: () => boolean;
}

type Outcome =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A request that the SDK has sent, without what belongs to that call only. */
interface Template {
  readonly request: HttpRequest;
  readonly signer: RequestSigner;
}

/** Headers that belong to one request only; signing adds its own. */
const ITS_OWN: ReadonlySet<string> = new Set([
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'content-length',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
]);

/** The header in which the JSON protocol has the operation. */
const TARGET = 'x-amz-target';

export class RepeatedCalls {
  readonly #parts: RepeatedCallsParts;
  readonly #config: ClientConfig;
  /** By the input of the SDK's call, results that the SDK is to judge. */
  readonly #unjudged = new WeakMap<object, Outcome>();
  #template: Template | undefined;

  constructor(config: ClientConfig, parts: RepeatedCallsParts) {
    this.#parts = parts;
    this.#config = config;
  }

  /** Takes a request of the client to repeat, and has the SDK judge the results that are left to it. To be called before the
   *  fence is added: an answer that has come is passed on, whatever became of the lease since.
   *  @param operations whose requests differ only in their content */
  watch<Input extends object, Output extends MetadataBearer>(
    stack: MiddlewareStack<Input, Output>,
    operations: readonly string[],
  ): void {
    const commands = new Set(operations.map((operation) => `${operation}Command`));
    stack.add(
      (next, context) => async (args) => {
        const outcome = this.#unjudged.get(args.input);
        if (outcome?.kind === 'failed') throw outcome.error;
        if (outcome?.kind === 'answered') return { response: outcome.response };
        if (commands.has(context.commandName ?? '')) this.#template ??= this.#templateOf(args.request);
        return next(args);
      },
      { step: 'deserialize', priority: 'low', name: 'crossAccountLinkRepeatedCalls' },
    );
  }

  /** Returns undefined if the SDK is to make the call, or to judge its result.
   *  @param input of the SDK's call, should the SDK have to judge
   *  @param options how long the whole answer to a read may take; a write has its own limit
   *  @throws Fenced for a write that may not be made */
  async send<Output>(
    input: object,
    { requestTimeout = READ_TIMEOUT_MS }: HttpHandlerOptions,
    { operation, body, outputOf }: Repetition<Output>,
  ): Promise<Output | undefined> {
    if (this.#template === undefined || body === undefined) return undefined;
    const request = await this.#requestFor(this.#template, operation, body);
    const isFenced = isWrite(operation);
    if (isFenced && !this.#parts.mayWrite()) throw new Fenced();
    try {
      const wholeMs = isFenced ? WRITE_TIMEOUT_MS : requestTimeout;
      const answer = await this.#parts.handler.exchange(request, wholeMs);
      const output = answer.statusCode === 200 ? outputOf(answer) : undefined;
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

  async #requestFor({ request, signer }: Template, operation: string, body: string): Promise<HttpRequest> {
    const [target] = request.headers[TARGET]?.split('.') ?? [];
    const headers = {
      ...request.headers,
      ...(target !== undefined && { [TARGET]: `${target}.${operation}` }),
      'content-length': String(Buffer.byteLength(body)),
    };
    // The SDK sets its clock by AWS's answers.
    const signingDate = new Date(Date.now() + this.#config.systemClockOffset);
    const signed = await signer.sign({ ...request, body, headers }, { signingDate });
    return { ...request, body, headers: signed.headers };
  }

  #templateOf(request: unknown): Template | undefined {
    if (!isRequest(request) || request.method !== 'POST' || request.path !== '/') return undefined;
    const { protocol, hostname, port, method, path } = request;
    // `Credential=KEY/DATE/REGION/SERVICE/aws4_request`: the SDK knows which Region is signed for a service without Regions.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
    const [, , region, service] = request.headers['authorization']?.split('/') ?? [];
    if (region === undefined || service === undefined) return undefined;
    const shared = Object.entries(request.headers).filter(([name]) => !ITS_OWN.has(name));
    const headers = Object.fromEntries(shared);
    const { credentials } = this.#parts;
    return {
      request: { protocol, hostname, method, path, headers, ...(port !== undefined && { port }) },
      signer: new RequestSigner({ service, region, credentials }),
    };
  }
}

function isRequest(value: unknown): value is HttpRequest {
  return typeof value === 'object' && value !== null && 'hostname' in value && 'headers' in value;
}

/** In the form in which the SDK's handler returns it. */
function responseOf({ statusCode, headers, body }: WholeAnswer): HttpResponse {
  const texts = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  return { statusCode, headers: Object.fromEntries(texts), body: Readable.from([body]) };
}
