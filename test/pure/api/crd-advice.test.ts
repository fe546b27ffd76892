import { describe, expect, it } from '@jest/globals';
import { crdAdvice } from '../../../src/api/crd-advice.ts';
import { errorFromStatus } from '../../../src/kubernetes/api-error.ts';

const status = (code: number, reason: string, message: string) =>
  errorFromStatus({ kind: 'Status', code, reason, message }, code);

describe('an answer of the API server', () => {
  it('to a list of a kind that it does not know says that the CRDs are not installed', () => {
    expect(crdAdvice(errorFromStatus('404 page not found', 404))).toMatch(
      /^the CRDs are not installed: .*kubectl apply --server-side -f crds\//,
    );
  });

  it('to a status with a field that its schema has not says that the CRDs are older', () => {
    const words =
      'failed to create typed patch object (orders/a; crossaccountlink.dev/v1alpha1, Kind=CrossAccountLink): .status.furtherTasks: field not declared in schema';
    expect(crdAdvice(status(500, 'InternalError', words))).toMatch(
      /^the CRDs are older than this operator: /,
    );
  });

  it('of another cause says nothing of CRDs', () => {
    expect(crdAdvice(status(404, 'NotFound', 'crossaccountlinks "a" not found'))).toBeUndefined();
    expect(crdAdvice(errorFromStatus('', 503))).toBeUndefined();
    expect(crdAdvice(new Error('404'))).toBeUndefined();
  });
});
