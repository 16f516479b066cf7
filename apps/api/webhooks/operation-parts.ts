import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { uuid } from '../http/words.ts';

/** What all operations about webhooks have. */

export const tag = 'Webhooks';
export const params = z.object({ id: uuid });
export const noSuchWebhook = (): Problem => new Problem('not_found', 'There is no webhook with this id.');
