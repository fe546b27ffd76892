/**
 * Who may ask the console's server for what. It listens on loopback, where any page in the person's browser and any user of the
 * machine can reach it. So it answers only under its own name (a page that points its own domain to 127.0.0.1 sends that domain
 * as Host), only its own page, only reads, and gives data only with the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

interface Refusal {
  readonly status: 401 | 403 | 405;
  readonly message: string;
}

export interface Question {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether the answer would contain anything of the cluster. */
  readonly data: boolean;
  /** Whether the page itself is asked for, which people reach through links from elsewhere. */
  readonly page: boolean;
}

interface Guarded {
  readonly port: number;
  readonly token: string;
}

/** Why the request is refused; undefined if it may be answered. */
export function refusalOf({ method, headers, data, page }: Question, own: Guarded): Refusal | undefined {
  const names = [`127.0.0.1:${own.port}`, `localhost:${own.port}`];
  if (method !== 'GET') return { status: 405, message: 'The console only reads.' };
  if (!names.includes(headers.host?.toLowerCase() ?? ''))
    return { status: 403, message: `This server is ${names.join(' or ')} only.` };
  if (headers.origin !== undefined && !names.some((name) => headers.origin === `http://${name}`))
    return { status: 403, message: 'Pages of other origins are not answered.' };
  if (isForeign(headers, page)) return { status: 403, message: 'Pages of other sites are not answered.' };
  if (data && !hasToken(headers.authorization, own.token))
    return { status: 401, message: 'The token is missing or wrong: open the address that was printed.' };
  return undefined;
}

/** What browsers say about the sender: https://www.w3.org/TR/fetch-metadata/. Anybody may follow a link to the page, but no
 *  other page may put it into a frame. */
function isForeign(headers: IncomingHttpHeaders, page: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(page && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');
}

function hasToken(authorization: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

/** Always of the same length, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Headers of every answer. Nothing is loaded from elsewhere, nothing is inline, no text becomes markup (`trusted-types 'none'`
 *  makes the browser refuse innerHTML and the like), and nobody may frame the page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-store',
};
