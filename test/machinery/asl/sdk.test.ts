/** All that the SDK offers. In one file, since reading the models takes seconds. */
import './sdk-operations.ts';
import './sdk-parameters.ts';
