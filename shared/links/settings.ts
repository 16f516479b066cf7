import { z } from 'zod';
import { publicUrl } from '#shared/carriers/settings.ts';
import { parsed, type Settings } from '#shared/config.ts';

const base = z.union([z.literal('').transform(() => null), publicUrl]);

/** Settings of whoever writes texts with links in them. */
export const linkSettings = {
  SHORT_LINK_BASE: parsed(base, {
    fallback: '',
    help: 'Address under which short links of campaigns lead to the gateway, as https://go.example.org: scheme, host and port of a domain of your own. Left out, links stay as they were written and nobody counts who follows them.',
  }),
} satisfies Settings;
