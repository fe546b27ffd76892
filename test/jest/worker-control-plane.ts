/**
 * The control plane of one jest worker: booted by the first file that asks for one, and reset for each further file. It rests
 * while files run that need none, and ends with the worker, however that ends (testbed/guard.sh).
 */
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { contentOf, restore, type Content } from '../../testbed/kubernetes/content.ts';
import { install, untilServed } from '../../testbed/kubernetes/installation.ts';
import type { BorrowedControlPlane, ControlPlaneWish } from '../../testbed/test-file.ts';

interface Owned {
  readonly plane: ControlPlane;
  /** What it held when it had booted. */
  readonly bare: Content;
  /** The same with what an operator needs. */
  readonly installed: Content;
}

let owned: Owned | undefined;

/** Lends a control plane with nothing on it except what an operator needs, or not even that. */
export async function lendControlPlane({ bare }: ControlPlaneWish): Promise<BorrowedControlPlane> {
  owned?.plane.wake();
  if (owned?.plane.running() === false) {
    await owned.plane.stop();
    owned = undefined;
  }
  owned ??= await booted();
  try {
    await putBack(owned, bare);
  } catch (error) {
    process.stderr.write(`the control plane could not be put back, so another is booted: ${String(error)}\n`);
    await owned.plane.stop();
    owned = await booted();
    await putBack(owned, bare);
  }
  const { plane } = owned;
  const { url, adminToken, folder } = plane;
  return { url, adminToken, folder, restartApiServer: () => plane.restartApiServer() };
}

/** To be called when a file has ended. */
export function restControlPlane(): void {
  owned?.plane.rest();
}

async function booted(): Promise<Owned> {
  const plane = await startControlPlane({ modest: true });
  try {
    const bare = await contentOf(plane.folder);
    await install(plane);
    return { plane, bare, installed: await contentOf(plane.folder) };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function putBack({ plane, bare, installed }: Owned, wantsBare: boolean): Promise<void> {
  await restore(plane.folder, wantsBare ? bare : installed);
  if (!wantsBare) await untilServed(plane);
}
