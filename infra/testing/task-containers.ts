import { z } from 'zod';
import { textOf } from './records.ts';
import type { ResourceRecord } from './resource-record.ts';

/** The parts of a container definition that assertions read. */
const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  user: z.string(),
  readonlyRootFilesystem: z.boolean(),
  privileged: z.boolean(),
  linuxParameters: z.object({
    initProcessEnabled: z.boolean(),
    capabilities: z.object({ drop: z.array(z.string()) }),
  }),
  stopTimeout: z.number(),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })),
  healthCheck: z.object({ command: z.array(z.string()) }).optional(),
  logConfiguration: z.object({ options: z.record(z.string(), z.string()) }),
});
export type Container = z.infer<typeof containerSchema>;

/** The one container of a task definition, of an update: a preview does not know it yet. */
export function containerOf(definition: ResourceRecord): Container {
  return z.tuple([containerSchema]).parse(JSON.parse(textOf(definition, 'containerDefinitions')))[0];
}
