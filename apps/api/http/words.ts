import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';

/** A name that somebody gives to something. */
export const name = storableText.trim().min(1).max(200);

/** A path parameter that is an id of ours. */
export const uuid = z.uuid();
