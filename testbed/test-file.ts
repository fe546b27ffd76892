/**
 * Between the tests of a file and the process that runs file after file (test/jest/environment.ts): what the file may borrow, and
 * what must not outlive it. Absent if no test runs.
 */
import type { EmulatorAddress } from './aws-emulator.ts';
import type { ControlPlaneAddress } from './control-plane.ts';

export interface ControlPlaneWish {
  /** Whether to leave out even what an operator needs. */
  readonly bare: boolean;
}

export interface BorrowedControlPlane extends ControlPlaneAddress {
  /** Kills the API server and boots it again on the same data and address. */
  restartApiServer(): Promise<void>;
}

export interface TestFile {
  /** The process's control plane, with nothing on it beyond what was asked for. Only one file at a time has it. */
  borrowControlPlane(wish: ControlPlaneWish): Promise<BorrowedControlPlane>;
  /** The process's AWS emulator, empty. Asking again removes whatever the file has there. */
  borrowEmulator(): Promise<EmulatorAddress>;
  /** Lifelines of the processes that the file has started: they are closed when the file ends, however it ends. */
  readonly lifelines: Set<{ destroy(): unknown }>;
  /** Asked when a test fails: what each of them says is printed with the failure. */
  readonly witnesses: Set<Witness>;
}

/** Says what it has seen since it was last asked, unless the failure's own message already says so. An empty text means nothing
 *  to say. */
export type Witness = (failure: string) => string | Promise<string>;

declare global {
  var testFile: TestFile | undefined;
}
