import type { Control } from './control.ts';
import { cacheControls } from './controls/cache.ts';
import { containerControls } from './controls/containers.ts';
import { databaseControls } from './controls/database.ts';
import { fileControls } from './controls/files.ts';
import { iamControls } from './controls/iam.ts';
import { imageControls } from './controls/images.ts';
import { keyControls } from './controls/keys-and-secrets.ts';
import { logControls } from './controls/logs-and-alarms.ts';
import { messagingControls } from './controls/messaging.ts';
import { networkControls } from './controls/network.ts';
import { webControls } from './controls/web.ts';

/** Every control, by area. */
export const areas: readonly { title: string; controls: readonly Control[] }[] = [
  { title: 'Containers', controls: containerControls },
  { title: 'Images', controls: imageControls },
  { title: 'Database', controls: databaseControls },
  { title: 'Cache', controls: cacheControls },
  { title: 'Queues, streams and topics', controls: messagingControls },
  { title: 'Load balancer and firewall', controls: webControls },
  { title: 'Network', controls: networkControls },
  { title: 'Keys and secrets', controls: keyControls },
  { title: 'Roles', controls: iamControls },
  { title: 'Logs and alarms', controls: logControls },
  { title: 'Files', controls: fileControls },
];

export const controls: readonly Control[] = areas.flatMap((area) => area.controls);
