import { describe, expect, it } from '@jest/globals';
import { refusalOf, SECURITY_HEADERS, type Question } from '../../../src/console/server/guard.ts';

const OWN = { port: 4711, token: 'secret-token' };
const HEADERS = { host: '127.0.0.1:4711', authorization: 'Bearer secret-token' };
const ASK: Question = { method: 'GET', headers: HEADERS, data: true, page: false };
const statusOf = (question: Partial<Question>) => refusalOf({ ...ASK, ...question }, OWN)?.status;
const withHeaders = (headers: Question['headers'], question: Partial<Question> = {}) =>
  statusOf({ ...question, headers: { ...HEADERS, ...headers } });

describe('the console answers', () => {
  it('its own page, with the token', () => {
    expect(withHeaders({ origin: 'http://127.0.0.1:4711', 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(withHeaders({ host: 'LOCALHOST:4711' })).toBeUndefined();
  });

  it('somebody who types the address of the page, and has no token yet', () => {
    const headers = { host: HEADERS.host, 'sec-fetch-site': 'none' };
    expect(statusOf({ headers, data: false, page: true })).toBeUndefined();
  });

  it('somebody who follows a link to the page', () => {
    const followed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(withHeaders(followed, { data: false, page: true })).toBeUndefined();
  });
});

describe('the console refuses', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'HEAD', ''])('the method %p', (method) => {
    expect(statusOf({ method })).toBe(405);
  });

  it.each([
    'evil.example:4711',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost.evil.example:4711',
    '127.0.0.1:4711@evil.example',
    '[::1]:4711',
    '',
  ])('the host %p, as a page that rebinds its name would send', (host) => {
    expect(withHeaders({ host })).toBe(403);
    expect(withHeaders({ host }, { data: false, page: true })).toBe(403);
  });

  it.each(['https://127.0.0.1:4711', 'http://evil.example', 'http://127.0.0.1:4712', 'null', ''])(
    'the origin %p, token or not',
    (origin) => {
      expect(withHeaders({ origin })).toBe(403);
    },
  );

  it.each(['cross-site', 'same-site', 'anything'])('what a page asks from %s', (site) => {
    expect(withHeaders({ 'sec-fetch-site': site })).toBe(403);
  });

  it('to be framed, and scripts to be taken by others', () => {
    const framed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    };
    expect(withHeaders(framed, { data: false, page: true })).toBe(403);
    expect(
      withHeaders({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, { data: false }),
    ).toBe(403);
  });

  it.each([
    undefined,
    '',
    'secret-token',
    'Bearer ',
    'Bearer secret-toke',
    'bearer secret-token',
    'Basic c2VjcmV0',
  ])('data for the authorization %p', (authorization) => {
    expect(statusOf({ headers: { host: HEADERS.host, authorization } })).toBe(401);
  });

  it('by its policy everything inline and everything from elsewhere', () => {
    const policy = SECURITY_HEADERS['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
  });
});
