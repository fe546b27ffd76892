/**
 * The AWS emulator of one jest worker: booted for the first file that asks for one, emptied for each further file. It ends with
 * the worker, however that ends (testbed/guard.sh).
 */
import {
  emptyEmulator,
  startEmulator,
  type Emulator,
  type EmulatorAddress,
} from '../../testbed/aws-emulator.ts';

let emulator: Emulator | undefined;

/** Lends an emulator that holds nothing. */
export async function lendEmulator(): Promise<EmulatorAddress> {
  if (emulator?.service.running() === true) await emptyEmulator(emulator);
  else emulator = await startEmulator();
  return { url: emulator.url };
}
