import type { poolFrom as realPoolFrom } from '#shared/postgres/settings.ts';
import { current } from '../current.ts';

export * from '#shared/postgres/settings.ts';

export const poolFrom: typeof realPoolFrom = (config, _name, _logger, { max, pipeline } = {}) =>
  current().pool(max ?? config.DB_POOL_MAX, pipeline ?? false);
