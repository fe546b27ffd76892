/**
 * Between the tests of a file and the process that runs file after file (test/jest/environment.ts): what the file may
 * borrow, and what must not outlive it. Absent where no test runs.
 */
import type { EmulatorAddress } from './aws-emulator.ts';
import type { ControlPlaneAddress } from './control-plane.ts';

export interface ControlPlaneWish {
  /** Whether not even what an operator needs shall be on it. */
  readonly bare: boolean;
}

export interface BorrowedControlPlane extends ControlPlaneAddress {
  /** Kills the API server and boots it again on the same data and address. */
  restartApiServer(): Promise<void>;
}

export interface TestFile {
  /** The process's control plane, with nothing on it but what was wished for. One file at a time has it. */
  borrowControlPlane(wish: ControlPlaneWish): Promise<BorrowedControlPlane>;
  /** The process's AWS emulator, empty. What a file has there, goes when it asks again. */
  borrowEmulator(): Promise<EmulatorAddress>;
  /** Lifelines of the processes that the file has started: they are let go when the file ends, however it ends. */
  readonly lifelines: Set<{ destroy(): unknown }>;
  /** Asked when a test fails: what each says is printed with the failure. */
  readonly witnesses: Set<Witness>;
}

/** Says what it has seen since it was last asked, unless the failure's own message tells it. Nothing to say is an
 *  empty text. */
export type Witness = (failure: string) => string | Promise<string>;

declare global {
  var testFile: TestFile | undefined;
}
