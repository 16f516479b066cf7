import type { Operation } from '../http/operation.ts';
import { type ConsentChangeParts, consentChanges } from './change-operations.ts';
import { type ConsentReadParts, consentReads } from './read-operations.ts';

/** Consent of people: where they stand, what proves it, and what is recorded for them. */
export const consentOperations = (parts: ConsentChangeParts & ConsentReadParts): readonly Operation[] => [
  ...consentReads(parts),
  ...consentChanges(parts),
];
