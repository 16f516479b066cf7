import { z } from 'zod';

/** An instant on the wire: RFC 3339 in UTC. */
export const instant = z.iso.datetime().meta({ example: '2026-11-26T14:30:00.000Z' });
