/**
 * The control plane of one jest worker: booted by the first file that asks for one, swept for each that follows. It
 * rests while files run that need none, and ends with the worker, however that ends (testbed/guard.sh).
 */
import {
  startControlPlane,
  type ControlPlane,
  type ControlPlaneAddress,
} from '../../testbed/control-plane.ts';
import { AdminApi } from '../../testbed/kubernetes/admin-api.ts';
import { install, sweep } from '../../testbed/kubernetes/installation.ts';

let plane: ControlPlane | undefined;

/** Gives a control plane on which nothing is but what an operator needs. */
export async function lendControlPlane(): Promise<ControlPlaneAddress> {
  plane?.wake();
  plane = plane?.running() === true ? await swept(plane) : await booted();
  const { url, adminToken, folder } = plane;
  return { url, adminToken, folder };
}

/** To be called when a file has ended. */
export function restControlPlane(): void {
  plane?.rest();
}

async function booted(): Promise<ControlPlane> {
  const fresh = await startControlPlane({ modest: true });
  try {
    await install(fresh);
    return fresh;
  } catch (error) {
    await fresh.stop();
    throw error;
  }
}

async function swept(used: ControlPlane): Promise<ControlPlane> {
  const api = new AdminApi(used);
  try {
    await sweep(used, api);
    return used;
  } catch (error) {
    process.stderr.write(`the control plane could not be swept, so another is booted: ${String(error)}\n`);
    await used.stop();
    return booted();
  } finally {
    await api.close();
  }
}
