import { setTimeout as delay } from 'node:timers/promises';
import { type AimName, aims, type Kill } from '../aims.ts';
import type { Scenario } from '../scenario.ts';

export interface AimedKills {
  /** Aims of one round are taken at the same time, each at another service; the next round follows when all hit. */
  rounds: readonly (readonly AimName[])[];
  /** Between rounds, before phones must have heard something again: for the services to be back. */
  breakMs: number;
  /** How often an aim is taken at most, until it was met. */
  tries: number;
}

/** Every gap of every service, and several services in the same moment. */
export const everyGap: readonly (readonly AimName[])[] = [
  ['senderClaim', 'progressCommit', 'callerClaim'],
  ['gatewayPut', 'logInside'],
  ['senderOutcome', 'outboundCommit'],
  ['dialogCommit', 'logCommit'],
  ['senderRequest', 'gatewayPut'],
  ['outboundPublish', 'campaignsCommit'],
  ['inboxDialog', 'callerRequest'],
  ['dialogPublish', 'senderRequest'],
  ['inboxTexts', 'callerOutcome'],
  ['progressPublish', 'gatewayPut', 'apiCommit'],
];

export function aimedKills({ breakMs, rounds, tries }: AimedKills): Scenario {
  const kills: Kill[] = [];
  return {
    name: 'aimed-kills',
    says: 'Services are killed between two effects that must not come apart, as the table of kills below says.',
    kills: () => kills,
    inflict: async (world) => {
      kills.length = 0;
      for (const round of rounds) {
        let left = round;
        for (let taken = 0; left.length > 0 && taken < tries; taken += 1) {
          await world.untilTalking();
          const killed = await Promise.all(
            left.map(async (name) => ({ ...(await aims[name].kill(world)), name })),
          );
          for (const { gap, hit, open, service } of killed) {
            world.say(`killed ${service}: ${gap} (${hit ? 'hit' : 'missed'}, ${open})`);
          }
          kills.push(...killed.map(({ name: _, ...kill }) => kill));
          left = killed.flatMap(({ hit, name }) => (hit ? [] : [name]));
          await delay(breakMs);
        }
      }
      return { kills: kills.length, '... in the gap': kills.filter(({ hit }) => hit).length };
    },
  };
}
