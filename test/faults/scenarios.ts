import type { Scenario } from './scenario.ts';
import { carrierCallbacks, carrierFails } from './scenarios/carrier.ts';
import { clockSteps, skippedTime } from './scenarios/clocks.ts';
import { aimedKills, everyGap } from './scenarios/kills.ts';
import { poisonRecords } from './scenarios/poison.ts';
import {
  diskFull,
  postgresCut,
  postgresHalfOpen,
  postgresRestarts,
  serializationFailures,
} from './scenarios/postgres.ts';
import { randomKills, rollingRestart, zombies } from './scenarios/processes.ts';
import { sqsDuplicates, sqsLosesAnswers } from './scenarios/queues.ts';
import { redisEmpty } from './scenarios/redis.ts';
import { secondCarrier } from './scenarios/second-carrier.ts';
import { slowConsumers } from './scenarios/slow.ts';
import { kinesisLosesAnswers, kinesisThrottles, resharding } from './scenarios/streams.ts';

/** Everything that is tried, in the order in which a long run tries it. What has more shards than one comes after the split. */
export const scenarios: readonly Scenario[] = [
  aimedKills({ rounds: [...everyGap, ...everyGap], breakMs: 9_000, tries: 1 }),
  randomKills,
  rollingRestart,
  redisEmpty,
  postgresRestarts,
  postgresCut,
  postgresHalfOpen,
  serializationFailures,
  diskFull,
  kinesisThrottles,
  kinesisLosesAnswers,
  resharding,
  zombies,
  slowConsumers,
  sqsDuplicates,
  sqsLosesAnswers,
  carrierFails,
  carrierCallbacks,
  poisonRecords,
  clockSteps,
  skippedTime,
  secondCarrier,
];
