/**
 * Who may ask the console's server for what. It listens on loopback, where any page in the person's browser and any
 * user of the machine can reach it, so: only under its own name (a page that binds its own domain to 127.0.0.1 sends
 * that domain as Host), only from its own page, only reads, and data only with the token.
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
  /** Whether what is asked for tells anything of the cluster. */
  readonly data: boolean;
  /** Whether it is the page itself, which people reach through links from elsewhere. */
  readonly page: boolean;
}

interface Guarded {
  readonly port: number;
  readonly token: string;
}

/** Why the question is refused; undefined when it may be answered. */
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

/** What browsers say of who asks: https://www.w3.org/TR/fetch-metadata/. Somebody may follow a link to the page, but no
 *  other page may put it into a frame. */
function isForeign(headers: IncomingHttpHeaders, page: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(page && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');
}

function hasToken(authorization: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

/** Of equal length whatever comes in, as the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** On every answer. Nothing comes from elsewhere, nothing stands inline, nothing becomes markup (`trusted-types 'none'`
 *  makes the browser refuse innerHTML and its like), and nobody frames it. */
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
