/** Kubelet asks a pod at the one address that it has, and in an IPv6 cluster that is no IPv4 address. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { serveTelemetry } from '../../../src/telemetry/server.ts';

const loopback = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .filter(({ internal }) => internal);

describe('an address without a host', () => {
  it.each(loopback.map(({ family, address }) => [family, address]))(
    'is every address of the pod: %s %s',
    async (family, address) => {
      await using cleanUp = new AsyncDisposableStack();
      const { server, url } = await serveTelemetry(':0', {
        log: { level: 'info' },
        metrics: () => Promise.resolve(''),
        ready: () => [],
      });
      cleanUp.defer(() => void server.close());
      const host = family === 'IPv6' ? `[${address}]` : address;
      const { status } = await fetch(`http://${host}:${new URL(url).port}/readyz`);
      expect(status).toBe(200);
    },
  );
});
