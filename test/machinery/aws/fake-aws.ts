/** A server that speaks just enough of AWS's protocols to answer as badly as AWS sometimes does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface FakeCall {
  readonly operation: string;
  /** As the caller named it, port included. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the signature. */
  readonly signingRegion: string;
  readonly signingService: string;
  readonly body: string;
  /** Parameters of a query protocol call (IAM, STS). */
  readonly parameters: URLSearchParams;
  readonly accessKeyId: string;
  readonly userAgent: string;
  /** When the caller thinks that it is, in milliseconds since 1970. */
  readonly signedAt: number;
}

export type FakeAnswer =
  /** An XML result, as IAM and STS give it. */
  | { readonly kind: 'xml'; readonly result: string }
  | { readonly kind: 'json'; readonly body: unknown }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      /** SQS's older name of the error, for the header in which it stands. */
      readonly queryCode?: string | undefined;
    }
  /** Whatever somebody else on the way answers. */
  | {
      readonly kind: 'raw';
      readonly status: number;
      readonly type?: string;
      readonly body: string;
      readonly retryAfter?: string;
    }
  /** A beginning, and then blanks until the caller has had enough. */
  | { readonly kind: 'endless'; readonly type: string; readonly beginning: string }
  /** The connection is closed without an answer. */
  | { readonly kind: 'cut' }
  /** Nothing, for as long as the caller waits. */
  | { readonly kind: 'silence' };

export interface FakeAws {
  readonly url: string;
  readonly port: number;
  readonly calls: FakeCall[];
  /** How far AWS's clock is ahead of this machine's. */
  aheadMs: number;
  answer: (call: FakeCall) => FakeAnswer | Promise<FakeAnswer>;
  close(): Promise<void>;
}

/** Starts the server on a free port of loopback. Until told otherwise it answers 500.
 *  @param tls speaks TLS when given */
export async function startFakeAws(tls?: { readonly cert: string; readonly key: string }): Promise<FakeAws> {
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void serve(fake, request, response);
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const fake: FakeAws = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    calls: [],
    aheadMs: 0,
    answer: () => ({ kind: 'error', status: 500, code: 'InternalFailure' }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

/** What STS answers who assumes a role: a session with this access key. */
export function sessionAnswer(accessKeyId: string): FakeAnswer {
  return {
    kind: 'xml',
    result:
      `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>` +
      '<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>',
  };
}

/** What STS answers who asks who it is. */
export function identityAnswer(accountId: string, arn = `arn:aws:iam::${accountId}:root`): FakeAnswer {
  return { kind: 'xml', result: `<Account>${accountId}</Account><Arn>${arn}</Arn><UserId>x</UserId>` };
}

export function refusal(code: string, message = '', status = 403): FakeAnswer {
  return { kind: 'error', status, code, message };
}

function* blanks(): Generator<Buffer> {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  for (;;) yield chunk;
}

async function serve(fake: FakeAws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: string[] = [];
  for await (const chunk of request) chunks.push(String(chunk));
  const body = chunks.join('');
  const parameters = new URLSearchParams(body);
  const { authorization = '', 'user-agent': userAgent = '', 'x-amz-target': target } = request.headers;
  const operation =
    typeof target === 'string' ? target.replace(/^.*\./, '') : (parameters.get('Action') ?? '');
  const [, accessKeyId = '', signingRegion = '', signingService = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
  const { host = '' } = request.headers;
  const { method = '', url: path = '', headers } = request;
  const call = {
    operation,
    host,
    method,
    path,
    headers,
    body,
    parameters,
    accessKeyId,
    signingRegion,
    signingService,
    userAgent,
    signedAt: amzDate(request),
  };
  response.setHeader('date', new Date(Date.now() + fake.aheadMs).toUTCString());
  fake.calls.push(call);
  const answer = await fake.answer(call);
  switch (answer.kind) {
    case 'endless':
      response.setHeader('content-type', answer.type);
      response.write(answer.beginning);
      await pipeline(Readable.from(blanks()), response).catch(() => undefined);
      break;
    case 'xml':
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<${operation}Response><${operation}Result>${answer.result}</${operation}Result>` +
          `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${operation}Response>`,
      );
      return;
    case 'json':
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify(answer.body));
      return;
    case 'error':
      refuse(response, answer, target !== undefined);
      return;
    case 'raw':
      response.statusCode = answer.status;
      if (answer.type !== undefined) response.setHeader('content-type', answer.type);
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
      response.end(answer.body);
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'silence':
  }
}

function amzDate({ headers }: IncomingMessage): number {
  const text = String(headers['x-amz-date']);
  return Date.parse(text.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

function refuse(
  response: ServerResponse,
  { status, code, message = '', queryCode }: Extract<FakeAnswer, { kind: 'error' }>,
  json: boolean,
): void {
  response.statusCode = status;
  response.setHeader('content-type', json ? 'application/x-amz-json-1.0' : 'text/xml');
  if (queryCode !== undefined)
    response.setHeader('x-amzn-query-error', `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`);
  response.end(
    json
      ? JSON.stringify({ __type: code, message })
      : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
