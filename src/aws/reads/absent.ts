/** Reads of objects that may not exist. */
import { AwsFailure } from '../errors/errors.ts';

export interface Absent {
  readonly kind: 'absent';
}

/** Returns `absent` if AWS does not find what is read. */
export async function absentIfGone<Reading>(absent: Reading, read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') return absent;
    throw error;
  }
}
