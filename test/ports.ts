import { randomInt } from 'node:crypto';
import { claimPorts, type PortBlocks } from '../apps/local/ports.ts';

/** Below those of stacks. */
export const TEST_BLOCKS: PortBlocks = { first: 12_000, size: 8, count: 1_000 };

/**
 * Free ports for what a test starts, chosen before it starts. No other test and no stack takes them until this process
 * ends, also while nobody listens there.
 */
export async function testPorts<N extends string>(...names: readonly N[]): Promise<Record<N, number>> {
  const ports = await claimPorts(names, {
    before: new Map(),
    start: randomInt(TEST_BLOCKS.count),
    among: TEST_BLOCKS,
  });
  return Object.fromEntries(ports.entries()) as Record<N, number>;
}
