/**
 * The proxy that the environment names, as people write it for curl, Go and the AWS command line. Node's agents take
 * `proxyEnv`, and are stricter about it: they know no CIDR block, which every cluster's NO_PROXY holds, and take
 * `example.com` for that one host. Both are put into their words here.
 * https://nodejs.org/api/http.html#built-in-proxy-support
 */
import { isIPv4 } from 'node:net';

export type ProxyVariables = Readonly<Record<'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY', string | undefined>>;

/**
 * What agents are given as `proxyEnv`; undefined without a proxy.
 * @throws Error that names the variable, and not its value, which may hold a password
 */
export function proxyVariables(
  environment: Readonly<Record<string, string | undefined>>,
): ProxyVariables | undefined {
  const read = (name: string) => (environment[name.toLowerCase()] ?? environment[name] ?? '').trim();
  const [http, https] = (['HTTP_PROXY', 'HTTPS_PROXY'] as const).map((name) => proxyUrl(name, read(name)));
  if (http === undefined && https === undefined) return undefined;
  const exceptions = read('NO_PROXY')
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap(inNodesWords);
  return { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: exceptions.join(',') || undefined };
}

function proxyUrl(name: string, text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error(`${name} is not the URL of an HTTP proxy: write http://HOST:PORT`);
  }
  return url.href;
}

/** `10.0.0.0/8` → `10.0.0.0-10.255.255.255`, `example.com` → itself and `.example.com`, `[::1]` → `::1`. */
function inNodesWords(entry: string): readonly string[] {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  if (isIPv4(address) && Number(bits) <= 32) return [ipv4Range(address, Number(bits))];
  const bare = entry.replace(/^\[(.*)\]$/, '$1');
  const isDomain = /^[a-z_][a-z0-9_.-]*(:\d+)?$/i.test(bare);
  return isDomain ? [bare, `.${bare}`] : [bare];
}

function ipv4Range(address: string, bits: number): string {
  const size = 2 ** (32 - bits);
  const first = Math.floor(toNumber(address) / size) * size;
  return `${toAddress(first)}-${toAddress(first + size - 1)}`;
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
