import { z } from 'zod';

/** How tests reach the servers that mocha's global setup started; carried by the variable CARILLON_TEST_STACK. */
export const stackFactsSchema = z.object({
  postgres: z.object({
    port: z.int(),
    password: z.string(),
    /** Where its socket lies; null: it has none. */
    socketFolder: z.string().nullable(),
  }),
  /** Password of every service's role. */
  rolePassword: z.string(),
  /** Migrated, with grants; never connected to by a test. */
  templateDatabase: z.string(),
  redisUrl: z.string(),
  kinesisEndpoint: z.string(),
  sqsEndpoint: z.string(),
});
export type StackFacts = z.infer<typeof stackFactsSchema>;
