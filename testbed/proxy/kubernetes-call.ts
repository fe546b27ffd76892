/** Reads calls to the Kubernetes API out of HTTP requests. */
import type { Request } from './server.ts';

export type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  /** Of a path that names no resource. */
  | 'other';

export interface KubernetesCall {
  /** As RBAC names it. */
  readonly verb: Verb;
  /** Empty for the core group. */
  readonly group: string;
  /** Empty for paths that name no resource, such as `/readyz`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly write: boolean;
  readonly body: string;
}

const RESOURCE_PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/v[^/]+(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>.+))?$/;

export function readKubernetesCall({ method, target, body }: Request): KubernetesCall {
  const url = new URL(target, 'http://localhost');
  const parts = partsOf(url.pathname);
  const { resource = '', name = '' } = parts;
  const verb = resource === '' ? 'other' : verbOf(method, name !== '', url.searchParams);
  return {
    verb,
    group: parts.group ?? '',
    resource,
    namespace: parts.namespace ?? '',
    name,
    subresource: parts.subresource ?? '',
    path: url.pathname,
    query: url.searchParams,
    // A dry run stores nothing.
    write: !['get', 'list', 'watch', 'other'].includes(verb) && !url.searchParams.has('dryRun'),
    body: body.toString(),
  };
}

interface Parts {
  readonly group?: string;
  readonly namespace?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly subresource?: string;
}

function partsOf(path: string): Parts {
  const namespaced = RESOURCE_PATH.exec(path)?.groups;
  if (namespaced === undefined) return {};
  // `/namespaces/NAME/status` and `/namespaces/NAME/finalize` belong to the namespace itself.
  const { namespace, resource, name } = namespaced;
  if (namespace !== undefined && name === undefined && (resource === 'status' || resource === 'finalize')) {
    return { resource: 'namespaces', name: namespace, subresource: resource };
  }
  return namespaced;
}

function verbOf(method: string, named: boolean, query: URLSearchParams): Verb {
  switch (method) {
    case 'GET':
      if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch';
      return named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return 'other';
  }
}
