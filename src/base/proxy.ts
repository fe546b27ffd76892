/**
 * The proxy that the environment names, as people write it for curl, Go and the AWS command line. Node's agents take
 * `proxyEnv` and read NO_PROXY by rules of their own: they know no CIDR block, which every cluster's NO_PROXY holds, no
 * IPv6 but a single address, and take `example.com` for that one host. So what goes past the proxy is decided here, and
 * agents are given the proxy alone.
 * https://nodejs.org/api/http.html#built-in-proxy-support
 */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface Proxy {
  /** For the agents of requests that go through it: their `proxyEnv`. */
  readonly variables: Readonly<Record<'HTTP_PROXY' | 'HTTPS_PROXY', string | undefined>>;
  /** Whether NO_PROXY has a request to there go past it. */
  readonly isBypassed: (destination: Destination) => boolean;
}

/** Where a request goes; a `URL` is one. */
interface Destination {
  /** `https:` */
  readonly protocol: string;
  /** Without regard to case; an IPv6 address may be in brackets. */
  readonly hostname: string;
  /** The protocol's own where it is left out. */
  readonly port?: number | string;
}

/** What speaks for one entry of NO_PROXY. @param family of the address, 0 for a name */
type Exception = (host: string, family: number, port: number) => boolean;

/**
 * Reads the variables; undefined without a proxy. Small letters go before large ones, as in curl.
 * @throws Error that names the variable, and not its value, which may hold a password
 */
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

/**
 * An entry, as far as Go and curl agree; where only one of them takes a form, as that one does.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config and https://curl.se/docs/manpage.html#--noproxy
 */
function exceptionOf(entry: string): Exception {
  if (entry === '*') return () => true;
  const [, network = '', bits = ''] = /^\[?([^/\]]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return inSubnet(network, Number(bits));
  const [host, port] = splitPort(entry);
  const covers = isIP(host) === 0 ? belowName(host) : inSubnet(host, isIP(host) === 4 ? 32 : 128);
  return (asked, family, askedPort) =>
    (port === undefined || port === askedPort) && covers(asked, family, askedPort);
}

/** A block of IPv4 has the IPv6 addresses that map its own (`::ffff:10.0.0.1`), too; `::/0` is IPv6 alone. */
function inSubnet(network: string, bits: number): Exception {
  const isIPv6 = isIP(network) === 6;
  // Nothing lies in a block that is none.
  if (bits > (isIPv6 ? 128 : 32)) return () => false;
  const block = new BlockList();
  block.addSubnet(network, bits, isIPv6 ? 'ipv6' : 'ipv4');
  return (host, family) =>
    family === 6 ? block.check(host, 'ipv6') : family === 4 && !isIPv6 && block.check(host);
}

/** `example.com` and `.example.com` are that host and all below it, `*.example.com` those below it alone. */
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

/** In small letters, without brackets, a zone, or the dot at the end; names in the form that requests have. */
function plainHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*/s, '')
    .replace(/\.$/, '');
  return /[^\x20-\x7e]/.test(bare) ? domainToASCII(bare) : bare;
}
