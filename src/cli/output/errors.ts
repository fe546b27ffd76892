/** Every error as one line that says what to do. */
import { GROUP } from '../../api/metadata.ts';
import { ApiError } from '../../kubernetes/api-error.ts';

/** The cluster that the caller meant, which an error alone does not name. */
interface Destination {
  readonly server: string;
  readonly context: string;
  /** The proxy on the way to it. */
  readonly proxy?: string | undefined;
}

/** What went wrong with one of the caller's files, beginning with its name. */
export function fileProblem(path: string, error: unknown, act: 'read' | 'write' = 'read'): string {
  if (path.trim() === '') return `"${path}" names no file`;
  switch (codeOf(error)) {
    case 'ENOENT':
      return `${path}: there is no such file`;
    case 'EROFS':
      return `${path}: is on a read-only file system`;
    case 'EACCES':
    case 'EPERM':
      return `${path}: you may not ${act} it`;
    case 'EISDIR':
      return `${path}: is a folder, not a file`;
    case 'ENOTDIR':
      return `${path}: a part of this path is a file, not a folder`;
    default:
      return `${path}: cannot be ${act === 'read' ? 'read' : 'written'} (${firstLine(error)})`;
  }
}

/** Why standard output could not be written. */
export function outputProblem(error: unknown): string {
  return codeOf(error) === 'ENOSPC'
    ? 'the disk that the output goes to is full'
    : `the output cannot be written (${firstLine(error)})`;
}

/** An error of the API server, or of the connection to it, as an error for people. */
export function clusterError(error: ApiError, { server, context, proxy }: Destination): Error {
  const where = `the cluster at ${server}${context === '' ? '' : ` (context ${context})`}`;
  const message = proxy === undefined ? undefined : proxyProblem(error, where, proxy);
  return new Error(message ?? apiProblem(error, where), { cause: error });
}

/** What is wrong with the proxy, if the cluster did not answer: the proxy comes first on the way. */
function proxyProblem(error: ApiError, where: string, proxy: string): string | undefined {
  const { status, reason, cause } = error;
  if (status !== 0 || reason !== 'ConnectionFailed') return undefined;
  const code = codeOf(cause);
  if (code !== undefined && !ON_THE_WAY.has(code)) return undefined;
  const advice = 'correct proxy-url in the kubeconfig or HTTPS_PROXY, or list the cluster in NO_PROXY';
  return `the proxy at ${proxy} does not lead to ${where} (${firstLine(error)}): is it running? If no proxy is needed, ${advice}`;
}

const ON_THE_WAY: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_PROXY_TUNNEL',
  'ETIMEDOUT',
]);

function apiProblem(error: ApiError, where: string): string {
  const { status, reason, message } = error;
  if (status === 0) return unanswered(error, where);
  if (status === 401)
    return `${where} does not accept your credentials, which may have expired: log in again, or choose another --context or --user`;
  if (status === 403) return forbidden(message) ?? `${where} refuses it: ${oneLine(message)}`;
  if (status === 404) return `${where} has no such resource: is ${GROUP} installed there?`;
  if (status === 409) return `${oneLine(message)}: somebody else changed it at the same time, try again`;
  if (status === 429 || status === 503) return `${where} is too busy (${status}): try again in a moment`;
  if (status >= 500) return `${where} failed (${status}, ${oneLine(reason)}): try again`;
  if (status === 400 && PLAIN.test(where) && !IN_WORDS.test(reason))
    return `${where} does not accept plain HTTP: is the address https:// rather than http://?`;
  if (status === 422 || status === 400) return `${where} rejects it: ${oneLine(message)}`;
  return `${where} answered ${status}: ${oneLine(message)}`;
}

const PLAIN = /^the cluster at http:/;
/** Reasons of the API server itself; a load balancer before it gives none. */
const IN_WORDS = /^(?:BadRequest|Invalid)$/;

/** In the authorizer's words.
 *  https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/responsewriters/errors.go */
const FORBIDDEN =
  /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;
const READ = new Set(['get', 'list', 'watch']);

function forbidden(message: string): string | undefined {
  const [, user, verb = '', resource = '', group, namespace] = FORBIDDEN.exec(message) ?? [];
  if (user === undefined) return undefined;
  const where = namespace === undefined ? ' at the cluster scope' : ` in namespace ${namespace}`;
  const may = `user "${user}" may not ${verb} ${resource}${where}`;
  if (verb === 'impersonate')
    return `user "${user}" may not act as others (--as): leave it out, or ask whoever administers the cluster for "impersonate" on ${resource}`;
  if (group === GROUP && resource === 'crossaccountlinks') {
    const role = READ.has(verb) ? 'crossaccountlink-viewer' : 'crossaccountlink-editor';
    const narrower = namespace === undefined ? ', or name a namespace with -n where you have it' : '';
    return `${may}: ask whoever administers the cluster for "${verb}" on ${resource} there, as the chart’s ClusterRole ${role} allows it${narrower}`;
  }
  return `${may}: ask whoever administers the cluster to allow you "${verb}" on ${resource}`;
}

function unanswered(error: ApiError, where: string): string {
  const code = codeOf(error.cause);
  switch (error.reason) {
    case 'Timeout':
      return `${where} does not answer in time: is the network or VPN up? --request-timeout waits longer`;
    case 'Garbage':
      return `what answers as ${where} is not a Kubernetes API server: correct the address in the kubeconfig, or choose another --context`;
    case 'Aborted':
      return 'interrupted';
    default:
      return `${where} ${connectionProblem(code, firstLine(error))}`;
  }
}

function connectionProblem(code: string | undefined, text: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses the connection: is it running, and is the address right? Choose another with --context';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'cannot be found, because its name does not resolve: is the network or VPN up, and the address right?';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached: is the network or VPN up?';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'closed the connection: is there a proxy in between? Try again';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'does not speak TLS: is the address http:// rather than https://?';
    case 'CERT_HAS_EXPIRED':
      return 'presents an expired certificate: its administrators have to renew it (is this machine’s clock right?)';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'presents a certificate for another name: correct the address, or use --tls-server-name';
    default:
      // Raised on this machine, before anything was sent.
      if (code?.startsWith('ERR_OSSL_') === true)
        return `was not asked, because the kubeconfig’s certificates or keys cannot be read (${text}): log in again the way your cluster requires, or choose another --context or --user`;
      return code !== undefined && CERTIFICATE.test(code)
        ? 'presents a certificate that the kubeconfig’s certificate-authority did not sign: get a fresh kubeconfig, or use --certificate-authority'
        : `does not answer (${text}): is the network or VPN up?`;
  }
}

const CERTIFICATE =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+)$/;

/** Any error that ends the program, as one line. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) return apiProblem(error, 'the cluster');
  if (!(error instanceof Error)) return `something unexpected happened (${firstLine(error)})`;
  if (error instanceof TypeError || error instanceof ReferenceError)
    return `something unexpected happened (${firstLine(error)}): please report it, with what DEBUG=crossaccountlink adds`;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  if (path !== undefined && codeOf(error) !== undefined) return fileProblem(path, error);
  return oneLine(error.message);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n', 1)[0]?.slice(0, 300) ?? '';
}

/** The text in one line: each line break, with the blanks around it, becomes one blank. */
export function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
