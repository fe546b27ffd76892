/** The CRDs on the current Kubernetes. For the oldest that is supported, see production/older-kubernetes.test.ts. */
import { openControlPlane } from '../../testbed/stage.ts';
import { describeCrds } from './crds/checks.ts';

describeCrds(async () => (await openControlPlane()).controlPlane);
