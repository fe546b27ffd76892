/** The CRDs on the Kubernetes of today. On the oldest that is supported: production/older-kubernetes.test.ts. */
import { openControlPlane } from '../../testbed/stage.ts';
import { describeCrds } from './crds/checks.ts';

describeCrds(async () => (await openControlPlane()).controlPlane);
