import type { startPublicServer as realStartPublicServer } from '#shared/http/public-server.ts';
import { current } from '../current.ts';

export { mayComeSlowly } from '#shared/http/public-server.ts';

export const startPublicServer: typeof realStartPublicServer = async (listener) => current().listen(listener);
