/** The proxy before a Kubernetes API server. */
import { readFileSync } from 'node:fs';
import { readKubernetesCall, type KubernetesCall } from './kubernetes-call.ts';
import { startProxy, type Proxy, type Tls } from './server.ts';
import { Watches } from './watches.ts';

export interface KubernetesProxy extends Proxy<KubernetesCall> {
  readonly watches: Watches;
}

/** The parts of a ControlPlane that are needed here; a server without TLS has no files. */
export interface ApiServer {
  readonly url: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

/**
 * Starts a proxy before an API server. It uses the API server's own certificate, so the kubeconfig files that
 * `plane.kubeconfig(…, { server: proxy.url })` writes trust it. HTTP/1.1, JSON; no exec, attach or port-forward.
 */
export async function startKubernetesProxy(server: ApiServer): Promise<KubernetesProxy> {
  const watches = new Watches();
  const proxy = await startProxy<KubernetesCall>(
    server.url,
    {
      read: readKubernetesCall,
      nameOf: ({ verb, resource, subresource, path }) =>
        resource === '' ? path : `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`,
      relay: (call) =>
        call.verb === 'watch' ? (source, sink) => watches.relay(call, source, sink) : undefined,
    },
    tlsOf(server),
  );
  return { ...proxy, watches };
}

function tlsOf({ certificateFile, keyFile }: ApiServer): Tls | undefined {
  if (certificateFile === undefined || keyFile === undefined) return undefined;
  return { certificate: readFileSync(certificateFile), key: readFileSync(keyFile) };
}
