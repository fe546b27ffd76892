/** Reads AWS calls out of HTTP requests: the query protocol (IAM, STS) and the JSON protocols (all others here). */
import type { Request } from './server.ts';

export interface AwsCall {
  /** Signing name of the service: `iam`, `sts`, `states`, `sqs`, `dynamodb`. */
  readonly service: string;
  /** API operation: `CreateRole`. */
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Account of the caller; empty if its key belongs to no known account. */
  readonly accountId: string;
  /** ARN of the caller, as GetCallerIdentity returns it; empty if its key is not known. */
  readonly caller: string;
  /** Whether the call changes something, judged by the operation's name. */
  readonly write: boolean;
  readonly protocol: 'query' | 'json';
  /** Top-level parameters: text as it is, everything else as JSON. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The holder of an access key. */
export interface Holder {
  readonly accountId: string;
  readonly arn: string;
}

const READS = /^(?:Get|List|Describe|Receive|Validate|AssumeRole|Query$|Scan$)/;

export function readAwsCall(
  request: Request,
  holderOf: (accessKeyId: string) => Holder | undefined,
): AwsCall {
  const scope = credentialScope(header(request, 'authorization'));
  const holder = holderOf(scope.accessKeyId);
  const target = header(request, 'x-amz-target');
  const protocol = target === '' ? 'query' : 'json';
  const parameters = protocol === 'query' ? formParameters(request) : jsonParameters(request.body);
  const operation =
    protocol === 'query' ? (parameters.get('Action') ?? '') : target.slice(target.lastIndexOf('.') + 1);
  return {
    ...scope,
    operation,
    accountId: holder?.accountId ?? '',
    caller: holder?.arn ?? '',
    write: !READS.test(operation),
    protocol,
    parameters,
  };
}

function header(request: Request, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** `AWS4-HMAC-SHA256 Credential=KEY/20261124/us-east-1/iam/aws4_request, …` */
function credentialScope(authorization: string): { accessKeyId: string; region: string; service: string } {
  const match = /Credential=([^/]*)\/[^/]*\/([^/]*)\/([^/]*)\//.exec(authorization);
  const [, accessKeyId = '', region = '', service = ''] = match ?? [];
  return { accessKeyId, region, service };
}

function formParameters(request: Request): ReadonlyMap<string, string> {
  const query = request.target.split('?')[1] ?? '';
  return new Map(new URLSearchParams(request.body.length === 0 ? query : request.body.toString()));
}

function jsonParameters(body: Buffer): ReadonlyMap<string, string> {
  const parsed: unknown = body.length === 0 ? {} : parseJson(body.toString());
  if (typeof parsed !== 'object' || parsed === null) return new Map();
  return new Map(
    Object.entries(parsed).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
