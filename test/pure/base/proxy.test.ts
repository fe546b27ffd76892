import { describe, expect, it } from '@jest/globals';
import { proxyOf } from '../../../src/base/proxy.ts';

const PROXY = 'http://proxy:3128';

describe('the proxy of the environment', () => {
  it('is none unless one is named', () => {
    expect(proxyOf({})).toBeUndefined();
    expect(proxyOf({ HTTPS_PROXY: ' ', NO_PROXY: '*' })).toBeUndefined();
  });

  it.each([
    ['http://proxy:3128', 'http://proxy:3128/'],
    ['https://me:secret@proxy:3128', 'https://me:secret@proxy:3128/'],
    ['proxy:3128', 'http://proxy:3128/'],
    [' 10.0.0.1:8080 ', 'http://10.0.0.1:8080/'],
    ['http://[fd00::1]:3128', 'http://[fd00::1]:3128/'],
  ])('takes %s', (text, url) => {
    expect(proxyOf({ HTTPS_PROXY: text })?.variables.HTTPS_PROXY).toBe(url);
  });

  it('takes variables in small letters, too, and these first', () => {
    const proxy = proxyOf({
      https_proxy: 'http://small:1',
      HTTPS_PROXY: 'http://large:1',
      no_proxy: 'small.test',
      NO_PROXY: 'large.test',
    });
    expect(proxy?.variables).toStrictEqual({ HTTP_PROXY: undefined, HTTPS_PROXY: 'http://small:1/' });
    const isBypassed = (hostname: string) => proxy?.isBypassed({ protocol: 'https:', hostname });
    expect([isBypassed('small.test'), isBypassed('large.test')]).toStrictEqual([true, false]);
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://:3128', 'ftp://me:secret@proxy'])(
    'refuses %s, without repeating what may hold a password',
    (text) => {
      expect(() => proxyOf({ HTTPS_PROXY: text })).toThrow(
        /^HTTPS_PROXY is not the URL of an HTTP proxy: write http:\/\/HOST:PORT$/,
      );
    },
  );
});

/** Each entry with hosts that go past the proxy, and hosts that go through it, on port 443 where they name none. Where
 *  Go and curl differ, the entry holds for what either of them has go past.
 *  https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config, https://curl.se/docs/manpage.html#--noproxy */
const RULES: readonly (readonly [entry: string, past: string, through: string])[] = [
  ['*', 'example.com 10.0.0.1 [::1]', ''],
  ['example.com', 'example.com a.example.com a.b.example.com', 'badexample.com example.com.evil com'],
  ['EXAMPLE.com', 'Example.COM A.EXAMPLE.com', 'example.org'],
  ['example.com.', 'example.com example.com.', 'example.org'],
  ['example.com', 'example.com. a.example.com.', 'example.com..'],
  ['.example.com', 'example.com a.example.com', 'badexample.com'],
  ['*.example.com', 'a.example.com a.b.example.com', 'example.com badexample.com'],
  ['1password.example', '1password.example eu.1password.example', '11password.example'],
  ['3scale.net', 'api.3scale.net', '13scale.net'],
  ['10.example.com', '10.example.com a.10.example.com', '110.example.com'],
  ['my_host', 'my_host a.my_host', 'myhost'],
  ['bücher.example', 'xn--bcher-kva.example', 'bucher.example'],
  ['svc,cluster.local', 'kubernetes.default.svc kubernetes.default.svc.cluster.local', 'svc.example'],
  ['example.com:8443', 'example.com:8443 a.example.com:8443', 'example.com a.example.com:443'],
  ['.example.com:443', 'a.example.com', 'a.example.com:8443'],
  ['10.0.0.0/8', '10.0.0.0 10.255.255.255 ::ffff:10.1.2.3', '11.0.0.0 9.255.255.255 10.example.com fd00::1'],
  ['172.16.5.9/12', '172.16.0.0 172.31.255.255', '172.32.0.0'],
  ['192.168.1.1/32', '192.168.1.1', '192.168.1.2'],
  ['0.0.0.0/0', '1.2.3.4', 'example.com ::1'],
  ['169.254.169.254', '169.254.169.254 [::ffff:169.254.169.254]', '169.254.169.253'],
  ['10.0.0.1:6443', '10.0.0.1:6443', '10.0.0.1'],
  ['fd00::/8', 'fd12:3456::1 [FD12:3456::1] fdff:ffff::', 'fe80::1 10.0.0.1 fd00.example'],
  ['fd12:3456:789a::/48', '[fd12:3456:789a:1::1]', '[fd12:3456:789b::1]'],
  ['[fd00::]/8', '[fd00::1]', '[fe80::1]'],
  ['2001:db8::/33', '2001:db8:7fff::1', '2001:db8:8000::1'],
  ['::/0', '::1 2001:db8::1', '1.2.3.4 example.com'],
  ['::1/128', '[::1] 0:0:0:0:0:0:0:1', '[::2]'],
  ['::1', '::1 [::1]', '[::2] 127.0.0.1'],
  ['[::1]', '::1 [::1]', '[::2]'],
  ['[2001:DB8::1]:6443', '[2001:db8:0::1]:6443', '[2001:db8::1]'],
  ['fe80::1%eth0', '[fe80::1]', '[fe80::2]'],
  ['a.b, .c  d.e', 'a.b x.c d.e', 'b c.d'],
  // What is nothing covers nothing, and does not keep the next entry from being read.
  ['10.0.0.0/33,::/129,:443,[],.,*.,/8,a/8,ok.test', 'ok.test', 'example.com 10.0.0.1 [::1] 8 a'],
];

const ask = (entry: string, text: string): boolean | undefined => {
  const { hostname, port } = new URL(`x://${text.replace(/^([^[]*:.*:[^\]]*)$/, '[$1]')}`);
  return proxyOf({ HTTPS_PROXY: PROXY, NO_PROXY: entry })?.isBypassed({
    protocol: 'https:',
    hostname,
    port,
  });
};
const hosts = (list: string) => list.split(' ').filter(Boolean);

describe('NO_PROXY', () => {
  it.each(RULES)('%s has [%s] go past the proxy', (entry, past) => {
    expect(hosts(past).filter((host) => ask(entry, host) !== true)).toStrictEqual([]);
  });

  it.each(RULES.map(([entry, , through]) => [entry, through]))(
    '%s has [%s] go through it',
    (entry, through) => {
      expect(hosts(through).filter((host) => ask(entry, host) !== false)).toStrictEqual([]);
    },
  );

  it('that is not there has nothing go past it', () => {
    expect(proxyOf({ HTTPS_PROXY: PROXY })?.isBypassed(new URL('https://example.com'))).toBe(false);
  });
});
