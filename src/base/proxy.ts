/**
 * The proxy that the environment names, in the forms that people know from curl, Go and the AWS command line. Node's agents
 * take `proxyEnv` and read NO_PROXY by rules of their own: without CIDR blocks, which every cluster's NO_PROXY has, with single
 * IPv6 addresses only, and with `example.com` for that one host only. So it is decided here which requests bypass the proxy,
 * and agents get only the proxy. https://nodejs.org/api/http.html#built-in-proxy-support
 */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface Proxy {
  /** `proxyEnv` for the agents of requests that go through it. */
  readonly variables: Readonly<Record<'HTTP_PROXY' | 'HTTPS_PROXY', string | undefined>>;
  /** Whether NO_PROXY exempts a destination. */
  readonly isBypassed: (destination: Destination) => boolean;
}

/** Where a request goes; a `URL` is one. */
interface Destination {
  /** `https:` */
  readonly protocol: string;
  /** In any case; an IPv6 address may be in brackets. */
  readonly hostname: string;
  /** Left out: the protocol's own. */
  readonly port?: number | string;
}

/** Whether one entry of NO_PROXY applies.
 *  @param family of the address, 0 for a name */
type Exception = (host: string, family: number, port: number) => boolean;

/** Reads the variables; undefined without a proxy. As in curl, names in lower case take precedence.
 *  @throws Error that names the variable, and not its value, which may contain a password */
export function proxyOf(environment: Readonly<Record<string, string | undefined>>): Proxy | undefined {
  const read = (name: string) => (environment[name.toLowerCase()] ?? environment[name] ?? '').trim();
  const [http, https] = (['HTTP_PROXY', 'HTTPS_PROXY'] as const).map((name) => proxyUrl(name, read(name)));
  if (http === undefined && https === undefined) return undefined;
  const exceptions = read('NO_PROXY')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(exceptionOf);
  return {
    variables: { HTTP_PROXY: http, HTTPS_PROXY: https },
    isBypassed: ({ protocol, hostname, port = '' }) => {
      const host = plainHost(hostname);
      const asked = Number(port === '' ? OWN_PORTS[protocol] : port);
      return exceptions.some((covers) => covers(host, isIP(host), asked));
    },
  };
}

const OWN_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function proxyUrl(name: string, text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error(`${name} is not the URL of an HTTP proxy: write http://HOST:PORT`);
  }
  return url.href;
}

/** Parses an entry. If only one of Go and curl knows a form, it means the same as there.
 *  https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config and https://curl.se/docs/manpage.html#--noproxy */
function exceptionOf(entry: string): Exception {
  if (entry === '*') return () => true;
  const [, network = '', bits = ''] = /^\[?([^/\]]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return inSubnet(network, Number(bits));
  const [host, port] = splitPort(entry);
  const covers = isIP(host) === 0 ? belowName(host) : inSubnet(host, isIP(host) === 4 ? 32 : 128);
  return (asked, family, askedPort) =>
    (port === undefined || port === askedPort) && covers(asked, family, askedPort);
}

/** An IPv4 block includes the IPv6 addresses that are mapped to it (`::ffff:10.0.0.1`); `::/0` is IPv6 only. */
function inSubnet(network: string, bits: number): Exception {
  const isIPv6 = isIP(network) === 6;
  // An invalid block contains nothing.
  if (bits > (isIPv6 ? 128 : 32)) return () => false;
  const block = new BlockList();
  block.addSubnet(network, bits, isIPv6 ? 'ipv6' : 'ipv4');
  return (host, family) =>
    family === 6 ? block.check(host, 'ipv6') : family === 4 && !isIPv6 && block.check(host);
}

/** `example.com` and `.example.com` stand for that host and all below it, `*.example.com` only for those below it. */
function belowName(written: string): Exception {
  const name = plainHost(written.replace(/^\*?\./, ''));
  const isItself = !written.startsWith('*.');
  return (host) => (isItself && host === name) || (name !== '' && host.endsWith(`.${name}`));
}

/** `[::1]:443`, `[::1]`, `::1`, `10.0.0.1:443`, `example.com:443`, `example.com`. */
function splitPort(entry: string): readonly [host: string, port: number | undefined] {
  if (isIP(entry) !== 0) return [entry, undefined];
  const [, bracketed, bare = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return [bracketed ?? bare, port === undefined ? undefined : Number(port)];
}

/** In lower case, without brackets, zone, or final dot; names in the form in which requests have them. */
function plainHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*/s, '')
    .replace(/\.$/, '');
  return /[^\x20-\x7e]/.test(bare) ? domainToASCII(bare) : bare;
}
