import { describe, expect, it } from '@jest/globals';
import { proxyVariables } from '../../../src/base/proxy.ts';

const exceptions = (text: string) =>
  proxyVariables({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: text })?.NO_PROXY;

describe('the proxy of the environment', () => {
  it('is none unless one is named', () => {
    expect(proxyVariables({})).toBeUndefined();
    expect(proxyVariables({ HTTPS_PROXY: ' ', NO_PROXY: '*' })).toBeUndefined();
  });

  it.each([
    ['http://proxy:3128', 'http://proxy:3128/'],
    ['https://me:secret@proxy:3128', 'https://me:secret@proxy:3128/'],
    ['proxy:3128', 'http://proxy:3128/'],
    [' 10.0.0.1:8080 ', 'http://10.0.0.1:8080/'],
  ])('takes %s', (text, url) => {
    expect(proxyVariables({ HTTPS_PROXY: text })?.HTTPS_PROXY).toBe(url);
  });

  it('takes variables in small letters, too, and these first', () => {
    expect(proxyVariables({ https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:1' })).toStrictEqual({
      HTTP_PROXY: undefined,
      HTTPS_PROXY: 'http://small:1/',
      NO_PROXY: undefined,
    });
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://:3128', 'ftp://me:secret@proxy'])(
    'refuses %s, without repeating what may hold a password',
    (text) => {
      expect(() => proxyVariables({ HTTPS_PROXY: text })).toThrow(
        /^HTTPS_PROXY is not the URL of an HTTP proxy: write http:\/\/HOST:PORT$/,
      );
    },
  );

  it.each([
    ['10.0.0.0/8', '10.0.0.0-10.255.255.255'],
    ['172.16.5.9/12', '172.16.0.0-172.31.255.255'],
    ['192.168.1.1/32', '192.168.1.1-192.168.1.1'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['example.com', 'example.com,.example.com'],
    ['.svc', '.svc'],
    ['*.cluster.local', '*.cluster.local'],
    ['169.254.169.254', '169.254.169.254'],
    ['[::1]', '::1'],
    ['*', '*'],
    ['a.b, .c  d.e', 'a.b,.a.b,.c,d.e,.d.e'],
  ])("puts NO_PROXY's %s into node's words", (text, words) => {
    expect(exceptions(text)).toBe(words);
  });
});
